"""Fixers of principals and of the trust policies of roles."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policy_gate.linting.arns import arn_of
from policy_gate.linting.edits import Edit, literal, with_entries, without
from policy_gate.linting.fix import Fix, condition_of, spot_of, statement_of
from policy_gate.linting.fixers.common import listed, renamed, replacement, rewritten
from policy_gate.linting.nearest import nearest
from policy_gate.linting.patterns import wildcard_pattern
from policy_gate.linting.view import PRINCIPAL_KEYS, Part, Place, PolicyView, Statement

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_SERVICE = re.compile(r"[a-z0-9.-]+\.(amazonaws\.com(\.cn)?|amazon\.com)", re.ASCII)
_ANYONE: tuple[object, ...] = ("*", ["*"])
_ANYONE_OF_AWS: tuple[object, ...] = ({"AWS": "*"}, {"AWS": ["*"]})
_ASSUME, _WITH_SAML, _WITH_WEB_IDENTITY = (
    "sts:AssumeRole",
    "sts:AssumeRoleWithSAML",
    "sts:AssumeRoleWithWebIdentity",
)
_ROLES_ANYWHERE = (_ASSUME, "sts:SetSourceIdentity", "sts:TagSession")
_ACTIONS_OF_KEYS = {
    "sts:sourceidentity": "sts:SetSourceIdentity",
    "sts:transitivetagkeys": "sts:TagSession",
    "aws:tagkeys": "sts:TagSession",
}


def kind_of(principal: str) -> str | None:
    """The key of Principal that a value belongs under; None where that is open."""
    if _ACCOUNT.fullmatch(principal) or principal == "*":
        return "AWS"
    if _SERVICE.fullmatch(principal):
        return "Service"
    arn = arn_of(principal)
    if arn is None or arn.service not in ("iam", "sts"):
        return None
    kind = arn.resource.partition("/")[0]
    return "Federated" if kind in ("saml-provider", "oidc-provider") else "AWS"


def _kind_of_values(values: Part) -> str | None:
    """The key of Principal that all of the values belong under."""
    kinds = {
        kind_of(entry.value) if isinstance(entry.value, str) else None for entry in values.entries()
    }
    return kinds.pop() if len(kinds) == 1 else None


def misspelled_principal_key(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Corrects the kind of principals by its spelling, or else by what the principals are."""
    spot = spot_of(policy, places[0])
    kind = nearest(str(spot.step), PRINCIPAL_KEYS) or _kind_of_values(spot.part) if spot else None
    return renamed(policy, spot, kind) if spot and kind else None


def principal_with_kind(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes what kind of principals a string or an array holds."""
    spot = spot_of(policy, places[0])
    kind = _kind_of_values(spot.part) if spot else None
    if spot is None or kind is None:
        return None
    node = spot.part.node
    edit = Edit(node.start, node.end, f"{{{literal(kind)}: {policy.text[node.start : node.end]}}}")
    values = [text.value for text in spot.part.texts()]
    return Fix(f"Write {listed(values)} under {kind} in {spot.step}.", (edit,), safe=True)


def without_principal(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Removes Principal where the policy has its principals from what it is attached to."""
    spot = spot_of(policy, places[0])
    if spot is None or spot.step != "Principal":
        return None
    return Fix("Remove Principal.", tuple(without(spot.owner.node, [spot.step])), safe=False)


def without_principal_of_anyone(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Removes Principal where it names anyone."""
    spot = spot_of(policy, places[0])
    is_anyone = spot is not None and spot.part.node.plain() in _ANYONE + _ANYONE_OF_AWS
    return without_principal(policy, places) if is_anyone else None


def anyone_as_string(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes `*` for `{"AWS": "*"}`, which means the same."""
    spot = spot_of(policy, places[0])
    if spot is None or spot.part.node.plain() not in _ANYONE_OF_AWS:
        return None
    edit = replacement(spot.part.node, "*")
    return Fix(f'Write "*" itself as the {spot.step}.', (edit,), safe=True)


def without_resource(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Removes Resource from a trust policy, whose resource is the role."""
    spot = spot_of(policy, places[0])
    if spot is None or spot.step != "Resource":
        return None
    safe = spot.part.node.plain() in _ANYONE
    return Fix("Remove Resource.", tuple(without(spot.owner.node, [spot.step])), safe)


def action_of_principal(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the action with which the principals of the statement assume the role."""
    spot, statement = spot_of(policy, places[0]), statement_of(policy, places[0])
    principal = statement.element("Principal") if statement else None
    actions = {_assuming(key, values) for key, values in principal.members()} if principal else {}
    if spot is None or statement is None or spot.text is None or len(actions) != 1:
        return None
    action = next(iter(actions))
    if action is None or action.lower() in _actions(statement):
        return None
    return rewritten(spot, action, safe=False)


def _assuming(key: str, values: Part) -> str | None:
    """The action with which all principals of a kind assume a role, if it is one."""
    if key in ("AWS", "Service"):
        return _ASSUME
    names = [text.value for text in values.texts()] if key == "Federated" else []
    saml = {":saml-provider/" in name for name in names}
    if len(saml) != 1:
        return None
    return _WITH_SAML if saml.pop() else _WITH_WEB_IDENTITY


def actions_of_roles_anywhere(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Adds what IAM Roles Anywhere needs in order to assume a role."""
    statement = statement_of(policy, places[0])
    return _with_actions(policy, statement, _ROLES_ANYWHERE) if statement else None


def action_of_key(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Adds the action that a condition key goes with."""
    for place in places:
        condition = condition_of(policy, place)
        key = condition.folded_key if condition else ""
        is_tag = key.startswith("aws:requesttag/")
        action = "sts:TagSession" if is_tag else _ACTIONS_OF_KEYS.get(key)
        if condition and action:
            return _with_actions(policy, condition.statement, [action])
    return None


def _with_actions(policy: PolicyView, statement: Statement, actions: Sequence[str]) -> Fix | None:
    element = statement.element("Action")
    patterns = [wildcard_pattern(action) for action in _actions(statement)]
    missing = [
        action
        for action in actions
        if not any(pattern.fullmatch(action.lower()) for pattern in patterns)
    ]
    if element is None or not isinstance(element.value, (str, list)) or not missing:
        return None
    edit = with_entries(policy.text, element.node, missing)
    return Fix(f"Add {listed(missing)} to the actions.", (edit,), safe=False)


def _actions(statement: Statement) -> list[str]:
    return [text.value.lower() for text in statement.texts("Action")]
