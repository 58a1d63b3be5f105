"""Rules about conditions that a caller gets around.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.rule import Problem, example_with, quoted, rule
from policy_gate.linting.view import Condition, PolicyView, Statement

_USER_AGENT = "aws:useragent"
_REFERER = "aws:referer"
_VPC_SOURCE_IP = "aws:vpcsourceip"
# The first two are what AWS names; the others say as well whose network it is.
_NETWORKS = (
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourcevpcarn",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
)
_ATTRIBUTES = "dynamodb:attributes"
_SELECT = "dynamodb:select"
_SPECIFIC = "SPECIFIC_ATTRIBUTES"
_PREFIX = "s3:prefix"
_SIGNED = example_with('{"StringEquals": {"aws:PrincipalOrgID": "o-abcd123456"}}')
_ADDRESS = '"IpAddress": {"aws:VpcSourceIp": "10.1.0.0/16"}'
_COLUMNS = '"ForAllValues:StringEquals": {"dynamodb:Attributes": ["Id", "Total"]}'
_TABLE = {
    "action": "dynamodb:Query",
    "resource": "arn:aws:dynamodb:us-east-1:111122223333:table/Orders",
}
_LISTING = {"action": "s3:ListBucket", "resource": "arn:aws:s3:::logs"}


@rule(
    "UNTRUSTWORTHY_CONDITION_KEY",
    "SECURITY_WARNING",
    bad=_SIGNED.replace("aws:PrincipalOrgID", "aws:UserAgent").replace("o-abcd123456", "app/1.0"),
    good=_SIGNED,
)
def untrustworthy_condition_key(policy: PolicyView) -> Iterator[Problem]:
    """Reports a condition on aws:UserAgent or aws:Referer.

    Why is this bad? The caller writes both headers, and can write what the condition asks for.

    Use instead: what AWS knows of the caller, as aws:PrincipalOrgID, aws:PrincipalArn,
    aws:SourceIp or aws:SourceVpc.
    """
    for condition in policy.conditions:
        key = condition.folded_key
        if key == _USER_AGENT or (key == _REFERER and not _is_for_services(condition.statement)):
            yield Problem(
                f"{quoted(condition.key)} is whatever the caller writes: test something that AWS "
                'knows, as "aws:PrincipalOrgID" or "aws:SourceVpc".',
                (condition.key_place,),
            )


def _is_for_services(statement: Statement) -> bool:
    # Some services set aws:Referer to the account they act for.
    return any(statement.principals("Service"))


@rule(
    "MISSING_PAIRED_CONDITION_KEYS",
    "SECURITY_WARNING",
    bad=example_with(f"{{{_ADDRESS}}}"),
    good=example_with(f'{{{_ADDRESS}, "StringEquals": {{"aws:SourceVpc": "vpc-0abc12de"}}}}'),
)
def missing_paired_condition_keys(policy: PolicyView) -> Iterator[Problem]:
    """Reports an Allow for addresses of aws:VpcSourceIp that does not say in which VPC.

    Why is this bad? Every VPC of every account can have the same private addresses.

    Use instead: in the same Condition, aws:SourceVpc or aws:SourceVpce too.
    """
    # In a Deny, a second test would make the statement deny less.
    for condition in _in_allows(policy, _VPC_SOURCE_IP):
        if not condition.statement.conditions_on(*_NETWORKS):
            yield Problem(
                f"{quoted(condition.key)} alone matches in every VPC that has such addresses: test "
                '"aws:SourceVpc" or "aws:SourceVpce" too.',
                (condition.key_place,),
            )


@rule(
    "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT",
    "SECURITY_WARNING",
    bad=example_with(f"{{{_COLUMNS}}}", **_TABLE),
    good=example_with(
        f'{{{_COLUMNS}, "StringEquals": {{"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}}}', **_TABLE
    ),
)
def dynamodb_attributes_without_select(policy: PolicyView) -> Iterator[Problem]:
    """Reports an Allow for some dynamodb:Attributes that does not demand that requests name them.

    Why is this bad? A query that names no attributes gets them all.

    Use instead: in the same Condition, dynamodb:Select with `SPECIFIC_ATTRIBUTES` too.
    """
    # In a Deny, a second test would make the statement deny less.
    for condition in _in_allows(policy, _ATTRIBUTES):
        if not any(map(_names_attributes, condition.statement.conditions_on(_SELECT))):
            yield Problem(
                f"{quoted(condition.key)} alone does not limit a request that names no attributes: "
                f'test "dynamodb:Select" for "{_SPECIFIC}" too.',
                (condition.key_place,),
            )


def _names_attributes(condition: Condition) -> bool:
    operator = condition.operator
    return (
        operator.family == "String"
        and not operator.negated
        and any(text.value == _SPECIFIC for text in condition.texts)
    )


def _in_allows(policy: PolicyView, key: str) -> Iterator[Condition]:
    for condition in policy.conditions:
        if (
            condition.folded_key == key
            and condition.operator.family != "Null"
            and condition.statement.allows
        ):
            yield condition


@rule(
    "S3_PREFIX_IN_NEGATIVE_CONTEXT",
    "SECURITY_WARNING",
    bad=example_with('{"StringLike": {"s3:prefix": "secret/*"}}', effect="Deny", **_LISTING),
    good=example_with('{"StringNotLike": {"s3:prefix": "open/*"}}', effect="Deny", **_LISTING),
)
def s3_prefix_in_negative_context(policy: PolicyView) -> Iterator[Problem]:
    """Reports a Deny for some values of s3:prefix, or an Allow for all but some.

    Why is this bad? A shorter prefix, or none, lists the same objects: `secre` for `secret/`.

    Use instead: an Allow for the prefixes that may be listed, or a Deny for all but those.
    """
    for condition in policy.conditions:
        statement, operator = condition.statement, condition.operator
        excludes = statement.allows if operator.negated else statement.denies
        if condition.folded_key == _PREFIX and operator.family == "String" and excludes:
            yield Problem(
                f"{quoted(condition.key)} can be shorter than what is excluded here and list the "
                "same objects: allow the prefixes that may be listed instead.",
                (condition.key_place,),
            )
