"""Fixers of policy variables."""

from __future__ import annotations

import re
from collections.abc import Sequence

from policy_gate.linting.edits import Edit, with_first_member
from policy_gate.linting.fix import Fix
from policy_gate.linting.fixers.common import corrected
from policy_gate.linting.rule import quoted
from policy_gate.linting.view import Place, PolicyView

_VERSION = "2012-10-17"
_LONGEST = 2048
_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_OPEN = re.compile(r"\$\{(aws:(?!PrincipalTag|RequestTag|ResourceTag)[A-Za-z]+)(?=[/:*?]|$)")
_DEFAULT = re.compile(r"\$\{([^{},]+),\s*'?([^{}']*?)'?\s*\}")


def missing_brace(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Closes a variable behind the name of its key, where the name ends for certain."""
    return corrected(policy, places, lambda text: _OPEN.sub(r"${\1}", text))


def missing_quotes(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the default of a variable between single quotes."""

    def correct(text: str) -> str | None:
        # The pattern takes long over long runs of blanks.
        return _DEFAULT.sub(r"${\1, '\2'}", text) if len(text) <= _LONGEST else None

    return corrected(policy, places, correct)


def space_in_name(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Leaves white space out of the name of a variable, unless it is about a tag."""
    return corrected(policy, places, lambda text: _VARIABLE.sub(_without_space, text))


def _without_space(match: re.Match[str]) -> str:
    name, comma, default = match[1].partition(",")
    name = name.strip() if "/" in name else "".join(name.split())
    return f"${{{name}{comma}{default}}}"


def version_with_variables(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the version of the policy language that has variables."""
    del places
    version = policy.root.member("Version")
    if version is None:
        edit = with_first_member(policy.text, policy.root.node, "Version", f'"{_VERSION}"')
    else:
        edit = Edit(version.node.start, version.node.end, f'"{_VERSION}"')
    return Fix(f"Write the Version {quoted(_VERSION)}.", (edit,), safe=False)
