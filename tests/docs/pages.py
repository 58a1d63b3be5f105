"""The pages for people, and the code blocks in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
_MADE_BY_RULES = ROOT / "docs" / "checks"
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)


class Block(NamedTuple):
    """A fenced block of code."""

    page: str
    line: int
    language: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> list[Path]:
    """README and what is in docs/, without the pages that are made from the rules."""
    written = [path for path in (ROOT / "docs").rglob("*.md") if path.parent != _MADE_BY_RULES]
    return [ROOT / "README.md", *sorted(written)]


def blocks(page: Path, *languages: str) -> Iterator[Block]:
    """The blocks of a page in these languages, in order."""
    text = page.read_text(encoding="utf-8")
    for found in _BLOCK.finditer(text):
        if found[2] in languages:
            lines = found[3].splitlines()
            content = "".join(f"{line.removeprefix(found[1])}\n" for line in lines)
            line = text.count("\n", 0, found.start()) + 1
            yield Block(page.relative_to(ROOT).as_posix(), line, found[2], content)
