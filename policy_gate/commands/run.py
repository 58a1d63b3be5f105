"""`policy-gate run`: check every policy found in the paths."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from policy_gate.analyzers.interface import AnalyzerError
from policy_gate.api import run_gate
from policy_gate.commands.complaint import complain
from policy_gate.commands.configuration import configured
from policy_gate.config_section import ConfigError
from policy_gate.executors.interface import ExecutorError
from policy_gate.executors.registry import workers_of
from policy_gate.progress import progress_bar
from policy_gate.reporters.registry import find_reporter


def main(arguments: argparse.Namespace) -> int:
    """Runs the gate, prints the report and returns the report's exit status."""
    if (arguments.executor == "dask") != bool(arguments.scheduler):
        arguments.parser.error("--executor dask and --scheduler ADDRESS go together")
    try:
        config = replace(
            configured(arguments), allow_empty=arguments.allow_empty, shard=arguments.shard
        )
        with (
            workers_of(arguments.executor, arguments.scheduler) as workers,
            progress_bar(sys.stderr) as progress,
        ):
            report = run_gate(arguments.paths, config, progress, workers)
    except (ConfigError, AnalyzerError, ExecutorError) as error:
        return complain(error)
    find_reporter(arguments.format).write(report, sys.stdout)
    return report.exit_status
