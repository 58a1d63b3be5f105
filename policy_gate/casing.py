"""Comparison without regard to case, as IAM compares actions and condition keys."""

from __future__ import annotations

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOWER = str.maketrans(_LETTERS, _LETTERS.lower())


def folded(text: str) -> str:
    """The text in lower case; only ASCII letters have one.

    `str.lower` would make a `k` of the Kelvin sign, and so an action of what is none.
    """
    return text.lower() if text.isascii() else text.translate(_LOWER)
