"""A plan: its changes, its configuration and the state before it, each found by where it belongs.

Every format version is read; keys that are not known are left alone, and what has another type than
it should have counts as absent, but for changes, which are never lost: `unclear` tells of them.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from policy_gate.extractors.terraform.addresses import InstanceKey, ModulePath, module_path
from policy_gate.extractors.terraform.changes import ResourceChange

Json: TypeAlias = "dict[str, Any]"

MAX_MODULE_DEPTH = 100
"""Modules inside each other, in a plan."""

_GONE = (("delete",), ("forget",))


class ResourceName(NamedTuple):
    """What all instances of a resource in one instance of a module have in common."""

    module: ModulePath
    mode: str
    type: str
    name: str


class Configuration:
    """What the plan keeps of the configuration of one module: references, but no expressions."""

    def __init__(self, content: Json) -> None:
        self._content = content

    @cached_property
    def _resources(self) -> Mapping[tuple[str, str, str], Json]:
        return {
            (_text(item, "mode"), _text(item, "type"), _text(item, "name")): item
            for item in _objects(self._content.get("resources"))
        }

    def resource(self, mode: str, type_name: str, name: str) -> Json | None:
        return self._resources.get((mode, type_name, name))

    @property
    def resources(self) -> Iterator[tuple[str, str, str]]:
        yield from self._resources

    def call(self, name: str) -> Json | None:
        """A module call, with its `source`, `expressions` and `module`."""
        call = _object(self._content.get("module_calls")).get(name)
        return call if isinstance(call, dict) else None

    @property
    def calls(self) -> tuple[str, ...]:
        return tuple(_object(self._content.get("module_calls")))

    def variable(self, name: str) -> Json:
        return _object(_object(self._content.get("variables")).get(name))

    def output(self, name: str) -> Json:
        return _object(_object(self._content.get("outputs")).get(name))


class Plan:
    """The content of a plan."""

    def __init__(self, content: Json) -> None:
        self.content = content
        self.unclear: list[str] = []
        """Addresses, or what there is of them, of changes that cannot be read."""

        self.changes: list[ResourceChange] = list(self._changes())
        self._configurations: dict[tuple[str, ...], Configuration] = {}

    def _changes(self) -> Iterator[ResourceChange]:
        listed = self.content.get("resource_changes")
        entries = listed if isinstance(listed, list) else []
        planned = _object(_object(self.content.get("planned_values")).get("root_module"))
        if not isinstance(listed, list) and (listed is not None or planned):
            self.unclear.append("resource_changes")
        for entry in [*entries, *self._deferred()]:
            change = _change(entry)
            if change is None:
                address = entry.get("address") if isinstance(entry, dict) else None
                self.unclear.append(address if isinstance(address, str) else "a resource change")
            else:
                yield change

    def _deferred(self) -> Iterator[object]:
        for item in _objects(self.content.get("deferred_changes")):
            yield item.get("resource_change")

    @property
    def is_errored(self) -> bool:
        return self.content.get("errored") is True

    @property
    def is_incomplete(self) -> bool:
        return self.content.get("complete") is False or bool(self.content.get("deferred_changes"))

    def variable(self, name: str) -> object:
        """The value of a variable of the root module. Raises KeyError where there is none."""
        return _object(_object(self.content.get("variables"))[name])["value"]

    def configuration(self, names: tuple[str, ...]) -> Configuration:
        """The configuration of the module that these calls lead to; empty where there is none."""
        if names not in self._configurations:
            if not names:
                root = _object(self.content.get("configuration")).get("root_module")
                found = Configuration(_object(root))
            else:
                call = self.configuration(names[:-1]).call(names[-1])
                found = Configuration(_object(call.get("module")) if call else {})
            self._configurations[names] = found
        return self._configurations[names]

    @property
    def provider_config(self) -> Json:
        return _object(_object(self.content.get("configuration")).get("provider_config"))

    @cached_property
    def _instances(self) -> Mapping[ResourceName, dict[InstanceKey, ResourceChange]]:
        found: dict[ResourceName, dict[InstanceKey, ResourceChange]] = {}
        prior = _object(_object(self.content.get("prior_state")).get("values")).get("root_module")
        for item in (*_prior(prior, 0), *self.changes):
            if not item.deposed:
                name = ResourceName(item.module, item.mode, item.type, item.name)
                found.setdefault(name, {})[item.key] = item
        return found

    def instances(self, name: ResourceName) -> Mapping[InstanceKey, ResourceChange]:
        """The instances after the plan, by key; what the plan does not change is as it was."""
        return {
            key: item
            for key, item in self._instances.get(name, {}).items()
            if item.actions not in _GONE
        }

    @cached_property
    def own_arns(self) -> frozenset[str]:
        """The ARNs of the managed policies that the plan has, as far as they are known.

        Those of the state alone are none of them: a plan with -target passes over them.
        """
        return frozenset(
            str((item.after or {})["arn"])
            for item in self.changes
            if item.mode == "managed" and item.type == "aws_iam_policy" and not item.deposed
            if (item.after or {}).get("arn")
        )

    @cached_property
    def listed(self) -> frozenset[ResourceName]:
        """The resources that the plan lists, rather than the state alone."""
        return frozenset(
            ResourceName(item.module, item.mode, item.type, item.name)
            for item in self.changes
            if item.actions not in _GONE and not item.deposed
        )

    def data_values(self, type_name: str, attribute: str) -> Iterator[tuple[ResourceChange, str]]:
        """What data sources of one type give for an attribute, where that is known."""
        for name, instances in self._instances.items():
            if name.mode == "data" and name.type == type_name:
                for item in instances.values():
                    value = (item.after or {}).get(attribute)
                    if isinstance(value, str) and not item.is_sensitive((attribute,)):
                        yield item, value


def _change(entry: object) -> ResourceChange | None:
    """None for what is no resource change."""
    if not isinstance(entry, dict) or not isinstance(entry.get("change"), dict):
        return None
    change: Json = entry["change"]
    address, module = _text(entry, "address"), module_path(_text(entry, "module_address"))
    actions = change.get("actions")
    is_list = isinstance(actions, list) and all(isinstance(item, str) for item in actions)
    before, after = change.get("before"), change.get("after")
    known = all(item is None or isinstance(item, dict) for item in (before, after))
    if not address or module is None or not isinstance(actions, list) or not is_list or not known:
        return None
    return ResourceChange(
        address,
        module,
        _text(entry, "mode") or "managed",
        _text(entry, "type"),
        _text(entry, "name"),
        _instance_key(entry),
        tuple(actions),
        before,
        after,
        change.get("after_unknown"),
        change.get("before_sensitive"),
        change.get("after_sensitive"),
        _text(entry, "previous_address"),
        bool(change.get("importing")),
        _text(entry, "deposed"),
    )


def _prior(module: object, depth: int) -> Iterator[ResourceChange]:
    """The resources of the state before the plan, as changes that change nothing."""
    content = _object(module)
    path = module_path(_text(content, "address"))
    if path is None or depth > MAX_MODULE_DEPTH:
        return
    for item in _objects(content.get("resources")):
        values = _object(item.get("values"))
        sensitive = item.get("sensitive_values")
        yield ResourceChange(
            _text(item, "address"),
            path,
            _text(item, "mode"),
            _text(item, "type"),
            _text(item, "name"),
            _instance_key(item),
            ("no-op",),
            values,
            values,
            None,
            sensitive,
            sensitive,
        )
    for child in _objects(content.get("child_modules")):
        yield from _prior(child, depth + 1)


def _instance_key(entry: Json) -> InstanceKey:
    key = entry.get("index")
    return key if isinstance(key, int | str) else None


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(entry: Json, key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def only_reference(expression: dict[str, Any]) -> str:
    """The one thing that an expression refers to, empty where there are several or none.

    The plan lists it with all that it is a part of: ["aws_x.y.arn", "aws_x.y"].
    """
    references = expression.get("references")
    if not isinstance(references, list) or not references:
        return ""
    first = references[0]
    is_only = all(isinstance(item, str) and str(first).startswith(item) for item in references)
    return str(first) if is_only else ""
