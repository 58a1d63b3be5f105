"""Actions, resources and principals that a reader knows, to prefer in a witness."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from policy_gate.casing import folded
from policy_gate.reasoning.automaton import overlap
from policy_gate.reasoning.language import Language, head_of
from policy_gate.reasoning.patterns import Pattern, free_pattern

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
REGION = "us-east-1"

Vocabulary = Callable[[str], Sequence[str]]
"""The actions of a service, as `s3:GetObject`; none of a service that is not known."""


def no_vocabulary(_: str) -> Sequence[str]:
    """The vocabulary of somebody who has no data about AWS."""
    return ()


ACTIONS = tuple(
    f"{service}:{name}"
    for service, names in {
        "s3": "GetObject PutObject DeleteObject ListBucket GetBucketPolicy PutBucketPolicy"
        " DeleteBucket CreateBucket ListAllMyBuckets GetObjectVersion PutObjectAcl",
        "iam": "CreateUser PassRole AttachRolePolicy PutRolePolicy CreateRole CreateAccessKey"
        " GetRole ListUsers DeleteRole UpdateAssumeRolePolicy AddUserToGroup",
        "sts": "AssumeRole AssumeRoleWithWebIdentity AssumeRoleWithSAML TagSession"
        " GetCallerIdentity",
        "ec2": "RunInstances DescribeInstances TerminateInstances StartInstances StopInstances"
        " CreateTags DeleteTags CreateVpc ModifyInstanceAttribute",
        "lambda": "InvokeFunction CreateFunction UpdateFunctionCode GetFunction ListFunctions"
        " DeleteFunction AddPermission",
        "dynamodb": "GetItem PutItem Query Scan UpdateItem DeleteItem DeleteTable CreateTable"
        " DescribeTable ListTables BatchGetItem",
        "sqs": "SendMessage ReceiveMessage DeleteMessage GetQueueUrl CreateQueue DeleteQueue",
        "sns": "Publish Subscribe CreateTopic DeleteTopic ListTopics SetTopicAttributes",
        "kms": "Decrypt Encrypt GenerateDataKey DescribeKey CreateGrant PutKeyPolicy"
        " ScheduleKeyDeletion ListKeys",
        "secretsmanager": "GetSecretValue PutSecretValue DescribeSecret DeleteSecret ListSecrets",
        "ssm": "GetParameter PutParameter SendCommand StartSession DescribeParameters",
        "logs": "CreateLogGroup CreateLogStream PutLogEvents DescribeLogGroups GetLogEvents",
        "cloudformation": "CreateStack UpdateStack DeleteStack DescribeStacks ListStacks",
        "cloudtrail": "StopLogging DeleteTrail LookupEvents",
        "cloudwatch": "GetMetricData PutMetricData PutMetricAlarm",
        "ecr": "GetDownloadUrlForLayer BatchGetImage PutImage GetAuthorizationToken",
        "ecs": "RunTask UpdateService DescribeServices",
        "rds": "DescribeDBInstances CreateDBInstance DeleteDBInstance",
        "organizations": "DescribeOrganization LeaveOrganization",
    }.items()
    for name in names.split()
)
"""Common actions. They only make witnesses readable; no verdict depends on them."""

_RESOURCES = {
    "s3": ["arn:aws:s3:::example-bucket/example-key", "arn:aws:s3:::example-bucket"],
    "iam": [f"arn:aws:iam::{ACCOUNT}:{kind}/example" for kind in ("role", "user", "policy")],
    "sts": [f"arn:aws:iam::{ACCOUNT}:role/example"],
    "ec2": [f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-0123456789abcdef0"],
    "lambda": [f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:example"],
    "dynamodb": [f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/example"],
    "kms": [f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"],
    "secretsmanager": [f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:example-AbCdEf"],
    "logs": [f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:example:log-stream:example"],
}
_PRINCIPALS = [
    "*",
    f"AWS:arn:aws:iam::{ACCOUNT}:role/example",
    f"AWS:arn:aws:iam::{OTHER_ACCOUNT}:role/example",
    "Service:ec2.amazonaws.com",
    f"Federated:arn:aws:iam::{ACCOUNT}:saml-provider/example",
]
_FILLS_OF_ACTIONS = ("", "Example", "X")
_FILLS = ("example", "", "Example", "x")


def example_actions(patterns: Sequence[Pattern], vocabulary: Vocabulary) -> Iterator[str]:
    """Actions that may match the patterns, of which the first is the focus."""
    focus = patterns[0]
    if focus.literal:
        yield _as_usual(focus, vocabulary)
        return
    yield from (_as_usual(pattern, vocabulary) for pattern in patterns if pattern.literal)
    yield from (action for action in ACTIONS if folded(action).startswith(focus.prefix))
    for head in dict.fromkeys(map(head_of, patterns)):
        yield from vocabulary(head) if head else ()
    yield from (_fill(pattern.text, fill) for pattern in patterns for fill in _FILLS_OF_ACTIONS)


def _as_usual(action: Pattern, vocabulary: Vocabulary) -> str:
    """The action as AWS writes it, or else as the policy does."""
    if action.text != action.prefix:
        return action.text
    names = vocabulary(action.prefix.partition(":")[0])
    return next((name for name in names if folded(name) == action.prefix), action.text)


def example_resources(patterns: Sequence[Pattern], service: str) -> list[str]:
    """Resources that may match the patterns, of which the first is the focus."""
    focus = patterns[0]
    if focus.literal:
        return [focus.prefix]
    literal = [pattern.prefix for pattern in patterns if pattern.literal]
    usual = _RESOURCES.get(service, [f"arn:aws:{service}:{REGION}:{ACCOUNT}:example"])
    filled = [
        _fill_arn(pattern.text, service, fill)
        for pattern in patterns
        for fill in _FILLS
        if not pattern.matches_everything
    ]
    return _distinct([*literal, *(usual if service else ()), *filled, *_RESOURCES["s3"], "*"])


def example_principals(patterns: Sequence[Pattern]) -> list[str]:
    """Principals that may match the patterns, of which the first is the focus."""
    literal = [pattern.prefix for pattern in patterns if pattern.literal]
    filled = [
        "AWS:" + _fill_arn(pattern.text.removeprefix("AWS:"), "iam", fill)
        for pattern in patterns
        for fill in ("role/example", "user/example", "example", "root")
        if pattern.prefix.startswith("AWS:arn:")
    ]
    return _distinct([*literal, *_PRINCIPALS, *filled])


_VALUES = {
    "account": (ACCOUNT, OTHER_ACCOUNT),
    "arn": (f"arn:aws:iam::{ACCOUNT}:role/example",),
    "orgid": ("o-exampleorgid",),
    "region": (REGION, "eu-west-1"),
    "vpc": ("vpc-0123456789abcdef0",),
    "vpce": ("vpce-0123456789abcdef0",),
    "securetransport": ("true", "false"),
    "multifactorauthpresent": ("true", "false"),
}
_ANY_VALUES = ("example", "other", "x", "")


def example_values(key: str, inside: Iterable[Language]) -> list[str]:
    """Values of a context key that may match the languages."""
    usual = next((texts for end, texts in _VALUES.items() if key.endswith(end)), ())
    filled = [
        fill_in(pattern.text)
        for language in inside
        for pattern in language.patterns[:20]
        for fill_in in (_fill_value, _fill_elsewhere, lambda text: _fill(text, ""))
    ]
    return _distinct([*usual, *filled, *_ANY_VALUES])


def _fill_value(text: str) -> str:
    return _fill_arn(text, "iam", "example") if text.startswith("arn:") else _fill(text, "example")


def _fill_elsewhere(text: str) -> str:
    """As of an account that is not the usual one."""
    return _fill_value(text).replace(ACCOUNT, OTHER_ACCOUNT)


def _fill(text: str, fill: str) -> str:
    return text.replace("*", fill).replace("?", "x")


def _fill_arn(text: str, service: str, fill: str) -> str:
    """The ARN of a pattern, with usual values for the wildcards of its first five segments."""
    parts = text.split(":", 5)
    if len(parts) < 6:
        return _fill(text, fill)
    regional = service not in ("s3", "iam", "sts")
    usual = ("arn", "aws", service or "s3", REGION * regional, ACCOUNT * (service != "s3"))
    head = [_usual(part, value) for part, value in zip(parts[:5], usual, strict=True)]
    return ":".join([*head, _fill(parts[5], fill)])


def _usual(part: str, value: str) -> str:
    """`value` where it matches the segment, otherwise the segment without its wildcards."""
    if "*" not in part and "?" not in part:
        return part
    return value if overlap(free_pattern(part), free_pattern(value)) else _fill(part, "")


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
