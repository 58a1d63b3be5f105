"""Policies that a plan takes away: nothing is left to check, and what they kept out may come in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from policy_gate.extractors.cloudformation.policies import SYNTHESISED
from policy_gate.extractors.cloudformation.tables import Effect
from policy_gate.extractors.terraform.actions import action_of
from policy_gate.extractors.terraform.changes import value_at
from policy_gate.extractors.terraform.paths import concrete_paths
from policy_gate.extractors.terraform.permitted import statement_before
from policy_gate.extractors.terraform.policy_kinds import kind_of
from policy_gate.extractors.terraform.resources import (
    TELLING,
    Resource,
    document_in,
    policy_name,
    shown_name,
)
from policy_gate.extractors.terraform.tables import attachments, policy_attributes
from policy_gate.extractors.terraform.values import located
from policy_gate.model import Boundary, Gone, PolicyKind, ReasonCode, Value

_FORGOTTEN = "Terraform forgets it: it stays in AWS as it is, and later plans do not show it"
_LIMITS = (PolicyKind.SERVICE_CONTROL, PolicyKind.RESOURCE_CONTROL)


def removed_policies(resource: Resource) -> Iterator[Gone]:
    """Each policy and permissions boundary that is no longer there."""
    change = resource.change
    before = {
        name: located(value, resource.place)
        for name in TELLING
        if (value := (change.before or {}).get(name)) is not None
    }
    for row in policy_attributes(change.type):
        if row.kind in SYNTHESISED:
            if change.after is None:
                document = statement_before(resource)
                gone = _removed(resource, "Permission", "")
                yield replace(gone, kind=PolicyKind.RESOURCE, document=document)
            continue
        kept = {
            policy_name(change.after, path)
            for path in concrete_paths(change.after, change.after_unknown, row.path)
            if value_at(change.after, path) or change.is_unknown(path)
        }
        kind = kind_of(row, before)
        for path in concrete_paths(change.before, None, row.path):
            name = policy_name(change.before, path)
            if name not in kept and (value := value_at(change.before, path)):
                document, hidden = document_in(value), change.was_sensitive(path)
                limits = _limits(kind, document, hidden)
                shown = shown_name(change.before, change.before_sensitive, path)
                gone = _removed(resource, shown, limits)
                known = kind if isinstance(kind, PolicyKind) else None
                yield replace(gone, kind=known, document=document, is_sensitive=hidden)
    yield from _boundaries(resource)


def _boundaries(resource: Resource) -> Iterator[Gone]:
    change = resource.change
    if change.after is None and change.type in ("aws_iam_role", "aws_iam_user"):
        # With the role goes what its boundary limits.
        return
    for row in attachments(change.type):
        if row.effect is not Effect.LIMITS:
            continue
        for path in concrete_paths(change.before, None, row.path):
            is_set = bool(value_at(change.before, path))
            if is_set and not value_at(change.after, path) and not change.is_unknown(path):
                limits = "what it kept out is allowed again where other policies allow it"
                yield _removed(resource, ".".join(map(str, path)), limits)


def exchanged_boundaries(resource: Resource) -> Iterator[Boundary]:
    """Permissions boundaries in whose place the plan puts others."""
    change = resource.change
    for row in attachments(change.type):
        if row.effect is not Effect.LIMITS or change.after is None:
            continue
        for path in concrete_paths(change.before, None, row.path):
            was, limit = value_at(change.before, path), value_at(change.after, path)
            is_set = bool(limit) or change.is_unknown(path)
            if was and is_set and (was != limit or change.is_unknown(path)):
                name = ".".join(map(str, path))
                found = resource.not_checked(name, ReasonCode.NOT_APPLICABLE, "it is exchanged")
                shown = limit if isinstance(limit, str) else "known after apply"
                yield Boundary(
                    found.identity,
                    found.reason,
                    found.message,
                    found.location,
                    limit=shown,
                    was=str(was),
                )


def _removed(resource: Resource, name: str, limits: str) -> Gone:
    """What is gone; what Terraform only forgets limits as it did."""
    action = action_of(resource.change)
    message = _FORGOTTEN if action == "forget" else "it is deleted"
    if action not in ("forget", "delete"):
        message = "it is removed"
    if limits and action != "forget":
        message = f"{message}, and {limits}"
    return Gone(
        resource.identity(name),
        ReasonCode.NOT_APPLICABLE,
        message,
        resource.place.location,
        is_forgotten=action == "forget",
        is_limit=bool(limits) and action != "forget",
    )


def _limits(kind: object, document: Value, is_sensitive: bool) -> str:
    """What the document kept out, in words; empty for nothing."""
    if kind in _LIMITS:
        return "what it kept out is allowed again where other policies allow it"
    denies = sum(_denies(statement) for statement in _statements(document))
    if not denies:
        return ""
    if is_sensitive:
        return "what it kept out may be allowed elsewhere (its text is marked sensitive)"
    count = "a Deny statement" if denies == 1 else f"{denies} Deny statements"
    return f"{count} with it: what that kept out may be allowed elsewhere"


def _denies(statement: Value) -> bool:
    return isinstance(statement, dict) and statement.get("Effect") == "Deny"


def _statements(document: Value) -> list[Value]:
    statements = document.get("Statement") if isinstance(document, dict) else None
    return statements if isinstance(statements, list) else [statements]
