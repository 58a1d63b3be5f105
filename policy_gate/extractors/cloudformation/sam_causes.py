"""Which part of a SAM template a generated resource comes from."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.extractors.cloudformation.marks import Plain, place_of, unmarked
from policy_gate.extractors.cloudformation.template import Template
from policy_gate.syntax.node import Node

_MANAGED = ":iam::aws:policy/"


class Causes:
    """The parts of a template that resources are generated from.

    The translator names what it generates after the resource, and mostly after the part of it.
    """

    def __init__(self, template: Template) -> None:
        self._root = template.root
        self._by_name: dict[str, Node] = {}
        self._managed: dict[tuple[str, str], Node] = {}
        for name, node in template.resources.items():
            self._by_name |= {part: _bare(cause) for part, cause in _parts(name, node)}
            for entry in _policies(node):
                if isinstance(entry.value, str):
                    self._managed[name, entry.value.rpartition("/")[2]] = entry

    def placed(self, logical_id: str, resource: Plain) -> Node:
        """The tree of a resource of the expanded template, each part at its place."""

        def find(value: Plain) -> Node | None:
            return place_of(value) or self._inside(logical_id, value)

        return unmarked(resource, self._longest(logical_id) or self._section(), find)

    def _longest(self, generated: str) -> Node | None:
        """The part with the longest name that the generated name begins with."""
        ends = range(len(generated), 0, -1)
        return next(
            (self._by_name[n] for end in ends if (n := generated[:end]) in self._by_name), None
        )

    def _section(self) -> Node:
        return self._root.entries.get("Transform") or self._root

    def _inside(self, logical_id: str, value: Plain) -> Node | None:
        """The part that an inline policy or a managed policy of a generated role comes from."""
        if isinstance(value, dict):
            name = value.get("PolicyName")
            return self._by_name.get(name) if isinstance(name, str) else None
        if isinstance(value, str) and _MANAGED in value:
            owner = logical_id.removesuffix("Role")
            return self._managed.get((owner, value.rpartition("/")[2]))
        return None


def _bare(node: Node) -> Node:
    """The place of a node, without the places of what is in it."""
    return Node(None, node.start, node.end)


def _parts(name: str, resource: Node) -> Iterator[tuple[str, Node]]:
    """The parts of a resource that policies are generated from, by what their names begin with."""
    yield name, resource
    properties = resource.entries.get("Properties") or resource
    for key in ("Events", "Connectors"):
        for holder in (properties, resource):
            parts = holder.entries.get(key)
            for part, node in (parts.entries if parts else {}).items():
                yield f"{name}{part}", node
    if url := properties.entries.get("FunctionUrlConfig"):
        # FUrlPublicPermissions, and FURLInvokeAllowPublicAccess.
        yield from ((f"{name}{word}", url) for word in ("UrlPublic", "URLInvoke"))
    for index, entry in enumerate(_policies(resource)):
        yield f"{name}RolePolicy{index}", entry


def _policies(resource: Node) -> list[Node]:
    properties = resource.entries.get("Properties")
    policies = properties.entries.get("Policies") if properties else None
    if policies is None:
        return []
    return policies.value if isinstance(policies.value, list) else [policies]
