"""Arguments in, exit status out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from policy_gate import __version__
from policy_gate.arguments.registry import COMMANDS
from policy_gate.fault import fault

ERROR, USAGE, INTERRUPTED = 1, 64, 130


class _Parser(argparse.ArgumentParser):
    """Ends with 64 for wrong usage (2 means that the gate failed), takes no abbreviated options."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        print(f"{self.prog}: error: {message}", file=sys.stderr)
        raise SystemExit(USAGE)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs policy-gate and returns its exit status."""
    given = sys.argv[1:] if argv is None else list(argv)
    try:
        if not given:
            parser().print_help(sys.stderr)
            return USAGE
        if not given[0].startswith("-") and given[0] not in COMMANDS:
            parser().error(_no_command(given[0]))
        arguments = parser().parse_args(given)
        module = arguments.command.replace("-", "_")
        status: int = import_module(f"policy_gate.commands.{module}").main(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone; without this, flushing at exit would fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR
    except Exception as error:  # noqa: BLE001 - whatever the input, nobody is shown a traceback
        print(f"policy-gate: internal error, please report it: {fault(error)}", file=sys.stderr)
        return ERROR
    return status


def _no_command(word: str) -> str:
    """What to say of a word that is no command."""
    import shlex
    from difflib import get_close_matches

    if close := get_close_matches(word, COMMANDS, 1):
        advice = f"did you mean `policy-gate {close[0]}`?"
    elif os.path.exists(word) and word.isprintable():
        advice = f"to check it, `policy-gate run {shlex.quote(word)}`"
    else:
        advice = f"there are {', '.join(COMMANDS)}"
    return f"there is no command {word[:100]!a}: {advice}"


def parser() -> argparse.ArgumentParser:
    """What reads the command line, with a parser for each command below it."""
    whole = _Parser(
        prog="policy-gate",
        description="Checks the IAM policies of infrastructure code before they are deployed.",
        epilog="To begin with: policy-gate doctor says what would be checked here, policy-gate run"
        " checks it, policy-gate init writes a configuration. Exit status: 0 passed, 2 failed,"
        " 1 the gate could not do its work, 3 nothing to check, 64 wrong usage.",
    )
    whole.add_argument("--version", action="version", version=f"policy-gate {__version__}")
    commands = whole.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        one = commands.add_parser(name, help=command.help)
        one.set_defaults(command=name, parser=one)
        command.add(one)
    return whole
