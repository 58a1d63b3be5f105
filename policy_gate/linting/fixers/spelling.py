"""Fixers of misspelled names: elements, effects, actions, services, condition keys, Regions.

The right case is certain. The nearest name that exists is a guess, if a good one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from policy_gate.linting.arns import arn_of
from policy_gate.linting.fix import Fix, Fixer, condition_of, spot_of, statement_of
from policy_gate.linting.fixers.arns import written
from policy_gate.linting.fixers.common import corrected, renamed, rewritten
from policy_gate.linting.grammar import PAIRS, POLICY_ELEMENTS, STATEMENT_ELEMENTS
from policy_gate.linting.nearest import (
    nearest,
    nearest_action,
    nearest_service,
    nearest_service_of_action,
)
from policy_gate.linting.view import Place, PolicyView

Names: TypeAlias = Callable[[], Iterable[str]]
KeysOf: TypeAlias = Callable[[PolicyView, str], Iterable[str]]
"""The condition keys that begin with a prefix as `aws` or `s3`."""

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


def misspelled_key(keys_of: KeysOf) -> Fixer:
    """Makes the fixer that writes the nearest condition key among those of the same prefix."""

    def fixer(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
        condition = condition_of(policy, places[0])
        if condition is None:
            return None
        prefix, _, name = condition.key.strip().partition(":")
        stem, slash, tag = name.partition("/")
        known = [key for key in keys_of(policy, prefix.lower()) if ("/" in key) == bool(slash)]
        key = nearest(f"{prefix}:{stem}", [key.partition("/")[0] for key in known])
        return _with_key(policy, places, f"{key}{slash}{tag}") if key else None

    return fixer


def _with_key(policy: PolicyView, places: Sequence[Place], key: str) -> Fix | None:
    spot = spot_of(policy, places[0])
    if spot is None or any(key.lower() == other.lower() for other in spot.owner.node.keys):
        return None
    fix = renamed(policy, spot, key)
    return Fix(fix.description, fix.edits, safe=False) if fix else None


def _keys_of_service(policy: PolicyView, prefix: str) -> Iterable[str]:
    return [key.name for key in policy.catalog.condition_keys(prefix).values()]


misspelled_service_key = misspelled_key(_keys_of_service)
"""Writes the nearest condition key of the service."""


def key_without_prefix(keys: Names) -> Fixer:
    """Makes the fixer that writes `aws:` before the name of one of these global keys."""

    def fixer(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
        known = {key.partition(":")[2].lower(): key for key in keys() if "/" not in key}
        condition = condition_of(policy, places[0])
        key = known.get(condition.key.strip(": ").lower()) if condition else None
        return _with_key(policy, places, key) if key else None

    return fixer


def principal_arn_key(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the key that has taken the place of aws:ARN."""
    condition = condition_of(policy, places[0])
    if condition is None or condition.folded_key != "aws:arn":
        return None
    return _with_key(policy, places, _PRINCIPAL_ARN)


def misspelled_value(names: Names) -> Fixer:
    """Makes the fixer that writes the nearest of some names, as those of Regions."""
    return lambda policy, places: corrected(policy, places, lambda value: nearest(value, names()))


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
    return _with_key(policy, places, key) if key.lower() in keys else None
