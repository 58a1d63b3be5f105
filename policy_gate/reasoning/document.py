"""A policy document: strict reading of its JSON into statements.

Grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from policy_gate.casing import folded
from policy_gate.reasoning.answer import PolicyDocumentError
from policy_gate.reasoning.operators import operator_of

PolicyType = Literal["IDENTITY_POLICY", "RESOURCE_POLICY"]

MAX_DOCUMENT = 1_000_000
"""Characters of a policy document. The largest that AWS itself manages has 139,000."""

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


class Condition(NamedTuple):
    """One operator and key of a Condition block, in canonical spelling."""

    operator: str
    key: str
    values: tuple[str, ...]
    variables: bool
    """Whether `${...}` in the values is a policy variable."""

    spelling: str
    """The key as written."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Condition) and self[:4] == other[:4]

    def __hash__(self) -> int:
        return hash(self[:4])


class Statement(NamedTuple):
    number: int
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


class Document(NamedTuple):
    variables: bool
    """Whether its version knows policy variables."""

    statements: tuple[Statement, ...]


Path: TypeAlias = "tuple[str | int, ...]"


class _FaultError(Exception):
    """A value that does not belong there: its path, or that of its key."""

    def __init__(self, message: str, path: Path, at_key: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.at_key = at_key


def read_document(text: str, policy_type: PolicyType) -> Document:
    """The statements of a policy document.

    Raises PolicyDocumentError where the text is no policy of that type.
    """
    if len(text) > MAX_DOCUMENT:
        raise PolicyDocumentError(f"the document is longer than {MAX_DOCUMENT:,} characters", 0)
    try:
        return _document(_plain(text), policy_type)
    except _FaultError as fault:
        raise PolicyDocumentError(fault.message, _offset_of(text, fault)) from fault


def _plain(text: str) -> Any:
    """The JSON value; the slower reader with positions only looks at what is no good JSON."""
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        from policy_gate.syntax.json_reader import read_json
        from policy_gate.syntax.node import ReadError

        try:
            return read_json(text).plain()
        except ReadError as error:
            raise PolicyDocumentError(error.message, error.offset) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("duplicate key")
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _offset_of(text: str, fault: _FaultError) -> int:
    from policy_gate.syntax.json_reader import read_json
    from policy_gate.syntax.node import Node, ReadError

    try:
        node = read_json(text)
    except ReadError as error:
        return error.offset
    for step in fault.path[:-1] if fault.at_key else fault.path:
        children: Any = node.value
        child: Node = children[step]
        node = child
    return node.keys[str(fault.path[-1])][0] if fault.at_key else node.start


def _document(root: Any, policy_type: PolicyType) -> Document:
    members = _mapping(root, (), "a policy document", _DOCUMENT_KEYS)
    version = members.get("Version")
    if "Version" in members and version not in _VERSIONS:
        raise _FaultError(f"Version must be one of {', '.join(_VERSIONS)}", ("Version",))
    if "Id" in members:
        _string(members["Id"], ("Id",), "Id")
    if "Statement" not in members:
        raise _FaultError("the policy document has no Statement", ())
    variables = version == VERSION_WITH_VARIABLES
    statements = enumerate(_items(members["Statement"], ("Statement",)))
    return Document(
        variables,
        tuple(_statement(item, path, i, policy_type, variables) for i, (item, path) in statements),
    )


def _statement(
    value: Any, path: Path, index: int, policy_type: PolicyType, variables: bool
) -> Statement:
    members = _mapping(value, path, "a statement", _STATEMENT_KEYS)
    sid = _string(members["Sid"], (*path, "Sid"), "Sid") if "Sid" in members else None
    if "Effect" not in members:
        raise _FaultError("the statement has no Effect", path)
    effect = members["Effect"]
    if effect not in ("Allow", "Deny"):
        raise _FaultError("Effect must be Allow or Deny", (*path, "Effect"))
    action = _element(members, path, "Action")
    if action is None:
        raise _FaultError("the statement has neither Action nor NotAction", path)
    resource = _element(members, path, "Resource")
    if resource is None and policy_type == "IDENTITY_POLICY":
        raise _FaultError("the statement has neither Resource nor NotResource", path)
    principal = _principal(members, path, policy_type)
    conditions: tuple[Condition, ...] = ()
    if "Condition" in members:
        found = set(_conditions(members["Condition"], (*path, "Condition"), variables))
        conditions = tuple(sorted(found, key=lambda condition: condition[:3]))
    return Statement(index, sid or None, effect == "Allow", principal, action, resource, conditions)


def _element(members: Mapping[str, Any], path: Path, name: str) -> Element | None:
    key = _one_of(members, path, name)
    if key is None:
        return None
    return Element(_strings(members[key], (*path, key), key), negated=key != name)


def _principal(
    members: Mapping[str, Any], path: Path, policy_type: PolicyType
) -> PrincipalElement | None:
    key = _one_of(members, path, "Principal")
    if policy_type == "IDENTITY_POLICY":
        if key is not None:
            raise _FaultError(f"an identity policy has no {key}", (*path, key), at_key=True)
        return None
    if key is None:
        raise _FaultError("a statement of a resource policy needs Principal or NotPrincipal", path)
    value, path = members[key], (*path, key)
    if value == "*":
        return PrincipalElement((("*", "*"),), negated=key != "Principal")
    if not isinstance(value, dict):
        raise _FaultError(f'{key} must be "*" or an object', path)
    entries = [
        ("*", "*") if (kind, text) == ("AWS", "*") else (kind, text)
        for kind, child in _mapping(value, path, key, frozenset(_PRINCIPAL_TYPES)).items()
        for text in _strings(child, (*path, kind), f"{key} {kind}")
    ]
    return PrincipalElement(tuple(entries), negated=key != "Principal")


def _one_of(members: Mapping[str, Any], path: Path, name: str) -> str | None:
    """Which of `name` and its Not form the statement has."""
    other = f"Not{name}"
    if name in members and other in members:
        raise _FaultError(f"a statement has {name} or {other}, not both", path)
    return next((key for key in (name, other) if key in members), None)


def _conditions(value: Any, path: Path, variables: bool) -> Iterator[Condition]:
    for operator, block in _mapping(value, path, "Condition").items():
        where = (*path, operator)
        for key, values in _mapping(block, where, f"Condition {operator}").items():
            texts = {
                _condition_value(item, place, key, operator)
                for item, place in _items(values, (*where, key))
            }
            has_variable = variables and any("${" in text for text in texts)
            yield Condition(folded(operator), folded(key), tuple(sorted(texts)), has_variable, key)


def _condition_value(value: Any, path: Path, key: str, operator: str) -> str:
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str | int | float):
        text = str(value)
    else:
        raise _FaultError(f"a value of condition key {key} must be a string", path)
    if len(text) > MAX_TEXT:
        raise _FaultError(
            f"a value of condition key {key} is longer than {MAX_TEXT:,} characters", path
        )
    known = operator_of(operator)
    if known and known.kind in ("numeric", "date", "ip") and not _is_typed(known.kind, text):
        raise _FaultError(f"{text!r} is {_TYPED[known.kind]}, which {operator} needs", path)
    return text


_TYPED = {
    "numeric": "no number",
    "date": "no ISO 8601 date and no number of seconds since 1970",
    "ip": "no IP address or CIDR block",
}


def _is_typed(kind: str, text: str) -> bool:
    from policy_gate.reasoning.values import network_of, number_of, seconds_of

    if kind == "ip":
        return network_of(text) is not None
    return (number_of(text) if kind == "numeric" else seconds_of(text)) is not None


def _mapping(
    value: Any, path: Path, what: str, known: frozenset[str] | None = None
) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _FaultError(f"{what} must be a JSON object", path)
    for key in value:
        if known is not None and key not in known:
            raise _FaultError(f"{what} has no element {key!r}", (*path, key), at_key=True)
    return value


def _items(value: Any, path: Path) -> Iterable[tuple[Any, Path]]:
    if not isinstance(value, list):
        return [(value, path)]
    return [(item, (*path, number)) for number, item in enumerate(value)]


def _strings(value: Any, path: Path, what: str) -> tuple[str, ...]:
    if isinstance(value, str) and len(value) <= MAX_TEXT:
        return (value,)
    return tuple(_string(item, place, what) for item, place in _items(value, path))


def _string(value: Any, path: Path, what: str) -> str:
    if not isinstance(value, str):
        raise _FaultError(f"{what} must be a string", path)
    if len(value) > MAX_TEXT:
        raise _FaultError(f"{what} is longer than {MAX_TEXT:,} characters", path)
    return value
