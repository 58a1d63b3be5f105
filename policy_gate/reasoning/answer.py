"""What the decision procedure answers, in the shape of the Access Analyzer API, and more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Result = Literal["PASS", "FAIL", "UNKNOWN"]


class PolicyDocumentError(Exception):
    """A document that is no policy: `message`, and the `offset` in characters of its text."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Request:
    """One concrete request. A principal of None is the identity that carries the policy."""

    action: str
    resource: str
    principal: str | None = None
    """As `AWS:arn:aws:iam::111122223333:role/x`, `Service:ec2.amazonaws.com`, or `*`: anyone."""

    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """One statement that decides (ReasonSummary of the API), with its witness."""

    description: str
    statementIndex: int | None
    """From 0."""

    statementId: str | None
    witness: Request | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """PASS is proven; FAIL has reasons with witnesses; UNKNOWN says why in its message."""

    result: Result
    message: str
    reasons: tuple[Reason, ...] = ()
    """For UNKNOWN, the statements that could not be decided."""
