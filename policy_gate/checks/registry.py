"""The checks by their key in the configuration, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable

from policy_gate.checks import (
    access_not_granted,
    no_external_access,
    no_new_access,
    no_public_access,
    validate_policy,
)
from policy_gate.checks.interface import Check
from policy_gate.config_section import Section

CHECKS: dict[str, Callable[[Section], list[Check]]] = {
    "validate-policy": validate_policy.from_config,
    "no-new-access": no_new_access.from_config,
    "access-not-granted": access_not_granted.from_config,
    "no-public-access": no_public_access.from_config,
    "no-external-access": no_external_access.from_config,
}
