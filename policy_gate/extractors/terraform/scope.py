"""What references give: variables, locals, resources and outputs of one instance of a module.

The plan is asked first. What it does not tell is evaluated from the sources, where they are at
hand; what neither tells is any value. A value that is marked sensitive is any value too, so that
nothing made from it can be shown.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager

from policy_gate.extractors.terraform import data_documents
from policy_gate.extractors.terraform.addresses import (
    InstanceKey,
    ModulePath,
    ModuleStep,
    reference_steps,
    written_reference,
)
from policy_gate.extractors.terraform.assumptions import SENSITIVE, UNTOLD, any_value, step_into
from policy_gate.extractors.terraform.attributes import computed
from policy_gate.extractors.terraform.changes import ResourceChange
from policy_gate.extractors.terraform.deployment import Deployment
from policy_gate.extractors.terraform.hcl.budget import Budget
from policy_gate.extractors.terraform.hcl.evaluator import evaluate
from policy_gate.extractors.terraform.hcl.json_syntax import holds_template, json_value
from policy_gate.extractors.terraform.hcl.scope import Scope, Steps
from policy_gate.extractors.terraform.hcl.sources import ModuleSources, SourceTree
from policy_gate.extractors.terraform.hcl.syntax import Block, Expression
from policy_gate.extractors.terraform.hcl.types import converted
from policy_gate.extractors.terraform.instance_scope import InstanceScope
from policy_gate.extractors.terraform.masks import LATER, masked
from policy_gate.extractors.terraform.plan_places import PlanPlaces
from policy_gate.extractors.terraform.planned import (
    Configuration,
    Plan,
    ResourceName,
    only_reference,
)
from policy_gate.extractors.terraform.values import (
    Located,
    Piece,
    Place,
    located,
    pieces_of,
    plain,
    text,
)
from policy_gate.extractors.texts import Part
from policy_gate.syntax.source import Source

_CIRCULAR = "it refers to itself"

_NO_RESOURCES = frozenset({"count", "each", "module", "path", "self", "terraform", "var", "local"})

MAX_ENTERED = 60
"""References inside each other."""


class Evaluation:
    """One plan and, where they are at hand, its sources."""

    def __init__(
        self,
        plan: Plan,
        tree: SourceTree | None,
        places: PlanPlaces,
        deployment: Callable[[ResourceChange], Deployment],
    ) -> None:
        self.plan = plan
        self.tree = tree
        self.places = places
        self.deployment = deployment
        self.budget = Budget()
        self.differing: dict[str, Place] = {}
        """Resources of which the sources do not say what the plan says."""

        self._scopes: dict[ModulePath, ModuleScope] = {}
        self._known: dict[Hashable, Located] = {}
        self._entered: set[Hashable] = set()

    def module(self, path: ModulePath) -> ModuleScope:
        if path not in self._scopes:
            self._scopes[path] = ModuleScope(self, path)
        return self._scopes[path]

    def instance(self, change: ResourceChange) -> InstanceScope:
        """What the expressions of a resource can refer to."""
        module = self.module(change.module)
        block = module.block(change)
        expressions = module.configuration.resource(change.mode, change.type, change.name) or {}
        return InstanceScope(module, change.key, block, expressions)

    def once(self, key: Hashable, place: Place, make: Callable[[], Located]) -> Located:
        """What `make` gives, made once; any value where it needs itself."""
        if key in self._known:
            return self._known[key]
        with self.entering(key) as is_circular:
            if is_circular:
                return any_value(_expression(key), _CIRCULAR, place)
            made = make()
        self._known[key] = made
        return made

    @contextmanager
    def entering(self, key: Hashable) -> Iterator[bool]:
        """Gives whether this is entered already, or too much is."""
        if key in self._entered or len(self._entered) >= MAX_ENTERED:
            yield True
            return
        self._entered.add(key)
        try:
            yield False
        finally:
            self._entered.discard(key)


class ModuleScope:
    """One instance of a module."""

    def __init__(self, evaluation: Evaluation, path: ModulePath) -> None:
        self.evaluation = evaluation
        self.path = path
        names = tuple(step.name for step in path)
        self.configuration: Configuration = evaluation.plan.configuration(names)
        tree = evaluation.tree
        self.sources: ModuleSources | None = tree.module(names) if tree else None

    def block(self, change: ResourceChange) -> Block | None:
        """The block that declares a resource."""
        if self.sources is None:
            return None
        return self.sources.resource(change.mode, change.type, change.name)

    def reference(self, steps: Steps, place: Place) -> Located:
        head, rest = steps[0], steps[1:]
        written = written_reference(steps)
        named = {"path": self._path, "var": self.variable, "local": self._local}.get(str(head))
        if named is not None and rest:
            return step_into(named(str(rest[0]), place), rest[1:], written, place)
        if head == "module" and rest:
            return self._output(rest, written, place)
        mode, kind = ("data", rest) if head == "data" else ("managed", steps)
        if len(kind) < 2 or head in _NO_RESOURCES:
            return any_value(written, UNTOLD, place)
        name = ResourceName(self.path, mode, str(kind[0]), str(kind[1]))
        return self._resource(name, kind[2:], written, place)

    def file(self, path: str) -> Source | None:
        return self.evaluation.tree.file(path) if self.evaluation.tree else None

    def evaluate(self, expression: Expression) -> Located:
        return evaluate(expression, self, self.evaluation.budget)

    def configured(self, expression: object, scope: Scope, place: Place) -> Located | None:
        """What the plan keeps of an expression: a constant, or the one thing that it refers to.

        Of a configuration in JSON it keeps the templates, beside what they refer to.
        """
        if not isinstance(expression, dict):
            return None
        if "constant_value" in expression:
            value = expression["constant_value"]
            if expression.get("references"):
                return json_value(value, scope, self.evaluation.budget, place)
            # A template, or a text that looks like one.
            return None if holds_template(value) else located(value, place)
        reference = only_reference(expression)
        steps = reference_steps(reference) if reference else None
        if steps and len(steps) == 3 and steps[:2] == ("data", data_documents.TYPE):
            # Older Terraforms name the data source without the attribute.
            steps = (*steps, "json")
        return scope.reference(steps, place) if steps else None

    def variable(self, name: str, place: Place) -> Located:
        key = (self.path, "var", name)
        return self.evaluation.once(key, place, lambda: self._variable(name, place))

    def _variable(self, name: str, place: Place) -> Located:
        declared = self.configuration.variable(name)
        block = self.sources.variable(name) if self.sources else None
        if declared.get("sensitive") is True or _is_sensitive(block):
            return any_value(f"var.{name}", SENSITIVE, place)
        if block is None and self.sources is not None and self.sources.files:
            # Its type is not told, which may make something else of its value.
            return any_value(f"var.{name}", UNTOLD, place)
        written = block.attributes.get("default") if block else None
        default = self.evaluate(written) if written else None
        value = self._argument(name, place) if self.path else self._planned(name, default, place)
        if value is None and "default" in declared:
            value = default or located(declared["default"], place)
        nullable = block.attributes.get("nullable") if block else None
        is_nullable = nullable is None or nullable.text == "true"
        if value is None or (value.value is None and not is_nullable):
            value = default
        if value is None:
            return any_value(f"var.{name}", UNTOLD, place)
        kind = block.attributes.get("type") if block else None
        if kind is None:
            return value
        return converted(value, kind, self, self.evaluation.budget, f"var.{name}")

    def _planned(self, name: str, default: Located | None, place: Place) -> Located | None:
        """A variable of the root module: at its default where that is its value."""
        try:
            value = self.evaluation.plan.variable(name)
        except KeyError:
            return None
        return default if default and plain(default) == value else located(value, place)

    def _argument(self, name: str, place: Place) -> Located | None:
        """What the call of this module gives for a variable; None where it gives nothing."""
        step = self.path[-1]
        caller = self.evaluation.module(self.path[:-1])
        block = caller.sources.module_call(step.name) if caller.sources else None
        call = caller.configuration.call(step.name) or {}
        scope = InstanceScope(caller, step.key, block, call)
        given = call.get("expressions")
        is_given = isinstance(given, dict) and name in given
        if block is not None and name in block.attributes:
            return evaluate(block.attributes[name], scope, self.evaluation.budget)
        if not is_given or not isinstance(given, dict):
            return None
        found = caller.configured(given[name], scope, place)
        return any_value(f"var.{name}", UNTOLD, place) if found is None else found

    def _local(self, name: str, place: Place) -> Located:
        expression = self.sources.local(name) if self.sources else None
        if expression is None:
            return any_value(f"local.{name}", UNTOLD, place)
        key = (self.path, "local", name)
        return self.evaluation.once(key, place, lambda: self.evaluate(expression))

    def _path(self, name: str, place: Place) -> Located:
        tree = self.evaluation.tree
        if tree is None or name not in ("module", "root"):
            return any_value(f"path.{name}", UNTOLD, place)
        folder = self.sources.folder if self.sources and name == "module" else tree.root
        return Located(os.path.relpath(folder, tree.root).replace(os.sep, "/"), place)

    def _output(self, steps: Steps, written: str, place: Place) -> Located:
        name, *rest = steps
        keys: list[InstanceKey] = [None]
        if len(rest) > 1 and self._is_repeated(str(name)):
            keys = [rest.pop(0)]
        if not rest:
            return any_value(written, UNTOLD, place)
        child = self.evaluation.module((*self.path, ModuleStep(str(name), keys[0])))
        return step_into(child.output(str(rest[0]), place), tuple(rest[1:]), written, place)

    def _is_repeated(self, name: str) -> bool:
        """Does a module call have count or for_each?"""
        call = self.configuration.call(name) or {}
        return "for_each_expression" in call or "count_expression" in call

    def output(self, name: str, place: Place) -> Located:
        key = (self.path, "output", name)
        return self.evaluation.once(key, place, lambda: self._value_of_output(name, place))

    def _value_of_output(self, name: str, place: Place) -> Located:
        declared = self.configuration.output(name)
        block = self.sources.output(name) if self.sources else None
        if declared.get("sensitive") is True or _is_sensitive(block):
            return any_value(self._output_name(name), SENSITIVE, place)
        if block is not None and "value" in block.attributes:
            return self.evaluate(block.attributes["value"])
        found = self.configured(declared.get("expression"), self, place)
        return any_value(self._output_name(name), UNTOLD, place) if found is None else found

    def _output_name(self, name: str) -> str:
        """As `module.secret.name`: what refers to an output."""
        return ".".join(part for step in self.path[-1:] for part in ("module", step.name, name))

    def _resource(self, name: ResourceName, rest: Steps, written: str, place: Place) -> Located:
        instances = self.evaluation.plan.instances(name)
        if not instances:
            return any_value(written, UNTOLD, place)
        if rest and rest[0] in instances and None not in instances:
            return self._attributes(instances[rest[0]], rest[1:], written, place)
        if None in instances:
            return self._attributes(instances[None], rest, written, place)
        if rest:
            return any_value(written, UNTOLD, place)
        whole = {key: self._whole(item, place) for key, item in instances.items()}
        if all(isinstance(key, int) for key in whole):
            return Located([whole[key] for key in sorted(whole, key=_number)], place)
        return Located({str(key): item for key, item in whole.items()}, place)

    def _whole(self, change: ResourceChange, place: Place) -> Located:
        names = {*(change.after or {})}
        if isinstance(change.after_unknown, dict):
            names.update(change.after_unknown)
        if change.type == data_documents.TYPE:
            names |= {"json", "minified_json"}
        return Located({name: self.attribute(change, name, place) for name in sorted(names)}, place)

    def _attributes(
        self, change: ResourceChange, rest: Steps, written: str, place: Place
    ) -> Located:
        if not rest:
            return self._whole(change, place)
        value = self.attribute(change, str(rest[0]), place)
        return step_into(value, rest[1:], written, place)

    def attribute(self, change: ResourceChange, name: str, place: Place) -> Located:
        """An attribute of a resource of this module."""
        if change.type == data_documents.TYPE and name in ("json", "minified_json"):
            key = (change.address, "json")
            return self.evaluation.once(
                key, place, lambda: data_documents.built(self.evaluation, change, place)
            )
        expression = f"{change.address}.{name}"
        if not change.is_unknown((name,)):
            return masked(change, name, expression, place)
        return self.evaluation.once(
            (change.address, name), place, lambda: self._unknown(change, name, expression, place)
        )

    def _unknown(self, change: ResourceChange, name: str, expression: str, place: Place) -> Located:
        block = self.block(change)
        if change.is_sensitive((name,)):
            return any_value(expression, SENSITIVE, place)
        if block is not None and name in block.attributes:
            scope = self.evaluation.instance(change)
            return evaluate(block.attributes[name], scope, self.evaluation.budget)

        def value(other: str) -> tuple[Part, ...] | None:
            attribute = self._plain_attribute(change, other, place)
            pieces = None if attribute is None else pieces_of(attribute)
            return None if pieces is None else tuple(piece.part for piece in pieces)

        parts = computed(change, name, self.evaluation.deployment(change), value)
        if parts is None:
            return any_value(expression, LATER, place)
        return text([Piece(part, place) for part in parts], place)

    def _plain_attribute(self, change: ResourceChange, name: str, place: Place) -> Located | None:
        """An attribute that the configuration gives, None where the provider chooses it."""
        if not change.is_unknown((name,)):
            value = masked(change, name, f"{change.address}.{name}", place)
            return None if value.value is None else value
        resource = self.configuration.resource(change.mode, change.type, change.name)
        if resource is not None and name not in (resource.get("expressions") or {}):
            return None
        return self.attribute(change, name, place)


def _is_sensitive(block: Block | None) -> bool:
    expression = block.attributes.get("sensitive") if block else None
    return expression is not None and expression.text != "false"


def _expression(key: Hashable) -> str:
    return ".".join(str(part) for part in key[-2:]) if isinstance(key, tuple) else str(key)


def _number(key: InstanceKey) -> int:
    return key if isinstance(key, int) else 0
