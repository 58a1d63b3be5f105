"""Functions that make texts, and those that read JSON and YAML.

Source: https://developer.hashicorp.com/terraform/language/functions
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from policy_gate.extractors.terraform.assumptions import SENSITIVE, any_value
from policy_gate.extractors.terraform.hcl.documents import structure_of
from policy_gate.extractors.terraform.hcl.serialize import to_json_pieces
from policy_gate.extractors.terraform.values import (
    Located,
    Piece,
    Place,
    Verbatim,
    pieces_of,
    scalar_text,
    text,
)
from policy_gate.syntax.source import Source

if TYPE_CHECKING:
    from policy_gate.extractors.terraform.hcl.functions import Call, Function

_VERB = re.compile(r"%(?:%|[sdvq])|%")
_TEMPLATE = "x = <<TEMPLATE\n"


def _jsonencode(call: Call) -> Located | None:
    if len(call.arguments) != 1:
        return None
    argument = call.arguments[0]
    pieces = to_json_pieces(argument, call.evaluator.budget)
    encoded = text(pieces, call.place)
    encoded.structure = argument
    return encoded


def _jsondecode(call: Call) -> Located | None:
    if len(call.arguments) != 1:
        return None
    found = structure_of(call.arguments[0])
    return None if found is call.arguments[0] else found


def _sensitive(call: Call) -> Located:
    """What it gives is any value, so that nothing shows it."""
    return any_value(call.evaluator.written(call.node), SENSITIVE, call.place)


def _file(call: Call) -> Located | None:
    source = _source(call)
    if source is None:
        return None
    place = Place(source, 0, len(source.text))
    return text([Piece(source.text, place, Verbatim(0, len(source.text)))], place)


def _source(call: Call) -> Source | None:
    path = call.text(0)
    return None if path is None else call.evaluator.scope.file(path)


def _templatefile(call: Call) -> Located | None:
    source = _source(call)
    names = call.arguments[1].value if len(call.arguments) == 2 else None
    if source is None or not isinstance(names, dict):
        return None
    return _rendered(call, source, names)


def _rendered(call: Call, source: Source, names: dict[str, Located]) -> Located | None:
    """A file as a template: it is read as a heredoc, whose places are then those of the file."""
    from policy_gate.extractors.terraform.hcl.evaluator import Evaluator
    from policy_gate.extractors.terraform.hcl.syntax import MAX_BYTES, read_expression

    evaluator = call.evaluator
    evaluator.budget.spend(len(source.text) // 100)
    if len(source.text) > MAX_BYTES or re.search(r"^\s*TEMPLATE$", source.text, re.MULTILINE):
        return None
    wrapped = Source(source.path, f"{_TEMPLATE}{source.text}\nTEMPLATE\n")
    expression = read_expression(wrapped)
    if expression is None or expression.node.has_error:
        return None
    inner = Evaluator(expression.file, _Names(names), evaluator.budget, evaluator.depth)
    inner.doubts = evaluator.doubts
    rendered = inner.value(expression.node)
    pieces = pieces_of(rendered)
    if pieces is None:
        return None
    whole = Place(source, 0, len(source.text))
    moved = [_moved(piece, wrapped, source) for piece in pieces]
    return text(_without_last_line_end(moved), whole)


class _Names:
    """The scope of a template file: the names that are given to it, and nothing else."""

    def __init__(self, names: dict[str, Located]) -> None:
        self.names = names

    def reference(self, steps: Sequence[str | int], place: Place) -> Located:
        from policy_gate.extractors.terraform.assumptions import any_value, step_into

        written = ".".join(map(str, steps))
        value = self.names.get(str(steps[0]))
        if value is None:
            return any_value(written, "it is not given to the template", place)
        return step_into(value, steps[1:], written, place)

    def file(self, path: str) -> Source | None:
        """Template files read no others."""
        del path
        return None


def _moved(piece: Piece, wrapped: Source, source: Source) -> Piece:
    """A piece of the heredoc where the file has it."""
    if piece.place.source is not wrapped:
        return piece
    shift, length = len(_TEMPLATE), len(source.text)

    def moved(offset: int) -> int:
        return min(max(offset - shift, 0), length)

    place = Place(source, moved(piece.place.start), moved(piece.place.end))
    spans = piece.spans
    if spans is not None:
        spans = [(moved(start), moved(end)) for start, end in spans]
    return Piece(piece.part, place, spans)


def _without_last_line_end(pieces: list[Piece]) -> list[Piece]:
    last = pieces[-1] if pieces else None
    if last is None or not isinstance(last.part, str) or not last.part.endswith("\n"):
        return pieces
    return [*pieces[:-1], last._replace(part=last.part[:-1])]


def _format(call: Call) -> Located | None:
    pieces = _formatted(call, call.arguments)
    return None if pieces is None else text(pieces, call.place)


def _formatted(call: Call, arguments: Sequence[Located]) -> list[Piece] | None:
    """The pieces of a formatted text; None for verbs that are not known here."""
    layout = scalar_text(arguments[0].value) if arguments else None
    if layout is None:
        return None
    given = iter(arguments[1:])
    pieces: list[Piece] = []
    position = 0
    for match in _VERB.finditer(layout):
        pieces.append(Piece(layout[position : match.start()], arguments[0].place))
        position = match.end()
        if match.group() == "%%":
            pieces.append(Piece("%", arguments[0].place))
            continue
        argument = next(given, None)
        found = _verb(match.group(), argument, call.place) if argument else None
        if found is None:
            return None
        pieces += found
    if next(given, None) is not None:
        return None
    return [*pieces, Piece(layout[position:], arguments[0].place)]


def _verb(verb: str, argument: Located, place: Place) -> Sequence[Piece] | None:
    """What one verb makes of its argument; None where that is not known here."""
    found = pieces_of(argument)
    if found is None or len(verb) != 2:
        return None
    written = scalar_text(argument.value)
    if verb == "%d":
        return found if written and re.fullmatch(r"-?[0-9]{1,30}", written) else None
    if verb == "%q":
        is_plain = written is not None and re.fullmatch(r"[ !#-\[\]-~]*", written)
        return [Piece('"', place), *found, Piece('"', place)] if is_plain else None
    return found


def _formatlist(call: Call) -> Located | None:
    listed = [argument.value for argument in call.arguments[1:]]
    lengths = {len(value) for value in listed if isinstance(value, list)}
    if len(lengths) != 1 or any(argument.is_unknown for argument in call.arguments[1:]):
        return None
    rows: list[Located] = []
    for index in range(lengths.pop()):
        call.evaluator.budget.spend()
        row = [
            argument.value[index] if isinstance(argument.value, list) else argument
            for argument in call.arguments
        ]
        pieces = _formatted(call, row)
        if pieces is None:
            return None
        rows.append(text(pieces, call.place))
    return call.make(list(rows))


def _join(call: Call) -> Located | None:
    delimiter = call.text(0)
    items: list[Located] = []
    for argument in call.arguments[1:]:
        if not isinstance(argument.value, list):
            return None
        items += argument.value
    if delimiter is None:
        return None
    pieces: list[Piece] = []
    for index, item in enumerate(items):
        found = pieces_of(item)
        if found is None:
            return None
        pieces += [Piece(delimiter, call.place)] if index else []
        pieces += found
    return text(pieces, call.place)


def _split(call: Call) -> Located | None:
    delimiter, written = call.text(0), call.text(1)
    if not delimiter or written is None:
        return None
    return call.make([call.make(part) for part in written.split(delimiter)])


def _plain(make: Callable[..., str | bool | None]) -> Function:
    """A function of texts that are known."""

    def function(call: Call) -> Located | None:
        texts = [call.text(index) for index in range(len(call.arguments))]
        if None in texts:
            return None
        try:
            made = make(*texts)
        except (TypeError, ValueError):
            return None
        return None if made is None else call.make(made)

    return function


def _replace(written: str, old: str, new: str) -> str | None:
    is_pattern = len(old) > 1 and old.startswith("/") and old.endswith("/")
    return None if is_pattern or not old else written.replace(old, new)


def _substr(call: Call) -> Located | None:
    written, start, length = call.text(0), call.number(1), call.number(2)
    if written is None or start is None or length is None or not written.isascii():
        return None
    start = max(len(written) + start, 0) if start < 0 else start
    return call.make(written[start:] if length < 0 else written[start : start + length])


def _base64decode(written: str) -> str | None:
    try:
        return base64.b64decode(written, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None


def _ascii(make: Callable[[str], str | None]) -> Function:
    """Beyond ASCII, Python has other rules than Go."""
    return _plain(lambda written: make(written) if written.isascii() else None)


def _title(written: str) -> str:
    return re.sub(r"(?<!\w)[a-z]", lambda match: match.group().upper(), written)


FUNCTIONS: dict[str, Function] = {
    "base64decode": _plain(_base64decode),
    "base64encode": _plain(lambda written: base64.b64encode(written.encode()).decode()),
    "chomp": _plain(lambda written: written.rstrip("\r\n")),
    "endswith": _plain(lambda written, end: written.endswith(end)),
    "file": _file,
    "format": _format,
    "formatlist": _formatlist,
    "join": _join,
    "jsondecode": _jsondecode,
    "jsonencode": _jsonencode,
    "lower": _ascii(str.lower),
    "replace": _plain(_replace),
    "sensitive": _sensitive,
    "split": _split,
    "startswith": _plain(lambda written, start: written.startswith(start)),
    "strcontains": _plain(lambda written, part: part in written),
    "substr": _substr,
    "templatefile": _templatefile,
    "title": _ascii(_title),
    "trim": _plain(lambda written, chars: written.strip(chars)),
    "trimprefix": _plain(lambda written, start: written.removeprefix(start)),
    "trimspace": _ascii(lambda written: written.strip(" \t\n\v\f\r")),
    "trimsuffix": _plain(lambda written, end: written.removesuffix(end)),
    "upper": _ascii(str.upper),
    "urlencode": _plain(lambda written: quote(written, safe="-_.~").replace("%20", "+")),
}
