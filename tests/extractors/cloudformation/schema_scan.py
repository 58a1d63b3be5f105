"""Policy-like properties in the provider schemas of CloudFormation that cfn-lint bundles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]
PropertyPath: TypeAlias = tuple[str, ...]

_NAME = re.compile(r"permissionsboundary|polic|statement|document", re.IGNORECASE)
_DESCRIPTION = re.compile(
    r"\b(?:access|based|IAM|JSON|permissions?|resource|session|trust) (?:policy|permission)\b"
    r"|\bpolicy (?:document|in JSON|as JSON)\b",
    re.IGNORECASE,
)
# What is called so is about a document; a document it is not.
_ABOUT = re.compile(
    r"(?:Description|Hash|Id|Identifier|Ids|Key|Label|Name|Number|Scope|Type|Version)$"
)
_ARN = re.compile(r"(?:Arn|Arns)$")
_STATEMENTS = tuple(
    {principal, action}
    for principal in ("Principal", "Principals")
    for action in ("Action", "Actions", "Permissions")
)
_COMBINED = ("allOf", "anyOf", "oneOf")


def schemas() -> Iterator[tuple[str, Schema]]:
    """The schema of every resource type: of us-east-1, or else of the first region that has it."""
    root = Path(str(files("cfnlint"))) / "data" / "schemas"
    regions = sorted((root / "providers").glob("*.json"), key=lambda p: (p.stem != "us-east-1", p))
    digests: dict[str, str] = {}
    for region in regions:
        digests = json.loads(region.read_text(encoding="utf-8")) | digests
    for name, digest in sorted(digests.items()):
        text = (root / "resources" / f"{digest}.json").read_text(encoding="utf-8")
        yield name, json.loads(text)


def policy_like(schema: Schema) -> set[PropertyPath]:
    """The properties that may hold or attach a policy, going by name, description and shape.

    Keys of lists and of mappings with free keys are `*`, as in `policy_properties.json`.
    """
    read_only = {tuple(pointer.split("/")[2:]) for pointer in schema.get("readOnlyProperties", ())}
    return {
        path
        for path, node in _properties(schema, schema, (), frozenset())
        if _is_policy_like(schema, path, node)
        and not any(path[:end] in read_only for end in range(1, len(path) + 1))
    }


def _properties(
    schema: Schema, node: Schema, path: PropertyPath, above: frozenset[str]
) -> Iterator[tuple[PropertyPath, Schema]]:
    """Every property below a part of the schema; definitions that hold themselves once."""
    if (reference := node.get("$ref")) in above:
        return
    if reference is not None:
        above |= {reference}
        node = _followed(schema, node)
    yield path, node
    for alternative in (node, *(part for key in _COMBINED for part in node.get(key, ()))):
        if alternative is not node and "$ref" in alternative:
            yield from _properties(schema, alternative, path, above)
            continue
        children = [
            *alternative.get("properties", {}).items(),
            *(("*", child) for child in alternative.get("patternProperties", {}).values()),
            *(("*", alternative.get(key)) for key in ("items", "additionalProperties")),
        ]
        for step, child in children:
            if isinstance(child, dict):
                yield from _properties(schema, child, (*path, step), above)


def _followed(schema: Schema, node: Schema) -> Schema:
    target: Any = schema
    for step in node["$ref"].removeprefix("#/").split("/"):
        target = target.get(step, {})
    return {**target, **{key: value for key, value in node.items() if key != "$ref"}}


def _is_policy_like(schema: Schema, path: PropertyPath, node: Schema) -> bool:
    declared = node.get("properties", {}).keys()
    if "Effect" in declared or any(declared >= pair for pair in _STATEMENTS):
        return True
    name = path[-1] if path else "*"
    if name == "*" or _ABOUT.search(name) or not _may_be_document(schema, node):
        return False
    if _NAME.search(name):
        return True
    return not _ARN.search(name) and bool(_DESCRIPTION.search(str(node.get("description", ""))))


def _may_be_document(schema: Schema, node: Schema) -> bool:
    """Can the value be any text or any mapping, or a list of such?

    What has properties of its own is no document: they are looked at instead.
    """
    if "$ref" in node:
        node = _followed(schema, node)
    written = node.get("type", "object")
    kinds = {written} if isinstance(written, str) else set(written)
    if kinds <= {"boolean", "integer", "number"} or "enum" in node or "const" in node:
        return False
    if "properties" in node and "string" not in kinds:
        return False
    items = node.get("items")
    return _may_be_document(schema, items) if isinstance(items, dict) else True
