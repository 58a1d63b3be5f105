"""Publishes a report, after the verdict and without any say in it."""

from __future__ import annotations

import sys

from policy_gate.fault import fault
from policy_gate.model import GateReport
from policy_gate.publishers.interface import PublishSettings
from policy_gate.publishers.registry import find_publisher, recognised_platform
from policy_gate.reporters.visible import visible

NOWHERE = "none"


def publish(report: GateReport, settings: PublishSettings, platform: str | None) -> None:
    """Publishes on the platform, or on the one that the job runs on. Raises nothing.

    What was not published is told on stderr, in one line.
    """
    name = platform or recognised_platform()
    if name is None or name == NOWHERE:
        return
    try:
        problems = find_publisher(name).publish(report, settings)
    except Exception as error:  # noqa: BLE001 - publishing must not change the exit status
        problems = [f"internal error, please report it: {fault(error)}"]
    if problems:
        message = visible("; ".join(problems), sys.stderr.encoding or "utf-8")
        print(f"policy-gate: warning: not published on {name}: {message}", file=sys.stderr)
