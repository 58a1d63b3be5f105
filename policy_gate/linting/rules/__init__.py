"""Every rule, grouped in modules by subject.

To add a rule, write it in the module of its subject: `RULES` holds each `Rule` of the modules
below. A new module is named in `_MODULES`.
"""

from __future__ import annotations

from policy_gate.linting.rule import Rule
from policy_gate.linting.rules import (
    conditions,
    data_types,
    document,
    empty,
    pass_role,
    principals,
    redundancy,
    resources,
    sids,
    statements,
    trust,
)

_MODULES = (
    document,
    data_types,
    statements,
    sids,
    principals,
    trust,
    resources,
    conditions,
    empty,
    redundancy,
    pass_role,
)

RULES: tuple[Rule, ...] = tuple(
    value for module in _MODULES for value in vars(module).values() if isinstance(value, Rule)
)
