"""Writes the YAML of the pages that a platform reads into a folder, where `make lint-ci` judges it.

    python -m tools.page_snippets FOLDER

Workflows of GitHub go to FOLDER/.github/workflows, jobs of GitLab and configurations of pre-commit
beside it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

ROOT = Path(__file__).resolve().parent.parent

_BLOCK = re.compile(r"^```yaml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_JOB = "jobs:\n  job:\n    runs-on: ubuntu-24.04\n"
_KINDS = (
    ("workflow", re.compile(r"^(jobs|on):", re.MULTILINE)),
    ("job", re.compile(r"^steps:", re.MULTILINE)),
    ("steps", re.compile(r"^- (uses|run|id):", re.MULTILINE)),
    ("gitlab", re.compile(r"^(include:|  script:)", re.MULTILINE)),
    ("pre-commit", re.compile(r"^repos:", re.MULTILINE)),
)


def kind_of(text: str) -> str:
    """Who reads such YAML: one of the kinds above, or empty where that is policy-gate."""
    return next((kind for kind, form in _KINDS if form.search(text)), "")


def written(folder: Path) -> Iterator[Path]:
    """Writes the files, and gives their paths."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    for page in pages:
        for number, text in enumerate(_BLOCK.findall(page.read_text(encoding="utf-8"))):
            if place := _place(kind_of(text), f"{page.stem}-{number}"):
                path = folder / place
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(_whole(text), encoding="utf-8")
                yield path


def _place(kind: str, name: str) -> str:
    if kind in ("workflow", "job", "steps"):
        return f".github/workflows/page-{name}.yml"
    return f"{kind}-{name}.yml" if kind else ""


def _whole(text: str) -> str:
    """A workflow around what is only a part of one."""
    kind = kind_of(text)
    if kind == "steps":
        text = f"{_JOB}    steps:\n{indent(text, ' ' * 6)}"
    elif kind == "job":
        text = f"{_JOB}{indent(text, ' ' * 4)}"
    if kind in ("workflow", "job", "steps") and not re.search(r"^on:", text, re.MULTILINE):
        text = f"on: pull_request\n{text}"
    return text


if __name__ == "__main__":
    for path in written(Path(sys.argv[1])):
        print(path)
