"""What a publisher is: it brings a report to where a team reviews its changes.

Adding a platform means one module with a `PUBLISHER` and one line in `registry.py`, which names the
module and the variables by which a job of that platform is known. The texts to publish come from
`texts.py`, the hidden markers that tell our comments from others' from `marker.py`.

The verdict is there before a publisher is asked, and none can change it. What a platform refuses is
no error of the gate: a publisher raises nothing for it, tries what needs less (a job summary, a
file), and returns one sentence for each thing that was not published.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from policy_gate.model import GateReport

DEFAULT_TAG = "policy-gate"


@dataclass(frozen=True, slots=True)
class PublishSettings:
    """What to publish, where a platform has it."""

    tag: str = DEFAULT_TAG
    """Tells the comments of parallel jobs apart: letters, digits, `.`, `_` and `-`."""

    comment: bool = True
    """One comment on the pull request, updated in place."""

    review_comments: bool = True
    """A comment at each changed line that has a finding."""

    check_run: bool = False
    commit_status: bool = False
    sarif: bool = False
    approval: bool = False
    """Approve the pull request where the gate passed, take the approval back where it did not."""

    close_pull_request: bool = False
    """Close the pull request where the gate failed."""

    template: Path | None = None
    """The template of the user for Markdown."""

    @property
    def name(self) -> str:
        """What a check run, a status or a category is called."""
        return DEFAULT_TAG if self.tag == DEFAULT_TAG else f"{DEFAULT_TAG}/{self.tag}"


class Publisher(Protocol):
    """Publishes a report on one platform, which it knows from the environment."""

    @property
    def name(self) -> str:
        """What `--publish` calls it."""
        ...

    def publish(self, report: GateReport, settings: PublishSettings) -> list[str]:
        """Publish, and say in one sentence each what was not published and why.

        Work, calls and time are bounded. The sentences may hold text of any origin, but never a
        token.
        """
        ...
