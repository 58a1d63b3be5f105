"""Managed policies that resources of a plan attach by ARN; their documents are looked up later."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.deferred import combinations
from policy_gate.extractors.cloudformation.tables import Effect
from policy_gate.extractors.terraform.addresses import reference_steps
from policy_gate.extractors.terraform.changes import AttributePath, value_at
from policy_gate.extractors.terraform.paths import concrete_paths
from policy_gate.extractors.terraform.planned import ResourceName, only_reference
from policy_gate.extractors.terraform.resources import Found, Resource
from policy_gate.extractors.terraform.stated import stated
from policy_gate.extractors.terraform.tables import AttachingAttribute
from policy_gate.extractors.terraform.values import Located, Place, assumptions_in, pieces_of, plain
from policy_gate.managed_policies.interface import AWS, parsed
from policy_gate.model import Attachment, ReasonCode

_NOT_APPLICABLE = {
    Effect.LIMITS: "{} limits what other policies allow, and allows nothing itself",
    Effect.KUBERNETES: "{} grants access in Kubernetes, and is not in the IAM policy language",
}
_OWN_TYPES = ("aws_iam_policy", "awscc_iam_managed_policy")


def attached_policies(resource: Resource, row: AttachingAttribute) -> Iterator[Found]:
    """What one attribute attaches, but for the policies of this plan: they are found themselves."""
    change = resource.change
    for path in concrete_paths(change.after, change.after_unknown, row.path):
        value = value_at(change.after, path)
        if value in (None, "") and not change.is_unknown(path):
            continue
        name = ".".join(map(str, path))
        if row.effect is not Effect.ALLOWS:
            message = _NOT_APPLICABLE[row.effect].format(name)
            yield resource.not_checked(name, ReasonCode.NOT_APPLICABLE, message)
            continue
        if change.is_unknown(path) and resource.is_left_to_provider(path):
            continue
        yield from _attached(resource, row, path, name)


def _attached_before(resource: Resource, row: AttachingAttribute) -> list[object]:
    """What the attribute attaches before the change."""
    before = resource.change.before
    return [value_at(before, path) for path in concrete_paths(before, None, row.path)]


def _attached(
    resource: Resource, row: AttachingAttribute, path: AttributePath, name: str
) -> Iterator[Found]:
    change = resource.change
    found = stated(resource.evaluation, change, path)
    place = found.place if found else resource.place
    value = value_at(change.after, path)
    if change.is_sensitive(path):
        message = "what it attaches is marked sensitive"
        yield resource.not_checked(name, ReasonCode.DOCUMENT_UNAVAILABLE, message, place)
        return
    if not change.is_unknown(path):
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            policy = value["name"]
            message = f"the document of the attached policy {policy} is not at hand"
            yield resource.not_checked(policy, ReasonCode.DOCUMENT_UNAVAILABLE, message, place)
        elif not isinstance(value, str):
            message = "the ARN of a policy is expected here"
            yield resource.not_checked(name, ReasonCode.NOT_ANALYSED, message, place)
        elif not _is_own(resource, value):
            was_attached = value in _attached_before(resource, row)
            yield _attachment(resource, Located(value, place), value, was_attached)
        return
    written = found.value if found and found.value else None
    if _refers_to_own(resource, path, written):
        return
    yield from _possible(resource, written, name, place)


def _possible(
    resource: Resource, written: Located | None, name: str, place: Place
) -> Iterator[Found]:
    """Each ARN that a value can have which is known after apply."""
    pieces = pieces_of(written) if written else None
    if pieces is None or written is None:
        message = "the policy that it attaches is known after apply"
        yield resource.not_checked(name, ReasonCode.DOCUMENT_UNAVAILABLE, message, place)
        return
    for texts in combinations([piece.part for piece in pieces]):
        arn = "".join("?" if text is None else text for text in texts)
        yield _attachment(resource, written, arn, was_attached=False)


def _attachment(resource: Resource, written: Located, arn: str, was_attached: bool) -> Attachment:
    policy = parsed(arn)
    name = policy.name if policy and policy.account == AWS else arn
    if "?" in arn:
        name = str(written.value)
    return Attachment(
        resource.identity(name),
        ReasonCode.DOCUMENT_UNAVAILABLE,
        f"the document of the attached policy {name} is not at hand",
        written.place.location,
        arn=arn,
        was_attached=was_attached,
        assumptions=tuple(assumptions_in(written)),
    )


def _is_own(resource: Resource, arn: str) -> bool:
    """Is it the ARN of a policy of this plan?"""
    return arn in resource.evaluation.plan.own_arns


def _refers_to_own(resource: Resource, path: AttributePath, written: Located | None) -> bool:
    """Does the configuration refer to a policy that this plan makes?

    The plan does not tell what an expression makes of the ARN, as `replace` may: sources do.
    """
    change = resource.change
    module = resource.evaluation.module(change.module)
    configured = module.configuration.resource(change.mode, change.type, change.name)
    expression = value_at(configured, ("expressions", *path))
    reference = only_reference(expression) if isinstance(expression, dict) else ""
    steps = reference_steps(reference) if reference else None
    if steps is None or len(steps) < 2 or steps[0] not in _OWN_TYPES:
        return False
    name = ResourceName(change.module, "managed", str(steps[0]), str(steps[1]))
    plan = resource.evaluation.plan
    if name not in plan.listed or written is None:
        return name in plan.listed
    arns = (module.attribute(own, "arn", written.place) for own in plan.instances(name).values())
    return any(plain(arn) == plain(written) for arn in arns)
