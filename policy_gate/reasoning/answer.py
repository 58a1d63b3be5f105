"""What the decision procedure answers, in the shape of the Access Analyzer API, and more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Result = Literal["PASS", "FAIL", "UNKNOWN"]


class PolicyDocumentError(Exception):
    """A document that is no policy: `message`, and the `offset` in characters of its text."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class Witness(NamedTuple):
    """One concrete request that the policy allows and that should not be allowed."""

    action: str
    resource: str
    principal: str | None = None
    """As `AWS:arn:aws:iam::111122223333:role/x` or `Service:ec2.amazonaws.com`; `*` is anyone.

    None for an identity policy: the identity that carries it.
    """

    context: Mapping[str, tuple[str, ...]] = {}
    """The values of each context key that the request has to have; it has no other."""


class StatementName(NamedTuple):
    """A statement of the existing policy."""

    statementIndex: int
    """From 0."""

    statementId: str | None


class Reason(NamedTuple):
    """One statement that decides (ReasonSummary of the API), with its witness."""

    description: str
    statementIndex: int | None
    """From 0."""

    statementId: str | None
    witness: Witness | None = None
    existingDeny: StatementName | None = None
    """The Deny of the existing policy that the witness would meet there, if it would."""


class Answer(NamedTuple):
    """PASS is proven; FAIL has reasons with witnesses; UNKNOWN says why in its message."""

    result: Result
    message: str
    reasons: tuple[Reason, ...] = ()
    """For UNKNOWN, the statements that could not be decided."""

    assumptions: tuple[str, ...] = ()
    """What the answer rests on beyond the documents, each a sentence that begins with its code."""

    @property
    def exact(self) -> bool:
        """Whether the result is proven: by a proof for PASS, by witnesses for FAIL."""
        return self.result != "UNKNOWN"
