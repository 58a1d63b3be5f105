"""Texts of which deployment decides some parts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from policy_gate.model import Assumption, DeferredText

Part: TypeAlias = str | Assumption

# Characters that no policy holds stand for what is deferred where a text has to be one string.
_FIRST_MARK = 0xF0000
_LAST_MARK = 0xFFFFD
_MARK = re.compile(f"([{chr(_FIRST_MARK)}-{chr(_LAST_MARK)}])")


def join(parts: Iterable[Part]) -> str | DeferredText:
    """The text that the parts make: plain where nothing is deferred."""
    merged: list[Part] = []
    texts: list[str] = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        if text := "".join(texts):
            merged.append(text)
        texts.clear()
        merged.append(part)
    text = "".join(texts)
    if not merged:
        return text
    return DeferredText((*merged, text) if text else tuple(merged))


class TextError(Exception):
    """A text that holds the characters that stand for what is deferred."""


def marked(parts: Iterable[Part]) -> str:
    """The text with one mark for each assumption.

    Raises TextError where it holds such characters itself, or too many assumptions.
    """
    texts: list[str] = []
    count = 0
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
        else:
            texts.append(chr(min(_FIRST_MARK + count, _LAST_MARK)))
            count += 1
    text = "".join(texts)
    if count and (len(_MARK.findall(text)) > count or count > _LAST_MARK - _FIRST_MARK):
        raise TextError
    return text


def unmarked(text: str, assumptions: Sequence[Assumption]) -> str | DeferredText:
    """A piece of a marked text as what it stands for."""
    if not assumptions:
        return text
    return join(
        assumptions[ord(piece) - _FIRST_MARK] if _MARK.fullmatch(piece) else piece
        for piece in _MARK.split(text)
    )
