"""Writes the fields of the nouns into docs/python-api.md. `make docs` runs it.

The words are the docstrings under the fields.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise

from policy_gate.model import (
    CheckResult,
    Coverage,
    Finding,
    GateReport,
    Location,
    Policy,
    PolicyIdentity,
    PolicyKind,
    ReasonCode,
    Severity,
    Status,
    Verdict,
)
from policy_gate.reasoning.answer import Witness
from tools.made import table, write
from tools.make_check_pages import markdown

PAGE = "python-api.md"
NOUNS = (
    *(GateReport, CheckResult, Finding, Witness, Location),
    *(Coverage, PolicyIdentity, Policy),
)
ENUMERATIONS: tuple[type[StrEnum], ...] = (Status, Verdict, ReasonCode, Severity, PolicyKind)


def made() -> str:
    """A section for each noun, and the values of enumerations."""
    rows = [
        (f"`{kind.__name__}`", ", ".join(f"`{item}`" for item in kind)) for kind in ENUMERATIONS
    ]
    enumerations = f"### Enumerations\n\n{table(('type', 'texts'), rows)}"
    return "\n\n".join([*map(_section, NOUNS), enumerations])


def _section(noun: type) -> str:
    rows = list(_fields(noun))
    about = " ".join((inspect.getdoc(noun) or "").split())
    return f"### {noun.__name__}\n\n{markdown(about)}\n\n{table(('field', 'type', 'is'), rows)}"


def _fields(noun: type) -> Iterator[tuple[str, str, str]]:
    (tree,) = ast.parse(inspect.getsource(noun)).body
    for node, after in pairwise([*ast.iter_child_nodes(tree), ast.Pass()]):
        if isinstance(node, ast.AnnAssign):
            text = ""
            if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                text = markdown(str(after.value.value))
            yield f"`{ast.unparse(node.target)}`", f"`{ast.unparse(node.annotation)}`", text


if __name__ == "__main__":
    write(PAGE, made())
