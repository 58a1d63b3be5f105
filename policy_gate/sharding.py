"""One share of a run as a run of its own, whose report says which whole it is a part of."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Set
from dataclasses import fields, is_dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from policy_gate import git
from policy_gate.config import GateConfig
from policy_gate.config_section import ConfigError
from policy_gate.extractors.discover import find_files
from policy_gate.extractors.shares import Share, share_of
from policy_gate.inputs import Inputs
from policy_gate.model import GateReport, Shard, Status
from policy_gate.versions import versions

_NOT_TOLD = ("shard", "notes")
"""What of the configuration is no cause of an answer."""

_NOTE_END = ": `policy-gate merge` tells of the whole."


def own_share(inputs: Inputs, shard: tuple[int, int]) -> Share:
    """The share of the inputs that a shard checks. Raises ConfigError."""
    if inputs.reads_standard_input:
        raise ConfigError(
            "standard input is one input and cannot be divided: name files, or leave out --shard"
        )
    return share_of(find_files(inputs.named, inputs.matched), *shard)


def as_shard(report: GateReport, share: Share, config: GateConfig) -> GateReport:
    """The report of a share, as one part of the whole.

    A share without a policy is no failure: whether there is none at all is for the whole to tell.
    """
    shard = Shard(
        share.number,
        share.count,
        share.total,
        _commit(),
        share.contents,
        configuration_digest(config),
        versions(),
    )
    is_nothing = report.status is Status.EMPTY and share.total > 0
    return replace(
        report,
        exit_status=0 if is_nothing else report.exit_status,
        notes=(*report.notes, _note(shard, share.inputs)),
        shard=shard,
    )


def _note(shard: Shard, inputs: int) -> str:
    return (
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
