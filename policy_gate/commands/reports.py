"""Where the reports of a run go: one to stdout, any number of others to files."""

from __future__ import annotations

import argparse
import os
import stat
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from policy_gate.commands.complaint import complain
from policy_gate.config.gate import GateConfig
from policy_gate.config.section import ConfigError, read_source
from policy_gate.fault import fault
from policy_gate.model import GateReport
from policy_gate.reporters.interface import Reporter, ReportError
from policy_gate.reporters.registry import find_reporter
from policy_gate.syntax.source import shown

Named = tuple[str, str]
"""The kind of a report, and the path of its file."""


@dataclass(frozen=True)
class Reports:
    """The reporters of a run, set up before it begins."""

    stdout: Reporter
    files: tuple[tuple[Reporter, Path], ...]
    template: Path | None = None
    """The template of the user for Markdown."""

    @classmethod
    def of(cls, arguments: argparse.Namespace, config: GateConfig) -> Reports:
        """What the command line asks for. Raises ConfigError."""
        named: list[Named] = arguments.report
        paths = [os.path.realpath(path) for _, path in named]
        for index, path in enumerate(paths):
            if path in paths[:index]:
                raise ConfigError(f"--report: two reports would go to {shown(Path(path))}")
        named_template = arguments.markdown_template
        template = config.located(named_template) if named_template else config.markdown_template
        reporters = _Reporters(template, arguments.sarif_category)
        files = tuple((reporters.of(kind), Path(path)) for kind, path in named)
        return cls(reporters.of(arguments.format), files, template)

    def write(self, report: GateReport) -> bool:
        """Writes all of them, and says on stderr which could not be written. Were all?"""
        written = [_attempt(reporter, report, path) for reporter, path in self.files]
        return all([*written, _attempt(self.stdout, report, None)])


@dataclass(frozen=True)
class _Reporters:
    markdown_template: Path | None
    sarif_category: str | None

    def of(self, kind: str) -> Reporter:
        """The reporter of a kind, with what the user says about it. Raises ConfigError."""
        if kind == "markdown" and self.markdown_template:
            from policy_gate.reporters.markdown import MarkdownReporter
            from policy_gate.reporters.markdown_template import MarkdownTemplate

            source = read_source(self.markdown_template)
            return MarkdownReporter(MarkdownTemplate(source.text, source.path))
        if kind == "sarif" and self.sarif_category:
            from policy_gate.reporters.sarif import SarifReporter

            return SarifReporter(self.sarif_category)
        return find_reporter(kind)


def remove_reports(named: Iterable[Named]) -> None:
    """Removes what earlier runs left where this one has no report to write.

    Else somebody, or the next step of a job, would take an old answer for that of this run.
    """
    for kind, name in named:
        try:
            path = Path(os.path.realpath(name))
            if path.is_file():
                path.unlink()
        except (OSError, ValueError) as error:
            complain(ReportError(f"an old report {kind} is not removed: {name}: {error}"))


def _attempt(reporter: Reporter, report: GateReport, path: Path | None) -> bool:
    """Writes one report; whatever keeps it from that does not keep others from being written."""
    try:
        if path is None:
            reporter.write(report, sys.stdout)
        else:
            text = StringIO()
            reporter.write(report, text)
            _write(path, text.getvalue())
    except BrokenPipeError:
        raise
    except ReportError as error:
        complain(ReportError(f"the report {reporter.name} is not written: {error}"))
        return False
    except Exception as error:  # noqa: BLE001 - the verdict and the other reports come first
        reason = f"internal error, please report it: {fault(error)}"
        complain(ReportError(f"the report {reporter.name} is not written: {reason}"))
        return False
    return True


def _write(path: Path, text: str) -> None:
    """At one go: readers see the whole report or what was there before. Raises ReportError."""
    try:
        data = text.encode()
        target = Path(os.path.realpath(path))
        # A pipe or a device is written to; replacing it, or the log behind /dev/stderr, would take
        # it away.
        is_other = target.exists() and not target.is_file()
        if is_other or Path(os.path.abspath(path)).is_relative_to("/dev"):
            with path.open("ab") as file:
                file.write(data)
            return
        _replace(target, data)
    except (OSError, ValueError) as error:
        raise _report_error(path, error) from error


def _replace(target: Path, data: bytes) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:50]}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        temporary.chmod(_mode(target))
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _mode(target: Path) -> int:
    """As the file has it, else as a new file would."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _report_error(path: Path, error: Exception) -> ReportError:
    reason = getattr(error, "strerror", None) or str(error)
    return ReportError(f"{path}: {reason}")
