"""Writes the commands and their options into docs/command-line.md. `make docs` runs it."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from policy_gate.cli import parser as command_line
from tools.made import table, write
from tools.make_check_pages import markdown

PAGE = "command-line.md"


def made() -> str:
    """A section for each command, those of `check` too."""
    return "\n\n".join(_sections(command_line()))


def _sections(parser: argparse.ArgumentParser, about: str = "") -> Iterator[str]:
    commands = [item for item in parser._actions if isinstance(item, argparse._SubParsersAction)]
    if about:
        yield f"## {parser.prog}\n\n{_sentence(about)}"
    rows = [row for action in parser._actions for row in _row(action, parser)]
    if about and rows and not commands:
        yield table(("argument", "meaning"), rows)
    if parser.epilog and about:
        yield f"```text\n{parser.epilog.strip()}\n```"
    for action in commands:
        abouts = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, command in action.choices.items():
            yield from _sections(command, abouts[name])


def _row(action: argparse.Action, parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    if isinstance(action, argparse._HelpAction | argparse._SubParsersAction):
        return
    words = (action.help or "") % {**vars(action), "prog": parser.prog}
    if action.choices and action.metavar is None:
        words += f"{'; ' if words else ''}one of {', '.join(map(str, action.choices))}"
    if action.required and action.option_strings:
        words += "; required"
    yield f"`{_name(action)}`", markdown(words)


def _name(action: argparse.Action) -> str:
    value = action.metavar or action.dest.upper().replace("_", "-")
    if not action.option_strings:
        repeated = action.nargs in ("*", "+")
        name = f"{value} ..." if repeated else str(value)
        return f"[{name}]" if action.nargs in ("*", "?") else name
    names = ", ".join(action.option_strings)
    return names if action.nargs == 0 else f"{names} {value}"


def _sentence(text: str) -> str:
    return f"{markdown(text[:1].upper() + text[1:]).rstrip('.?')}{'?' if text[-1:] == '?' else '.'}"


if __name__ == "__main__":
    write(PAGE, made())
