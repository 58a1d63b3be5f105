"""From the command line and the configuration to what there is to check."""

from __future__ import annotations

import glob
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from policy_gate.analyzers.interface import Analyzer
from policy_gate.config.gate import GateConfig
from policy_gate.executors.interface import Workers
from policy_gate.extractors.discover import NEVER_SEARCHED, Met, extract_files, find_files
from policy_gate.managed_policies.attached import with_documents
from policy_gate.managed_policies.registry import document_sources
from policy_gate.model import Extraction


class Inputs(NamedTuple):
    """Paths that were named, and those that patterns match."""

    named: tuple[Path, ...]
    matched: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()
    reads_standard_input: bool = False
    met: Met | None = None
    """What is in the paths, or the share of it that counts, where that was looked for."""


def find_inputs(paths: Sequence[str], config: GateConfig) -> Inputs:
    """The paths of the command line; else the configured inputs; else the working directory.

    `-` on the command line is standard input, of which the file `./-` is told apart.
    """
    if paths:
        named = tuple(Path(path) for path in paths if path != "-")
        return Inputs(named, reads_standard_input="-" in paths)
    if not config.inputs:
        return Inputs((), (Path(),))
    configured: list[Path] = []
    matched: list[Path] = []
    notes: list[str] = []
    for pattern in config.inputs:
        if not glob.has_magic(pattern):
            configured.append(config.folder / pattern)
            continue
        found = _matches(config.folder, Path(pattern))
        matched += found
        if not found:
            notes.append(f"The pattern {pattern!r} under inputs matches nothing.")
    return Inputs(tuple(configured), tuple(matched), tuple(notes))


def _matches(folder: Path, pattern: Path) -> list[Path]:
    """What a pattern matches. `**` is any number of folders, and follows no symbolic links."""
    root = Path(pattern.anchor) if pattern.is_absolute() else folder
    found = root.glob(str(pattern.relative_to(pattern.anchor)))
    return [path for path in found if NEVER_SEARCHED.isdisjoint(path.relative_to(root).parts)]


def extract_inputs(
    inputs: Inputs, config: GateConfig, analyzer: Analyzer, workers: Workers | None = None
) -> Extraction:
    """Everything that the inputs hold, and the documents of the policies that they attach.

    Without workers this process does the work. Raises ExecutorError where they cannot go on.
    """
    standard_input = sys.stdin.buffer if inputs.reads_standard_input else None
    met = inputs.met or find_files(inputs.named, inputs.matched)
    extraction = extract_files(met, config.settings, workers, standard_input)
    return with_attached(extraction, config, analyzer)


def with_attached(extraction: Extraction, config: GateConfig, analyzer: Analyzer) -> Extraction:
    """With the documents of the policies that are attached."""
    sources = document_sources(config.managed_policy_documents, analyzer)
    return with_documents(extraction, sources)
