"""The findings that a team knows of: only others block.

What may be in a baseline has a fingerprint: findings, and UNKNOWN results of a policy that stays as
it is. An ERROR, what was not analysed, and a policy that is marked sensitive (of which no text may
be kept, not even as a hash) never are.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from policy_gate.checks.findings import without_file
from policy_gate.config.section import ConfigError, Section, read_source
from policy_gate.model import CheckResult, GateReport
from policy_gate.revisions.repository import repository_path, repository_root
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import shown

FORMAT = "policy-gate baseline"
VERSION = 1

MAX_BYTES = 50_000_000
"""Bytes of a baseline."""

OWN_CHECK = "waivers"
"""The check of findings about waivers themselves, which nothing accepts."""

_OF_ONE_CHANGE = "new-access"
"""The check of what a change adds, which is new whenever it is found."""

_FINGERPRINT = re.compile(r"[0-9a-f]{24}(-[1-9][0-9]{0,5})?")


class Known(NamedTuple):
    """One finding of a baseline, in the order in which a file lists them."""

    file: str
    """Its path in the repository."""

    resource: str
    policy: str
    check: str
    code: str
    """`UNKNOWN` for a result without an answer."""

    fingerprint: str


@dataclass(frozen=True)
class Baseline:
    """Findings of before."""

    source: str
    """What reports call it."""

    findings: tuple[Known, ...] = ()
    gone: frozenset[str] = frozenset()
    """Files of it that are no longer there: what was found in them may be in a renamed file."""

    holds_everything: bool = False
    """Is it yet to be written? Then whatever is found is in it."""


def read_baseline(path: Path) -> Baseline:
    """Raises ConfigError: what is no baseline is never taken for an empty one."""
    source = read_source(path, limit=MAX_BYTES)
    try:
        node = read_json(source.text)
    except ReadError as error:
        message = f"this is no baseline: {error.message}"
        raise ConfigError(message, source, error.offset) from error
    root = Section(source, node, "", path.parent)
    if not root.has("format") or node.entries["format"].value != FORMAT:
        raise root.error(f'this is no baseline: it has no "format": "{FORMAT}"')
    version = root.count("version", 0, 1)
    if version != VERSION:
        raise root.error(
            f"version {version} is of a newer policy-gate: this one reads 1", "version"
        )
    root.only("format", "version", "findings")
    found: dict[str, Known] = {}
    for entry in _entries(root):
        known = _known(entry)
        if known.fingerprint in found:
            raise entry.error(f"{known.fingerprint} is there twice", "fingerprint")
        found[known.fingerprint] = known
    return Baseline(shown(path), tuple(found.values()), files_gone(found.values()))


def _entries(root: Section) -> Iterator[Section]:
    if not root.has("findings"):
        raise root.error("the key 'findings' is missing")
    return iter(root.section("findings").sections(least=0))


def _known(entry: Section) -> Known:
    entry.only(*Known._fields)
    known = Known(**{key: entry.required_text(key) for key in Known._fields})
    if not _FINGERPRINT.fullmatch(known.fingerprint):
        raise entry.error(f"{known.fingerprint[:50]!r} is no fingerprint", "fingerprint")
    return known


def files_gone(findings: Iterable[Known]) -> frozenset[str]:
    """The files of the findings that are not there any more."""
    root = repository_root(Path.cwd())
    return frozenset(file for file in {item.file for item in findings} if not _exists(root / file))


def _exists(path: Path) -> bool:
    with suppress(OSError, ValueError):
        return os.path.lexists(path)
    return False


def findings_of(report: GateReport) -> tuple[Known, ...]:
    """What a baseline of this run holds: what may be in one, but for what a waiver accepts."""
    return tuple(sorted(item for result in report.results for item in _of_result(result)))


def baseline_of(report: GateReport, source: str) -> Baseline:
    """What a run of another revision found, with the same checks, as a baseline for this one."""
    findings = findings_of(report)
    return Baseline(source, findings, files_gone(findings))


def _of_result(result: CheckResult) -> Iterator[Known]:
    if not may_be_known(result):
        return
    names = (
        repository_path(result.identity.file),
        result.identity.resource_address,
        result.identity.policy_name,
        result.check,
    )
    for finding in result.findings:
        if finding.waiver is None:
            yield Known(*names, finding.code, finding.fingerprint)
    if result.fingerprint and result.waiver is None:
        yield Known(*names, "UNKNOWN", result.fingerprint)


def may_be_known(result: CheckResult) -> bool:
    return not result.is_sensitive and result.check not in (OWN_CHECK, _OF_ONE_CHANGE)


def fingerprints_of(results: Iterable[CheckResult]) -> Iterator[str]:
    """Those of everything in the results that may be in a baseline."""
    for result in filter(may_be_known, results):
        yield from (finding.fingerprint for finding in result.findings if finding.fingerprint)
        if result.fingerprint:
            yield result.fingerprint


def known_fingerprints(baseline: Baseline, results: Iterable[CheckResult]) -> dict[str, str]:
    """What of the results is in the baseline, each with the fingerprint that it has there.

    These differ where a file was renamed: then the old file is gone, and there is one finding that
    differs in nothing but the file. Of several none is taken for it.
    """
    present = set(fingerprints_of(results))
    if baseline.holds_everything:
        return {fingerprint: fingerprint for fingerprint in present}
    old = {item.fingerprint: item for item in baseline.findings}
    known = {fingerprint: fingerprint for fingerprint in present & old.keys()}
    left = present - old.keys()
    moved = [
        fingerprint
        for fingerprint, item in old.items()
        if fingerprint not in present and item.file in baseline.gone
    ]
    counts = Counter(map(without_file, left)), Counter(map(without_file, moved))
    candidates = {without_file(fingerprint): fingerprint for fingerprint in left}
    for fingerprint in moved:
        key = without_file(fingerprint)
        if counts[0][key] == counts[1][key] == 1:
            known[candidates[key]] = fingerprint
    return known


def write_baseline(path: Path, findings: Iterable[Known]) -> None:
    """One finding a line, sorted, so that changes can be read and merged. Raises OSError."""
    lines = [
        "\n  " + json.dumps(item._asdict(), ensure_ascii=True) for item in sorted(set(findings))
    ]
    head = f'"format": {json.dumps(FORMAT)},\n "version": {VERSION}'
    text = f'{{\n {head},\n "findings": [{",".join(lines)}\n ]\n}}\n'
    # A run that is interrupted leaves the old baseline as it is.
    with tempfile.NamedTemporaryFile(
        "w", encoding="ascii", dir=path.parent, prefix=path.name, delete=False
    ) as file:
        file.write(text)
    try:
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError:
        Path(file.name).unlink()
        raise
