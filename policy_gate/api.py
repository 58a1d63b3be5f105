"""The gate as a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from policy_gate.analyzers.registry import make_analyzer
from policy_gate.at_once import Progress
from policy_gate.config import GateConfig, default_config
from policy_gate.executors.interface import Workers
from policy_gate.executors.registry import workers_of
from policy_gate.inputs import extract_inputs, find_inputs
from policy_gate.model import GateReport
from policy_gate.progress import no_progress
from policy_gate.runner import run_checks


def run_gate(
    paths: Sequence[str] = (),
    config: GateConfig | None = None,
    progress: Progress = no_progress,
    workers: Workers | None = None,
) -> GateReport:
    """Checks every policy found in the paths, or in the configured inputs where there are none.

    Without a configuration (`policy_gate.config.load_config` reads one) the default checks run.
    Workers (`policy_gate.executors.registry.workers_of` gives them) do the work of a large run;
    unless they are given, those are processes of this machine.
    Raises AnalyzerError where the analyzer that the configuration names cannot be set up,
    ConfigError (of config_section) where the inputs cannot be divided as it says, and
    ExecutorError where the workers cannot go on.
    """
    if workers is None:
        with workers_of("local") as own:
            return run_gate(paths, config, progress, own)
    config = config or default_config()
    analyzer, reason = make_analyzer(config.analyzer, config.embedded, config.aws)
    inputs = find_inputs(paths, config)
    config = replace(config, notes=(*config.notes, *inputs.notes))
    if config.shard is None:
        extraction = extract_inputs(inputs, config, analyzer, workers)
        return run_checks(extraction, config, analyzer, reason, progress, workers=workers)
    from policy_gate.sharding import as_shard, own_share

    share = own_share(inputs, config.shard)
    extraction = extract_inputs(inputs._replace(met=share.met), config, analyzer, workers)
    report = run_checks(extraction, config, analyzer, reason, progress, workers=workers)
    return as_shard(report, share, config)
