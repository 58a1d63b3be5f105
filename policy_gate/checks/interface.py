"""What a check is: one question, asked about one policy at a time.

Adding a check means one module with this interface and a
`from_config(section: Section) -> list[Check]`, and one line in `registry.CHECKS`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from policy_gate.analyzers.interface import Analyzer
from policy_gate.model import CheckResult, Note, Policy


class Check(Protocol):
    """A question with everything that it needs from the configuration."""

    @property
    def name(self) -> str:
        """As `no-public-access` or `no-new-access (perimeter)`."""
        ...

    def applies_to(self, policy: Policy) -> bool:
        """Is the question asked about this kind of policy?"""
        ...

    def note(self, policies: Sequence[Policy]) -> Note:
        """Whom of them the question was not asked about, where a reader may think it was."""
        ...

    def ask(self, policy: Policy, analyzer: Analyzer) -> CheckResult:
        """The verdict, with findings at the lines of the policy.

        Raises AnalyzerError where the question cannot be put.
        """
        ...
