"""A document that the plan has, laid along what the sources make of it.

The provider normalises documents and Terraform sorts sets, so that parts are found by what they
say where their positions differ.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from policy_gate.extractors.terraform.hcl.documents import Places
from policy_gate.extractors.terraform.values import Located, Place, scalar_text
from policy_gate.model import DeferredText, DocumentPath, SourceMap, Value

MAX_COMPARED = 200
"""Items of a list that are compared with each other."""


def aligned(document: Value, built: Located, fallback: Place) -> tuple[SourceMap, bool]:
    """The places of a document's parts, and whether the sources agree with all of it.

    What the sources do not have stands where what it is in stands.
    """
    alignment = _Alignment()
    alignment.lay(document, built, ())
    alignment.values.setdefault((), fallback)
    return SourceMap(Places(alignment.values), Places(alignment.keys)), alignment.agrees


class _Alignment:
    def __init__(self) -> None:
        self.values: dict[DocumentPath, Place] = {}
        self.keys: dict[DocumentPath, Place] = {}
        self.agrees = True

    def lay(self, value: Value, built: Located, path: DocumentPath) -> None:
        content = built.value
        if isinstance(content, list) and len(content) == 1 and not isinstance(value, list):
            built, content = content[0], content[0].value
        elif isinstance(value, list) and len(value) == 1 and not isinstance(content, list):
            self.values[path] = built.place
            self.lay(value[0], built, (*path, 0))
            return
        self.values[path] = built.place
        if isinstance(content, DeferredText):
            self.agrees &= may_be(value, content)
        elif isinstance(value, dict) and isinstance(content, dict):
            self.lay_mapping(value, content, built, path)
        elif isinstance(value, list) and isinstance(content, list):
            self.lay_list(value, content, path)
        elif not _same(value, content):
            self.agrees = False
            del self.values[path]

    def lay_mapping(
        self,
        value: Mapping[str, Value],
        content: Mapping[str, Located],
        built: Located,
        path: DocumentPath,
    ) -> None:
        for key, child in value.items():
            if key in content:
                if key in built.keys:
                    self.keys[(*path, key)] = built.keys[key]
                self.lay(child, content[key], (*path, key))
        self.agrees &= _present(value) == _present_in(content)

    def lay_list(
        self, value: Sequence[Value], content: Sequence[Located], path: DocumentPath
    ) -> None:
        self.agrees &= len(value) == len(content)
        left = list(content)
        for index, item in enumerate(value):
            partner = _partner(item, left, content[index] if index < len(content) else None)
            if partner is None:
                self.agrees = False
                continue
            left.remove(partner)
            self.lay(item, partner, (*path, index))


def _partner(item: Value, left: Sequence[Located], same_place: Located | None) -> Located | None:
    """The item of the sources that an item of the plan is, among those that are left."""
    candidates = [other for other in left[:MAX_COMPARED] if _agreement(item, other) > 0]
    if not candidates:
        return None
    return max(candidates, key=lambda other: (_agreement(item, other), other is same_place))


def _agreement(item: Value, other: Located) -> float:
    """How much two items say the same: 0 for nothing, 1 for what is equal."""
    content = other.value
    if isinstance(content, DeferredText):
        return 0.5 if may_be(item, content) else 0
    if isinstance(item, dict) and isinstance(content, dict):
        if "Sid" in item or "Sid" in content:
            sids = item.get("Sid"), content["Sid"].value if "Sid" in content else None
            if sids[0] == sids[1]:
                return 1
        same = [
            key
            for key, child in item.items()
            if key in content and _agreement(child, content[key]) > 0
        ]
        return len(same) / max(len(item), len(content), 1) + 0.01
    if isinstance(item, list) or isinstance(content, list):
        items = item if isinstance(item, list) else [item]
        others = content if isinstance(content, list) else [other]
        pairs = [
            one
            for one in items[:MAX_COMPARED]
            if any(_agreement(one, two) > 0 for two in others[:MAX_COMPARED])
        ]
        return len(pairs) / max(len(items), len(others), 1)
    return 1 if _same(item, content) else 0


def may_be(value: Value, text: DeferredText) -> bool:
    """Can the deferred text become the value?"""
    if len(text.parts) == 1 and not isinstance(text.parts[0], str):
        return True
    written = scalar_text(value)
    if written is None:
        return False
    parts = (re.escape(part) if isinstance(part, str) else ".*" for part in text.parts)
    return re.fullmatch("".join(parts), written, re.DOTALL) is not None


def _same(value: Value, content: object) -> bool:
    return value == content or (scalar_text(value) == scalar_text(content) is not None)


def _present(value: Mapping[str, Value]) -> set[str]:
    return {key for key, child in value.items() if child not in (None, [], {})}


def _present_in(content: Mapping[str, Located]) -> set[str]:
    return {key for key, child in content.items() if child.value not in (None, [], {})}
