"""One run of the gate in a step of GitHub Actions: `python -m policy_gate.github_action`.

Sources: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands and
https://docs.github.com/en/actions/reference/workflows-and-actions/variables
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from tempfile import mkdtemp
from typing import Any

from policy_gate.cli import ERROR, USAGE, main
from policy_gate.github_action.arguments import REPORT, SARIF, arguments_from
from policy_gate.github_action.aws_actions import only_findings_block
from policy_gate.github_action.inputs import VARIABLE, InputError, Inputs, read_inputs

_ANNOTATIONS = "POLICY_GATE_ANNOTATIONS"
"""The variable that tells publishers in which file to leave workflow commands."""

_RESULTS = {0: "passed", 2: "failed", 3: "empty"}
_FAILED = 2


def run_step() -> int:
    """Runs the gate, writes the outputs, and returns the exit status of the step."""
    # A runner reads two streams in no certain order, and then knows not what stops when.
    os.dup2(sys.stdout.fileno(), sys.stderr.fileno())
    folder = Path(mkdtemp(prefix="policy-gate-", dir=os.environ["RUNNER_TEMP"]))
    annotations = folder / "annotations"
    os.environ[_ANNOTATIONS] = str(annotations)
    with _stopped_commands():
        try:
            inputs = read_inputs(os.environ.pop(VARIABLE, ""))
            may_fail = inputs.flag("treat-findings-as-non-blocking")
            status = _gate(inputs, folder)
        except InputError as error:
            print(f"policy-gate: error: {error}", file=sys.stderr)
            may_fail, status = False, USAGE
    if annotations.exists():
        print(annotations.read_text(encoding="utf-8"), end="", flush=True)
    report = _read(folder / REPORT)
    _write_outputs(status, folder, report)
    if may_fail and status == _FAILED and report and only_findings_block(report["results"]):
        return 0
    return status


@contextmanager
def _stopped_commands() -> Iterator[None]:
    """The report quotes templates, so the runner must read no commands in what is printed."""
    token = token_hex(16)
    print(f"::stop-commands::{token}", flush=True)
    try:
        yield
    finally:
        # Also where the last line was left open.
        print(f"\n::{token}::", flush=True)


def _gate(inputs: Inputs, folder: Path) -> int:
    if region := inputs.text("region"):
        os.environ |= {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
    if event := inputs.text("event-file"):
        # Whoever looks for a pull request of a fork gives its event, and that is not trusted.
        os.environ |= {"GITHUB_EVENT_PATH": event, "GITHUB_EVENT_NAME": "pull_request_target"}
    try:
        return main(arguments_from(inputs, folder))
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else ERROR


def _read(report: Path) -> Any:
    """The JSON report, None where the gate wrote none."""
    try:
        return json.loads(report.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None


def _write_outputs(status: int, folder: Path, report: Any) -> None:
    outputs = {"result": _RESULTS.get(status, "error"), "exit-status": str(status)}
    if report:
        outputs |= {"report": str(folder / REPORT), "sarif-file": str(folder / SARIF)}
        outputs |= {name: str(count) for name, count in _counts(report).items()}
    with Path(os.environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in outputs.items())


def _counts(report: Any) -> Mapping[str, int]:
    coverage, results = report["coverage"], report["results"]
    return {
        "policies": coverage["found"],
        "passed": coverage["passed"],
        "failed": coverage["failed"],
        "unknown": coverage["unknown"],
        "not-checked": sum(coverage["not_checked"].values()),
        "errors": coverage["errors"],
        "findings": sum(len(result["findings"]) for result in results),
        "blocking": sum(result["blocking"] for result in results),
    }


if __name__ == "__main__":
    sys.exit(run_step())
