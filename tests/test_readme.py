"""What the README shows besides commands, which tests/docs runs, is so."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_its_links_lead_to_files_and_headings() -> None:
    for link in re.findall(r"\]\(([^)]+)\)", README):
        path, _, anchor = link.partition("#")
        assert (ROOT / path).exists(), link
        if anchor:
            text = (ROOT / path).read_text(encoding="utf-8").lower()
            headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
            assert anchor in [re.sub(r"[^\w -]", "", line).replace(" ", "-") for line in headings]


def test_make_run_runs_the_gate() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "make run ARGS=" in README
    assert ".venv/bin/policy-gate $(ARGS)" in makefile
