"""Rewrites a template so that it means the same and looks different everywhere."""

from __future__ import annotations

import re
from itertools import count

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_CORE = "tag:yaml.org,2002:"
_PLAIN_LIST = f"{_CORE}seq"
_LISTS = ("Action", "NotAction", "Resource", "NotResource")


def reformatted(text: str, *, flow: bool = False) -> str:
    """The template with other lines, quotes, key order and statement order.

    One value becomes a list of one, and a list of one a value. With `flow` it is in flow style,
    else in block style.
    """
    # JSON may have tabs between its values, YAML may not.
    root = yaml.compose(text.replace("\t", "  "), Loader=yaml.SafeLoader)
    assert root is not None
    _restyle(root, flow, set())
    written = yaml.serialize(
        root, Dumper=yaml.SafeDumper, indent=4, width=60 if flow else 10_000, allow_unicode=True
    )
    return f"# Written anew\n\n\n{written}"


def shifted(text: str) -> str:
    """The template with other line numbers, and nothing else."""
    lines = count()
    if text.lstrip().startswith("{"):
        return f"\n\n\n{text}"
    return "# One\n\n# Two\n" + re.sub(
        r"^(Resources|Outputs):",
        lambda found: f"\n# {next(lines)}\n{found[0]}",
        text,
        flags=re.MULTILINE,
    )


def _restyle(node: Node, flow: bool, seen: set[int]) -> None:
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, ScalarNode):
        _requote(node)
    elif isinstance(node, SequenceNode):
        node.flow_style = flow
        for item in node.value:
            _restyle(item, flow, seen)
    elif isinstance(node, MappingNode):
        node.flow_style = flow
        _rewrite_mapping(node)
        for key, value in node.value:
            if key.tag != f"{_CORE}merge":
                _requote(key)
            _restyle(value, flow, seen)


def _requote(node: ScalarNode) -> None:
    if node.tag == f"{_CORE}str":
        node.style = "'" if node.style == '"' else '"'
    elif node.tag.startswith(_CORE):
        node.style = None
    elif node.style not in ("|", ">"):
        node.style = '"'


def _rewrite_mapping(node: MappingNode) -> None:
    entries = {key.value: value for key, value in node.value if isinstance(key, ScalarNode)}
    # The Statement of an event bus policy is one, and never a list.
    lists: tuple[str, ...] = () if "StatementId" in entries else ("Statement",)
    if "Effect" in entries and not entries.keys().isdisjoint(_LISTS):
        lists += _LISTS
        for name in ("Principal", "NotPrincipal"):
            _rewrite_lists(entries.get(name))
        condition = entries.get("Condition")
        for _, keys in condition.value if isinstance(condition, MappingNode) else ():
            _rewrite_lists(keys)
    node.value = [
        (key, _other_list(value) if key.value in lists else value) for key, value in node.value
    ][::-1]


def _rewrite_lists(node: Node | None) -> None:
    """In place: the lists that the keys of a mapping lead to."""
    if isinstance(node, MappingNode) and node.tag == f"{_CORE}map":
        node.value = [(key, _other_list(value)) for key, value in node.value][::-1]


def _other_list(node: Node) -> Node:
    if isinstance(node, SequenceNode) and node.tag == _PLAIN_LIST:
        return node.value[0] if len(node.value) == 1 else _reversed(node)
    is_text = isinstance(node, ScalarNode) and node.tag.startswith(_CORE)
    is_statement = isinstance(node, MappingNode) and any(
        key.value == "Effect" for key, _ in node.value
    )
    return SequenceNode(_PLAIN_LIST, [node]) if is_text or is_statement else node


def _reversed(node: SequenceNode) -> SequenceNode:
    node.value = node.value[::-1]
    return node
