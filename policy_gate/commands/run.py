"""`policy-gate run`: check every policy found in the paths."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from policy_gate.analyzers.interface import AnalyzerError
from policy_gate.api import run_gate
from policy_gate.commands.baseline import with_baseline, written
from policy_gate.commands.complaint import complain
from policy_gate.commands.configuration import configured
from policy_gate.commands.reports import Reports, remove_reports
from policy_gate.config.section import ConfigError
from policy_gate.executors.interface import ExecutorError
from policy_gate.executors.registry import workers_of
from policy_gate.progress import progress_bar
from policy_gate.publishers.publish import publish


def main(arguments: argparse.Namespace) -> int:
    """Runs the gate, prints the report and returns its exit status, 1 where one was not written."""
    if (arguments.executor == "dask") != bool(arguments.scheduler):
        arguments.parser.error("--executor dask and --scheduler ADDRESS go together")
    if arguments.shard and arguments.write_baseline:
        arguments.parser.error("--write-baseline needs the whole run: leave out --shard")
    if arguments.shard and arguments.publish not in (None, "none"):
        arguments.parser.error("a shard is no report to publish: leave out --publish")
    try:
        config = replace(
            configured(arguments),
            allow_empty=arguments.allow_empty,
            base=arguments.base,
            reread=partial(configured, arguments),
            shard=arguments.shard,
        )
        config = with_baseline(config, arguments.baseline, arguments.write_baseline)
        reports = Reports.of(arguments, config)
        with (
            workers_of(arguments.executor, arguments.scheduler) as workers,
            progress_bar(sys.stderr) as progress,
        ):
            report = run_gate(arguments.paths, config, progress, workers)
        if arguments.write_baseline:
            written(report, Path(arguments.write_baseline))
    except (ConfigError, AnalyzerError, ExecutorError) as error:
        remove_reports(arguments.report)
        return complain(error)
    except BaseException:
        remove_reports(arguments.report)
        raise
    status = report.exit_status if reports.write(report) else 1
    sys.stdout.flush()
    if report.shard is None:
        settings = replace(
            config.publish,
            tag=arguments.publish_tag or config.publish.tag,
            template=reports.template,
        )
        publish(report, settings, arguments.publish)
    return status
