"""Writes the bounds of the code into docs/limits.md. `make docs` runs it.

They are the public constants that are called so, with the docstrings under them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from typing import NamedTuple

from tools.made import DOCS, table, write
from tools.make_check_pages import markdown

PAGE = "limits.md"

_CODE = DOCS.parent / "policy_gate"
_NAME = re.compile(r"(MAX|MOST)_\w+|(\w+_)?(STEPS|STATES|TIMEOUT|DEADLINE)")


class Group(NamedTuple):
    """Limits that have the same end."""

    title: str
    beyond: str
    """What happens beyond them."""

    files: tuple[str, ...]
    """How the names of their files begin."""


GROUPS = (
    Group(
        "Reading templates, plans and policies",
        "What is beyond is NOT_CHECKED with the reason `not-analysed`, which blocks, or it counts"
        " as any value, so that a PASS holds for it too.",
        ("extractors/", "syntax/", "managed_policies/", "deferred.py"),
    ),
    Group(
        "Deciding",
        "A question that takes more steps is UNKNOWN, which blocks unless the configuration says"
        " `unknown: report`. A document or a text that is too long is an ERROR, and a finding of"
        " ValidatePolicy.",
        ("reasoning/", "linting/"),
    ),
    Group(
        "Configuration, reference policies, waivers, other revisions",
        "What is beyond is an error (exit status 1) that says so.",
        (
            *("config/", "references/", "accepting/", "s3_source.py"),
            "revisions/",
        ),
    ),
    Group(
        "Asking AWS",
        "What has no answer is an ERROR. More actions or resources than one call takes are asked"
        " about in several calls.",
        ("analyzers/",),
    ),
    Group(
        "Reports",
        "What a report has no room for is left out and counted; the verdict is never one of it."
        " `merge` refuses a report that is larger.",
        ("reporters/",),
    ),
    Group(
        "Pull requests",
        "What a platform has no room for is left out and counted. What takes longer is told on"
        " stderr, and the exit status stays.",
        ("publishers/",),
    ),
    Group(
        "`policy-gate serve`",
        "A request beyond them is refused with the status that AWS has for it.",
        ("server/",),
    ),
)


class Limit(NamedTuple):
    """A constant of the code, with what it says of itself."""

    file: str
    name: str
    about: str
    value: float


def limits() -> Iterator[Limit]:
    """Every public constant that bounds something, in the order of files."""
    for path in sorted(_CODE.rglob("*.py")):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        file = path.relative_to(_CODE).as_posix()
        for node, after in pairwise([*body, ast.Pass()]):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name = node.targets[0].id
                if _NAME.fullmatch(name) and not name.startswith("_"):
                    yield Limit(file, name, _text(after), _value(file, name))


def _text(node: ast.stmt) -> str:
    """The first paragraph of the docstring after a constant; empty where there is none."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return str(node.value.value).partition("\n\n")[0]
    return ""


def _value(file: str, name: str) -> float:
    module = file.removesuffix(".py").replace("/", ".")
    value: float = getattr(import_module(f"policy_gate.{module}"), name)
    return value


def made() -> str:
    """A table for each group. Raises ValueError for a constant that is in none of them."""
    found = list(limits())
    parts = []
    for group in GROUPS:
        rows = [_row(limit) for limit in found if limit.file.startswith(group.files)]
        found = [limit for limit in found if not limit.file.startswith(group.files)]
        shown = table(("what", "at most", "in the code"), rows)
        parts.append(f"## {group.title}\n\n{group.beyond}\n\n{shown}")
    if found:
        raise ValueError(f"in no group of this page: {found}")
    return "\n\n".join(parts)


def _row(limit: Limit) -> tuple[str, ...]:
    if not limit.about:
        raise ValueError(f"{limit.file}: {limit.name} has no docstring that says what it bounds")
    return markdown(limit.about), f"{limit.value:,.0f}", f"`{limit.file}`"


if __name__ == "__main__":
    write(PAGE, made())
