"""cfn-policy-validator (https://pypi.org/project/cfn-policy-validator) without AWS.

Its parser runs in this process. Of AWS, IAM answers for managed policies; every other call fails,
as it does for a stack that is not deployed yet.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn
from unittest.mock import patch

RESOURCE_TYPES = frozenset(
    {
        "AWS::ApiGateway::RestApi",
        "AWS::Backup::BackupVault",
        "AWS::CloudTrail::ResourcePolicy",
        "AWS::CodeArtifact::Domain",
        "AWS::IAM::Group",
        "AWS::IAM::GroupPolicy",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::IAM::RolePolicy",
        "AWS::IAM::User",
        "AWS::IAM::UserPolicy",
        "AWS::KMS::Key",
        "AWS::Lambda::LayerVersionPermission",
        "AWS::Lambda::Permission",
        "AWS::S3::AccessPoint",
        "AWS::S3::BucketPolicy",
        "AWS::S3::MultiRegionAccessPointPolicy",
        "AWS::S3Express::AccessPoint",
        "AWS::S3Tables::TableBucketPolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
        "AWS::SSO::PermissionSet",
        "AWS::SecretsManager::ResourcePolicy",
    }
)
"""The resource types whose policies it finds, besides the ACL of a bucket."""

ACCOUNT, PARTITION, REGION = "111122223333", "aws", "us-east-1"


class NeedsAwsError(Exception):
    """A template that cfn-policy-validator asks AWS about."""


class _Client:
    """What boto3 would give for one service."""

    def __init__(self, service: str, _region: str, _config: object = None) -> None:
        self.service = service

    def get_policy(self, PolicyArn: str) -> dict[str, Any]:  # noqa: N803 - as boto3 spells it
        name = PolicyArn.rpartition("/")[2]
        return {"Policy": {"PolicyName": name, "DefaultVersionId": "v1", "Path": "/"}}

    def get_policy_version(self, **_arguments: str) -> dict[str, Any]:
        return {"PolicyVersion": {"Document": {"Statement": []}}}

    def __getattr__(self, operation: str) -> NoReturn:
        raise NeedsAwsError(f"{self.service}: {operation}")


def parse(template: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """What `cfn-policy-validator parse` prints. Raises any exception."""
    from cfn_policy_validator import client
    from cfn_policy_validator import parse as parse_template

    logging.getLogger().setLevel(logging.CRITICAL)
    with patch.object(client, "build", _Client):
        parsed: dict[str, Any] = parse_template(
            template, REGION, ACCOUNT, PARTITION, dict(parameters)
        )
    return parsed


def documents(parsed: Mapping[str, Any]) -> Iterator[Any]:
    """The policy documents of what `parse` gives, but for those of AWS.

    It puts the permissions of one Lambda function together; here each is a document of its own.
    """
    for role in parsed["Roles"]:
        yield role["TrustPolicy"]
    for principals in ("Roles", "PermissionSets", "Users", "Groups"):
        for principal in parsed[principals]:
            yield from (
                item["Policy"] for item in principal["Policies"] if not item["IsAWSManagedPolicy"]
            )
    yield from (policy["Policy"] for policy in parsed["OrphanedPolicies"])
    for resource in parsed["Resources"]:
        document = resource["Policy"]["Policy"]
        if resource["ResourceType"].startswith("AWS::Lambda::"):
            yield from ({**document, "Statement": [item]} for item in document["Statement"])
        elif document is not None:
            yield document
