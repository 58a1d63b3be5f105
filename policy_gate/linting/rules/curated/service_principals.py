"""Rules about AWS services as principals of resource policies.

Which condition keys a service sends is documented in part only: these rules report what AWS says
of all services.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.federation import is_literal
from policy_gate.linting.resource_types import BUCKET
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import Part, PolicyView, Statement
from policy_gate.model import PolicyKind

_RESOURCE = (PolicyKind.RESOURCE,)
_SOURCE_KEYS = ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths")
_REFERER = "aws:referer"
_KEYS_OF_IDENTITIES = ("aws:principalorgid", "aws:principalorgpaths", "aws:username")
_PRINCIPAL_TAG = "aws:principaltag/"
_GOOD = example(
    '{"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"},\n'
    '     "Action": "s3:PutObject", "Resource": "arn:aws:s3:::logs/*",\n'
    '     "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}'
)


@rule(
    "UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
    "ERROR",
    kinds=(PolicyKind.RESOURCE, PolicyKind.TRUST),
    bad=_GOOD.replace('"111122223333"', '"111122223333", "aws:PrincipalOrgID": "o-abcd123456"'),
    good=_GOOD,
)
def unsupported_condition_key_for_service_principal(policy: PolicyView) -> Iterator[Problem]:
    """Reports keys of users and roles, as aws:PrincipalOrgID, where the principals are services.

    Why is this bad? A service that acts with its own principal is in no organization and has no
    tags: the test fails, and the service gets no access.

    Use instead: aws:SourceAccount or aws:SourceOrgID, which say for whom the service acts.
    """
    for statement in policy.statements:
        principals = dict(_principals(statement)) if statement.allows else {}
        if principals.keys() == {"Service"}:
            strange = [
                condition
                for condition in statement.conditions
                if condition.folded_key in _KEYS_OF_IDENTITIES
                or condition.folded_key.startswith(_PRINCIPAL_TAG)
            ]
            if strange:
                keys = ", ".join(quoted(condition.key) for condition in strange[:3])
                yield Problem(
                    f"AWS services that act with their own principal lack {keys}: test "
                    '"aws:SourceAccount" or "aws:SourceOrgID" instead.',
                    tuple(condition.key_place for condition in strange),
                )


@rule(
    "RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL",
    "SECURITY_WARNING",
    kinds=_RESOURCE,
    bad=_GOOD.replace("aws:SourceAccount", "s3:x-amz-acl").replace(
        "111122223333", "bucket-owner-full-control"
    ),
    good=_GOOD,
    resource_type=BUCKET,
)
def restrict_access_to_service_principal(policy: PolicyView) -> Iterator[Problem]:
    """Reports access for an AWS service, whomever it acts for.

    Why is this bad? Other customers use the service too, and can have it write to your bucket, or
    read from it, for them: it becomes a confused deputy.

    Use instead: a Condition on aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or
    aws:SourceOrgPaths, which say for whom the service acts.
    """
    for statement, services in _unlimited(policy):
        if not statement.conditions_on(_REFERER):
            yield Problem(
                f"{_names(services)} gets access for whomever it acts: test "
                '"aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID" or "aws:SourceOrgPaths".',
                (services.place,),
            )


@rule(
    "RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL",
    "SUGGESTION",
    kinds=_RESOURCE,
    bad=_GOOD.replace("aws:SourceAccount", "aws:Referer"),
    good=_GOOD,
    resource_type=BUCKET,
)
def recommended_condition_key_for_service_principal(policy: PolicyView) -> Iterator[Problem]:
    """Reports access for an AWS service that only aws:Referer limits.

    Why is this bad? The key is what the caller says in a header of the request. Services once used
    it for the account they act for, and have better keys now.

    Use instead: aws:SourceArn, aws:SourceAccount, aws:SourceOrgID or aws:SourceOrgPaths.
    """
    for statement, services in _unlimited(policy):
        for condition in statement.conditions_on(_REFERER):
            yield Problem(
                f"{quoted(condition.key)} is a weak limit for {_names(services)}: test "
                '"aws:SourceArn", "aws:SourceAccount", "aws:SourceOrgID" or "aws:SourceOrgPaths".',
                (condition.key_place,),
            )


def _unlimited(policy: PolicyView) -> Iterator[tuple[Statement, Part]]:
    """The statements that give services access without a test of the source."""
    # Which services of other resources send their source is not documented.
    for statement in policy.statements if policy.resource_type else ():
        services = dict(_principals(statement)).get("Service") if statement.allows else None
        if services and not statement.conditions_on(*_SOURCE_KEYS):
            names = list(services.texts())
            if names and all(is_literal(name.value) for name in names):
                yield statement, services


def _principals(statement: Statement) -> Iterator[tuple[str, Part]]:
    principal = statement.element("Principal")
    return principal.members() if principal else iter(())


def _names(services: Part) -> str:
    first, *others = [quoted(text.value) for text in services.texts()]
    return f"{first} and {len(others)} more" if others else first
