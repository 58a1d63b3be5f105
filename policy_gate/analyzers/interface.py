"""What an analyzer is: the IAM Access Analyzer API, one to one.

Parameters and answers bear the API's own field names, so that AWS, the embedded analyzer and a
local server are interchangeable.
Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple, Protocol

from policy_gate.linting.interface import ValidatePolicyFinding
from policy_gate.model import CallCount
from policy_gate.reasoning.answer import Answer, Reason

__all__ = ["Access", "Analyzer", "AnalyzerError", "Answer", "Reason", "ValidatePolicyFinding"]

_ACTION = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+", re.ASCII)

AccessPolicyType = Literal["IDENTITY_POLICY", "RESOURCE_POLICY"]
PolicyType = Literal[
    "IDENTITY_POLICY", "RESOURCE_POLICY", "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
]


class AnalyzerError(Exception):
    """The question could not be put: denied, throttled, malformed, unreachable.

    Attributes: `code`, the service's error code as `AccessDeniedException`; `message`; `offset`, in
    characters, of the fault in the policy that was asked about, where that is known.
    """

    def __init__(self, code: str, message: str, offset: int | None = None) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.offset = offset


class Access(NamedTuple):
    """The access that CheckAccessNotGranted looks for: `actions` on `resources`.

    An empty list means any. At least one of the two is not empty.
    """

    actions: Sequence[str] = ()
    resources: Sequence[str] = ()


class Pace(NamedTuple):
    """How an analyzer that waits for others is to be asked."""

    at_once: int
    """Questions at a time."""

    deadline: float
    """Seconds after which those without an answer are given up."""


class Home(NamedTuple):
    """Where access previews are made: the account is the zone of trust of the analyzer there."""

    partition: str
    region: str
    account: str


class PreviewedAccess(NamedTuple):
    """Access from outside the account that a preview shows."""

    principal: Mapping[str, str]
    """As an entry of a Principal: `{"AWS": "*"}`."""

    actions: Sequence[str]
    condition: Mapping[str, str]


class Previews(Protocol):
    """Access previews: what access from outside the account AWS says that a policy would give.

    They need what an account may not have, so that whatever is missing is one of the `notes`.
    """

    @property
    def notes(self) -> Sequence[str]:
        """Which of them could not be made so far, and why."""
        ...

    def home(self) -> Home | None:
        """None where no preview can be made."""
        ...

    def external_access(
        self, resource: str, configuration: Mapping[str, object]
    ) -> Sequence[PreviewedAccess] | None:
        """What a Configuration of the API gives, for the ARN of its resource; None for no answer.

        Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Configuration.html
        """
        ...


def is_action(text: str) -> bool:
    """Is it an action as `s3:GetObject`, perhaps with wildcards, or `*`?"""
    return _ACTION.fullmatch(text) is not None


class Analyzer(Protocol):
    """Answers the four questions. Every method raises AnalyzerError; documents are JSON text."""

    name: str

    @property
    def sends_documents(self) -> bool:
        """Do the documents that it is asked about leave this machine?"""
        ...

    @property
    def pace(self) -> Pace | None:
        """None for an analyzer that computes: it is asked one question after the other."""
        ...

    @property
    def second_opinion(self) -> Analyzer | None:
        """Who is asked the same, to report where the two disagree; never decides."""
        ...

    @property
    def previews(self) -> Previews | None:
        """None for an analyzer that makes no access previews."""
        ...

    @property
    def calls(self) -> CallCount | None:
        """What was asked of AWS so far; None for an analyzer that does not ask it."""
        ...

    @property
    def service_data(self) -> date | None:
        """The day of the data about AWS services that it answers from; None where that is AWS's."""
        ...

    def discreet(self) -> Analyzer:
        """The same analyzer, for documents of which nothing may be written to disk."""
        ...

    def doubt(self, code: str) -> str:
        """Why a finding of ValidatePolicy with this code may be wrong; empty where it is certain.

        Such a finding is a note: it informs and does not block.
        """
        ...

    def validate_policy(
        self,
        policyDocument: str,
        policyType: PolicyType,
        validatePolicyResourceType: str | None = None,
    ) -> list[ValidatePolicyFinding]:
        """All findings of ValidatePolicy, every page."""
        ...

    def check_no_new_access(
        self, newPolicyDocument: str, existingPolicyDocument: str, policyType: AccessPolicyType
    ) -> Answer:
        """Does the new policy allow a request that the existing (reference) policy does not?"""
        ...

    def check_access_not_granted(
        self, policyDocument: str, access: Access, policyType: AccessPolicyType
    ) -> Answer:
        """Does the policy allow any of the actions on any of the resources?"""
        ...

    def check_no_public_access(self, policyDocument: str, resourceType: str) -> Answer:
        """Does the resource policy grant public access?"""
        ...
