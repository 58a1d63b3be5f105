"""Every rule, grouped by what it needs: the document, the service catalogue, or a table of ours.

To add a rule, write it in the module of its subject: each `Rule` of the modules below is found. A
new module is named in the tuple of its group.
"""

from __future__ import annotations

from types import ModuleType

from policy_gate.linting.rule import Rule
from policy_gate.linting.rules.catalogue import (
    actions,
    arn_fields,
    claim_keys,
    condition_keys,
    key_types,
    rcp_actions,
    region_values,
    resource_policies,
    services,
)
from policy_gate.linting.rules.curated import (
    kms_keys,
    scoped_keys,
    sensitive_keys,
    service_principals,
    tag_keys,
    weak_conditions,
)
from policy_gate.linting.rules.structure import (
    addresses,
    arns,
    audience,
    condition_formats,
    condition_values,
    data_types,
    document,
    empty,
    empty_conditions,
    federation,
    github,
    operators,
    organizations,
    pass_role,
    principal_values,
    principals,
    rcp_conditions,
    redundancy,
    service_linked_roles,
    sids,
    sizes,
    statements,
    trust,
    variables,
    wildcards,
)

_STRUCTURE = (
    document,
    data_types,
    statements,
    sids,
    principals,
    principal_values,
    trust,
    federation,
    github,
    audience,
    organizations,
    rcp_conditions,
    arns,
    operators,
    condition_values,
    condition_formats,
    addresses,
    wildcards,
    variables,
    empty,
    empty_conditions,
    redundancy,
    pass_role,
    service_linked_roles,
    sizes,
)
_CATALOGUE = (
    actions,
    services,
    resource_policies,
    arn_fields,
    region_values,
    condition_keys,
    claim_keys,
    key_types,
    rcp_actions,
)
_CURATED = (
    tag_keys,
    sensitive_keys,
    scoped_keys,
    service_principals,
    weak_conditions,
    kms_keys,
)


def _rules_of(modules: tuple[ModuleType, ...]) -> tuple[Rule, ...]:
    return tuple(
        value for module in modules for value in vars(module).values() if isinstance(value, Rule)
    )


STRUCTURE = _rules_of(_STRUCTURE)
"""Rules that need nothing but the document."""

CATALOGUE = _rules_of(_CATALOGUE)
"""Rules that ask the service catalogue."""

CURATED = _rules_of(_CURATED)
"""Rules that rest on a table which AWS documents in part: they report its documented core."""

RULES = STRUCTURE + CATALOGUE + CURATED
BY_CODE = {rule.code: rule for rule in RULES}
