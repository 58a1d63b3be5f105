"""The part of a page that is made from the code, between two marks. What is around it is written by
hand and stays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"

_BEGIN = "<!-- Made by `make docs` from the code: change that. -->\n"
_END = "<!-- The end of what is made. -->\n"


def with_made(page: str, made: str) -> str:
    """The text of a page with what is made in its place. Raises ValueError without the marks."""
    before, begin, rest = page.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"a page needs the lines {_BEGIN!r} and {_END!r}")
    return f"{before}{begin}\n{made.strip()}\n\n{end}{after}"


def write(name: str, made: str) -> None:
    """Writes what is made into a page of docs/."""
    path = DOCS / name
    path.write_text(with_made(path.read_text(encoding="utf-8"), made), encoding="utf-8")


def table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A table of Markdown; a bar in a cell is text."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", r"\|")
