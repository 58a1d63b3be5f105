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
from policy_gate.progress import progress_bar
from policy_gate.publishers.publish import publish
from policy_gate.reporters.registry import find_reporter


def main(arguments: argparse.Namespace) -> int:
    """Runs the gate, prints the report and returns the report's exit status."""
    try:
        config = replace(configured(arguments), allow_empty=arguments.allow_empty)
        with progress_bar(sys.stderr) as progress:
            report = run_gate(arguments.paths, config, progress)
    except (ConfigError, AnalyzerError) as error:
        return complain(error)
    find_reporter(arguments.format).write(report, sys.stdout)
    sys.stdout.flush()
    tag = arguments.publish_tag or config.publish.tag
    publish(report, replace(config.publish, tag=tag), arguments.publish)
    return report.exit_status
