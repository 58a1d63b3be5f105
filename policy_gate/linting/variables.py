"""Policy variables in the texts of a policy: `${key}`, `${key, 'default'}`, `${*}`.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from policy_gate.linting.interface import PathElement
from policy_gate.linting.view import Place, PolicyView, Text

OPENING = "${"
_VARIABLE = re.compile(r"\$\{((?:[^}$]|\$(?!\{))*)(\}?)")
_VERSION_WITHOUT_VARIABLES = "2008-10-17"


class Variable(NamedTuple):
    """A variable, or what seems to be meant as one."""

    spelling: str
    """From `${` to its brace; without one, to the next `${` or the end of the text."""

    name: str
    """What stands before a comma, white space included."""

    default: str | None
    """What stands behind the comma, white space included."""

    is_closed: bool
    place: Place


def variables_of(policy: PolicyView, text: Text) -> Iterator[Variable]:
    """The variables of a string, each with the place of exactly its characters."""
    offsets: Sequence[int] = ()
    for match in _VARIABLE.finditer(text.value):
        offsets = offsets or policy.offsets(text)
        start, end = match.span()
        name, comma, default = match.group(1).partition(",")
        part: PathElement = {"substring": {"start": start, "length": end - start}}
        yield Variable(
            match.group(),
            name,
            default if comma else None,
            match.group(2) != "",
            Place((*text.place.path, part), offsets[start], offsets[end]),
        )


def first_variable(text: str) -> str | None:
    """The first whole variable of a text as it is written, `${*}` included."""
    return next((match.group() for match in _VARIABLE.finditer(text) if match.group(2)), None)


def is_variable(text: str) -> bool:
    """Whether the text is one variable and nothing else."""
    match = _VARIABLE.fullmatch(text)
    return match is not None and match.group(2) != ""


def has_variables(policy: PolicyView) -> bool:
    """Does the version of the policy know variables? In that of 2008 they are plain text."""
    version = policy.root.member("Version")
    return version is not None and version.value != _VERSION_WITHOUT_VARIABLES
