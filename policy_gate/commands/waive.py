"""`policy-gate waive`: adds an entry to the file of waivers, and leaves the rest as it is."""

from __future__ import annotations

import argparse
import json
import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

from policy_gate.accepting.waivers import (
    FILE,
    find_waivers,
    is_fingerprint,
    parsed_date,
    read_waivers,
    waivers_of,
)
from policy_gate.commands.complaint import complain
from policy_gate.commands.rewrite import PolicyFile
from policy_gate.config.gate import GateConfig, find_config, load_config
from policy_gate.config.section import ConfigError
from policy_gate.model import Waiver
from policy_gate.revisions.repository import repository_root
from policy_gate.syntax.source import Source, shown
from policy_gate.syntax.yaml_reader import read_yaml

_HEADER = "# Findings that are accepted, each for a reason and until a day.\n"
_DASH = re.compile(r"( *)- +")


def main(arguments: argparse.Namespace, today: date | None = None) -> int:
    """Adds the waiver and says where; 1 where that is not possible, 64 for a wrong option."""
    expires = parsed_date(arguments.expires)
    if not is_fingerprint(arguments.fingerprint):
        arguments.parser.error(f"{arguments.fingerprint!a} is no fingerprint, as reports show it")
    if not arguments.reason.strip():
        arguments.parser.error("--reason: a text is expected, not an empty one")
    if expires is None:
        arguments.parser.error(f"--expires: {arguments.expires!a} is no date such as 2026-12-31")
    elif expires < (today or datetime.now(UTC).date()):
        arguments.parser.error(f"--expires: {expires} is over")
    try:
        place = _add(arguments)
    except ConfigError as error:
        return complain(error)
    print(f"{place}: {arguments.fingerprint} is waived until {expires}")
    return 0


def _add(arguments: argparse.Namespace) -> str:
    """Raises ConfigError. Returns the place of the new entry."""
    path = Path(arguments.config) if arguments.config else find_config(Path.cwd())
    config = load_config(path) if path else None
    file = _file(config)
    exists = os.path.lexists(file)
    known = config.waivers if config else read_waivers(file) if exists else ()
    for waiver in known:
        if waiver.fingerprint == arguments.fingerprint:
            message = f"it is waived already, until {waiver.expires}: change that"
            raise ConfigError(f"{waiver.location}: {message}")
    if not exists:
        entry = _entry(arguments, "")
        added = _added("", _HEADER + entry, file, entry)
        _create(file, _HEADER + entry)
        return str(added.location)
    held = PolicyFile.read(file)
    entry = _entry(arguments, _indent(Source(shown(file), held.text), arguments))
    newline = "\r\n" if "\r\n" in held.text else "\n"
    start = "" if not held.text or held.text.endswith("\n") else newline
    text = held.text + start + entry.replace("\n", newline)
    added = _added(held.text, text, file, entry)
    held.write(text)
    return str(added.location)


def _file(config: GateConfig | None) -> Path:
    """Where waivers are: as the configuration says, else in the usual place."""
    if config is not None:
        return config.waivers_file
    here = Path.cwd()
    return find_waivers(here) or repository_root(here) / FILE


def _entry(arguments: argparse.Namespace, indent: str) -> str:
    fields = {
        "fingerprint": json.dumps(arguments.fingerprint),
        "reason": _quoted(arguments.reason),
        "owner": _quoted(arguments.owner),
        "expires": arguments.expires,
        "ticket": _quoted(arguments.ticket),
    }
    lines = [f"{key}: {value}" for key, value in fields.items() if value]
    return indent + "- " + f"\n{indent}  ".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A text between double quotes, which YAML reads as JSON does."""
    if not text.strip():
        return ""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _indent(source: Source, arguments: argparse.Namespace) -> str:
    """What stands before the dashes of the list that the file holds. Raises ConfigError."""
    root = read_yaml(source.text)
    entries = root.entries.get("waivers", root).value
    if not isinstance(entries, list):
        return "  " if root.entries else ""
    start = entries[-1].start if entries else 0
    line = source.text[source.text.rfind("\n", 0, start) + 1 : start]
    if not entries or not (dash := _DASH.fullmatch(line)):
        raise _by_hand(source.path, _entry(arguments, ""))
    return dash[1]


def _added(before: str, after: str, file: Path, entry: str) -> Waiver:
    """The entry as it is read back, where the others are read as before. Raises ConfigError."""
    name = shown(file)
    old = waivers_of(Source(name, before), file.parent)
    try:
        new = waivers_of(Source(name, after), file.parent)
    except ConfigError as error:
        raise _by_hand(name, entry) from error
    if new[:-1] != old or len(new) != len(old) + 1:
        raise _by_hand(name, entry)
    return new[-1]


def _by_hand(name: str, entry: str) -> ConfigError:
    message = "the list is not written so that an entry can be added at its end; add it by hand"
    return ConfigError(f"{name}: {message}:\n{entry}")


def _create(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="") as stream:
            stream.write(text)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"cannot write {shown(file)}: {reason}") from error
