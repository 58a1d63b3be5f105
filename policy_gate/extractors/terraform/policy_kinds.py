"""What kind of policy a row of the table stands for in one resource."""

from __future__ import annotations

from collections.abc import Mapping

from policy_gate.extractors.cloudformation.policies import KINDS, ORGANIZATION_KINDS
from policy_gate.extractors.terraform.tables import PolicyAttribute
from policy_gate.extractors.terraform.values import Located
from policy_gate.model import PolicyKind, ReasonCode

_TYPES_BY_ARN: dict[str, tuple[str, dict[str, str | None]]] = {
    "aws_dynamodb_resource_policy": ("resource_arn", {"/stream/": "AWS::DynamoDB::Stream"}),
    "aws_kinesis_resource_policy": (
        "resource_arn",
        {"/consumer/": "AWS::Kinesis::StreamConsumer"},
    ),
    "awscc_cloudtrail_resource_policy": (
        "resource_arn",
        {":dashboard/": "AWS::CloudTrail::Dashboard", ":channel/": None},
    ),
    "awscc_kinesis_resource_policy": (
        "resource_arn",
        {"/consumer/": "AWS::Kinesis::StreamConsumer"},
    ),
}
_DIRECTORY_BUCKET = "--x-s3"


def kind_of(
    row: PolicyAttribute, attributes: Mapping[str, Located]
) -> PolicyKind | tuple[ReasonCode, str]:
    """The kind of the policy, or why there is none that the gate knows.

    `attributes` are those of the resource that are set or unknown.
    """
    if row.resource_type.endswith("_ram_permission"):
        message = "a RAM permission is a template without Principal and Resource, not a policy"
        return ReasonCode.NOT_APPLICABLE, message
    if not row.resource_type.endswith("_organizations_policy"):
        return KINDS.get(row.kind, PolicyKind.RESOURCE)
    # Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/organizations_policy
    written = attributes.get("type")
    kind = "SERVICE_CONTROL_POLICY" if written is None else written.value
    if not isinstance(kind, str):
        return ReasonCode.NOT_ANALYSED, "the type of this policy is not known before apply"
    if kind in ORGANIZATION_KINDS:
        return ORGANIZATION_KINDS[kind]
    return ReasonCode.NOT_APPLICABLE, f"a {kind} is not written in the IAM policy language"


def validate_policy_type(row: PolicyAttribute, attributes: Mapping[str, Located]) -> str | None:
    """ValidatePolicyResourceType of Access Analyzer, where it has one for this policy."""
    if public_access_type(row, attributes) != row.public_access_resource_type:
        return None
    return row.validate_policy_resource_type


def public_access_type(row: PolicyAttribute, attributes: Mapping[str, Located]) -> str | None:
    """AccessCheckResourceType of Access Analyzer: the table's, told closer by what the policy is
    attached to where one resource type serves several."""
    if row.resource_type == "aws_s3_bucket_policy":
        if _text(attributes, "bucket").endswith(_DIRECTORY_BUCKET):
            return "AWS::S3Express::DirectoryBucket"
        return row.public_access_resource_type
    name, types = _TYPES_BY_ARN.get(row.resource_type, ("", {}))
    for part, told in types.items():
        if part in _text(attributes, name):
            return told
    return row.public_access_resource_type


def _text(attributes: Mapping[str, Located], name: str) -> str:
    found = attributes.get(name)
    return "" if found is None or isinstance(found.value, list | dict) else str(found.value)
