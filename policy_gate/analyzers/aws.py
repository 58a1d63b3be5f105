"""AWS answers: IAM Access Analyzer through boto3."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

from policy_gate.analyzers.aws_client import make_client
from policy_gate.analyzers.aws_errors import malformed_answer, sdk_errors
from policy_gate.analyzers.interface import (
    Access,
    AccessPolicyType,
    Answer,
    PolicyType,
    Reason,
    ValidatePolicyFinding,
)

if TYPE_CHECKING:
    from botocore.session import Session

MAX_ACCESS_ITEMS = 100
"""Actions, and resources, that one call of CheckAccessNotGranted takes.

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Access.html
"""


class AwsAnalyzer:
    """Asks IAM Access Analyzer in one region, with the credentials that the AWS SDK finds.

    Nothing is looked up or sent before the first question, so that whatever is wrong with
    credentials or region is the AnalyzerError of a question.
    """

    name = "aws"
    sends_documents = True
    service_data = None

    def __init__(self, session: Session | None = None) -> None:
        self._session = session

    def doubt(self, code: str) -> str:
        del code
        return ""

    def validate_policy(
        self,
        policyDocument: str,
        policyType: PolicyType,
        validatePolicyResourceType: str | None = None,
    ) -> list[ValidatePolicyFinding]:
        question = {"policyDocument": policyDocument, "policyType": policyType}
        if validatePolicyResourceType is not None:
            question["validatePolicyResourceType"] = validatePolicyResourceType
        with sdk_errors():
            pages = self._client.get_paginator("validate_policy").paginate(**question)
            return [_finding(finding) for page in pages for finding in page["findings"]]

    def check_no_new_access(
        self, newPolicyDocument: str, existingPolicyDocument: str, policyType: AccessPolicyType
    ) -> Answer:
        with sdk_errors():
            return _answer(
                self._client.check_no_new_access(
                    newPolicyDocument=newPolicyDocument,
                    existingPolicyDocument=existingPolicyDocument,
                    policyType=policyType,
                )
            )

    def check_access_not_granted(
        self, policyDocument: str, access: Access, policyType: AccessPolicyType
    ) -> Answer:
        with sdk_errors():
            return _merged(
                [
                    _answer(
                        self._client.check_access_not_granted(
                            policyDocument=policyDocument, access=[part], policyType=policyType
                        )
                    )
                    for part in _parts(access)
                ]
            )

    def check_no_public_access(self, policyDocument: str, resourceType: str) -> Answer:
        with sdk_errors():
            return _answer(
                self._client.check_no_public_access(
                    policyDocument=policyDocument, resourceType=resourceType
                )
            )

    @cached_property
    def _client(self) -> Any:
        return make_client("accessanalyzer", self._session)


def _parts(access: Access) -> Iterator[Mapping[str, Sequence[str]]]:
    """The access in parts that one call takes: every pair of an action and a resource is in one."""
    for actions, resources in product(_chunks(access.actions), _chunks(access.resources)):
        part = {"actions": actions, "resources": resources}
        yield {key: items for key, items in part.items() if items}


def _chunks(items: Sequence[str]) -> list[list[str]]:
    """At least one, which is empty where there are no items."""
    starts = range(0, max(len(items), 1), MAX_ACCESS_ITEMS)
    return [list(items[start : start + MAX_ACCESS_ITEMS]) for start in starts]


def _merged(answers: Sequence[Answer]) -> Answer:
    """One answer for all parts: FAIL where one is, with the reasons of all."""
    first = next((answer for answer in answers if answer.result == "FAIL"), answers[0])
    reasons = dict.fromkeys(reason for answer in answers for reason in answer.reasons)
    return Answer(first.result, first.message, tuple(reasons))


def _answer(response: Mapping[str, Any]) -> Answer:
    result = response.get("result")
    if result not in ("PASS", "FAIL"):
        raise malformed_answer(f"its result is {result!r}")
    reasons = tuple(
        Reason(
            description=reason.get("description", ""),
            statementIndex=reason.get("statementIndex"),
            statementId=reason.get("statementId") or None,
        )
        for reason in response.get("reasons", ())
    )
    return Answer(result, response.get("message", ""), reasons)


def _finding(finding: Mapping[str, Any]) -> ValidatePolicyFinding:
    return {
        "findingDetails": finding["findingDetails"],
        "findingType": finding["findingType"],
        "issueCode": finding["issueCode"],
        "learnMoreLink": finding["learnMoreLink"],
        "locations": [
            {"path": location["path"], "span": location["span"]}
            for location in finding["locations"]
        ],
    }
