"""Access previews: what access from outside the account a policy would give.

A preview is complete as soon as it is created.
Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAccessPreview.html
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from policy_gate.analyzers.interface import AnalyzerError
from policy_gate.server.account import analyzer_of, not_found
from policy_gate.server.context import Body, Context
from policy_gate.server.external import external_access
from policy_gate.server.paging import Page
from policy_gate.server.preview_store import Preview
from policy_gate.server.question import Question
from policy_gate.server.wire import RefusedError, invalid

POLICIES = {
    "dynamodbStream": ("streamPolicy", "AWS::DynamoDB::Stream"),
    "dynamodbTable": ("tablePolicy", "AWS::DynamoDB::Table"),
    "efsFileSystem": ("fileSystemPolicy", "AWS::EFS::FileSystem"),
    "iamRole": ("trustPolicy", "AWS::IAM::Role"),
    "kmsKey": ("keyPolicies", "AWS::KMS::Key"),
    "s3Bucket": ("bucketPolicy", "AWS::S3::Bucket"),
    "s3ExpressDirectoryBucket": ("bucketPolicy", "AWS::S3Express::DirectoryBucket"),
    "secretsManagerSecret": ("secretPolicy", "AWS::SecretsManager::Secret"),
    "snsTopic": ("topicPolicy", "AWS::SNS::Topic"),
    "sqsQueue": ("queuePolicy", "AWS::SQS::Queue"),
}
"""The member of a configuration that has its policy, and the type of resource.

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Configuration.html
"""


def create_access_preview(question: Question, context: Context) -> Body:
    analyzer_of(question, context.caller)
    configurations = question.members.get("configurations")
    if not isinstance(configurations, dict) or len(configurations) != 1:
        raise _wrong("must have exactly one element")
    ((resource, configuration),) = configurations.items()
    document, resource_type = _policy_of(configuration)
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    common = {
        "resource": resource,
        "resourceType": resource_type,
        "resourceOwnerAccount": context.caller.account,
        "createdAt": created,
        "changeType": "NEW",
        "status": "ACTIVE",
    }
    findings: list[dict[str, Any]] | None
    try:
        found = external_access(document, resource_type, context.caller.account, context.analyzer)
        findings = [
            {"id": f"{context.request_id}-{number}", **common, **members}
            for number, members in enumerate(found)
        ]
    except AnalyzerError:
        findings = None
    size = len(resource) + len(document)
    preview = Preview(context.request_id, configurations, created, findings, size)
    context.previews.add(preview)
    return {"id": preview.id}


def get_access_preview(question: Question, context: Context) -> Body:
    preview = _preview(question, context)
    status: dict[str, Any] = {"status": "COMPLETED"}
    if preview.findings is None:
        status = {"status": "FAILED", "statusReason": {"code": "INVALID_CONFIGURATION"}}
    body = {
        "id": preview.id,
        "analyzerArn": question.text("analyzerArn"),
        "configurations": preview.configurations,
        "createdAt": preview.created,
    }
    return {"accessPreview": body | status}


def list_access_preview_findings(question: Question, context: Context) -> Body:
    preview = _preview(question, context)
    if question.members.get("filter"):
        problem = "is not supported by policy-gate serve"
        raise invalid(f"filter {problem}", "fieldValidationFailed", {"filter": problem})
    if preview.findings is None:
        raise RefusedError(
            "ConflictException",
            409,
            "the access preview has failed: its policy is not valid",
            resourceId=preview.id,
            resourceType="access preview",
        )
    return Page(question, preview.id, context.page_size).of("findings", preview.findings)


def _preview(question: Question, context: Context) -> Preview:
    """The preview that a question is about. Raises RefusedError."""
    analyzer_of(question, context.caller)
    asked = question.text("accessPreviewId")
    preview = context.previews.get(asked)
    if preview is None:
        raise not_found("access preview", asked)
    return preview


def _policy_of(configuration: object) -> tuple[str, str]:
    """The policy of a configuration and the type of its resource. Raises RefusedError."""
    if not isinstance(configuration, dict) or len(configuration) != 1:
        raise _wrong("must describe one resource")
    ((kind, members),) = configuration.items()
    if kind not in POLICIES:
        raise _wrong(f"is of {kind[:100]!a}: policy-gate serve knows {', '.join(POLICIES)}")
    name, resource_type = POLICIES[kind]
    if not isinstance(members, dict) or set(members) != {name}:
        raise _wrong(f"must have {name} and nothing else: policy-gate serve judges one policy")
    policy = members[name]
    if kind == "kmsKey" and isinstance(policy, dict) and set(policy) == {"default"}:
        policy = policy["default"]
    if not isinstance(policy, str):
        raise _wrong(f"has no policy in {name}")
    return policy, resource_type


def _wrong(problem: str) -> RefusedError:
    message = f"configurations {problem}"
    return invalid(message, "fieldValidationFailed", {"configurations": problem})
