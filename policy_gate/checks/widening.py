"""A policy with deferred values to plain policies that can be asked about.

A value supplied from outside is taken at its widest where that allows more (an Action or Resource
of an Allow, an exclusion of a Deny), and for absent where it would allow less. A PASS about the
widened policy therefore holds for every value. A value created here is its fresh literal.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Literal, TypeGuard

from policy_gate.checks.covering import Segments, covers_of
from policy_gate.model import Assumption, AssumptionKind, DeferredText, Value
from policy_gate.partitions import DEFAULT_PARTITION, URL_SUFFIXES

Plain = Any
Conditions = Literal["dropped", "kept"]


class CannotWidenError(Exception):
    """Deployment decides something that a plain policy cannot stand for; says what."""


@dataclass(frozen=True, slots=True)
class Question:
    """A plain policy, and how its statements relate to those of the policy it was made of."""

    document: Plain
    indexes: tuple[int, ...]
    """For each of its statements, the index in the policy."""

    partition: str
    """The partition that AWS::Partition is taken for."""

    unnamed_principals: frozenset[int] = frozenset()
    """Statements (of the policy) with a principal that only deployment names."""

    open_conditions: frozenset[int] = frozenset()
    """Allow statements (of the policy) with a condition value that only deployment decides."""

    open_addresses: frozenset[int] = frozenset()
    """Statements (of the policy) with a kept condition on addresses that only deployment gives."""

    open_segments: frozenset[int] = frozenset()
    """Statements (of the policy) with an ARN that a value from outside may give more segments."""

    absent: frozenset[int] = frozenset()
    """Deny statements (of the policy) that are left out, since only some values make them."""


def deferred_in(value: Value) -> Iterable[DeferredText]:
    """Every deferred text inside a value."""
    if isinstance(value, DeferredText):
        yield value
    elif isinstance(value, dict):
        for child in value.values():
            yield from deferred_in(child)
    elif isinstance(value, list):
        for child in value:
            yield from deferred_in(child)


def is_supplied(text: DeferredText) -> bool:
    """Does a value from outside decide any part of it?"""
    return any(part.kind is AssumptionKind.SUPPLIED for part in text.assumptions())


def rendered(
    value: Value, partition: str = DEFAULT_PARTITION, supplied: str | None = None
) -> Plain:
    """The value with a text of the right shape in every deferred place, for ValidatePolicy.

    `supplied` stands for all that is supplied from outside; without it, each has a text of its own.
    """
    if isinstance(value, DeferredText):
        settled = [_settled_part(part, partition) for part in value.parts]
        return "".join(
            part if isinstance(part, str) else part.stand_in if supplied is None else supplied
            for part in settled
        )
    if isinstance(value, dict):
        return {key: rendered(child, partition, supplied) for key, child in value.items()}
    if isinstance(value, list):
        return [rendered(child, partition, supplied) for child in value]
    return value


def widened(
    document: Value,
    partition: str = DEFAULT_PARTITION,
    conditions: Conditions = "dropped",
    segments: Segments = "kept",
    left_out: Collection[int] = (),
) -> Question:
    """The widest plain policy that the document can become.

    `conditions` says what becomes of condition values that only deployment decides: dropped, the
    condition is taken for met in an Allow and for unmet in a Deny; kept, the value is one that
    nobody else names. `segments` says what a value between two colons of an ARN is taken for: kept,
    it holds no colon; open, nothing is known of the ARN from there on. `left_out` are statements
    that are not asked about. Raises CannotWidenError.
    """
    if isinstance(document, DeferredText):
        raise CannotWidenError(f"the whole policy is given at deployment, by {document}")
    if not isinstance(document, dict) or "Statement" not in document:
        return Question(rendered(document, partition), (), partition)
    statements = document["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    widening = _Widening(partition, conditions, segments)
    made = {
        index: widening.statement(statement, index)
        for index, statement in enumerate(listed)
        if index not in left_out
    }
    kept = [(index, statement) for index, statement in made.items() if statement is not None]
    others = {
        key: _exact(key, child, partition) for key, child in document.items() if key != "Statement"
    }
    return Question(
        {**others, "Statement": [statement for _, statement in kept]},
        tuple(index for index, _ in kept),
        partition,
        frozenset(widening.unnamed_principals),
        frozenset(widening.open_conditions),
        frozenset(widening.open_addresses),
        frozenset(widening.open_segments),
        frozenset(index for index, statement in made.items() if statement is None),
    )


def _exact(key: str, value: Value, partition: str) -> Plain:
    if key == "Version" and isinstance(value, DeferredText):
        raise CannotWidenError(f"the Version of the policy is given at deployment, by {value}")
    return rendered(value, partition)


class _AbsentError(Exception):
    """A Deny that cannot be counted on: its statement is left out."""


class _Widening:
    def __init__(self, partition: str, conditions: Conditions, segments: Segments) -> None:
        self.partition = partition
        self.conditions = conditions
        self.segments = segments
        self.unnamed_principals: set[int] = set()
        self.open_conditions: set[int] = set()
        self.open_addresses: set[int] = set()
        self.open_segments: set[int] = set()

    def statement(self, statement: Value, index: int) -> Plain | None:
        """The plain statement; None for a Deny that only some values make."""
        if isinstance(statement, DeferredText):
            raise CannotWidenError(f"statement {index} is given at deployment, by {statement}")
        if not isinstance(statement, dict):
            return rendered(statement, self.partition)
        effect = statement.get("Effect")
        if isinstance(effect, DeferredText):
            raise CannotWidenError(f"the Effect of statement {index} is given at deployment")
        allows = effect != "Deny"
        try:
            entries = [self.element(key, value, allows, index) for key, value in statement.items()]
        except _AbsentError:
            return None
        return dict(entry for entry in entries if entry is not None)

    def element(self, key: str, value: Value, allows: bool, index: int) -> tuple[str, Plain] | None:
        if not any(True for _ in deferred_in(value)):
            return key, value
        if key in ("Action", "NotAction", "Resource", "NotResource"):
            return self.patterns(key, value, allows, index)
        if key == "Principal":
            return key, self.principals(value, allows, index)
        if key == "NotPrincipal":
            return self.excluded_principals(value, allows)
        if key == "Condition":
            return self.condition(value, allows, index)
        return key, rendered(value, self.partition)

    def patterns(self, key: str, value: Value, allows: bool, index: int) -> tuple[str, Plain]:
        """Action and Resource elements: each value at its widest, or absent."""
        excludes = key.startswith("Not")
        texts = []
        for item in value if isinstance(value, list) else [value]:
            settled = self.settled(item)
            if not isinstance(settled, DeferredText):
                texts.append(settled)
            elif allows is not excludes:
                covers = covers_of(settled, self.segments)
                texts += [cover.text for cover in covers]
                if any(cover.has_open_segments for cover in covers):
                    self.open_segments.add(index)
        if texts:
            return key, texts
        if not allows:
            raise _AbsentError
        return key.removeprefix("Not"), ["*"]

    def principals(self, value: Value, allows: bool, index: int) -> Plain:
        if isinstance(value, DeferredText):
            value = {"AWS": value}
        if not isinstance(value, dict):
            return rendered(value, self.partition)
        named: dict[str, Plain] = {}
        for kind, entry in value.items():
            texts = []
            for item in entry if isinstance(entry, list) else [entry]:
                settled = self.settled(item)
                if not isinstance(settled, DeferredText):
                    texts.append(settled)
                elif allows and _is_enumerable(settled):
                    texts += [cover.text for cover in covers_of(settled)]
                elif allows:
                    self.unnamed_principals.add(index)
                    texts.append(unnamed_principal(kind, settled, self.partition))
            if texts:
                named[kind] = texts
        if not named and not allows:
            raise _AbsentError
        return named

    def excluded_principals(self, value: Value, allows: bool) -> tuple[str, Plain]:
        if not any(is_supplied(text) for text in deferred_in(value)):
            return "NotPrincipal", rendered(value, self.partition)
        if not allows:
            raise _AbsentError
        if isinstance(value, DeferredText):
            raise CannotWidenError(f"NotPrincipal is given at deployment, by {value}")
        named = {}
        for kind, entry in value.items() if isinstance(value, dict) else ():
            items = [self.settled(item) for item in (entry if isinstance(entry, list) else [entry])]
            if texts := [item for item in items if not isinstance(item, DeferredText)]:
                named[kind] = texts
        return ("NotPrincipal", named) if named else ("Principal", "*")

    def condition(self, value: Value, allows: bool, index: int) -> tuple[str, Plain] | None:
        is_open = any(is_supplied(text) for text in deferred_in(value))
        if is_open and self.conditions == "dropped":
            if not allows:
                raise _AbsentError
            self.open_conditions.add(index)
        elif is_open and not _has_shape(value):
            raise CannotWidenError(f"a condition of statement {index} is given at deployment")
        operators = {}
        for operator, keys in value.items() if isinstance(value, dict) else ():
            if not isinstance(keys, dict):
                continue
            operators[operator] = {
                key: self.condition_value(operator, item)
                for key, item in keys.items()
                if self.conditions == "kept" or not _is_open(item)
            }
            if "ipaddress" in operator.lower() and any(map(_is_open, keys.values())):
                self.open_addresses.add(index)
        operators = {operator: keys for operator, keys in operators.items() if keys}
        return ("Condition", operators) if operators else None

    def condition_value(self, operator: str, value: Value) -> Plain:
        """The value with a text that the operator can read in every deferred place."""
        if isinstance(value, list):
            return [self.condition_value(operator, item) for item in value]
        if not isinstance(value, DeferredText):
            return rendered(value, self.partition)
        settled = self.settled(value)
        if settled == rendered(value, self.partition):
            return settled
        return typed_stand_in(operator, value, self.partition)

    def settled(self, item: Value) -> Plain:
        """The item with everything filled in but what is supplied from outside."""
        if not isinstance(item, DeferredText):
            return rendered(item, self.partition)
        parts = [
            fresh_literal(part) if _is_created_here(part) else _settled_part(part, self.partition)
            for part in item.parts
        ]
        if any(isinstance(part, Assumption) for part in parts):
            return DeferredText(tuple(parts))
        return "".join(map(str, parts))


def typed_stand_in(operator: str, text: DeferredText, partition: str) -> str:
    """What stands for a text that is not known where a condition's operator compares with it."""
    written = str(rendered(_Widening(partition, "kept", "kept").settled(text), partition))
    kind = next((kind for kind in _TYPED if kind in operator.lower()), None)
    return _TYPED[kind](_digest(written)) if kind else written


_TYPED: dict[str, Callable[[int], str]] = {
    "numeric": str,
    "date": lambda digest: f"20{digest % 40 + 30}-01-01T00:00:{digest % 60:02}Z",
    # Addresses that nobody has: https://www.rfc-editor.org/rfc/rfc2544
    "ipaddress": lambda digest: f"198.18.{digest >> 8 & 255}.{digest & 255}/32",
}
"""For the operators of a type: values that no policy names."""


def _settled_part(part: str | Assumption, partition: str) -> str | Assumption:
    """The text of a part, or itself where it is supplied from outside."""
    if isinstance(part, str) or part.kind is AssumptionKind.SUPPLIED:
        return part
    if part.expression == "${AWS::Partition}":
        return partition
    if part.expression == "${AWS::URLSuffix}":
        return URL_SUFFIXES.get(partition, URL_SUFFIXES[DEFAULT_PARTITION])
    return part.stand_in


def _is_created_here(part: str | Assumption) -> TypeGuard[Assumption]:
    return isinstance(part, Assumption) and part.kind is AssumptionKind.CREATED_HERE


def fresh_literal(part: Assumption) -> str:
    """The name of what is created here: unlike any that a pattern other than `*` is written for.

    Its characters are those that names may hold and hardly ever do.
    """
    digest = _digest(part.stand_in)
    return "".join("=@+,"[digest >> shift & 3] for shift in range(0, 32, 2))


def _is_enumerable(text: DeferredText) -> bool:
    return all(part.allowed for part in text.assumptions())


def _is_open(value: Value) -> bool:
    return any(is_supplied(text) for text in deferred_in(value))


def _has_shape(value: Value) -> bool:
    """Are operators and keys known, and only values deferred?"""
    return isinstance(value, dict) and all(isinstance(keys, dict) for keys in value.values())


def unnamed_principal(kind: str, text: DeferredText, partition: str) -> str:
    """A principal that no policy names, of the shape that the text allows."""
    only = text.parts[0]
    if kind == "AWS" and len(text.parts) == 1 and isinstance(only, Assumption):
        if only.expression == "${AWS::AccountId}":
            return unnamed_account(only)
        return f"arn:{partition}:iam::{unnamed_account(only)}:role/{only.stand_in}"
    before = ""
    for part in text.parts:
        if isinstance(part, str):
            before += part
        else:
            before += unnamed_account(part) if before.endswith("::") else part.stand_in
    return before


def principal_stand_in(kind: str, text: DeferredText, partition: str) -> str:
    """What stands for a deferred Principal entry of an Allow."""
    settled = _Widening(partition, "kept", "kept").settled(text)
    if isinstance(settled, DeferredText):
        return unnamed_principal(kind, settled, partition)
    return str(settled)


def unnamed_account(part: Assumption) -> str:
    """An account id that no policy names, for an expression that names one."""
    return f"{_digest(part.expression) * 999_983 % 10**12:012}"


def _digest(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))
