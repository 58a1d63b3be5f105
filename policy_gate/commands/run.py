"""`policy-gate run`: check every policy found in the paths."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace

from policy_gate.analyzers.interface import AnalyzerError
from policy_gate.analyzers.registry import make_analyzer
from policy_gate.commands.configuration import complain, configured
from policy_gate.config_section import ConfigError
from policy_gate.inputs import extract_inputs, find_inputs
from policy_gate.reporters.registry import find_reporter
from policy_gate.runner import run_checks


def main(arguments: argparse.Namespace) -> int:
    """Runs the gate, prints the report and returns the report's exit status."""
    try:
        config = replace(configured(arguments), allow_empty=arguments.allow_empty)
        inputs = find_inputs(arguments.paths, config)
        analyzer, reason = make_analyzer(config.analyzer)
    except (ConfigError, AnalyzerError) as error:
        return complain(error)
    config = replace(config, notes=(*config.notes, *inputs.notes))
    report = run_checks(extract_inputs(inputs, config), config, analyzer, reason)
    find_reporter(arguments.format).write(report, sys.stdout)
    return report.exit_status
