"""One share of a run as a run of its own, whose report says which whole it is a part of."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Set
from dataclasses import fields, is_dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from policy_gate.accepting.baseline import Baseline, fingerprints_of
from policy_gate.analyzers.interface import Analyzer
from policy_gate.at_once import Progress
from policy_gate.checks.findings import without_file
from policy_gate.ci import proposed_base
from policy_gate.config.gate import GateConfig
from policy_gate.config.section import ConfigError
from policy_gate.executors.interface import Workers
from policy_gate.extractors.discover import find_files
from policy_gate.extractors.shares import Share, share_of
from policy_gate.inputs import Inputs, extract_inputs
from policy_gate.model import GateReport, Listing, Shard, Status
from policy_gate.revisions import git
from policy_gate.runner import accepted_by, notes_of, run_checks
from policy_gate.syntax.source import shown
from policy_gate.versions import versions

_NOT_TOLD = (
    "shard", "notes", "reread", "located", "waivers_file", "markdown_template", "publish",
    "baseline", "managed_policy_documents",
)  # fmt: skip
"""What of the configuration is no cause of an answer, or is told by its contents."""

_NOTE_END = ": `policy-gate merge` tells of the whole."


def check_divisible(config: GateConfig) -> None:
    """Raises ConfigError for what only a whole run can tell."""
    for what, is_asked in (
        ("--base", bool(config.base)),
        ("new-access: block", config.new_access == "block"),
        ("a baseline that is that of the base", config.baseline_of_base),
    ):
        if is_asked:
            raise ConfigError(
                f"{what} needs the whole run, as policies move between files: leave it out of"
                " the shards, or leave out --shard"
            )


def run_shard(  # noqa: PLR0913 - as run_checks
    share: Share,
    inputs: Inputs,
    config: GateConfig,
    analyzer: Analyzer,
    reason: str,
    *,
    progress: Progress,
    workers: Workers,
) -> GateReport:
    """Checks one share of the inputs: its report says of which whole it is a part.

    A share without a policy is no failure: whether there is none at all is for the whole to tell.
    Raises ConfigError and ExecutorError.
    """
    baseline = config.baseline if isinstance(config.baseline, Baseline) else None
    if baseline is not None:
        # Which finding a renamed file had before shows in a whole run only.
        config = replace(config, baseline=replace(baseline, gone=frozenset()))
    extraction = extract_inputs(inputs, config, analyzer, workers)
    report = run_checks(extraction, config, analyzer, reason, progress, workers=workers)
    if baseline is not None:
        _check_renames(report, baseline)
    accepted = accepted_by(extraction, config)
    shard = Shard(
        share.number,
        share.count,
        share.total,
        _commit(),
        share.contents,
        configuration_digest(config),
        versions(),
        accepted.waivers.today,
        accepted.waivers.all,
        accepted.invalid,
        len({item.fingerprint for item in baseline.findings}) if baseline is not None else None,
        tuple(item for item in notes_of(extraction, config, analyzer) if isinstance(item, Listing)),
    )
    is_nothing = report.status is Status.EMPTY and share.total > 0
    return replace(
        report,
        exit_status=0 if is_nothing else report.exit_status,
        notes=(*report.notes, *_notes(shard, share.inputs, config)),
        # What is not in this share may be in another.
        baseline=report.baseline._replace(fixed=0) if report.baseline else None,
        shard=shard,
    )


def own_share(inputs: Inputs, shard: tuple[int, int]) -> Share:
    """The share of the inputs that a shard checks. Raises ConfigError."""
    if inputs.reads_standard_input:
        raise ConfigError(
            "standard input is one input and cannot be divided: name files, or leave out --shard"
        )
    return share_of(find_files(inputs.named, inputs.matched), *shard)


def _check_renames(report: GateReport, baseline: Baseline) -> None:
    """Raises ConfigError where only the whole can tell whether a finding is a known one."""
    old = {item.fingerprint for item in baseline.findings}
    gone = {
        without_file(item.fingerprint): item.file
        for item in baseline.findings
        if item.file in baseline.gone
    }
    for result in report.results:
        for fingerprint in fingerprints_of([result]):
            if fingerprint not in old and (file := gone.get(without_file(fingerprint))):
                raise ConfigError(
                    f"a finding in {result.identity.file} may be one that the baseline has in"
                    f" {file}, which is gone, and only a whole run can tell: write the baseline"
                    " anew, or leave out --shard"
                )


def _notes(shard: Shard, inputs: int, config: GateConfig) -> Iterator[str]:
    if config.new_access or proposed_base() is not None:
        yield "What the change adds is not told: that needs a run without shards."
    yield (
        f"This is shard {shard.number} of {shard.count}, with {inputs} of {shard.inputs} inputs"
        f"{_NOTE_END}"
    )


def is_shard_note(note: str) -> bool:
    """Is it what the report of a shard says of itself?"""
    return note.endswith(_NOTE_END)


def _commit() -> str:
    try:
        return git.ask(Path.cwd(), "rev-parse", "--verify", "HEAD^{commit}").decode().strip()
    except git.GitError:
        return ""


def configuration_digest(config: GateConfig) -> str:
    """SHA-256 in hexadecimal of what a run is told, the same on each machine."""
    told = {name: value for name, value in _fields(config).items() if name not in _NOT_TOLD}
    # These files may be those of the base, which are written to another folder in each job.
    if isinstance(config.baseline, Baseline):
        told["baseline"] = config.baseline.findings
    if config.managed_policy_documents is not None:
        told["managed_policy_documents"] = _contents(config.managed_policy_documents)
    return sha256(json.dumps(_plain(told), sort_keys=True).encode()).hexdigest()


def _fields(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _plain(value: Any) -> Any:
    """A value of the configuration as JSON. Raises TypeError for one that has no fixed text."""
    kind = type(value).__name__
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if is_dataclass(value):
        return [kind, _plain(_fields(value))]
    if isinstance(value, Set):
        return [kind, *sorted(map(_plain, value), key=repr)]
    if isinstance(value, tuple | list):
        return [kind, *map(_plain, value)]
    return [kind, _text(value)]


def _text(value: Any) -> str:
    if isinstance(value, Path):
        # Where the repository is checked out makes no difference.
        return Path(os.path.relpath(value)).as_posix()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no fixed text")


def _contents(folder: Path) -> list[tuple[str, str]]:
    """The files of a folder, each with its SHA-256 in hexadecimal. Raises ConfigError."""
    try:
        return [
            (path.relative_to(folder).as_posix(), sha256(path.read_bytes()).hexdigest())
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        ]
    except OSError as error:
        raise ConfigError(f"cannot read {shown(folder)}: {error.strerror}") from error
