"""Values to the JSON text that jsonencode makes of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from policy_gate.extractors.terraform.values import Located, Piece, Place, pieces_of

if TYPE_CHECKING:
    from policy_gate.extractors.terraform.hcl.budget import Budget


_ESCAPED = "<>&\u2028\u2029"
"""Characters that jsonencode does not write as they are."""


def to_json_pieces(value: Located, budget: Budget) -> list[Piece]:
    """The pieces of the text, each at the value that it is made from.

    What is deferred stands inside quotes, where Terraform would write a list or a number without
    them: only deployment knows.
    """
    budget.spend()
    content = value.value
    place = value.place
    if isinstance(content, dict):
        pieces = [Piece("{", place)]
        for index, (key, child) in enumerate(sorted(content.items())):
            comma = "," if index else ""
            pieces.append(Piece(f"{comma}{_quoted(key)}:", value.keys.get(key, child.place)))
            pieces += to_json_pieces(child, budget)
        return [*pieces, Piece("}", place)]
    if isinstance(content, list):
        pieces = [Piece("[", place)]
        for index, child in enumerate(content):
            pieces += [Piece(",", place)] if index else []
            pieces += to_json_pieces(child, budget)
        return [*pieces, Piece("]", place)]
    if content is None or isinstance(content, bool | int | float):
        return [Piece(json.dumps(content), place)]
    quote = Piece('"', place)
    return [quote, *(_escaped(piece, place) for piece in pieces_of(value) or ()), quote]


def _escaped(piece: Piece, place: Place) -> Piece:
    """A piece inside of quotes. The whole text is the place of what is escaped in it."""
    if isinstance(piece.part, str):
        return Piece(_quoted(piece.part)[1:-1], place)
    return Piece(piece.part, place)


def _quoted(text: str) -> str:
    written = json.dumps(text, ensure_ascii=False)
    for char in _ESCAPED:
        if char in written:
            written = written.replace(char, f"\\u{ord(char):04x}")
    return written
