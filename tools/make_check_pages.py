"""Make the pages about the checks from what their rules say of themselves.

    python -m tools.make_check_pages

Needed by developers, after a rule has changed; `make docs` runs it. It writes docs/checks/: one
page for each code of a finding, and README.md, which lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from policy_gate.explanations import Basis, Explanation, Fixed, explanations
from policy_gate.reporters.explanation import facts, shortened

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "checks"

_MADE = "<!-- Made by `make docs` from the rules: change those. -->\n"
_TITLES: dict[Basis, str] = {
    "structure": "What the policy alone tells",
    "catalogue": "What the data about AWS services tells",
    "curated": "What AWS documents in part",
    "proof": "What is proven",
    "comparison": "Where two analyzers disagree",
    "waiver": "What is wrong with waivers",
}
_FIXED: dict[Fixed, str] = {
    "no": "",
    "safe": "yes",
    "unsafe": "with `--unsafe-fixes`",
    "sometimes": "sometimes",
}
_SEVERITIES = ("ERROR", "SECURITY_WARNING", "WARNING", "SUGGESTION", "NOTE")
_CODE = re.compile(r"(`[^`]*`)")
_SPECIAL = re.compile(r"([\\*_<>\[\]#&~])")


def pages() -> dict[str, str]:
    """The text of each file of the folder, by name."""
    all_pages = sorted(explanations().values(), key=lambda page: page.code)
    texts = {f"{page.code}.md": _page(page) for page in all_pages}
    return {**texts, "README.md": _index(all_pages)}


def _page(page: Explanation) -> str:
    return "\n".join([_MADE, *_paragraphs(page), ""])


def _paragraphs(page: Explanation) -> Iterator[str]:
    yield f"# {page.code}\n"
    yield f"{page.severity} of `{page.check}`\n"
    yield f"{markdown(page.what)}\n"
    yield f"## Why is this bad?\n\n{markdown(page.why)}\n"
    yield f"## Use instead\n\n{markdown(_sentence(page.instead))}\n"
    yield f"## Fix\n\n{markdown(page.fix)}\n"
    yield from ["## Examples\n"] * bool(page.examples)
    for example in page.examples:
        text = "\n".join(shortened(example.text))
        yield f"{markdown(example.title)}:\n\n```json\n{text}\n```\n"
    yield "## More\n"
    yield from (f"- {label}: {_linked(text)}" for label, text in facts(page))


def _sentence(text: str) -> str:
    """The text with a capital letter, unless it begins with a name as `iam:PassRole`."""
    first = text.partition(" ")[0]
    return text[:1].upper() + text[1:] if first.isalpha() and first.islower() else text


def _linked(text: str) -> str:
    return f"<{text}>" if text.startswith("https://") else markdown(text)


def _index(all_pages: list[Explanation]) -> str:
    lines = [_MADE, "# Checks\n"]
    lines.append(
        "Every code of a finding, by what it rests on and by its finding type."
        " `policy-gate explain CODE` prints a page.\n"
    )
    for basis, title in _TITLES.items():
        of_basis = [page for page in all_pages if page.basis == basis]
        lines += [f"## {title}\n"] * bool(of_basis)
        for severity in _SEVERITIES:
            found = [page for page in of_basis if page.severity == severity]
            if found:
                lines += [f"### {severity}\n", "| code | what it reports | `--fix` |"]
                lines += ["| --- | --- | --- |", *map(_row, found), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _row(page: Explanation) -> str:
    what = markdown(_sentence(page.what.removeprefix("Reports "))).replace("|", r"\|")
    note = " (approximate)" if page.is_approximate else ""
    return f"| [{page.code}]({page.code}.md) | {what}{note} | {_FIXED[page.fixed]} |"


def markdown(text: str) -> str:
    """Text as Markdown shows it: what is in backticks is code, and nothing else is markup."""
    parts = _CODE.split(text)
    return "".join(
        part if index % 2 else _SPECIAL.sub(r"\\\1", part) for index, part in enumerate(parts)
    )


def write(folder: Path) -> None:
    """Writes the pages, and removes those of codes that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = pages()
    for path in folder.glob("*.md"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(FOLDER)
