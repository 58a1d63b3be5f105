"""The gate as a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from policy_gate.accepting.baseline import read_baseline
from policy_gate.analyzers.registry import make_analyzer
from policy_gate.at_once import Progress
from policy_gate.ci import proposed_base
from policy_gate.config.gate import GateConfig, default_config
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

    Without a configuration (`policy_gate.config.gate.load_config` reads one) the default checks
    run. Workers (`policy_gate.executors.registry.workers_of` gives them) do the work of a large
    run; unless they are given, those are processes of this machine.
    Raises AnalyzerError where the analyzer that the configuration names cannot be set up,
    ConfigError (of config.section) where its baseline cannot be read, or the run cannot be divided
    as it says, and ExecutorError where the workers cannot go on.
    """
    if workers is None:
        with workers_of("local") as own:
            return run_gate(paths, config, progress, own)
    config = config or default_config()
    if config.shard is not None:
        from policy_gate.shards.sharding import check_divisible

        check_divisible(config)
    if isinstance(config.baseline, Path):
        config = replace(config, baseline=read_baseline(config.baseline))
    analyzer, reason = make_analyzer(config.analyzer, config.embedded, config.aws)
    if config.baseline_of_base:
        from policy_gate.revisions.base import baseline_of_base

        config = replace(config, baseline=baseline_of_base(paths, config, analyzer))
    inputs = find_inputs(paths, config)
    config = replace(config, notes=(*config.notes, *inputs.notes))
    if config.shard is not None:
        from policy_gate.shards.sharding import own_share, run_shard

        share = own_share(inputs, config.shard)
        inputs = inputs._replace(met=share.met)
        return run_shard(
            share, inputs, config, analyzer, reason, progress=progress, workers=workers
        )
    extraction = extract_inputs(inputs, config, analyzer, workers)
    if config.base or config.new_access or proposed_base() is not None:
        from policy_gate.revisions.base import compared

        extraction = compared(extraction, paths, config, analyzer)
    return run_checks(extraction, config, analyzer, reason, progress, workers=workers)
