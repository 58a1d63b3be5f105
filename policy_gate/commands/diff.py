"""`policy-gate diff`: what access is added and removed between two policies or two folders."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from policy_gate.analyzers.interface import AccessPolicyType, Analyzer, AnalyzerError
from policy_gate.analyzers.registry import make_analyzer
from policy_gate.changes.compare import Base, compare
from policy_gate.changes.documents import document_policy, guessed_type, is_document
from policy_gate.changes.pairing import Pair
from policy_gate.changes.policies import change_of
from policy_gate.commands.complaint import complain
from policy_gate.commands.configuration import configured
from policy_gate.config.gate import GateConfig
from policy_gate.config.section import ConfigError
from policy_gate.extractors.discover import extract_paths
from policy_gate.inputs import with_attached
from policy_gate.model import (
    AccessChange,
    ChangeKind,
    Comparison,
    Extraction,
    Gone,
    NotChecked,
    PolicyIdentity,
)
from policy_gate.reporters.access_changes import access_object, change_object, write_comparison
from policy_gate.reporters.json_report import guarded
from policy_gate.reporters.terminal import Terminal
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import shown

NOTHING = 3
_TYPES: dict[str, AccessPolicyType] = {
    "identity": "IDENTITY_POLICY",
    "resource": "RESOURCE_POLICY",
}

T = TypeVar("T", bound=NotChecked)


def main(arguments: argparse.Namespace) -> int:
    """Prints the difference; 0 if no access is added, 2 if some is or may be."""
    old, new = Path(arguments.old), Path(arguments.new)
    try:
        kinds = is_document(old), is_document(new)
        if all(kinds):
            return _documents(old, new, arguments)
        if any(kinds) and old.exists() and new.exists():
            which = (old, new)[kinds.index(True)]
            arguments.parser.error(f"{shown(which)} is a policy and the other is none")
        return _extractions(old, new, arguments)
    except (ConfigError, AnalyzerError) as error:
        return complain(error)
    except ReadError as error:
        return complain(ConfigError(error.message))


def _documents(old: Path, new: Path, arguments: argparse.Namespace) -> int:
    named = _TYPES.get(arguments.policy_type or "")
    policy_type = named or guessed_type((old, new))
    after = document_policy(new, shown(new), policy_type)
    before = document_policy(old, shown(new), policy_type)
    change = change_of(Pair((after,), (before,)))
    if arguments.format == "json":
        _print_lists(access_object(change or AccessChange(after.identity, ChangeKind.CHANGED)))
    else:
        changes = (change,) if change else ()
        _write(Comparison(shown(old), changes, int(change is None)), ())
    return _status([change] if change else [])


def _extractions(old: Path, new: Path, arguments: argparse.Namespace) -> int:
    config = configured(arguments)
    analyzer, _ = make_analyzer("embedded")
    before = _held(old, config, analyzer)
    after = _held(new, config, analyzer)
    if not (before.policies or after.policies or before.not_checked or after.not_checked):
        print("policy-gate: there is no policy on either side", file=sys.stderr)
        return NOTHING
    base = Base(shown(old), _as_in(before, old, new), lambda file: _is_same(file, old, new))
    comparison, notes = compare(after, base)
    if arguments.format == "json":
        policies = [change_object(change) for change in comparison.changes]
        _print({"policies": policies, "unchanged": comparison.unchanged, "notes": [*notes]})
    else:
        _write(comparison, notes)
    return _status(comparison.changes)


def _held(path: Path, config: GateConfig, analyzer: Analyzer) -> Extraction:
    """What a side holds; of a plan, what it leads to. Raises ConfigError."""
    held = with_attached(extract_paths([path], [], config.settings), config, analyzer)
    for name, message in held.unreadable:
        raise ConfigError(f"cannot read {name}: {message}")
    return replace(
        held,
        policies=tuple(replace(policy, change=None) for policy in held.policies),
        not_checked=tuple(item for item in held.not_checked if not isinstance(item, Gone)),
    )


def _as_in(held: Extraction, old: Path, new: Path) -> Extraction:
    """With the files of one side named as those of the other, which they are versions of."""
    before, after = shown(old), shown(new)

    def name(identity: PolicyIdentity) -> PolicyIdentity:
        if identity.file == before:
            return identity._replace(file=after)
        if identity.file.startswith(f"{before}/"):
            return identity._replace(file=after + identity.file[len(before) :])
        return identity

    def item_in(item: T) -> T:
        return replace(item, identity=name(item.identity))

    return replace(
        held,
        policies=tuple(replace(item, identity=name(item.identity)) for item in held.policies),
        not_checked=tuple(map(item_in, held.not_checked)),
        boundaries=tuple(map(item_in, held.boundaries)),
    )


def _is_same(file: str, old: Path, new: Path) -> bool:
    try:
        inside = Path(file).resolve().relative_to(new.resolve())
        return Path(file).read_bytes() == (old / inside).read_bytes()
    except (OSError, ValueError):
        return False


def _print_lists(content: Mapping[str, Sequence[object]]) -> None:
    """JSON of which every entry, and there may be thousands, is a line."""
    for position, (key, entries) in enumerate(content.items()):
        sys.stdout.write(f"{',' if position else '{'}\n  {json.dumps(key)}: [")
        for number, entry in enumerate(entries):
            text = guarded(json.dumps(entry, ensure_ascii=True))
            sys.stdout.write(f"{',' if number else ''}\n    {text}")
        sys.stdout.write("\n  ]" if entries else "]")
    sys.stdout.write("\n}\n")


def _print(content: object) -> None:
    sys.stdout.write(guarded(json.dumps(content, indent=2, ensure_ascii=True)) + "\n")


def _write(comparison: Comparison, notes: tuple[str, ...]) -> None:
    terminal = Terminal.of(sys.stdout)
    write_comparison(comparison, terminal)
    for note in notes:
        for line in terminal.wrap(f"Note: {note}"):
            terminal.line(line)


def _status(changes: Iterable[AccessChange]) -> int:
    return 2 if any(change.adds or change.undecided for change in changes) else 0
