"""Which entries of an array are redundant for certain: all that they match, another matches too.

Stricter than `patterns.covering_groups`, which compares texts as AWS does for its report: here a
wildcard of an ARN stops at colons in the first five fields, and a policy variable may be any text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_ARN_SEGMENTS = 6
_VARIABLE = re.compile(r"\$\{[^{}]*\}")
_TOKENS = re.compile(r"[*?:]|[^*?:]+")
_MAX_COMPARISONS = 1_000_000
_STAR = "\ue000"
"""Stands for the `*` of an entry that another is to match."""

_VARIABLES = range(0xE001, 0xF8FF)
"""Stand for policy variables."""

_PRIVATE = re.compile("[\ue000-\uf8ff]")


def covered_entries(texts: Sequence[str], *, arns: bool) -> dict[int, int]:
    """The indexes of redundant entries, each with that of an entry which is not and covers it.

    Of equal entries the first stays. Too many entries, more than any policy that AWS takes can
    hold, have no answer: nothing.
    """
    wide = [index for index, text in enumerate(texts) if "*" in text or "?" in text]
    if len(wide) * len(texts) > _MAX_COMPARISONS or _PRIVATE.search("".join(texts)):
        return {}
    variables = sorted(set(_VARIABLE.findall("\n".join(texts))))
    if len(variables) > len(_VARIABLES):
        return {}
    symbols = dict(zip(variables, map(chr, _VARIABLES), strict=False))
    plain = [_VARIABLE.sub(lambda match: symbols[match.group()], text) for text in texts]
    covered: dict[int, int] = {}
    first: dict[str, int] = {}
    for index, text in enumerate(plain):
        if first.setdefault(text, index) != index:
            covered[index] = first[text]
    distinct = {text.replace("*", _STAR): index for text, index in first.items()}
    for index in wide:
        matches = _pattern(plain[index], arns).fullmatch
        for text, other in distinct.items():
            if other not in covered and matches(text) and _last(covered, index) != other:
                covered[other] = index
    return {index: _last(covered, index) for index in covered}


def _last(covered: dict[int, int], index: int) -> int:
    while index in covered:
        index = covered[index]
    return index


def _pattern(text: str, arns: bool) -> re.Pattern[str]:
    """What the entry covers for certain. Matching does not backtrack."""
    tokens = _TOKENS.findall(text)
    segment = 1
    pieces = [""]
    stars = []
    for number, token in enumerate(tokens):
        narrow = arns and segment < _ARN_SEGMENTS
        if token == "*":
            is_end = number == len(tokens) - 1
            # A variable may hold a colon, at which a wildcard stops.
            stars.append("[^:\ue001-\uf8ff]" if narrow and not is_end else ".")
            pieces.append("")
            continue
        if token == "?":
            pieces[-1] += "[^:\ue000-\uf8ff]" if narrow else "[^\ue000-\uf8ff]"
        else:
            pieces[-1] += re.escape(token)
        segment += token == ":"
    if not stars:
        return re.compile(pieces[0], re.DOTALL)
    # The first place where a middle piece fits leaves the most room for the rest.
    middle = "".join(
        f"(?>{star}*?{piece})" for star, piece in zip(stars, pieces[1:-1], strict=False)
    )
    return re.compile(f"{pieces[0]}{middle}{stars[-1]}*{pieces[-1]}", re.DOTALL)
