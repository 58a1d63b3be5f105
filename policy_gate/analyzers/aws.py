"""AWS answers: IAM Access Analyzer through botocore, on which boto3 is built."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policy_gate.analyzers.access_previews import AccessPreviews
from policy_gate.analyzers.aws_calls import Calls
from policy_gate.analyzers.aws_client import Connection
from policy_gate.analyzers.aws_errors import malformed_answer
from policy_gate.analyzers.aws_parts import (
    merged,
    parts_of,
    require_resource_sizes,
    require_validated_size,
)
from policy_gate.analyzers.interface import (
    Access,
    AccessPolicyType,
    Analyzer,
    Answer,
    Pace,
    PolicyType,
    Reason,
    ValidatePolicyFinding,
)
from policy_gate.analyzers.settings import DEFAULT_AWS_SETTINGS, AwsSettings
from policy_gate.model import CallCount


class AwsAnalyzer:
    """Asks IAM Access Analyzer in one region, with the credentials that the AWS SDK finds.

    Nothing is looked up or sent before the first question, so that whatever is wrong with
    credentials or region is the AnalyzerError of a question.
    """

    sends_documents = True
    service_data = None

    def __init__(
        self,
        settings: AwsSettings = DEFAULT_AWS_SETTINGS,
        second_opinion: Analyzer | None = None,
    ) -> None:
        self.name = "both" if second_opinion else "aws"
        self.second_opinion = second_opinion
        self.connection = Connection(settings)
        self.pace = Pace(settings.max_concurrency, settings.deadline)
        self._calls = Calls(self.connection)
        self.previews = AccessPreviews(self._calls, settings)

    @property
    def calls(self) -> CallCount:
        return self._calls.count

    def doubt(self, code: str) -> str:
        del code
        return ""

    def validate_policy(
        self,
        policyDocument: str,
        policyType: PolicyType,
        validatePolicyResourceType: str | None = None,
    ) -> list[ValidatePolicyFinding]:
        require_validated_size(policyDocument)
        question = {"policyDocument": policyDocument, "policyType": policyType}
        if validatePolicyResourceType is not None:
            question["validatePolicyResourceType"] = validatePolicyResourceType
        return self._calls.ask("validate_policy", [question], _findings)[0]

    def check_no_new_access(
        self, newPolicyDocument: str, existingPolicyDocument: str, policyType: AccessPolicyType
    ) -> Answer:
        question = {
            "newPolicyDocument": newPolicyDocument,
            "existingPolicyDocument": existingPolicyDocument,
            "policyType": policyType,
        }
        return self._calls.ask("check_no_new_access", [question], _answer)[0]

    def check_access_not_granted(
        self, policyDocument: str, access: Access, policyType: AccessPolicyType
    ) -> Answer:
        require_resource_sizes(access)
        questions = [
            {"policyDocument": policyDocument, "access": [part], "policyType": policyType}
            for part in parts_of(access)
        ]
        return merged(self._calls.ask("check_access_not_granted", questions, _answer))

    def check_no_public_access(self, policyDocument: str, resourceType: str) -> Answer:
        question = {"policyDocument": policyDocument, "resourceType": resourceType}
        return self._calls.ask("check_no_public_access", [question], _answer)[0]


def _answer(response: Mapping[str, Any]) -> Answer:
    try:
        return _answer_of(response)
    except (AttributeError, TypeError) as error:
        raise malformed_answer(f"{type(error).__name__}: {error}") from error


def _findings(response: Mapping[str, Any]) -> list[ValidatePolicyFinding]:
    try:
        return [_finding(finding) for finding in response["findings"]]
    except (KeyError, TypeError) as error:
        raise malformed_answer(f"{type(error).__name__}: {error}") from error


def _answer_of(response: Mapping[str, Any]) -> Answer:
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
