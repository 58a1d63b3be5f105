"""A policy as the configuration that an access preview takes.

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Configuration.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from policy_gate.analyzers.interface import Home
from policy_gate.checks.widening import deferred_in
from policy_gate.model import Assumption, AssumptionKind, DeferredText, Policy, PolicyKind, Value
from policy_gate.partitions import DEFAULT_PARTITION, URL_SUFFIXES


class _Resource(NamedTuple):
    """How the API takes a type of resource."""

    member: str
    policy: str
    arn: str
    """Of a resource that stands for one whose name is not known."""


_ROLE = _Resource("iamRole", "trustPolicy", "arn:{0}:iam::{2}:role/policy-gate-preview")
_ECR = _Resource(
    "ecrRepository", "repositoryPolicy", "arn:{0}:ecr:{1}:{2}:repository/policy-gate-preview"
)
_BY_PUBLIC_ACCESS_TYPE = {
    "AWS::DynamoDB::Stream": _Resource(
        "dynamodbStream",
        "streamPolicy",
        "arn:{0}:dynamodb:{1}:{2}:table/policy-gate-preview/stream/2024-01-01T00:00:00.000",
    ),
    "AWS::DynamoDB::Table": _Resource(
        "dynamodbTable", "tablePolicy", "arn:{0}:dynamodb:{1}:{2}:table/policy-gate-preview"
    ),
    "AWS::EFS::FileSystem": _Resource(
        "efsFileSystem",
        "fileSystemPolicy",
        "arn:{0}:elasticfilesystem:{1}:{2}:file-system/fs-00000000000000000",
    ),
    "AWS::KMS::Key": _Resource(
        "kmsKey", "keyPolicies", "arn:{0}:kms:{1}:{2}:key/00000000-0000-4000-8000-000000000000"
    ),
    "AWS::S3::Bucket": _Resource("s3Bucket", "bucketPolicy", "arn:{0}:s3:::policy-gate-preview"),
    "AWS::SecretsManager::Secret": _Resource(
        "secretsManagerSecret",
        "secretPolicy",
        "arn:{0}:secretsmanager:{1}:{2}:secret:policy-gate-preview-a1b2c3",
    ),
    "AWS::SNS::Topic": _Resource("snsTopic", "topicPolicy", "arn:{0}:sns:{1}:{2}:policy-gate"),
    "AWS::SQS::Queue": _Resource("sqsQueue", "queuePolicy", "arn:{0}:sqs:{1}:{2}:policy-gate"),
}
"""What is made of a policy text. Left out: what has no policy, and directory buckets, whose names
tell a zone."""

_ECR_TYPES = frozenset(
    {"AWS::ECR::Repository", "aws_ecr_repository_policy", "awscc_ecr_repository"}
)


def has_previews(policy: Policy) -> bool:
    """Does the API make previews of such a policy?"""
    return _resource_of(policy) is not None


def configuration_of(policy: Policy, home: Home) -> tuple[str, Mapping[str, object]] | None:
    """The ARN of the resource, real or made up, and its Configuration.

    None for a type without previews, and for a policy whose principals, actions or conditions only
    deployment knows: nothing can stand for them there, as AWS may tell it from what they will be.
    """
    resource = _resource_of(policy)
    if resource is None:
        return None
    document = _at_home(policy.document, home)
    arn = _named_in(document, resource.arn.format(*home)) or resource.arn.format(*home)
    document = _with_resource(document, arn, resource.member == "s3Bucket")
    if not isinstance(document, dict) or any(True for _ in deferred_in(document)):
        return None
    text = json.dumps(document)
    return arn, {
        resource.member: {
            resource.policy: {"default": text} if resource.member == "kmsKey" else text
        }
    }


def _resource_of(policy: Policy) -> _Resource | None:
    if policy.kind is PolicyKind.TRUST:
        return _ROLE
    if policy.identity.resource_type in _ECR_TYPES:
        return _ECR
    return _BY_PUBLIC_ACCESS_TYPE.get(policy.public_access_resource_type or "")


def _at_home(value: Value, home: Home) -> Value:
    """The value with what the place of the analyzer tells, for policies are deployed there."""
    if isinstance(value, dict):
        return {key: _at_home(child, home) for key, child in value.items()}
    if isinstance(value, list):
        return [_at_home(child, home) for child in value]
    if not isinstance(value, DeferredText):
        return value
    parts = [
        _pseudo(home).get(part.expression, part) if isinstance(part, Assumption) else part
        for part in value.parts
    ]
    known = [part for part in parts if isinstance(part, str)]
    return "".join(known) if len(known) == len(parts) else DeferredText(tuple(parts))


def _pseudo(home: Home) -> Mapping[str, str]:
    """Pseudo parameters of CloudFormation."""
    suffix = URL_SUFFIXES.get(home.partition, URL_SUFFIXES[DEFAULT_PARTITION])
    return {
        "${AWS::AccountId}": home.account,
        "${AWS::Partition}": home.partition,
        "${AWS::Region}": home.region,
        "${AWS::URLSuffix}": suffix,
    }


def _named_in(document: Value, stand_in: str) -> str | None:
    """The resource that the policy names, of the account and Region."""
    place = stand_in.split(":")[:5]
    for text in _resources(document):
        arn = text.partition("/")[0] if place[2] == "s3" else text
        if arn.split(":")[:5] == place and not set("*?$") & set(arn):
            return arn
    return None


def _resources(document: Value) -> Iterator[str]:
    for statement in _statements(document):
        named = statement.get("Resource")
        for text in named if isinstance(named, list) else [named]:
            if isinstance(text, str):
                yield text


def _with_resource(document: Value, arn: str, has_objects: bool) -> Value:
    """With the resource where the template creates it."""
    statements = document.get("Statement") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not statements:
        return document
    listed = statements if isinstance(statements, list) else [statements]
    itself: list[Value] = [arn, f"{arn}/*"] if has_objects else [arn]
    return {**document, "Statement": [_statement(item, itself) for item in listed]}


def _statement(statement: Value, itself: list[Value]) -> Value:
    if not isinstance(statement, dict) or "Resource" not in statement:
        return statement
    named = statement["Resource"]
    texts: list[Value] = []
    for text in named if isinstance(named, list) else [named]:
        made: list[Value] = itself if _is_created_here(text) else [text]
        texts += [item for item in made if item not in texts]
    return {**statement, "Resource": texts}


def _is_created_here(text: Value) -> bool:
    return isinstance(text, DeferredText) and all(
        part.kind is AssumptionKind.CREATED_HERE for part in text.assumptions()
    )


def _statements(document: Value) -> Iterator[dict[str, Value]]:
    statements = document.get("Statement") if isinstance(document, dict) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, dict):
            yield statement
