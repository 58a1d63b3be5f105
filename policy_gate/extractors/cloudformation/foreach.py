"""Fn::ForEach: a template with its loops written out, each value at the place where it is written.

A loop over items that only deployment knows makes one entry of a section, for any item; inside a
property it makes unknown keys, so it is left for the evaluator, to which it is any value.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from policy_gate.extractors.cloudformation.foreach_functions import call
from policy_gate.extractors.cloudformation.foreach_items import Collections
from policy_gate.extractors.cloudformation.foreach_scope import (
    MAX_NESTING,
    Allowance,
    Scope,
    TooLargeError,
)
from policy_gate.extractors.cloudformation.resolved import UnresolvableError
from policy_gate.extractors.cloudformation.stack import Stack
from policy_gate.extractors.cloudformation.template import LOOP, Template, with_root
from policy_gate.extractors.cloudformation.worlds import MAX_WORLDS, TooManyWorldsError
from policy_gate.model import Assumption, NotChecked, PolicyIdentity, ReasonCode
from policy_gate.syntax.node import Node

TRANSFORM = "AWS::LanguageExtensions"

# Conditions come first: a collection may depend on them.
_SECTIONS = ("Conditions", "Resources", "Outputs")
# Their texts are names of conditions and resources.
_NAMING_KEYS = frozenset({"Condition", "DependsOn"})


class Expansion(NamedTuple):
    """A template whose sections hold no loops."""

    template: Template
    not_checked: tuple[NotChecked, ...] = ()


class _Entry(NamedTuple):
    """An entry of a mapping, and where its key stands."""

    node: Node
    span: tuple[int, int]


class _Loop(NamedTuple):
    """A loop in a mapping, which is a section of the template or a part of a property."""

    key: str
    node: Node
    is_section: bool


class _UnknownKeyError(Exception):
    """A mapping inside a property whose keys only deployment knows."""


def uses_loops(template: Template) -> bool:
    return LOOP in template.source.text and any(
        _holds_loop(template.root.entries[name])
        for name in _SECTIONS
        if name in template.root.entries
    )


def _holds_loop(node: Node) -> bool:
    if isinstance(node.value, list):
        return any(_holds_loop(item) for item in node.value)
    return any(key.startswith(LOOP) or _holds_loop(child) for key, child in node.entries.items())


def expanded(stack: Stack) -> Expansion:
    """The template with its loops written out; one that can't be is left out, with the reason."""
    writer = _Writer(stack)
    for name in _SECTIONS:
        writer.write_section(name)
    return writer.expansion()


class _Writer:
    """Writes out the loops of one template, section by section."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.template = stack.template
        self.collections = Collections(stack)
        self.allowance = Allowance()
        self.section = ""
        self.not_checked: dict[tuple[str, int, str], NotChecked] = {}
        self.loops: dict[str, tuple[Assumption, ...]] = {}
        self.assumed: list[Assumption] = []
        """What the collections inside the entry of the section rest on."""
        self.is_open = False
        """May deployment have entries that are not written out?"""

    def write_section(self, name: str) -> None:
        root = self.template.root
        section = root.entries.get(name)
        if section is None or not isinstance(section.value, dict):
            return
        self.section = name
        written = _mapping(self.entries(section, Scope(self.allowance), True), section)
        root = Node({**root.entries, name: written}, root.start, root.end, root.keys)
        budget = self.template.budget
        self.template = replace(with_root(self.template.source, root), budget=budget)
        self.collections = Collections(replace(self.stack, template=self.template))

    def expansion(self) -> Expansion:
        transforms = self.template.transforms
        template = replace(
            self.template,
            transforms=(*transforms, LOOP) if self.is_open else transforms,
            loops=self.loops,
        )
        return Expansion(template, tuple(self.not_checked.values()))

    def entries(
        self, mapping: Node, scope: Scope, is_section: bool, names: bool = False
    ) -> dict[str, _Entry]:
        """The entries of a mapping with its loops written out."""
        taken = set(self._own_keys(mapping, scope, is_section))
        written: dict[str, _Entry] = {}
        for key, node in mapping.entries.items():
            span = mapping.keys.get(key, (node.start, node.end))
            if key.startswith(LOOP):
                loop = _Loop(key, node, is_section)
                written |= self.loop(loop, span, scope, taken)
            elif is_section:
                written[scope.name(key)] = _Entry(self.section_entry(key, node, scope), span)
            else:
                # A function in the place of the text gives no name, but a Condition of IAM.
                is_name = key in _NAMING_KEYS and not isinstance(node.value, dict)
                value = self.value(node, scope, names or is_name)
                written[scope.name(key)] = _Entry(value, span)
        return written

    def _own_keys(self, mapping: Node, scope: Scope, is_section: bool) -> Iterator[str]:
        """The keys that are not made by loops inside the mapping."""
        seen: set[str] = set()
        for key, node in mapping.entries.items():
            if key.startswith(LOOP):
                continue
            if not is_section and not scope.is_certain(key):
                raise _UnknownKeyError
            name = scope.name(key)
            if name in seen:
                raise UnresolvableError(f"two keys become {name!r}", node)
            seen.add(name)
            yield name

    def section_entry(self, key: str, node: Node, scope: Scope) -> Node:
        self.assumed.clear()
        value = self.value(node, scope)
        noted = (*scope.assumptions, *self.assumed)
        if noted and self.section == "Resources":
            self.loops[scope.name(key)] = noted
        return value

    def loop(
        self, loop: _Loop, span: tuple[int, int], scope: Scope, taken: set[str]
    ) -> dict[str, _Entry]:
        """What a loop makes; where it is left, the loop itself, or nothing in a section."""
        kept = scope.instance(loop.node.value, loop.node, loop.node.keys)
        left = {} if loop.is_section else {loop.key: _Entry(kept, span)}
        try:
            made = self.iterations(loop, scope)
            if twice := next((name for name in made if name in taken), None):
                raise UnresolvableError(f"it makes {twice!r}, which is there already", loop.node)
        except UnresolvableError as error:
            if isinstance(error, TooLargeError) and scope.items:
                raise
            reason, place = error.message, error.node
        except TooManyWorldsError:
            reason, place = f"its collection has more than {MAX_WORLDS} variants", loop.node
        else:
            taken.update(made)
            return made
        self.is_open |= loop.is_section
        message = f"{loop.key} cannot be written out: {reason}"
        self.note(loop.key, ReasonCode.NOT_ANALYSED, message, place)
        return left

    def iterations(self, loop: _Loop, scope: Scope) -> dict[str, _Entry]:
        """What all iterations make together."""
        identifier, written, body = self.parts(loop, scope)
        collection = self.collections.items(self.value(written, scope))
        if loop.is_section:
            self.is_open |= not collection.is_complete or any(
                item.is_stand_in for item in collection.items
            )
        else:
            self.assumed += collection.assumptions
            if not collection.is_complete:
                raise _UnknownKeyError
        made: dict[str, _Entry] = {}
        for item in collection.items:
            self.allowance.spend(1, loop.node)
            inner = scope.inside(identifier, item, collection.assumptions)
            for name, entry in self.entries(body, inner, loop.is_section).items():
                if name in made and not name.startswith(LOOP):
                    raise UnresolvableError(f"it makes {name!r} more than once", entry.node)
                made[name] = entry
        if self.section == "Resources" and loop.is_section and not collection.items:
            message = "the collection of the loop is empty, so nothing is created"
            self.note(loop.key, ReasonCode.NOT_APPLICABLE, message, written)
        return made

    def parts(self, loop: _Loop, scope: Scope) -> tuple[str, Node, Node]:
        """The identifier, the collection and the body. Raises UnresolvableError for a misfit."""
        if TRANSFORM not in self.template.transforms:
            message = f"declare Transform: {TRANSFORM}, CloudFormation takes no loops without it"
            raise UnresolvableError(message, loop.node)
        if not loop.key.startswith(f"{LOOP}::") or loop.key == f"{LOOP}::":
            raise UnresolvableError(f"a loop has a name, as {LOOP}::Name", loop.node)
        parts = loop.node.value
        if isinstance(parts, list) and len(parts) == 3 and isinstance(parts[2].value, dict):
            identifier, collection, body = parts
            if isinstance(identifier.value, str) and identifier.value:
                self.check_identifier(identifier.value, identifier, scope)
                return identifier.value, collection, body
        raise UnresolvableError("a loop is an identifier, a collection and a mapping", loop.node)

    def check_identifier(self, identifier: str, node: Node, scope: Scope) -> None:
        """Raises UnresolvableError where it can't be used in a scope."""
        message = ""
        if len(scope.items) >= MAX_NESTING:
            message = f"more than {MAX_NESTING} loops inside each other"
        elif identifier in scope.items:
            message = f"a loop around this one has the identifier {identifier!r} too"
        elif identifier in self.stack.parameters or identifier in self.template.resources:
            message = f"the identifier {identifier!r} names a parameter or a resource too"
        elif scope.holds_syntax:
            message = "an item of a loop around this one holds one of the characters $ & { }"
        if message:
            raise UnresolvableError(message, node)

    def note(self, key: str, reason: ReasonCode, message: str, place: Node) -> None:
        source = self.template.source
        identity = PolicyIdentity(source.path, key, "", "")
        not_checked = NotChecked(identity, reason, message, source.locate(place))
        self.not_checked.setdefault((key, place.start, message), not_checked)

    def value(self, node: Node, scope: Scope, names: bool = False) -> Node:
        """A value, or with `names` the name of something, in a scope."""
        if scope.items:
            self.allowance.spend(1, node)
        if isinstance(node.value, str):
            text = node.value
            return scope.named(node, text) if names else scope.string(node, text)
        if isinstance(node.value, list):
            return scope.listed(node, [self.value(item, scope, names) for item in node.value])
        if not isinstance(node.value, dict):
            return node

        def substitute(child: Node, is_name: bool) -> Node:
            return self.value(child, scope, is_name)

        written = call(node, scope, names, substitute) if scope.items else None
        return written or self.mapping(node, scope, names)

    def mapping(self, node: Node, scope: Scope, names: bool) -> Node:
        try:
            entries = self.entries(node, scope, False, names)
        except _UnknownKeyError:
            return scope.instance({LOOP: node}, node, {LOOP: (node.start, node.end)})
        known = node.entries
        if entries.keys() == known.keys() and all(known[key] is entries[key].node for key in known):
            return node
        written = _mapping(entries, node)
        return scope.instance(written.value, node, written.keys)


def _mapping(entries: dict[str, _Entry], node: Node) -> Node:
    """The entries as a mapping in the place of a node."""
    children = {key: entry.node for key, entry in entries.items()}
    spans = {key: entry.span for key, entry in entries.items()}
    return Node(children, node.start, node.end, spans)
