"""Findings that somebody accepts: which, why, and until when.

A waiver hides nothing. What it accepts stays in the report, with who accepted it until when, and
does not block. One that has expired counts for nothing, and is a finding itself; so is one that
accepts nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from policy_gate.config.key import Key, Keys
from policy_gate.config.section import ConfigError, Section, read_source
from policy_gate.model import (
    CheckResult,
    Finding,
    PolicyIdentity,
    WaivedPlace,
    Waiver,
)
from policy_gate.reasoning.matching import glob_matches
from policy_gate.revisions.repository import repository_path, repository_root
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import Source
from policy_gate.syntax.yaml_reader import read_yaml

FILE = Path(".policy-gate", "waivers.yml")
"""Where waivers are, unless the configuration says otherwise: beside the configuration file."""

WHAT = ("fingerprint", "check", "code", "resource")
WHY = ("reason", "owner", "expires", "ticket")

KEYS: Keys = {
    "fingerprint": Key("the `id` in the report", "none", "one finding, or one UNKNOWN result"),
    "resource": Key(
        "a pattern (`*`, `?`) of logical ids, Terraform addresses, files from the root of the"
        " repository, or `file:address`",
        "none",
        "in place of `fingerprint`, with `code`, `check` or both; `*` alone needs a `code`",
    ),
    "code": Key("a code, as reports name it", "any", "findings of this code"),
    "check": Key(
        "a check, as reports name it", "any", "findings of this check, with any reference"
    ),
    "reason": Key("a text", "required", "why it is accepted"),
    "expires": Key("a date as `2026-12-31`", "required", "the last day on which it counts, in UTC"),
    "owner": Key("a text", "none", "who accepts it"),
    "ticket": Key("a text or a number", "none", "where that was decided"),
}

MAX_WAIVERS = 10_000
"""Waivers in one file or list."""

MAX_TEXT = 1_000
"""Characters of one text of a waiver."""

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_FINGERPRINT = re.compile(r"[0-9a-f]{4,64}(-[0-9]{1,6})?")
_EVERYTHING = re.compile(r"[*?]*")


def find_waivers(folder: Path) -> Path | None:
    """The nearest file of waivers from a folder upward, not beyond the repository root."""
    root = repository_root(folder)
    parents = (folder, *folder.parents) if root in folder.parents else (folder,)
    for parent in parents:
        if os.path.lexists(parent / FILE):
            return parent / FILE
        if parent == root:
            break
    return None


def read_waivers(path: Path) -> tuple[Waiver, ...]:
    """The waivers of a YAML or JSON file: a list, or the list under the key `waivers`.

    Raises ConfigError, also where the file is not there.
    """
    return waivers_of(read_source(path), path.parent)


def waivers_of(source: Source, folder: Path) -> tuple[Waiver, ...]:
    """The same of the text of such a file."""
    try:
        node = read_yaml(source.text)
    except ReadError as error:
        raise ConfigError(error.message, source, error.offset) from error
    root = Section(source, node, "", folder)
    if isinstance(node.value, dict):
        root.only("waivers")
        return waivers_in(root.section("waivers")) if root.has("waivers") else ()
    return () if node.value is None else waivers_in(root)


def waivers_in(section: Section) -> tuple[Waiver, ...]:
    """The waivers of a list. Raises ConfigError."""
    entries = section.sections(least=0)
    if len(entries) > MAX_WAIVERS:
        raise section.error(f"more than {MAX_WAIVERS:,} waivers")
    found: dict[tuple[str, ...], Waiver] = {}
    for entry in entries:
        entry.only(*KEYS)
        waiver = _waiver(entry)
        key = (waiver.fingerprint, waiver.check, waiver.code, waiver.resource)
        if key in found:
            line = found[key].location.line
            raise entry.error(f"the same is waived in line {line}: one of the two is to go")
        found[key] = waiver
    return tuple(found.values())


def inline_waiver(section: Section, places: Sequence[WaivedPlace]) -> Waiver:
    """A waiver that stands in the code, which says what it is about. Raises ConfigError."""
    section.only("fingerprint", "check", "code", *WHY)
    return _waiver(section, tuple(places))


def _waiver(entry: Section, places: tuple[WaivedPlace, ...] = ()) -> Waiver:
    return Waiver(
        _text(entry, "reason", is_required=True),
        _expires(entry),
        entry.source.locate(entry.node),
        _text(entry, "owner"),
        _text(entry, "ticket"),
        *_what(entry, is_inline=bool(places)),
        places,
    )


def _what(entry: Section, *, is_inline: bool) -> tuple[str, str, str, str]:
    fingerprint, check, code, resource = (_text(entry, key) for key in WHAT)
    if fingerprint:
        if not is_fingerprint(fingerprint):
            message = f"{fingerprint!r} is no fingerprint: reports show them after `id`"
            raise entry.error(message, "fingerprint")
        if check or code or resource:
            raise entry.error("a fingerprint says all: leave check, code and resource out")
    elif is_inline:
        if not code:
            raise entry.error("the key 'code' is missing, or a fingerprint")
    elif not resource or not (check or code):
        message = "say what is waived: a fingerprint, or a resource with a code, a check or both"
        raise entry.error(message)
    elif not code and _EVERYTHING.fullmatch(resource):
        raise entry.error(f"with {resource!r} this would waive everything: add a code", "resource")
    return fingerprint, check, code, resource


def _text(entry: Section, key: str, *, is_required: bool = False) -> str:
    if not entry.has(key) and not is_required:
        return ""
    if key == "ticket" and isinstance(entry.node.entries[key].value, int):
        return str(entry.node.entries[key].value)
    text = entry.required_text(key).strip()
    if not text:
        raise entry.error("a text is expected here, not an empty one", key)
    if len(text) > MAX_TEXT:
        raise entry.error(f"a text of more than {MAX_TEXT:,} characters", key)
    return text


def _expires(entry: Section) -> date:
    text = _text(entry, "expires", is_required=True)
    if (day := parsed_date(text)) is None:
        raise entry.error(f"{text!r} is no date such as 2026-12-31", "expires")
    return day


def is_fingerprint(text: str) -> bool:
    return _FINGERPRINT.fullmatch(text) is not None


def parsed_date(text: str) -> date | None:
    """The day that a text such as `2026-12-31` names, None where it names none."""
    try:
        return date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None


def what(waiver: Waiver) -> str:
    """What it is about, for messages."""
    if waiver.fingerprint:
        return waiver.fingerprint
    subject = " of ".join(filter(None, (waiver.code, waiver.check)))
    places = sorted({place.resource_address for place in waiver.places})
    return f"{subject} on {waiver.resource or ', '.join(places[:3])}"


class Waivers:
    """Those of a run, on one day."""

    def __init__(self, waivers: Iterable[Waiver], today: date) -> None:
        self.all = tuple(waivers)
        self.today = today
        self._by_fingerprint: dict[str, list[Waiver]] = {}
        self._by_pattern = [waiver for waiver in self.all if not waiver.fingerprint]
        for waiver in self.all:
            if waiver.fingerprint:
                self._by_fingerprint.setdefault(waiver.fingerprint, []).append(waiver)

    def has_expired(self, waiver: Waiver) -> bool:
        return waiver.expires < self.today

    def covering(self, result: CheckResult, finding: Finding | None) -> list[Waiver]:
        """The waivers, expired ones too, of a finding or of the UNKNOWN that the result is.

        An UNKNOWN has no code: it is waived by its fingerprint only.
        """
        fingerprint = finding.fingerprint if finding else result.fingerprint
        found = [
            waiver
            for waiver in self._by_fingerprint.get(fingerprint, ())
            if not waiver.places or _is_in_place(waiver, result.identity, finding)
        ]
        if finding is not None:
            found += [item for item in self._by_pattern if _covers(item, result, finding)]
        return found


def _covers(waiver: Waiver, result: CheckResult, finding: Finding) -> bool:
    if waiver.code not in ("", finding.code) or not _is_check(waiver.check, result.check):
        return False
    if waiver.places:
        return _is_in_place(waiver, result.identity, finding)
    return any(glob_matches(waiver.resource, name) for name in _names(result.identity))


def _is_check(waived: str, check: str) -> bool:
    """`no-new-access` is that of each of its references."""
    return waived in ("", check, check.partition(" (")[0])


def _names(identity: PolicyIdentity) -> tuple[str, ...]:
    file = repository_path(identity.file)
    return identity.resource_address, identity.file, file, f"{file}:{identity.resource_address}"


def _is_in_place(waiver: Waiver, identity: PolicyIdentity, finding: Finding | None) -> bool:
    return any(
        (place.file, place.resource_address) == identity[:2]
        and place.policy_name in (None, identity.policy_name)
        and (
            place.statement_index is None
            or (finding is not None and place.statement_index == finding.statement_index)
        )
        for place in waiver.places
    )
