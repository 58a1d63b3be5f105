"""AWS answers: IAM Access Analyzer through botocore, on which boto3 is built."""

from __future__ import annotations

from copy import copy

from policy_gate.analyzers.access_previews import AccessPreviews
from policy_gate.analyzers.aws_answers import read_answer, read_findings
from policy_gate.analyzers.aws_calls import Calls
from policy_gate.analyzers.aws_client import Connection
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
        self._may_be_kept = True

    @property
    def calls(self) -> CallCount:
        return self._calls.count

    def discreet(self) -> AwsAnalyzer:
        discreet = copy(self)
        discreet._may_be_kept = False
        return discreet

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
        return self._calls.ask("validate_policy", [question], read_findings, self._may_be_kept)[0]

    def check_no_new_access(
        self, newPolicyDocument: str, existingPolicyDocument: str, policyType: AccessPolicyType
    ) -> Answer:
        question = {
            "newPolicyDocument": newPolicyDocument,
            "existingPolicyDocument": existingPolicyDocument,
            "policyType": policyType,
        }
        return self._calls.ask("check_no_new_access", [question], read_answer, self._may_be_kept)[0]

    def check_access_not_granted(
        self, policyDocument: str, access: Access, policyType: AccessPolicyType
    ) -> Answer:
        require_resource_sizes(access)
        questions = [
            {"policyDocument": policyDocument, "access": [part], "policyType": policyType}
            for part in parts_of(access)
        ]
        return merged(
            self._calls.ask("check_access_not_granted", questions, read_answer, self._may_be_kept)
        )

    def check_no_public_access(self, policyDocument: str, resourceType: str) -> Answer:
        question = {"policyDocument": policyDocument, "resourceType": resourceType}
        return self._calls.ask(
            "check_no_public_access", [question], read_answer, self._may_be_kept
        )[0]
