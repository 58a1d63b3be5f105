"""What a plan says of one resource instance.

Source: https://developer.hashicorp.com/terraform/internals/json-format#change-representation
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from policy_gate.extractors.terraform.addresses import InstanceKey, ModulePath

AttributePath: TypeAlias = tuple[str | int, ...]
"""As ("inline_policy", 0, "policy")."""

Attributes: TypeAlias = "dict[str, Any]"
"""The attributes of a resource, as `json.loads` gives them: hostile, each type is checked."""


@dataclass(frozen=True, slots=True, eq=False)
class ResourceChange:
    """A change to one instance of a resource, or one instance of a data source."""

    address: str
    module: ModulePath
    mode: str
    """`managed` or `data`."""

    type: str
    name: str
    key: InstanceKey
    actions: tuple[str, ...]
    """As ("create",), ("delete", "create"), ("no-op",), ("read",) or ("forget",)."""

    before: Attributes | None = None
    after: Attributes | None = None
    """Without what is unknown until apply."""

    after_unknown: Any = None
    """Shaped like `after`: `true` stands for a value, or all of one, that is unknown."""

    before_sensitive: Any = None
    after_sensitive: Any = None
    """Shaped like `after`: `true` stands for a value, or all of one, that must not be shown."""

    previous_address: str = ""
    is_import: bool = False
    deposed: str = ""
    """The key of an object that a replacement left behind."""

    def is_unknown(self, path: AttributePath) -> bool:
        return is_marked(self.after_unknown, path)

    def is_sensitive(self, path: AttributePath) -> bool:
        return holds_mark(self.after_sensitive, path)

    def was_sensitive(self, path: AttributePath) -> bool:
        return holds_mark(self.before_sensitive, path)


def value_at(attributes: object, path: Sequence[str | int]) -> object:
    """The value at the path, None where there is none."""
    for step in path:
        if isinstance(attributes, dict) and isinstance(step, str):
            attributes = attributes.get(step)
        elif isinstance(attributes, list) and isinstance(step, int) and step < len(attributes):
            attributes = attributes[step]
        else:
            return None
    return attributes


def is_marked(mask: object, path: Sequence[str | int]) -> bool:
    """Does the mask mark the value at the path, or all that it is in?"""
    return any(value_at(mask, path[:end]) is True for end in range(len(path) + 1))


def holds_mark(mask: object, path: Sequence[str | int]) -> bool:
    """Does the mask mark the value at the path, what it is in, or a part of it?"""
    return is_marked(mask, path) or _has_true(value_at(mask, path))


def _has_true(mask: object) -> bool:
    if isinstance(mask, dict):
        return any(map(_has_true, mask.values()))
    if isinstance(mask, list):
        return any(map(_has_true, mask))
    return mask is True
