"""The first list of sensitive actions: that of the library, with what is used today marked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policy_gate.config.gate import SENSITIVE_ACTIONS
from policy_gate.references.library import ACTIONS, BUILTIN, library_folder
from policy_gate.starting.allowed import Allowed

LISTS = ("privilege-escalation-actions", "detection-evasion-actions")
"""Those of the library that it starts from."""

_WIDTH = 44
_HEAD = f"""\
# What no identity policy may grant here: the check access-not-granted finds it.
# One action a line; what follows the action is a comment.
#
# A starting point, made by `policy-gate init` from the lists {BUILTIN}{LISTS[0]}
# and {BUILTIN}{LISTS[1]}, and from the actions of the default checks. What a policy
# of the repository grants today stands behind a #, with its place: to find it too, take the # away.
# What the default checks find is found all the same, and says where it is used.
"""


def sensitive_list(allowed: Sequence[Allowed]) -> str:
    """The text of the file. Raises OSError where the library cannot be read."""
    text = _HEAD
    told: set[str] = set()
    for name, lines in (*map(_of_library, LISTS), ("default checks", _of_default_checks())):
        left = [(action, why) for action, why in lines if action not in told]
        told.update(action for action, _ in left)
        if left:
            text += f"\n# {name}\n" + "".join(_line(action, why, allowed) for action, why in left)
    return text


def _of_library(name: str) -> tuple[str, list[tuple[str, str]]]:
    text = (library_folder() / name / ACTIONS).read_text(encoding="utf-8")
    lines = (line.partition("#") for line in text.splitlines())
    return f"{BUILTIN}{name}", [
        (action.strip(), why.strip()) for action, _, why in lines if action.strip()
    ]


def _of_default_checks() -> list[tuple[str, str]]:
    return [(action, "of the default checks") for action in SENSITIVE_ACTIONS]


def _line(action: str, why: str, allowed: Sequence[Allowed]) -> str:
    places = "; ".join(_uses(action, allowed))
    is_off = bool(places) and action not in SENSITIVE_ACTIONS
    note = f"{why}; granted today by {places}" if places else why
    return f"{'# ' if is_off else ''}{action:<{_WIDTH}}  # {note}\n"


def _uses(action: str, allowed: Sequence[Allowed]) -> Iterator[str]:
    for item in allowed:
        if item.covers(action):
            as_written = "" if item.pattern == action else f" ({item.pattern})"
            yield f"{item.where()}{as_written}"
