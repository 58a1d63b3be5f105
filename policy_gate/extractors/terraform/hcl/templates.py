"""Templates: quoted texts, heredocs and files, with what is put into them.

Source: https://developer.hashicorp.com/terraform/language/expressions/strings
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from policy_gate.extractors.terraform.hcl import operators
from policy_gate.extractors.terraform.hcl.iteration import entries_of
from policy_gate.extractors.terraform.values import Located, Piece, pieces_of, text

if TYPE_CHECKING:
    from tree_sitter import Node

    from policy_gate.extractors.terraform.hcl.evaluator import Evaluator

_QUOTED = re.compile(r'\\([nrt"\\]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|([$%])\2\{')
_HEREDOC = re.compile(r"(?!)|([$%])\1\{")
_ESCAPING = (b"$$", b"%%")
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_LINE_START = re.compile(r"^[ \t]*(?=\S)", re.MULTILINE)
_JSON = re.compile(r'[\[{"\n]')


class _Style(NamedTuple):
    """How a template is written."""

    is_quoted: bool
    indentation: int = 0
    """Characters that `<<-` takes off each line."""


def template(evaluator: Evaluator, node: Node) -> Located:
    """The text of a template; that of one interpolation and nothing else is its value."""
    file = evaluator.file
    place = file.place(node)
    start, end, style = _bounds(evaluator, node)
    parts = [child for child in node.children if child.type in _PARTS]
    if (
        len(parts) == 1
        and parts[0].type == "template_interpolation"
        and (parts[0].start_byte, parts[0].end_byte) == (start, end)
    ):
        return evaluator.value(_expression(parts[0]))
    pieces = _pieces(evaluator, parts, (start, end), style)
    return evaluator.untold(node) if pieces is None else text(pieces, place)


def _bounds(evaluator: Evaluator, node: Node) -> tuple[int, int, _Style]:
    """Where the content of a template begins and ends, in bytes."""
    first, last = node.children[0], node.children[-1]
    if node.type != "heredoc_template":
        return first.end_byte, last.start_byte, _Style(is_quoted=True)
    data = evaluator.file.data
    start = data.find(b"\n", node.start_byte) + 1
    end = data.rfind(b"\n", start, last.start_byte) + 1 or start
    indentation = 0
    if data.startswith(b"<<-", node.start_byte):
        lines = data[start:end].decode("utf-8", "replace")
        depths = [len(match.group()) for match in _LINE_START.finditer(lines)]
        indentation = min(depths, default=0)
    return start, end, _Style(is_quoted=False, indentation=indentation)


def _pieces(
    evaluator: Evaluator,
    parts: Sequence[Node],
    span: tuple[int, int],
    style: _Style,
    trims: tuple[bool, bool] = (False, False),
) -> list[Piece] | None:
    """The pieces of a range of a template; None where it is not known which there are.

    `trims` says whether the range loses the white space at its beginning and at its end.
    """
    position, end = span
    after, before_end = trims
    pieces: list[Piece] = []
    for part in parts:
        opening, closing = _strip_markers(part)
        if evaluator.file.data[max(position, part.start_byte - 2) : part.start_byte] in _ESCAPING:
            # Terraform takes the last two of `$$${` for an escape, the parser the first two.
            return None
        pieces += _literal(evaluator, position, part.start_byte, style, (after, opening))
        found = _PARTS[part.type](evaluator, part, style)
        if found is None:
            return None
        pieces += found
        position, after = part.end_byte, closing
    return [*pieces, *_literal(evaluator, position, end, style, (after, before_end))]


def _literal(
    evaluator: Evaluator, start: int, end: int, style: _Style, trims: tuple[bool, bool]
) -> Iterator[Piece]:
    """What is written between two parts, with the place of each character."""
    file = evaluator.file
    place = file.between(start, end)
    written = file.source.text[place.start : place.end]
    chars, spans = _unescaped(written, place.start, is_quoted=style.is_quoted)
    begins_line = place.start == 0 or file.source.text[place.start - 1] == "\n"
    first, last = _trimmed(chars, trims, is_quoted=style.is_quoted)
    kept = _unindented(chars, style.indentation, begins_line=begins_line)
    kept = [index for index in kept if first <= index < last]
    if kept:
        evaluator.budget.spend(len(kept) // 100)
        content = "".join(chars[index] for index in kept)
        yield Piece(content, place, [spans[index] for index in kept])


def _trimmed(chars: Sequence[str], trims: tuple[bool, bool], *, is_quoted: bool) -> tuple[int, int]:
    """What `~` leaves. It takes white space of the line that it touches, and its line end."""
    first, last = 0, len(chars)
    while trims[0] and first < last and chars[first].isspace():
        first += 1
        if chars[first - 1] == "\n" and not is_quoted:
            break
    end = last
    while trims[1] and last > first and chars[last - 1].isspace():
        if chars[last - 1] == "\n" and last < end and not is_quoted:
            break
        last -= 1
    return first, last


def _unescaped(
    written: str, base: int, *, is_quoted: bool
) -> tuple[list[str], list[tuple[int, int]]]:
    """The characters of a text, and where each is written."""
    chars: list[str] = []
    spans: list[tuple[int, int]] = []
    position = 0
    pattern = _QUOTED if is_quoted else _HEREDOC

    def copy(end: int) -> None:
        chars.extend(written[position:end])
        spans.extend((base + index, base + index + 1) for index in range(position, end))

    for match in pattern.finditer(written):
        copy(match.start())
        value = _escaped(match, is_quoted=is_quoted)
        chars.extend(value)
        spans.extend([(base + match.start(), base + match.end())] * len(value))
        position = match.end()
    copy(len(written))
    return chars, spans


def _escaped(match: re.Match[str], *, is_quoted: bool) -> str:
    escape = match.group(1) if is_quoted else None
    if escape is None:
        return match.group()[1:]
    return _PLAIN.get(escape) or chr(min(int(escape[1:], 16), 0x10FFFF))


def _unindented(chars: Sequence[str], indentation: int, *, begins_line: bool) -> list[int]:
    """The characters that stay when each line loses its indentation."""
    kept: list[int] = []
    left = indentation if begins_line else 0
    for index, char in enumerate(chars):
        if left and char in " \t":
            left -= 1
            continue
        left = indentation if char == "\n" else 0
        kept.append(index)
    return kept


def _strip_markers(part: Node) -> tuple[bool, bool]:
    """Does the part take the white space before it, and after it?"""
    outer = part.children[0] if part.type == "template_directive" and part.children else part
    if part.type == "template_directive":
        opening, closing = outer.children[0], outer.children[-1]
        return _has_marker(opening, 1), _has_marker(closing, -2)
    return _has_marker(part, 1), _has_marker(part, -2)


def _has_marker(node: Node, position: int) -> bool:
    children = node.children
    return len(children) > 2 and children[position].type == "strip_marker"


def _expression(node: Node) -> Node:
    return next((child for child in node.children if child.type == "expression"), node)


def _interpolation(evaluator: Evaluator, part: Node, _style: _Style) -> Sequence[Piece] | None:
    value = evaluator.value(_expression(part))
    pieces = pieces_of(value)
    if pieces is None:
        return None
    if value.structure is None and not any(
        isinstance(piece.part, str) and _JSON.search(piece.part) for piece in pieces
    ):
        # The user looks for it where it is put into the text.
        here = evaluator.file.place(part)
        return [Piece(piece.part, here) for piece in pieces]
    return pieces


def _directive(evaluator: Evaluator, part: Node, style: _Style) -> Sequence[Piece] | None:
    inner = part.children[0] if part.children else part
    if inner.type == "template_if":
        return _if(evaluator, inner, style)
    return _for(evaluator, inner, style) if inner.type == "template_for" else None


def _if(evaluator: Evaluator, node: Node, style: _Style) -> Sequence[Piece] | None:
    intro, *inside, closing = node.children
    holds = operators.truth(evaluator.value(_expression(intro)))
    otherwise = next((child for child in inside if child.type == "template_else_intro"), None)
    if holds is None:
        return None
    if holds:
        return _between(evaluator, inside, intro, otherwise or closing, style)
    return _between(evaluator, inside, otherwise, closing, style) if otherwise else ()


def _for(evaluator: Evaluator, node: Node, style: _Style) -> Sequence[Piece] | None:
    intro, *inside, closing = node.children
    names = [evaluator.file.text(child) for child in intro.children if child.type == "identifier"]
    entries = entries_of(evaluator.value(_expression(intro)))
    if entries is None or not names:
        return None
    pieces: list[Piece] = []
    for entry in entries:
        evaluator.budget.spend()
        bound = dict(zip(names[-2:], entry[-len(names[-2:]) :], strict=True))
        found = _between(evaluator.within(bound), inside, intro, closing, style)
        if found is None:
            return None
        pieces += found
    return pieces


def _between(
    evaluator: Evaluator, inside: Sequence[Node], opening: Node, closing: Node, style: _Style
) -> Sequence[Piece] | None:
    """What stands between two directives."""
    span = opening.end_byte, closing.start_byte
    parts = [
        child
        for child in inside
        if child.type in _PARTS and span[0] <= child.start_byte and child.end_byte <= span[1]
    ]
    trims = _has_marker(opening, -2), _has_marker(closing, 1)
    return _pieces(evaluator, parts, span, style, trims)


_PARTS = {"template_interpolation": _interpolation, "template_directive": _directive}
