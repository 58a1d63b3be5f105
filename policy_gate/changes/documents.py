"""Two policy documents as two versions of one policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

from policy_gate.analyzers.interface import AccessPolicyType
from policy_gate.checks.references import access_policy_text, is_yaml
from policy_gate.config.section import MAX_BYTES, read_source
from policy_gate.model import (
    DocumentPath,
    Location,
    Policy,
    PolicyIdentity,
    PolicyKind,
    SourceMap,
    Value,
)
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import Node, ReadError
from policy_gate.syntax.source import Source
from policy_gate.syntax.yaml_reader import read_yaml

_KINDS: dict[AccessPolicyType, PolicyKind] = {
    "IDENTITY_POLICY": PolicyKind.IDENTITY,
    "RESOURCE_POLICY": PolicyKind.RESOURCE,
}


def is_document(path: Path) -> bool:
    """Is it a file with a policy document, rather than a template, a plan or a folder?"""
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            return False
        node = _node(read_source(path))
    except (OSError, ValueError, ReadError):
        return False
    return "Statement" in node.entries and "Resources" not in node.entries


def guessed_type(paths: Iterable[Path]) -> AccessPolicyType:
    """A policy that names principals is one of a resource. Raises ConfigError."""
    for path in paths:
        for statement in _statements(_node(read_source(path))):
            if {"Principal", "NotPrincipal"} & statement.entries.keys():
                return "RESOURCE_POLICY"
    return "IDENTITY_POLICY"


def document_policy(path: Path, name: str, policy_type: AccessPolicyType) -> Policy:
    """The document of a file as a policy. Raises ConfigError."""
    source = read_source(path)
    access_policy_text(source, policy_type)
    node = _node(source)
    kind = _KINDS[policy_type]
    identity = PolicyIdentity(name, "", "", "", kind)
    return Policy(identity, kind, cast(Value, node.plain()), SourceMap(dict(_places(source, node))))


def _node(source: Source) -> Node:
    """Raises ReadError."""
    return read_yaml(source.text) if is_yaml(source) else read_json(source.text)


def _statements(node: Node) -> Iterable[Node]:
    held = node.entries.get("Statement")
    if held is None:
        return ()
    return held.value if isinstance(held.value, list) else [held]


def _places(
    source: Source, node: Node, path: DocumentPath = ()
) -> Iterator[tuple[DocumentPath, Location]]:
    yield path, source.locate(node)
    children: Iterable[tuple[str | int, Node]] = node.entries.items()
    if isinstance(node.value, list):
        children = enumerate(node.value)
    for step, child in children:
        yield from _places(source, child, (*path, step))
