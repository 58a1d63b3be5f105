"""The baseline of a run: which, and how it is written."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

from policy_gate.accepting.baseline import Baseline, findings_of, write_baseline
from policy_gate.config.gate import BASE, GateConfig
from policy_gate.config.section import ConfigError
from policy_gate.model import GateReport, ReasonCode, Verdict
from policy_gate.reporters.visible import visible
from policy_gate.syntax.source import shown


def with_baseline(config: GateConfig, named: str | None, to_write: str | None) -> GateConfig:
    """The configuration with the baseline that the command line names, or is to write."""
    if to_write:
        baseline = Baseline(shown(Path(to_write)), holds_everything=True)
        return replace(config, baseline=baseline, baseline_of_base=False)
    if named is None:
        return config
    is_base = named == BASE
    return replace(
        config, baseline=None if is_base else config.located(named), baseline_of_base=is_base
    )


def written(report: GateReport, path: Path) -> None:
    """Writes what the run found, and says what cannot be in a baseline. Raises ConfigError."""
    findings = findings_of(report)
    try:
        write_baseline(path, findings)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"cannot write the baseline {shown(path)}: {reason}") from error
    message = f"{shown(path)}: {len(findings)} findings written{_left_out(report)}"
    print(f"policy-gate: {visible(message, sys.stderr.encoding or 'utf-8')}", file=sys.stderr)


def _left_out(report: GateReport) -> str:
    """What the run has besides, as `; not in it: 2 errors, 1 waived`."""
    counts = Counter[str]()
    for result in report.results:
        counts["with an ERROR"] += result.verdict is Verdict.ERROR
        counts["not analysed"] += result.reason is ReasonCode.NOT_ANALYSED
        undecided = result.verdict is Verdict.UNKNOWN
        if result.is_sensitive:
            counts["about sensitive policies"] += len(result.findings) + undecided
    counts["waived"] = report.waived
    listed = ", ".join(f"{number} {name}" for name, number in counts.items() if number)
    return f"; not in it: {listed}" if listed else ""
