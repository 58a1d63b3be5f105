"""Schemas of the Terraform providers aws and awscc: which steps lead to an attribute in a plan."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

Attributes: TypeAlias = Mapping[str, Mapping[str, Any]]
"""By name: `hcl` is [is block, storage class, type], `attrs` are the attributes of a block."""

_LISTS = ("list", "set")


class Schemas:
    """The resources of both providers, as `scan_tf_schema.py` rebuilds them."""

    def __init__(self, path: Path) -> None:
        content = json.loads(path.read_text(encoding="utf-8"))
        self.types: dict[str, Attributes] = {
            name: attributes
            for provider in ("aws", "awscc")
            for name, attributes in content[provider]["TerraformResource"].items()
        }
        self._by_plain_name = {
            plain(name.removeprefix("awscc_")): name
            for name in self.types
            if name.startswith("awscc_")
        }

    def awscc_type(self, cloudformation_type: str) -> str | None:
        """The type of the provider awscc for `AWS::IAM::Role`, if it has one."""
        return self._by_plain_name.get(plain(cloudformation_type.removeprefix("AWS::")))

    def path(self, resource_type: str, names: Sequence[str], *, items: bool = False) -> list[str]:
        """The steps to an attribute, with `*` below each list or set that they lead through.

        With `items` also below a list at the end. Names that differ in case and underscores only
        are the same: a property of CloudFormation is found by its name there. Raises KeyError.
        """
        steps: list[str] = []
        attributes = self.types[resource_type]
        names = [name for name in names if name != "*"]
        for position, name in enumerate(names):
            found = {plain(attribute): attribute for attribute in attributes}[plain(name)]
            entry = attributes[found]
            steps.append(found)
            is_list = bool(entry.get("list")) or storage_class(entry) in _LISTS
            if is_list and (items or position < len(names) - 1):
                steps.append("*")
            attributes = entry.get("attrs", {})
        return steps

    def inputs(self, resource_type: str) -> Iterator[str]:
        """The attributes of the first level that a configuration can set."""
        for name, entry in self.types[resource_type].items():
            if entry.get("optional") or entry.get("required"):
                yield name

    def is_computed(self, resource_type: str, name: str) -> bool:
        return bool(self.types[resource_type][name].get("computed"))


def storage_class(entry: Mapping[str, Any]) -> str:
    """`simple`, `struct`, `list`, `set` or `map`; empty where it is only computed."""
    return str(entry["hcl"][1]) if "hcl" in entry else ""


def plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())
