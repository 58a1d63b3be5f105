"""The checks by their key in the configuration, in the order in which they are asked.

A check's module is imported when it is asked for.
"""

from __future__ import annotations

from importlib import import_module

from policy_gate.checks.interface import Check
from policy_gate.config.section import Section

CHECKS = {
    "validate-policy": "policy_gate.checks.validate_policy",
    "no-new-access": "policy_gate.checks.no_new_access",
    "access-not-granted": "policy_gate.checks.access_not_granted",
    "no-public-access": "policy_gate.checks.no_public_access",
    "no-external-access": "policy_gate.checks.no_external_access",
}


def build_checks(name: str, section: Section) -> list[Check]:
    """The checks that a section of the configuration describes. Raises ConfigError."""
    checks: list[Check] = import_module(CHECKS[name]).from_config(section)
    return checks
