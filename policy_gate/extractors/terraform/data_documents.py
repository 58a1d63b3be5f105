"""`aws_iam_policy_document`: the document that the data source makes, known or not.

The plan has every statement of a document that it could not read yet, with dynamic blocks expanded
and null for each value that is unknown; the sources tell what those will be made of.

Source: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from policy_gate.extractors.terraform.assumptions import any_value, is_secret
from policy_gate.extractors.terraform.changes import ResourceChange, value_at
from policy_gate.extractors.terraform.hcl.blocks import (
    declared_blocks,
    expanded_blocks,
    position_of,
)
from policy_gate.extractors.terraform.hcl.documents import structure_of
from policy_gate.extractors.terraform.hcl.evaluator import evaluate
from policy_gate.extractors.terraform.hcl.references import references_of
from policy_gate.extractors.terraform.hcl.scope import Scope
from policy_gate.extractors.terraform.hcl.syntax import Block
from policy_gate.extractors.terraform.matching import declared
from policy_gate.extractors.terraform.merging import latest, merged
from policy_gate.extractors.terraform.values import Located, Place, assumptions_in
from policy_gate.model import DeferredText

if TYPE_CHECKING:
    from policy_gate.extractors.terraform.scope import Evaluation

TYPE = "aws_iam_policy_document"

_LATER = "it is known after apply"
_ELEMENTS = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}
_PRINCIPALS = {"principals": "Principal", "not_principals": "NotPrincipal"}
_SOURCES = ("source_json", "source_policy_documents")
_OVERRIDES = ("override_policy_documents", "override_json")


def built(evaluation: Evaluation, change: ResourceChange, place: Place) -> Located:
    """The text of the document, with its structure. `place` is used where the sources have none."""
    return _Builder(evaluation, change, place).document()


class _Builder:
    """One data source, on its way to a document."""

    def __init__(self, evaluation: Evaluation, change: ResourceChange, place: Place) -> None:
        self.evaluation = evaluation
        self.change = change
        self.module = evaluation.module(change.module)
        self.block = declared(evaluation, change)
        self.scope: Scope = evaluation.instance(change)
        self.place = self.block.header if self.block else place

    def document(self) -> Located:
        own = self.statements()
        before = [item for name in _SOURCES for item in self.documents(name)]
        after = [item for name in _OVERRIDES for item in self.documents(name)]
        statements = merged(before, own, after, self.place)
        version = latest([*before, *after], self.own("version", "2012-10-17"))
        children = {"Version": version, "Statement": statements}
        if (identifier := self.own("policy_id")).value is not None:
            children["Id"] = identifier
        structure = Located(dict(children), self.place)
        known = value_at(self.change.after, ("json",))
        if not isinstance(known, str) or self.change.is_sensitive(("json",)):
            text = any_value(f"{self.change.address}.json", _LATER, self.place)
            return replace(text, structure=structure)
        return Located(known, self.place, structure=structure)

    def own(self, name: str, default: str | None = None) -> Located:
        """An attribute of the data source itself."""
        value = self.attribute(name)
        return Located(default, self.place) if value.value is None else value

    def attribute(self, name: str) -> Located:
        return self.module.attribute(self.change, name, self.place)

    def documents(self, name: str) -> list[Located]:
        """The documents that one attribute merges into this one."""
        planned = self.attribute(name)
        items = planned.value if isinstance(planned.value, list) else [planned]
        written = self.written(self.block, self.scope, name)
        content = written.value if written else None
        sources = content if isinstance(content, list) else [written] if written else []
        referred = self.referred(name) if written is None else []
        texts = [item for item in items if item.value not in (None, "")]
        return [
            self.document_text(item, index, sources if len(sources) == len(texts) else referred)
            for index, item in enumerate(texts)
        ]

    def document_text(self, planned: Located, index: int, sources: Sequence[Located]) -> Located:
        """One document of a list: as the plan has it, at the place where the sources have it."""
        source = sources[index] if index < len(sources) else None
        if source is None:
            return structure_of(planned)
        if planned.is_unknown or planned.value == source.value:
            return structure_of(source)
        return structure_of(planned)

    def referred(self, name: str) -> list[Located]:
        """Without sources: the documents that the attribute refers to, in the order it does."""
        resource = self.module.configuration.resource(
            self.change.mode, self.change.type, self.change.name
        )
        expression = value_at(resource, ("expressions", name))
        references = value_at(expression, ("references",))
        if not isinstance(references, list):
            return []
        whole = [item for item in references if isinstance(item, str) and item.endswith("json")]
        found = (
            self.module.configured({"references": [item]}, self.scope, self.place) for item in whole
        )
        return [item for item in found if item is not None]

    def written(self, block: Block | None, scope: Scope, name: str) -> Located | None:
        """What the sources have for an attribute of a block."""
        expression = block.attributes.get(name) if block else None
        return evaluate(expression, scope, self.evaluation.budget) if expression else None

    def statements(self) -> Located:
        planned = self.attribute("statement")
        if planned.value is None:
            return Located([], self.place)
        found = self.found(planned, self.block, self.scope, "statement")
        if found is None:
            return planned
        return Located([self.statement(*item) for item in found], self.place)

    def found(
        self, planned: Located, block: Block | None, scope: Scope, kind: str
    ) -> list[tuple[Located, Block | None, Scope]] | None:
        """The blocks of one type: as many as the plan has, or else as the sources have.

        None where neither tells. A block that the sources repeat as often as only deployment knows
        stands for all that it makes.
        """
        if isinstance(planned.value, list):
            blocks = self.blocks(block, scope, kind, planned.value)
            return [(item, *of) for item, of in zip(planned.value, blocks, strict=True)]
        budget = self.evaluation.budget
        declared = declared_blocks(block, kind, scope, budget) if block else None
        if declared is None:
            return None
        if any(item.is_repeated and not _allows(item.block, kind) for item in declared):
            return None
        return [(_open(item.block, planned), item.block, item.scope) for item in declared]

    def blocks(
        self, block: Block | None, scope: Scope, kind: str, planned: Sequence[Located]
    ) -> list[tuple[Block | None, Scope]]:
        """The nested block of each that the plan has. Only statements are in the same order."""
        budget, count = self.evaluation.budget, len(planned)
        found = expanded_blocks(block, kind, scope, budget, count) if block else []
        found = [*found, *[None] * count][:count]
        if kind != "statement":
            positions = [position_of(_told_by(item), found, budget) for item in planned]
            found = [None if position is None else found[position] for position in positions]
        return [item or (None, scope) for item in found]

    def statement(self, planned: Located, block: Block | None, scope: Scope) -> Located:
        if not isinstance(planned.value, dict):
            return planned
        values = planned.value
        place = block.header if block else self.place
        element = _Element(self, block, scope, place)
        children: dict[str, Located | None] = {}
        if (sid := element.text(values, "sid")).value not in (None, ""):
            children["Sid"] = sid
        effect = element.text(values, "effect")
        children["Effect"] = Located("Allow", place) if effect.value in (None, "") else effect
        for name, key in _ELEMENTS.items():
            children[key] = element.texts(values, name)
        for name, key in _PRINCIPALS.items():
            children[key] = element.principals(values, name)
        children["Condition"] = element.conditions(values)
        present = {key: child for key, child in children.items() if child is not None}
        whole = block.place if block else self.place
        return Located(dict(present), whole)


class _Element:
    """The elements of one statement."""

    def __init__(self, builder: _Builder, block: Block | None, scope: Scope, place: Place) -> None:
        self.builder = builder
        self.block = block
        self.scope = scope
        self.place = place

    def below(self, kind: str, planned: Located) -> list[tuple[Located, _Element]] | None:
        found = self.builder.found(planned, self.block, self.scope, kind)
        if found is None:
            return None
        return [
            (item, _Element(self.builder, block, scope, block.header if block else self.place))
            for item, block, scope in found
        ]

    def first(self, kind: str) -> Place:
        """Where the first block of one type is."""
        nested = self.block.blocks if self.block else []
        return next((block.place for block in nested if block.type == kind), self.place)

    def untold(self, name: str) -> Located:
        return any_value(f"{self.builder.change.address}.{name}", _LATER, self.place)

    def text(self, values: dict[str, Located], name: str) -> Located:
        planned = values.get(name, Located(None, self.place))
        return self.at_source(planned, self.builder.written(self.block, self.scope, name))

    def texts(self, values: dict[str, Located], name: str) -> Located | None:
        """A set of texts; None where it is empty or absent."""
        planned = values.get(name)
        if planned is None or planned.value is None or planned.value == []:
            return None
        written = self.builder.written(self.block, self.scope, name)
        if not isinstance(planned.value, list):
            return self.at_source(planned, written)
        sources = written.value if written and isinstance(written.value, list) else []
        items = _paired(planned.value, sources)
        place = written.place if written else self.place
        return _listed([with_variables(item) for item in items], place)

    def at_source(self, planned: Located, written: Located | None) -> Located:
        """A planned value at the place where it is written, or what is written for it."""
        if written is None:
            return Located(planned.value, self.place)
        if planned.is_unknown:
            return _told(planned, written)
        return Located(planned.value, written.place)

    def principals(self, values: dict[str, Located], name: str) -> Located | None:
        planned = values.get(name)
        if planned is None or planned.value in (None, []):
            return None
        below = self.below(name, planned)
        if below is None:
            return planned
        kinds: dict[str, list[Located]] = {}
        places: dict[str, Place] = {}
        for item, element in below:
            entries = item.value if isinstance(item.value, dict) else {}
            kind = element.text(entries, "type")
            if not isinstance(kind.value, str):
                return kind if kind.is_unknown else element.untold(name)
            identifiers = element.texts(entries, "identifiers")
            listed = identifiers.value if identifiers else []
            found = listed if isinstance(listed, list) else [identifiers] if identifiers else []
            kinds.setdefault(kind.value, []).extend(found)
            places.setdefault(kind.value, identifiers.place if identifiers else element.place)
        if [item.value for item in kinds.get("*", [])] == ["*"] and len(kinds) == 1:
            return kinds["*"][0]
        lists = {kind: _listed(items, places[kind]) for kind, items in kinds.items()}
        return Located(dict(lists), self.first(name))

    def conditions(self, values: dict[str, Located]) -> Located | None:
        planned = values.get("condition")
        if planned is None or planned.value in (None, []):
            return None
        below = self.below("condition", planned)
        if below is None:
            return planned
        operators: dict[str, dict[str, Located]] = {}
        for item, element in below:
            entries = item.value if isinstance(item.value, dict) else {}
            test, variable = element.text(entries, "test"), element.text(entries, "variable")
            if not isinstance(test.value, str) or not isinstance(variable.value, str):
                unclear = [part for part in (test, variable) if part.is_unknown]
                return unclear[0] if unclear else element.untold("condition")
            compared = element.texts(entries, "values") or Located([], element.place)
            keys = operators.setdefault(test.value, {})
            keys[variable.value] = _both(keys.get(variable.value), compared)
        place = self.first("condition")
        children = {test: Located(dict(keys), place) for test, keys in operators.items()}
        return Located(dict(children), place)


def _listed(items: Sequence[Located], place: Place) -> Located:
    """A list as the data source writes it: one item stands alone, which expressions can tell."""
    return items[0] if len(items) == 1 else Located(list(items), place)


def _told(planned: Located, written: Located) -> Located:
    """What the sources have for a value that the plan does not tell, or hides."""
    hidden = any(map(is_secret, assumptions_in(planned)))
    return planned if hidden and not any(map(is_secret, assumptions_in(written))) else written


def _told_by(planned: Located) -> dict[str, object]:
    """The texts of a block that the plan has."""
    entries = planned.value if isinstance(planned.value, dict) else {}
    return {name: item.value for name, item in entries.items() if isinstance(item.value, str)}


def _both(first: Located | None, second: Located) -> Located:
    """Two lists of values of one condition key."""
    if first is None:
        return second
    lists = [item.value if isinstance(item.value, list) else [item] for item in (first, second)]
    return Located([*lists[0], *lists[1]], first.place)


def _paired(planned: Sequence[Located], written: Iterable[Located]) -> list[Located]:
    """The items of a set that the plan has, each where the sources have it.

    The plan has one null for each item that is unknown: those are what the sources have besides the
    known ones. Where the numbers differ, the items are not those of the sources.
    """
    known = {item.value for item in planned if isinstance(item.value, str)}
    sources = list(written)
    places = {item.value: item.place for item in sources if isinstance(item.value, str)}
    others = [
        item for item in sources if not isinstance(item.value, str) or item.value not in known
    ]
    is_told = len(others) == sum(item.is_unknown for item in planned)
    waiting = iter(others)
    paired = []
    for item in planned:
        if item.is_unknown:
            paired.append(_told(item, next(waiting)) if is_told else item)
        else:
            place = places.get(item.value) if isinstance(item.value, str) else None
            paired.append(Located(item.value, place or item.place))
    return paired


def with_variables(value: Located) -> Located:
    """The text with its policy variables, which data sources write as `&{aws:username}`."""
    content = value.value
    if isinstance(content, str) and "&{" in content:
        return Located(content.replace("&{", "${"), value.place)
    if isinstance(content, DeferredText):
        parts = tuple(
            part.replace("&{", "${") if isinstance(part, str) else part for part in content.parts
        )
        return Located(DeferredText(parts), value.place)
    return value


def _allows(block: Block, kind: str) -> bool:
    """May one block stand for many? Then it is a statement that allows, each time it is made."""
    effect = block.attributes.get("effect")
    return kind == "statement" and (effect is None or effect.text == '"Allow"')


def _open(block: Block, planned: Located) -> Located:
    """A block of which the plan tells nothing: what the sources have for it is all there is.

    What refers to nothing is written in the sources for all to see, also where the block is hidden.
    """
    later = any_value(block.type, _LATER, block.header)
    children = {
        name: planned if references_of(expression) else later
        for name, expression in block.attributes.items()
    }
    for nested in block.blocks:
        children[nested.labels[0] if nested.labels else nested.type] = planned
    return Located(dict(children), block.header)
