"""Rules about actions and resources that a policy for this type of resource cannot be about."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.catalog.interface import Catalog
from policy_gate.linting.actions import service_of
from policy_gate.linting.patterns import has_wildcard
from policy_gate.linting.resource_types import BUCKET, RESOURCE_TYPES, ResourcePolicyType
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import PolicyView
from policy_gate.model import PolicyKind

_GOOD = example(
    '{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject",\n'
    '     "Resource": "arn:aws:s3:::logs/*"}'
)


@rule(
    "UNSUPPORTED_ACTION_IN_POLICY",
    "ERROR",
    kinds=(PolicyKind.RESOURCE, PolicyKind.TRUST),
    bad=_GOOD.replace("s3:GetObject", "kms:Decrypt"),
    good=_GOOD,
    resource_type=BUCKET,
)
def unsupported_action_in_policy(policy: PolicyView) -> Iterator[Problem]:
    """Reports an action that is not on the type of resource that the policy is for.

    Why is this bad? AWS refuses the policy: that of a bucket is about the bucket and its objects,
    not about the key they are encrypted with.

    Use instead: the action in the policy of its own resource, or in an identity policy.
    """
    resource_type = RESOURCE_TYPES.get(policy.resource_type or "")
    for statement in policy.statements if resource_type else ():
        for action in statement.texts("Action"):
            if resource_type and _is_foreign(action.value, resource_type, policy.catalog):
                yield Problem(
                    f"{quoted(action.value)} is no action on {resource_type.name}, which this "
                    "policy is for: move it to the policy of its own resource, or to an identity "
                    "policy.",
                    (action.place,),
                )


def _is_foreign(action: str, resource_type: ResourcePolicyType, catalog: Catalog) -> bool:
    service = service_of(action)
    # Services and actions that do not exist have rules of their own.
    if not service or not catalog.has_service(service):
        return False
    if service != resource_type.service:
        return True
    known = None if has_wildcard(action) else catalog.action(action)
    if not known or not resource_type.action_resources:
        return False
    names = {resource.name for resource in known.resource_types}
    return (
        not names & resource_type.action_resources
        and action.lower() not in resource_type.more_actions
    )


@rule(
    "UNSUPPORTED_RESOURCE_ARN_IN_POLICY",
    "ERROR",
    kinds=(PolicyKind.RESOURCE,),
    bad=_GOOD.replace("arn:aws:s3:::logs/*", "*"),
    good=_GOOD,
    resource_type=BUCKET,
)
def unsupported_resource_arn_in_policy(policy: PolicyView) -> Iterator[Problem]:
    """Reports a resource that is not of the type that the policy is for.

    Why is this bad? AWS refuses the policy: it is only about the resource it is attached to, and
    what that holds. The policy of a bucket does not even take `*`.

    Use instead: the ARN of the resource itself, as `arn:aws:s3:::logs` and `arn:aws:s3:::logs/*`.
    """
    resource_type = RESOURCE_TYPES.get(policy.resource_type or "")
    shape = resource_type.arns if resource_type else None
    for statement in policy.statements if shape else ():
        for resource in statement.resources:
            star = resource.value == "*" and resource_type and not resource_type.takes_star
            if resource_type and shape and (star or not shape.fits(resource.value)):
                yield Problem(
                    f"{quoted(resource.value)} is no ARN of {resource_type.name}, which this "
                    f'policy is for: write its ARN, as "{shape.example}".',
                    (resource.place,),
                )
