"""Fixers of misspelled names: elements, effects, actions, services, condition keys, Regions.

The right case is certain. The nearest name that exists is a guess, if a good one.
"""

from __future__ import annotations

from collections.abc import Sequence

from policy_gate.catalog.global_keys import global_key_names
from policy_gate.catalog.regions import regions
from policy_gate.linting.arns import arn_of
from policy_gate.linting.fix import Fix, condition_of, spot_of, statement_of
from policy_gate.linting.fixers.arns import written
from policy_gate.linting.fixers.common import corrected, renamed, rewritten
from policy_gate.linting.grammar import PAIRS, POLICY_ELEMENTS, STATEMENT_ELEMENTS
from policy_gate.linting.nearest import (
    nearest,
    nearest_action,
    nearest_condition_key,
    nearest_service,
    nearest_service_of_action,
)
from policy_gate.linting.view import Place, PolicyView

_VERSION = "2012-10-17"
_EFFECTS = ("Allow", "Deny")
_CLOSE_EFFECT = 0.7
_PRINCIPAL_ARN = "aws:PrincipalArn"
_SERVICE_DOMAIN = ".amazonaws.com"


def misspelled_element(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Corrects the name of an element that the policy or the statement does not have yet."""
    spot = spot_of(policy, places[0])
    if spot is None:
        return None
    known = STATEMENT_ELEMENTS if statement_of(policy, places[0]) else POLICY_ELEMENTS
    element = nearest(str(spot.step), known)
    excluded = next((pair for pair in PAIRS if element in pair), ())
    if element is None or any(spot.owner.member(name) for name in excluded):
        return None
    return renamed(policy, spot, element)


def misspelled_effect(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Corrects what is nearly Allow or Deny."""
    spot = spot_of(policy, places[0])
    written = spot.text if spot else None
    effect = nearest(written, _EFFECTS, _CLOSE_EFFECT) if written else None
    if spot is None or written is None or effect is None:
        return None
    return rewritten(spot, effect, safe=written.strip().lower() == effect.lower())


def current_version(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the current version of the policy language."""
    return corrected(policy, places, lambda _: _VERSION)


def misspelled_action(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the nearest action of the service."""
    return corrected(policy, places, lambda action: nearest_action(policy.catalog, action))


def misspelled_service_of_action(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the prefix of the service that has the action."""
    return corrected(
        policy, places, lambda action: nearest_service_of_action(policy.catalog, action)
    )


def service_principal_format(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the domain behind the name of a service, for keys as aws:CalledVia."""

    def correct(value: str) -> str | None:
        name = value.strip().lower().removesuffix(_SERVICE_DOMAIN)
        return f"{name}{_SERVICE_DOMAIN}" if policy.catalog.has_service(name) else None

    condition = condition_of(policy, places[0])
    if condition is None or not condition.folded_key.startswith("aws:calledvia"):
        return None
    return corrected(policy, places, correct)


def misspelled_key(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the nearest condition key among those of the same prefix."""
    condition = condition_of(policy, places[0])
    key = nearest_condition_key(policy.catalog, condition.key) if condition else None
    return with_key(policy, places, key) if key else None


def with_key(policy: PolicyView, places: Sequence[Place], key: str) -> Fix | None:
    """Writes another condition key, unless it stands under the operator already."""
    condition = condition_of(policy, places[0])
    spot = condition and spot_of(policy, condition.key_place)
    if not spot or any(key.lower() == other.lower() for other in spot.owner.node.keys):
        return None
    fix = renamed(policy, spot, key)
    return Fix(fix.description, fix.edits, safe=False) if fix else None


def key_without_prefix(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes `aws:` before the name of a global key."""
    known = {key.partition(":")[2].lower(): key for key in global_key_names() if "/" not in key}
    condition = condition_of(policy, places[0])
    key = known.get(condition.key.strip(": ").lower()) if condition else None
    return with_key(policy, places, key) if key else None


def principal_arn_key(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the key that has taken the place of aws:ARN."""
    condition = condition_of(policy, places[0])
    if condition is None or condition.folded_key != "aws:arn":
        return None
    return with_key(policy, places, _PRINCIPAL_ARN)


def misspelled_region(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the nearest Region in a value of a condition."""
    return corrected(policy, places, lambda value: nearest(value, regions()))


def misspelled_service(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the nearest service: in an ARN, before a condition key, or in a value of a key."""

    def in_value(value: str) -> str | None:
        name, dot, domain = value.partition(".")
        service = nearest_service(policy.catalog, name)
        return f"{service}{dot}{domain}" if service else None

    def in_arn(value: str) -> str | None:
        arn = arn_of(value)
        service = nearest_service(policy.catalog, arn.service) if arn else None
        return written(arn._replace(service=service)) if arn and service else None

    condition = condition_of(policy, places[0])
    if condition is None:
        return corrected(policy, places, in_arn)
    if "key" not in places[0].path[-1]:
        return corrected(policy, places, in_value)
    prefix, colon, name = condition.key.partition(":")
    service = nearest_service(policy.catalog, prefix)
    keys = policy.catalog.condition_keys(service) if service else {}
    key = f"{service}{colon}{name}"
    return with_key(policy, places, key) if key.lower() in keys else None
