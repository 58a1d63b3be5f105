"""Writes the table of the library into docs/reference-policies.md. `make docs` runs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from policy_gate.references.library import library_folder
from policy_gate.references.reference import read_meta

PAGE = Path(__file__).parent.parent / "docs" / "reference-policies.md"
_TABLE = re.compile(r"(?s)(?<=\| --- \| --- \| --- \| --- \| --- \|\n).*?(?=\n\n)")


def rows() -> Iterator[str]:
    """A row for each reference: name, applies to, what it keeps, parameters, examples."""
    for folder in sorted(library_folder().iterdir()):
        meta = read_meta(folder)
        needed = [f"`{name}`" for name, item in meta.parameters.items() if item.default is None]
        others = [
            f"[`{name}`]" for name, item in meta.parameters.items() if item.default is not None
        ]
        passing, failing = (len(list((folder / kind).glob("*.json"))) for kind in ("pass", "fail"))
        applies_to = ", ".join(meta.applies_to)
        cells = (
            f"`{folder.name}`", applies_to, meta.description, ", ".join([*needed, *others]),
            f"{passing} / {failing}",
        )  # fmt: skip
        yield f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_TABLE.sub(lambda _: "\n".join(rows()), text, count=1), encoding="utf-8")
