"""The gate as a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from policy_gate.analyzers.registry import make_analyzer
from policy_gate.at_once import Progress
from policy_gate.baseline import read_baseline
from policy_gate.config import GateConfig, default_config
from policy_gate.config_section import ConfigError
from policy_gate.inputs import extract_inputs, find_inputs
from policy_gate.model import GateReport
from policy_gate.progress import no_progress
from policy_gate.runner import run_checks


def run_gate(
    paths: Sequence[str] = (),
    config: GateConfig | None = None,
    progress: Progress = no_progress,
) -> GateReport:
    """Checks every policy found in the paths, or in the configured inputs where there are none.

    Without a configuration (`policy_gate.config.load_config` reads one) the default checks run.
    Raises AnalyzerError where the analyzer that the configuration names cannot be set up, and
    ConfigError (of config_section) where its baseline cannot be read.
    """
    config = config or default_config()
    if isinstance(config.baseline, Path):
        config = replace(config, baseline=read_baseline(config.baseline))
    elif config.baseline_of_base:
        raise ConfigError("baseline: the base revision is not compared with yet; name a file")
    analyzer, reason = make_analyzer(config.analyzer, config.embedded, config.aws)
    inputs = find_inputs(paths, config)
    config = replace(config, notes=(*config.notes, *inputs.notes))
    extraction = extract_inputs(inputs, config, analyzer)
    return run_checks(extraction, config, analyzer, reason, progress)
