"""What a reporter is: it prints a GateReport in one format.

Adding a format means one module with a `REPORTER` and one line in `registry.py`.
"""

from __future__ import annotations

from typing import Protocol, TextIO

from policy_gate.model import GateReport


class ReportError(Exception):
    """A report that cannot be made or written, and why."""


class Reporter(Protocol):
    """Prints a report. It decides nothing: verdicts, status and exit status are in the report.

    Texts in a report come from templates and may be hostile: each format escapes them so that they
    stay text.
    """

    @property
    def name(self) -> str:
        """What `--format` calls it."""
        ...

    def write(self, report: GateReport, stream: TextIO) -> None:
        """Write the whole report, ending with a newline.

        The same report gives the same text. Raises OSError where the stream does, and
        ReportError where what the user brings for it is at fault.
        """
        ...
