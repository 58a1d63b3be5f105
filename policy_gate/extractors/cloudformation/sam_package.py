"""What `sam package` does to a template: local files become objects that were uploaded.

The translator takes no local paths, and no policy depends on where code is.
Source: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-cli-command-reference-sam-package.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policy_gate.extractors.cloudformation.marks import Plain

_OBJECT = "s3://bucket/key"
_IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/repository:tag"
_FUNCTIONS = ("Function", "WebFunction")
_LOCATIONS = {
    "Api": "DefinitionUri",
    "GraphQLApi": "SchemaUri",
    "HttpApi": "DefinitionUri",
    "LayerVersion": "ContentUri",
    "StateMachine": "DefinitionUri",
    "WebSocketApi": "DefinitionUri",
}


def as_packaged(root: Plain) -> Plain:
    """The template, changed in place, with no path of a local file in its SAM resources."""
    settings = root.get("Globals")
    by_kind = settings if isinstance(settings, dict) else {}
    for kind, properties in by_kind.items():
        if isinstance(properties, dict):
            _replace(properties, kind)
    for resource in root["Resources"].values():
        if isinstance(resource, dict):
            _package(resource, by_kind)
    return root


def _package(resource: dict[str, Any], by_kind: dict[str, Any]) -> None:
    _, _, kind = str(resource.get("Type")).partition("AWS::Serverless::")
    if not kind:
        return
    properties = resource.setdefault("Properties", {})
    if not isinstance(properties, dict):
        return
    _replace(properties, kind)
    if kind in _FUNCTIONS and "InlineCode" not in properties:
        inherited = by_kind.get(kind)
        both = {**(inherited if isinstance(inherited, dict) else {}), **properties}
        is_image = both.get("PackageType") == "Image" or "ImageUri" in both
        properties.setdefault(
            "ImageUri" if is_image else "CodeUri", _IMAGE if is_image else _OBJECT
        )


def _replace(properties: dict[str, Any], kind: str) -> None:
    if kind in _FUNCTIONS:
        if "CodeUri" in properties:
            properties["CodeUri"] = _OBJECT
        if "ImageUri" in properties:
            properties["ImageUri"] = _IMAGE
    name = _LOCATIONS.get(kind, "")
    if isinstance(properties.get(name), str):
        properties[name] = _OBJECT
    if kind == "GraphQLApi":
        for holder in _functions(properties):
            if "CodeUri" in holder:
                holder["CodeUri"] = _OBJECT


def _functions(properties: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The functions and resolvers of a GraphQL API, which lie at two depths."""
    for name in ("Functions", "Resolvers"):
        group = properties.get(name)
        for item in group.values() if isinstance(group, dict) else ():
            if isinstance(item, dict):
                yield item
                yield from (inner for inner in item.values() if isinstance(inner, dict))
