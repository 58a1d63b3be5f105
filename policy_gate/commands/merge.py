"""`policy-gate merge`: the reports of all shards to one report with one status."""

from __future__ import annotations

import argparse
from pathlib import Path

from policy_gate.commands.complaint import complain
from policy_gate.commands.reports import Reports, remove_reports
from policy_gate.config.gate import default_config
from policy_gate.config.section import ConfigError
from policy_gate.reporters.json_reader import MAX_BYTES, ReportError, read_report
from policy_gate.shards.merging import MergeError, Part, merged, part_of
from policy_gate.syntax.source import shown


def main(arguments: argparse.Namespace) -> int:
    """Prints the report of the whole and returns its exit status; 1 where it is not the whole."""
    try:
        reports = Reports.of(arguments, default_config())
        parts = [_part(Path(path)) for path in arguments.reports]
        report = merged(parts, allow_empty=arguments.allow_empty)
    except (MergeError, ConfigError) as error:
        remove_reports(arguments.report)
        return complain(error)
    return report.exit_status if reports.write(report) else 1


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
