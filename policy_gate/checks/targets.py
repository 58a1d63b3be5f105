"""Which policies a check applies to, as the configuration says it."""

from __future__ import annotations

from dataclasses import dataclass

from policy_gate.config_section import Section
from policy_gate.model import Policy, PolicyKind

KIND_NAMES = {
    "identity": PolicyKind.IDENTITY,
    "trust": PolicyKind.TRUST,
    "resource": PolicyKind.RESOURCE,
}


@dataclass(frozen=True, slots=True)
class Targets:
    """Kinds of policies, or resource types as `AWS::S3::Bucket`."""

    names: tuple[str, ...]

    def include(self, policy: Policy) -> bool:
        if policy.kind not in KIND_NAMES.values():
            return False
        types = {policy.identity.resource_type, policy.public_access_resource_type}
        return any(KIND_NAMES.get(name) is policy.kind or name in types for name in self.names)


def targets_from(section: Section, default: tuple[str, ...]) -> Targets:
    """The `applies-to` of a check."""
    if not section.has("applies-to"):
        return Targets(default)
    names = section.texts("applies-to")
    for name in names:
        if name not in KIND_NAMES and "::" not in name:
            raise section.error(
                f"{name!r} is neither a kind of policy nor a resource type",
                "applies-to",
                section.suggestion(name, KIND_NAMES),
            )
    return Targets(names)
