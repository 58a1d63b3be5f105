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
    try:
        arguments = parser().parse_args(argv)
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


def parser() -> argparse.ArgumentParser:
    """What reads the command line, with a parser for each command below it."""
    whole = _Parser(
        prog="policy-gate",
        description="Checks the IAM policies of infrastructure code before they are deployed.",
        epilog="Exit status: 0 passed, 2 failed, 1 the gate could not do its work,"
        " 3 nothing to check, 64 wrong usage.",
    )
    whole.add_argument("--version", action="version", version=f"policy-gate {__version__}")
    commands = whole.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        one = commands.add_parser(name, help=command.help)
        one.set_defaults(command=name, parser=one)
        command.add(one)
    return whole
