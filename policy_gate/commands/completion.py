"""`policy-gate completion`: print what completes commands, options and values in a shell."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

_FILES = frozenset({"FILE", "NEW", "OLD", "PATH", "POLICY_FILE", "REPORT"})
"""What stands for a file in the help."""


def main(arguments: argparse.Namespace) -> int:
    """Prints a script that needs nothing of policy-gate when it completes."""
    import shtab

    from policy_gate.cli import parser
    from policy_gate.explanations import explanations

    whole = parser()
    for action in _actions(whole):
        if action.dest == "code":
            action.choices = sorted(explanations())
        elif action.metavar == "DIR":
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif action.metavar in _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    sys.stdout.write(shtab.complete(whole, arguments.shell) + "\n")
    return 0


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """The arguments of a parser and of those below it."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from _actions(below)
        else:
            yield action
