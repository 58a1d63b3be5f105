"""The rules of the house that its code can be held to: who may know whom, and how big a file is."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import policy_gate

HOUSE = Path(policy_gate.__file__).parent
MAX_LINES = 400

KNOWS = {
    "reasoning": {"casing", "partitions", "syntax"},
    "linting": {"casing", "catalog", "model", "partitions", "reasoning", "syntax"},
    "catalog": {"casing"},
    "model": {"reasoning"},
    "server": {"analyzers", "fault", "partitions", "reasoning"},
}
"""Policy documents in, answers out: these know nothing of templates, reports or clients."""

LATER = {
    "reporters": {"publishers", "commands", "cli"},
    "extractors": {"checks", "runner", "reporters", "publishers", "commands", "api", "cli"},
    "checks": {"runner", "reporters", "publishers", "commands", "api", "cli"},
    "analyzers": {"checks", "runner", "reporters", "publishers", "commands", "api", "cli"},
}
"""No stage calls one that comes after it."""


def known_to(folder: str) -> Iterator[tuple[str, str]]:
    """The parts of the package that a folder imports, each with who does."""
    for path in sorted((HOUSE / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("policy_gate"):
                parts = (node.module or "").split(".")[1:]
                for name in parts[:1] or [alias.name for alias in node.names]:
                    if name != folder:
                        yield name, f"{path.relative_to(HOUSE)}:{node.lineno}"


@pytest.mark.parametrize("folder", KNOWS)
def test_who_knows_only_what_it_may(folder: str) -> None:
    assert [place for name, place in known_to(folder) if name not in KNOWS[folder]] == []


@pytest.mark.parametrize("folder", LATER)
def test_no_stage_knows_a_later_one(folder: str) -> None:
    assert [place for name, place in known_to(folder) if name in LATER[folder]] == []


def test_a_file_is_one_idea() -> None:
    long = [
        str(path.relative_to(HOUSE))
        for path in HOUSE.rglob("*.py")
        if path.read_text().count("\n") > MAX_LINES
    ]
    assert long == []


@pytest.mark.parametrize(
    "folder",
    ["analyzers", "catalog", "checks", "executors", "extractors", "publishers", "reporters"],
)
def test_variants_have_an_interface_that_is_read_first(folder: str) -> None:
    path = HOUSE / folder / "interface.py"
    assert ast.get_docstring(ast.parse(path.read_text()))
