"""Which policies a check applies to, as the configuration says it."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from policy_gate.analyzers.interface import AccessPolicyType
from policy_gate.checks.interface import Check
from policy_gate.config.section import Section
from policy_gate.model import Listing, Note, Policy, PolicyKind

KIND_NAMES = {
    "identity": PolicyKind.IDENTITY,
    "trust": PolicyKind.TRUST,
    "resource": PolicyKind.RESOURCE,
}

APPLIES_TO = (
    "a list of `identity`, `trust`, `resource` and resource types as `AWS::S3::BucketPolicy`"
)


def access_policy_type(policy: Policy) -> AccessPolicyType:
    """The policyType of the access checks."""
    return "IDENTITY_POLICY" if policy.kind is PolicyKind.IDENTITY else "RESOURCE_POLICY"


@dataclass(frozen=True, slots=True)
class Targets:
    """Kinds of policies, or resource types as `AWS::S3::Bucket`."""

    names: tuple[str, ...]

    def include(self, policy: Policy) -> bool:
        if policy.kind not in KIND_NAMES.values():
            return False
        types = {policy.identity.resource_type, policy.public_access_resource_type}
        return any(KIND_NAMES.get(name) is policy.kind or name in types for name in self.names)


def note_if_unused(check: Check, policies: Sequence[Policy]) -> str:
    """A sentence where a check that is configured applies to none of the policies."""
    if not policies or any(check.applies_to(policy) for policy in policies):
        return ""
    return unused_note(check.name)


def no_question(check: str, types: Set[str]) -> Note:
    """What there is to say of resource types that a check cannot ask about."""
    if not types:
        return ""
    sentence = f"The check {check} has no question for policies of {{}}."
    return Listing(sentence, tuple(sorted(types)))


def unused_note(check: str) -> str:
    """What there is to say of a check that applies to none of the policies."""
    return f"The check {check} applies to none of the policies that were found."


def targets_from(section: Section, default: tuple[str, ...]) -> Targets:
    """The `applies-to` of a check."""
    if not section.has("applies-to"):
        return Targets(default)
    names = section.texts("applies-to")
    if not names:
        raise section.error("name at least one kind of policy or resource type", "applies-to")
    for name in names:
        if name not in KIND_NAMES and name not in (types := _resource_types()):
            raise section.error(
                f"{name!r} is neither a kind of policy nor the type of a resource with one",
                "applies-to",
                section.suggestion(name, types if "::" in name else KIND_NAMES),
            )
    return Targets(names)


def _resource_types() -> frozenset[str]:
    from policy_gate.analyzers.embedded import PUBLIC_ACCESS_RESOURCE_TYPES
    from policy_gate.extractors.cloudformation.tables import policy_resource_types

    return policy_resource_types().union(PUBLIC_ACCESS_RESOURCE_TYPES)
