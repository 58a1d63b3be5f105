"""A policy document: strict reading of its JSON into statements.

Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from policy_gate.reasoning.answer import PolicyDocumentError
from policy_gate.reasoning.casing import folded
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import Node, ReadError

PolicyType = Literal["IDENTITY_POLICY", "RESOURCE_POLICY"]

MAX_DOCUMENT = 1_000_000
"""Characters of a document. The largest policy that AWS itself manages has 139,000."""

MAX_TEXT = 4096
"""Characters of one action, resource or principal."""

VERSION_WITH_VARIABLES = "2012-10-17"
_VERSIONS = (VERSION_WITH_VARIABLES, "2008-10-17")
_DOCUMENT_KEYS = frozenset({"Version", "Id", "Statement"})
_STATEMENT_KEYS = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"}
    | {"Resource", "NotResource", "Condition"}
)
_PRINCIPAL_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")


class Element(NamedTuple):
    """Action, Resource or their Not form: any of the values, or none of them."""

    values: tuple[str, ...]
    negated: bool


class PrincipalElement(NamedTuple):
    """Principal or NotPrincipal: pairs of type and value; `("*", "*")` is everyone."""

    entries: tuple[tuple[str, str], ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator and key of a Condition block, in canonical spelling."""

    operator: str
    key: str
    values: tuple[str, ...]
    variables: bool
    """Whether `${...}` in the values is a policy variable."""

    spelling: str = field(compare=False)
    """The key as written."""


@dataclass(frozen=True, slots=True)
class Statement:
    index: int
    """From 0."""

    sid: str | None
    allow: bool
    principal: PrincipalElement | None
    """None in an identity policy."""

    action: Element
    resource: Element | None
    """None where a resource policy leaves it out: any resource."""

    conditions: tuple[Condition, ...]
    """All of them must hold."""


@dataclass(frozen=True, slots=True)
class Document:
    variables: bool
    """Whether its version knows policy variables."""

    statements: tuple[Statement, ...]


def read_document(text: str, policy_type: PolicyType) -> Document:
    """The statements of a policy document.

    Raises PolicyDocumentError where the text is no policy of that type.
    """
    if len(text) > MAX_DOCUMENT:
        raise PolicyDocumentError(f"the document is longer than {MAX_DOCUMENT:,} characters", 0)
    try:
        root = read_json(text)
    except ReadError as error:
        raise PolicyDocumentError(error.message, error.offset) from error
    members = _mapping(root, "a policy document", _DOCUMENT_KEYS)
    version = members.get("Version")
    if version is not None and version.value not in _VERSIONS:
        raise PolicyDocumentError(f"Version must be one of {', '.join(_VERSIONS)}", version.start)
    if "Id" in members:
        _string(members["Id"], "Id")
    if "Statement" not in members:
        raise PolicyDocumentError("the policy document has no Statement", root.start)
    variables = version is not None and version.value == VERSION_WITH_VARIABLES
    nodes = _items(members["Statement"])
    statements = (_statement(node, i, policy_type, variables) for i, node in enumerate(nodes))
    return Document(variables, tuple(statements))


def _statement(node: Node, index: int, policy_type: PolicyType, variables: bool) -> Statement:
    members = _mapping(node, "a statement", _STATEMENT_KEYS)
    sid = _string(members["Sid"], "Sid") if "Sid" in members else None
    if "Effect" not in members:
        raise PolicyDocumentError("the statement has no Effect", node.start)
    effect = members["Effect"]
    if effect.value not in ("Allow", "Deny"):
        raise PolicyDocumentError("Effect must be Allow or Deny", effect.start)
    action = _element(node, members, "Action")
    if action is None:
        raise PolicyDocumentError("the statement has neither Action nor NotAction", node.start)
    resource = _element(node, members, "Resource")
    if resource is None and policy_type == "IDENTITY_POLICY":
        raise PolicyDocumentError("the statement has neither Resource nor NotResource", node.start)
    return Statement(
        index=index,
        sid=sid or None,
        allow=effect.value == "Allow",
        principal=_principal(node, members, policy_type),
        action=action,
        resource=resource,
        conditions=_conditions(members["Condition"], variables) if "Condition" in members else (),
    )


def _element(node: Node, members: dict[str, Node], name: str) -> Element | None:
    key = _one_of(node, members, name)
    if key is None:
        return None
    return Element(_strings(members[key], key), negated=key != name)


def _principal(
    node: Node, members: dict[str, Node], policy_type: PolicyType
) -> PrincipalElement | None:
    key = _one_of(node, members, "Principal")
    if policy_type == "IDENTITY_POLICY":
        if key is not None:
            raise PolicyDocumentError(f"an identity policy has no {key}", node.keys[key][0])
        return None
    if key is None:
        raise PolicyDocumentError(
            "a statement of a resource policy needs Principal or NotPrincipal", node.start
        )
    value = members[key]
    if value.value == "*":
        return PrincipalElement((("*", "*"),), negated=key != "Principal")
    if not isinstance(value.value, dict):
        raise PolicyDocumentError(f'{key} must be "*" or an object', value.start)
    entries = [
        ("*", "*") if (kind, text) == ("AWS", "*") else (kind, text)
        for kind, child in _mapping(value, key, frozenset(_PRINCIPAL_TYPES)).items()
        for text in _strings(child, f"{key} {kind}")
    ]
    return PrincipalElement(tuple(entries), negated=key != "Principal")


def _one_of(node: Node, members: dict[str, Node], name: str) -> str | None:
    """Which of `name` and its Not form the statement has."""
    other = f"Not{name}"
    if name in members and other in members:
        raise PolicyDocumentError(f"a statement has {name} or {other}, not both", node.start)
    return next((key for key in (name, other) if key in members), None)


def _conditions(node: Node, variables: bool) -> tuple[Condition, ...]:
    conditions = set()
    for operator, block in _mapping(node, "Condition").items():
        for key, child in _mapping(block, f"Condition {operator}").items():
            values = tuple(sorted({_condition_value(item, key) for item in _items(child)}))
            has_variable = variables and any("${" in value for value in values)
            conditions.add(
                Condition(folded(operator), folded(key), values, has_variable, spelling=key)
            )
    return tuple(sorted(conditions, key=lambda c: (c.operator, c.key, c.values)))


def _condition_value(node: Node, key: str) -> str:
    if isinstance(node.value, bool):
        return "true" if node.value else "false"
    if isinstance(node.value, str | int | float):
        return str(node.value)
    raise PolicyDocumentError(f"a value of condition key {key} must be a string", node.start)


def _mapping(node: Node, what: str, known: frozenset[str] | None = None) -> dict[str, Node]:
    if not isinstance(node.value, dict):
        raise PolicyDocumentError(f"{what} must be a JSON object", node.start)
    for key in node.value:
        if known is not None and key not in known:
            raise PolicyDocumentError(f"{what} has no element {key!r}", node.keys[key][0])
    return node.value


def _items(node: Node) -> list[Node]:
    return node.value if isinstance(node.value, list) else [node]


def _strings(node: Node, what: str) -> tuple[str, ...]:
    return tuple(_string(item, what) for item in _items(node))


def _string(node: Node, what: str) -> str:
    if not isinstance(node.value, str):
        raise PolicyDocumentError(f"{what} must be a string", node.start)
    if len(node.value) > MAX_TEXT:
        raise PolicyDocumentError(f"{what} is longer than {MAX_TEXT:,} characters", node.start)
    return node.value
