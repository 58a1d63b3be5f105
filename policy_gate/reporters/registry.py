"""The report formats by name. A format's module is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policy_gate.reporters.interface import Reporter

REPORTERS = {
    "console": "policy_gate.reporters.console",
    "concise": "policy_gate.reporters.concise",
    "json": "policy_gate.reporters.json_report",
    "markdown": "policy_gate.reporters.markdown",
    "sarif": "policy_gate.reporters.sarif",
    "junit": "policy_gate.reporters.junit",
    "codequality": "policy_gate.reporters.codequality",
    "html": "policy_gate.reporters.html",
    "cfn-policy-validator": "policy_gate.reporters.cfn_policy_validator",
}


def find_reporter(name: str) -> Reporter:
    """The reporter that `--format` calls `name`. Raises KeyError where there is none."""
    reporter: Reporter = import_module(REPORTERS[name]).REPORTER
    return reporter
