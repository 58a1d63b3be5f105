"""Findings about a policy written in YAML at their places in it: what is submitted is JSON."""

from __future__ import annotations

from collections.abc import Iterable

from policy_gate.linting.interface import PathElement, Position, Span, ValidatePolicyFinding
from policy_gate.syntax.node import Lines, Node


def in_yaml(findings: Iterable[ValidatePolicyFinding], text: str) -> list[ValidatePolicyFinding]:
    """The findings with the spans that their paths have in the YAML text."""
    from policy_gate.syntax.yaml_reader import read_yaml

    root = read_yaml(text)
    lines = Lines(text)
    return [
        {
            **finding,
            "locations": [
                {"path": location["path"], "span": _span(root, location["path"], text, lines)}
                for location in finding["locations"]
            ],
        }
        for finding in findings
    ]


def _span(root: Node, path: Iterable[PathElement], text: str, lines: Lines) -> Span:
    start, end = _range(root, path)
    end = start + len(text[start:end].rstrip())
    return {"start": _position(start, lines), "end": _position(end, lines)}


def _range(node: Node, path: Iterable[PathElement]) -> tuple[int, int]:
    """The characters of what a path leads to, or of the nearest part around it."""
    for element in path:
        if "key" in element:
            return node.keys.get(element["key"], (node.start, node.end))
        if "value" in element and element["value"] in node.entries:
            node = node.entries[element["value"]]
        elif "index" in element and isinstance(node.value, list):
            node = node.value[element["index"]]
    return node.start, node.end


def _position(offset: int, lines: Lines) -> Position:
    line, column = lines.position(offset)
    return {"line": line, "column": column, "offset": offset}
