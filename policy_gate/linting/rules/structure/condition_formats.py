"""Rules about condition keys and values of a fixed form: ids of VPCs, services, keys of tags.

Values with a wildcard or a policy variable are left alone.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_gate.linting.patterns import is_literal
from policy_gate.linting.rule import Problem, example_with, quoted, rule
from policy_gate.linting.view import Condition, PolicyView, Text
from policy_gate.partitions import URL_SUFFIXES

_CALLED_VIA = ("aws:calledvia", "aws:calledviafirst", "aws:calledvialast")
_VIA_SERVICE = "kms:viaservice"
_SUFFIXES = "|".join(re.escape(suffix) for suffix in dict.fromkeys(URL_SUFFIXES.values()))
_SERVICE = re.compile(rf"[a-z0-9-]+\.(?:amazon\.com|{_SUFFIXES})")
_SERVICE_IN_REGION = re.compile(rf"[a-z0-9-]+\.[a-z0-9-]+\.(?:{_SUFFIXES})")
_TAG_WITHOUT_KEY = re.compile(
    r"[^:]+:(?:(?:principal|request|resource)tag|[^:/]*tag/)", re.IGNORECASE
)
_VPC = example_with('{"StringEquals": {"aws:SourceVpc": "vpc-0abc12de"}}')
_ENDPOINT = example_with('{"StringEquals": {"aws:SourceVpce": "vpce-0abc12de"}}')
_CALL = example_with('{"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}')
_TAG = example_with(
    '{"StringEquals": {"aws:ResourceTag/team": "red"}}',
    action="ec2:StartInstances",
    resource="arn:aws:ec2:*:111122223333:instance/*",
)


@rule(
    "INVALID_VPC_FORMAT",
    "ERROR",
    bad=_VPC.replace("vpc-0abc12de", "vpc-123"),
    good=_VPC,
)
def invalid_vpc_format(policy: PolicyView) -> Iterator[Problem]:
    """Reports a value of aws:SourceVpc that is no id of a VPC.

    Why is this bad? It matches no request.

    Use instead: `vpc-` and 8 or 17 letters and digits.
    """
    yield from _not_ids(policy, "aws:sourcevpc", "vpc")


@rule(
    "INVALID_VPCE_FORMAT",
    "ERROR",
    bad=_ENDPOINT.replace("vpce-0abc12de", "vpc-0abc12de"),
    good=_ENDPOINT,
)
def invalid_vpce_format(policy: PolicyView) -> Iterator[Problem]:
    """Reports a value of aws:SourceVpce that is no id of a VPC endpoint.

    Why is this bad? It matches no request.

    Use instead: `vpce-` and 8 or 17 letters and digits.
    """
    yield from _not_ids(policy, "aws:sourcevpce", "vpce")


def _not_ids(policy: PolicyView, key: str, prefix: str) -> Iterator[Problem]:
    is_id = re.compile(rf"{prefix}-(?:[0-9a-z]{{8}}|[0-9a-z]{{17}})", re.IGNORECASE).fullmatch
    for condition, text in _literals(policy, key):
        if not is_id(text.value):
            yield Problem(
                f"{quoted(text.value)} is no value of {quoted(condition.key)}: write "
                f'"{prefix}-" and 8 or 17 letters and digits.',
                (text.place,),
            )


@rule(
    "INVALID_SERVICE_PRINCIPAL_FORMAT",
    "ERROR",
    bad=_CALL.replace("athena.amazonaws.com", "athena"),
    good=_CALL,
)
def invalid_service_principal_format(policy: PolicyView) -> Iterator[Problem]:
    """Reports a value of aws:CalledVia, its First and Last, or kms:ViaService that is no service.

    Why is this bad? It matches no request.

    Use instead: `athena.amazonaws.com`; for kms:ViaService with a Region, as
    `s3.us-east-1.amazonaws.com`.
    """
    for condition, text in _literals(policy, *_CALLED_VIA):
        if not _SERVICE.fullmatch(text.value):
            yield _no_service(condition, text, "athena.amazonaws.com")
    for condition, text in _literals(policy, _VIA_SERVICE):
        if not _SERVICE_IN_REGION.fullmatch(text.value):
            yield _no_service(condition, text, "s3.us-east-1.amazonaws.com")


def _no_service(condition: Condition, text: Text, expected: str) -> Problem:
    return Problem(
        f"{quoted(text.value)} has not the form of {quoted(condition.key)}: write it as "
        f'"{expected}", in lower case.',
        (text.place,),
    )


def _literals(policy: PolicyView, *keys: str) -> Iterator[tuple[Condition, Text]]:
    for condition in policy.conditions:
        if condition.folded_key in keys and condition.operator.family == "String":
            for text in condition.texts:
                if is_literal(text.value):
                    yield condition, text


@rule(
    "MISSING_TAG_KEY_IN_CONDITION",
    "ERROR",
    bad=_TAG.replace("ResourceTag/team", "ResourceTag/"),
    good=_TAG,
)
def missing_tag_key_in_condition(policy: PolicyView) -> Iterator[Problem]:
    """Reports a condition key about a tag that does not say which tag.

    Why is this bad? It is in no request: the key of the tag is part of the condition key.

    Use instead: `aws:ResourceTag/team`, with the key of the tag behind the slash.
    """
    for condition in policy.conditions:
        if _TAG_WITHOUT_KEY.fullmatch(condition.key):
            name = condition.key.rstrip("/")
            yield Problem(
                f"{quoted(condition.key)} does not say which tag it tests: write its key behind "
                f"a slash, as {quoted(f'{name}/team')}.",
                (condition.key_place,),
            )
