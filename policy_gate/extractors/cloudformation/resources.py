"""The resources of a template, split into parts that are resolved in every world.

A part is as small as the template allows: the items of a literal list are parts of their own, so
that the worlds of one do not multiply another's, and what cannot be resolved costs only itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

from policy_gate.extractors.cloudformation.evaluator import Evaluator
from policy_gate.extractors.cloudformation.resolved import (
    Resolved,
    UnresolvableError,
    fragments_of,
)
from policy_gate.extractors.cloudformation.stack import Stack
from policy_gate.extractors.cloudformation.template import Template, is_function
from policy_gate.extractors.cloudformation.worlds import (
    MAX_WORLDS,
    TooManyWorldsError,
    World,
    common_label,
    explore,
)
from policy_gate.model import (
    Construct,
    DeferredText,
    NotChecked,
    Policy,
    PolicyIdentity,
    PolicyKind,
    ReasonCode,
)
from policy_gate.syntax.node import Node

Found: TypeAlias = Policy | NotChecked

Way: TypeAlias = tuple[str, ...]
"""Keys from a value down to what is looked for; `*` stands for each item of a list."""


STEPS_OF_VARIANT = 250
"""What each document of a policy beyond its first costs: every check is asked about it as well."""


@dataclass(frozen=True)
class Resource:
    """One resource of a stack."""

    stack: Stack
    logical_id: str
    type: str
    node: Node
    properties: Node

    @property
    def template(self) -> Template:
        return self.stack.template

    @property
    def condition(self) -> Node | None:
        return self.node.entries.get("Condition")

    def exists(self, evaluator: Evaluator) -> bool:
        """Is the resource's Condition true in the evaluator's world?"""
        condition = self.condition
        if condition is None or not isinstance(condition.value, str):
            return True
        return evaluator.conditions.holds(condition.value, condition)

    def evaluator(self, world: World) -> Evaluator:
        return Evaluator(self.stack, world)

    def text(self, evaluator: Evaluator, name: str) -> str:
        """A property as text, empty where it has none."""
        node = self.properties.entries.get(name)
        resolved = None if node is None else evaluator.resolve(node)
        if resolved is None or isinstance(resolved.value, list | dict):
            return ""
        return str(resolved.value)

    @property
    def address(self) -> str:
        return f"{self.stack.address}{self.logical_id}"

    def identity(self, name: str, kind: PolicyKind | None = None) -> PolicyIdentity:
        return PolicyIdentity(self.template.source.path, self.address, self.type, name, kind)

    def construct(self, name: str) -> Construct | None:
        """The CDK construct that a property of the resource comes from."""
        if (known := self.stack.constructs.get(self.address)) is not None:
            return known.of_property(name)
        metadata = self.node.entries.get("Metadata")
        path = metadata.entries.get("aws:cdk:path") if metadata else None
        return Construct(path.value) if path and isinstance(path.value, str) else None

    def not_checked(
        self,
        name: str,
        reason: ReasonCode,
        message: str,
        node: Node,
        kind: PolicyKind | None = None,
    ) -> NotChecked:
        location = self.template.source.locate(node)
        return NotChecked(self.identity(name, kind), reason, message, location)


class Names:
    """Policy names of one resource, each given once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: Counter[str] = Counter()

    def apart(self, found: Iterable[Found]) -> Iterator[Found]:
        """Each with its own name, or as `name #2` where an earlier one has that name."""
        for item in found:
            yield _renamed(item, self._unique(item.identity.policy_name))

    def apart_by_name(self, found: Iterable[Found]) -> Iterator[Found]:
        """The same for policies in several worlds, where those of one name are one policy."""
        unique: dict[str, str] = {}
        for item in found:
            name = item.identity.policy_name
            if name not in unique:
                unique[name] = self._unique(name)
            yield _renamed(item, unique[name])

    def _unique(self, name: str) -> str:
        unique = name
        while unique in self._taken:
            self._last[name] += 1
            unique = f"{name} #{self._last[name] + 1}"
        self._taken.add(unique)
        return unique


def _renamed(item: Found, name: str) -> Found:
    if item.identity.policy_name == name:
        return item
    return replace(item, identity=item.identity._replace(policy_name=name))


class Unit(NamedTuple):
    """A part of a resource that is resolved as a whole, and the way from there on."""

    node: Node
    way: Way


def units(node: Node, way: Way) -> Iterator[Unit]:
    """The parts that a way leads to; functions on the way are left to resolving."""
    value = node.value
    if way and isinstance(value, dict) and not is_function(value):
        if way[0] in value:
            yield from units(value[way[0]], way[1:])
        elif way[0] == "*":
            yield Unit(node, way)
    elif way and way[0] == "*" and isinstance(value, list):
        for item in value:
            yield Unit(item, way[1:])
    else:
        yield Unit(node, way)


def follow(resolved: Resolved, way: Way, name: str) -> Iterator[tuple[str, Resolved]]:
    """The values at the end of the way, each with the PolicyName that stands beside it.

    Raises UnresolvableError where there is something else than the mappings of the way.
    """
    value = resolved.value
    if not way or isinstance(value, DeferredText):
        yield name, resolved
    elif way[0] == "*":
        yield from _follow_items(resolved, way[1:], name)
    elif isinstance(value, dict):
        if (beside := value.get("PolicyName")) is not None:
            name = written_text(beside) or name
        if way[0] in value:
            yield from follow(value[way[0]], way[1:], name)
    else:
        place = Node(None, resolved.start, resolved.end)
        raise UnresolvableError(f"a mapping with {way[0]} is expected here", place)


def _follow_items(resolved: Resolved, way: Way, name: str) -> Iterator[tuple[str, Resolved]]:
    """The items of a list; CloudFormation takes one item for a list of it."""
    value = resolved.value
    if isinstance(value, dict) and any(
        isinstance(child.value, dict) and way[:1] and way[0] in child.value
        for child in value.values()
    ):
        place = Node(None, resolved.start, resolved.end)
        raise UnresolvableError("a list is expected here, not a mapping", place)
    for item in value if isinstance(value, list) else [resolved]:
        yield from follow(item, way, name)


def written_text(resolved: Resolved) -> str:
    """A text as it is written, as `${Env}-logs`: the same in every world and revision."""
    if isinstance(resolved.value, list | dict):
        return ""
    fragments = fragments_of(resolved, Node(None, resolved.start, resolved.end))
    return "".join(fragment.written for fragment in fragments)


def explored(
    resource: Resource,
    unit: Unit,
    name: str,
    kind: PolicyKind | None,
    look: Callable[[Evaluator, Resolved], Iterable[Found]],
) -> list[Found]:
    """What `look` finds in a unit, in every world that makes a difference.

    `name` and `kind` are those of the whole unit, for where it can't be resolved.
    """

    def look_at_unit(evaluator: Evaluator) -> Iterable[Found]:
        resolved = evaluator.resolve(unit.node)
        return () if resolved is None else look(evaluator, resolved)

    return in_every_world(resource, unit.node, name, kind, look_at_unit)


def in_every_world(
    resource: Resource,
    node: Node,
    name: str,
    kind: PolicyKind | None,
    look: Callable[[Evaluator], Iterable[Found]],
) -> list[Found]:
    """What `look` finds at a node of the resource, in every world that makes a difference."""

    def evaluate(world: World) -> list[Found]:
        evaluator = resource.evaluator(world)
        return list(look(evaluator)) if resource.exists(evaluator) else []

    resource.template.budget.begin_part()
    try:
        found = list(_merged(explore(evaluate)))
        resource.template.budget.spend(STEPS_OF_VARIANT * max(0, len(found) - 1), node)
        return found
    except UnresolvableError as error:
        message, place = f"this cannot be resolved: {error.message}", error.node
    except TooManyWorldsError:
        place = node
        message = (
            f"more than {MAX_WORLDS} combinations of conditions make a difference to this:"
            " give some of the parameters"
        )
    return [resource.not_checked(name, ReasonCode.NOT_ANALYSED, message, place, kind)]


def _merged(worlds: Sequence[tuple[World, list[Found]]]) -> Iterator[Found]:
    """One policy for each different document of an identity, with the worlds it is found in."""
    by_identity: dict[PolicyIdentity, list[tuple[Found, list[World]]]] = {}
    for world, found in worlds:
        for item in found:
            alike = by_identity.setdefault(item.identity, [])
            for known, found_in in alike:
                if _same(known, item):
                    found_in.append(world)
                    break
            else:
                alike.append((item, [world]))
    for alike in by_identity.values():
        for item, found_in in alike:
            label = common_label(found_in, len(worlds))
            yield _in_world(item, label) if label and isinstance(item, Policy) else item


def _same(one: Found, other: Found) -> bool:
    if isinstance(one, Policy) and isinstance(other, Policy):
        return one.document == other.document and one.world == other.world
    return one == other


def _in_world(policy: Policy, label: str) -> Policy:
    """In a world of its stack, besides the world of the nested stack that it may come from."""
    return replace(policy, world=f"{label}, {policy.world}" if policy.world else label)
