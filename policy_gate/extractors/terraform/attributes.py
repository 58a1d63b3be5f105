"""What attributes of resources give that a plan does not know before apply.

A resource that the configuration names keeps its name; one that the provider or AWS names is a
fresh literal where it is made by this plan. The texts stand in `data/computed_attributes.json`,
whose key `origin` says where they come from. They hold placeholders:
- `${Partition}`, `${Region}`, `${Account}` and `${URLSuffix}` stand for where the resource is;
- a name in lower case is an attribute of the resource, a default, or else a name that is made up.
  `|known` after it says that the text is unknown then, `|lower` that AWS writes it in lower case,
  `|without x` that AWS drops this text where the value begins with it;
- any other name is an identifier that AWS generates, the same in every text of the resource; `|any`
  says that it is a count, which a policy can name beforehand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TypeAlias

from policy_gate.extractors.stand_ins import stand_in
from policy_gate.extractors.terraform.changes import ResourceChange
from policy_gate.extractors.terraform.deployment import Deployment, Parts
from policy_gate.extractors.texts import Part, join
from policy_gate.model import ANY_TEXT, Assumption, AssumptionKind, DeferredText

ValueOf: TypeAlias = Callable[[str], Parts | None]
"""The parts of an attribute of the resource, None where it is not set: its provider sets it."""

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class _Variant:
    """Texts by attribute, for resources whose other attributes have one of these values.

    The empty text is an attribute that is not set. None is any value that is set and known.
    """

    texts: Mapping[str, str]
    when: Mapping[str, tuple[str, ...] | None]


@dataclass(frozen=True, slots=True)
class _Type:
    variants: tuple[_Variant, ...]
    names: Mapping[str, tuple[str, str]]
    """The names that the provider makes up where they are not set: with the attribute that says
    what they begin with, and what they begin with where that is not set either."""

    defaults: Mapping[str, str]


class _UnknownShapeError(Exception):
    """The text hangs on something that the table does not tell."""


def computed(
    change: ResourceChange, name: str, deployment: Deployment, value: ValueOf
) -> Parts | None:
    """The parts of an attribute that is unknown until apply, None where its shape is not known.

    `value` gives None only for an attribute that is surely not set: a value that can be anything is
    an assumption. Where a name is not set it is made up, so that None for a name that is only
    unknown would be taken for a name that no policy can name.
    """
    kind = _types().get(change.type) if change.mode == "managed" else None
    if kind is None:
        return None
    target = _Target(change, kind, deployment, value)
    try:
        text = target.text(name)
        return None if text is None else tuple(target.filled(text))
    except _UnknownShapeError:
        return None


@dataclass(frozen=True, slots=True)
class _Target:
    """The resource whose attribute is asked for."""

    change: ResourceChange
    kind: _Type
    deployment: Deployment
    value: ValueOf

    def text(self, name: str) -> str | None:
        """The text of the first variant that applies, None where there is none."""
        for variant in self.kind.variants:
            if all(self._is_one_of(key, values) for key, values in variant.when.items()):
                return variant.texts.get(name)
        return None

    def _is_one_of(self, name: str, values: tuple[str, ...] | None) -> bool:
        written, *others = self._set(name) or ("",)
        if others or not isinstance(written, str):
            raise _UnknownShapeError
        return written != "" if values is None else written in values

    def filled(self, text: str) -> Iterator[Part]:
        end = 0
        for match in _PLACEHOLDER.finditer(text):
            if before := text[end : match.start()]:
                yield before
            name, *rules = match[1].split("|")
            parts = self._placeholder(name, rules)
            if text != match[0] and name.islower() and _holds_colon(parts):
                raise _UnknownShapeError
            yield from parts
            end = match.end()
        if after := text[end:]:
            yield after

    def _placeholder(self, name: str, rules: list[str]) -> Parts:
        if name in ("Account", "Partition", "Region", "URLSuffix"):
            return self._environment(name)
        if not name.islower():
            return (self._generated(_CAPITAL.sub("_", name).lower(), is_fresh="any" not in rules),)
        parts = self._set(name)
        if parts is None:
            return self._unset(name, "known" in rules)
        for rule in rules:
            if rule == "lower":
                parts = tuple(map(_lower, parts))
            elif rule.startswith("without "):
                parts = (_without(parts[0], rule.removeprefix("without ")), *parts[1:])
        return parts

    def _set(self, name: str) -> Parts | None:
        """The value of an attribute; the empty text is none for the provider."""
        parts = self.value(name)
        if parts is None:
            return None
        text = join(parts)
        return text.parts if isinstance(text, DeferredText) else (text,) if text else None

    def _environment(self, name: str) -> Parts:
        # Since version 6 of the provider each resource may have a Region of its own.
        region = self._set("region")
        there = self.deployment if region is None else self.deployment.in_region(region)
        return {
            "Account": there.account,
            "Partition": there.partition,
            "Region": there.region,
            "URLSuffix": there.url_suffix,
        }[name]

    def _unset(self, name: str, must_be_known: bool) -> Parts:
        if name in self.kind.defaults:
            return (self.kind.defaults[name],)
        if must_be_known or not self._is_in_schema(name):
            raise _UnknownShapeError
        prefix, start = self.kind.names.get(name, ("", ""))
        begin = (self._set(prefix) if prefix else None) or ((start,) if start else ())
        rest = f"{name}_suffix" if begin else name
        return (*begin, self._generated(rest))

    def _is_in_schema(self, name: str) -> bool:
        """Does the provider's version have the attribute? It may have been called otherwise."""
        after, unknown = self.change.after, self.change.after_unknown
        return any(isinstance(known, dict) and name in known for known in (after, unknown))

    def _generated(self, name: str, *, is_fresh: bool = True) -> Assumption:
        address = self.change.address
        expression = f"${{{address}.{name}}}"
        if is_fresh and "create" in self.change.actions and not self.change.is_import:
            description = f"{address} ({self.change.type}) is created by this plan"
            kind = AssumptionKind.CREATED_HERE
        else:
            description = f"{expression} is any value: the plan does not tell it"
            kind = AssumptionKind.SUPPLIED
        return Assumption(kind, expression, description, stand_in(expression), pattern="*")


def _lower(part: Part) -> Part:
    if isinstance(part, str):
        return part.lower()
    allowed = None if part.allowed is None else tuple(text.lower() for text in part.allowed)
    return replace(part, allowed=allowed, pattern=part.pattern.lower())


def _without(part: Part, prefix: str) -> Part:
    """The first part of a text without the prefix."""
    if isinstance(part, str):
        return part.removeprefix(prefix)
    allowed = part.allowed and tuple(text.removeprefix(prefix) for text in part.allowed)
    return replace(part, allowed=allowed, pattern=ANY_TEXT)


def _holds_colon(parts: Parts) -> bool:
    """Is it an ARN in place of a name?"""
    texts = ((part,) if isinstance(part, str) else part.allowed or () for part in parts)
    return any(":" in text for listed in texts for text in listed)


@cache
def _types() -> Mapping[str, _Type]:
    path = Path(__file__).parent / "data" / "computed_attributes.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    return {
        name: _Type(
            tuple(
                _Variant(
                    variant["attributes"],
                    {
                        key: None if values is None else tuple(values)
                        for key, values in variant.get("when", {}).items()
                    },
                )
                for variant in entry["variants"]
            ),
            {key: (prefix, start) for key, (prefix, start) in entry.get("names", {}).items()},
            entry.get("defaults", {}),
        )
        for name, entry in content["types"].items()
    }
