"""`policy-gate extract`: print the policies found in the paths."""

from __future__ import annotations

import argparse
import sys

from policy_gate.analyzers.interface import AnalyzerError
from policy_gate.analyzers.registry import make_analyzer
from policy_gate.commands.complaint import complain
from policy_gate.commands.configuration import configured
from policy_gate.config.section import ConfigError
from policy_gate.executors.registry import workers_of
from policy_gate.inputs import extract_inputs, find_inputs
from policy_gate.model import Extraction, ReasonCode
from policy_gate.reporters.extraction import write_console, write_json


def main(arguments: argparse.Namespace) -> int:
    """Prints what was found; the exit status says whether everything could be read."""
    try:
        config = configured(arguments)
        analyzer, _ = make_analyzer(config.analyzer, config.embedded, config.aws)
    except (ConfigError, AnalyzerError) as error:
        return complain(error)
    with workers_of("local") as workers:
        found = extract_inputs(find_inputs(arguments.paths, config), config, analyzer, workers)
    write = write_json if arguments.format == "json" else write_console
    write(found, sys.stdout)
    return _exit_status(found)


def _exit_status(found: Extraction) -> int:
    if found.unreadable:
        return 1
    if any(item.reason is ReasonCode.NOT_ANALYSED for item in found.not_checked):
        return 2
    return 0 if found.policies else 3
