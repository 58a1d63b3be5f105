"""`policy-gate merge`: the reports of all shards to one report with one status."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from policy_gate.commands.complaint import complain
from policy_gate.merging import MergeError, Part, merged, part_of
from policy_gate.reporters.json_reader import MAX_BYTES, ReportError, read_report
from policy_gate.reporters.registry import find_reporter
from policy_gate.syntax.source import shown


def main(arguments: argparse.Namespace) -> int:
    """Prints the report of the whole and returns its exit status; 1 where it is not the whole."""
    try:
        parts = [_part(Path(path)) for path in arguments.reports]
        report = merged(parts, allow_empty=arguments.allow_empty)
    except MergeError as error:
        return complain(error)
    find_reporter(arguments.format).write(report, sys.stdout)
    return report.exit_status


def _part(path: Path) -> Part:
    name = shown(path)
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        return part_of(name, read_report(data))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise MergeError(f"cannot read {name}: {reason}") from error
    except ReportError as error:
        raise MergeError(f"{name}: {error}") from error
