"""Runs the command line as a user does, in this process."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policy_gate.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def report(self) -> Any:
        """The JSON on stdout, of which there is nothing else."""
        return json.loads(self.out)

    def verdicts(self) -> dict[tuple[str, str], str]:
        """The verdict by policy name and check."""
        return {
            (result["policy"]["policy_name"], result["check"]): result["verdict"]
            for result in self.report["results"]
        }

    def findings(self) -> list[tuple[str, int]]:
        """Code and line of each finding."""
        return [
            (finding["code"], finding["locations"][0]["line"])
            for result in self.report["results"]
            for finding in result["findings"]
        ]

    def not_analysed(self) -> list[tuple[str, int | None, str]]:
        """File, line and message of what was not analysed."""
        return [
            (result["policy"]["file"], (result["location"] or {}).get("line"), result["message"])
            for result in self.report["results"]
            if result["reason"] == "not-analysed"
        ]


def gate(*arguments: str | Path) -> Ran:
    """`policy-gate` with these arguments, in the working directory."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
    return Ran(status, out.getvalue(), err.getvalue())


def gate_json(*arguments: str | Path) -> Ran:
    """The same with a JSON report."""
    return gate(*arguments, "--format", "json")


def template(*statements: object, parameters: object = None) -> str:
    """A template with one identity policy named `app`, as JSON text."""
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    content = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": parameters or {},
        "Resources": {
            "Policy": {
                "Type": "AWS::IAM::Policy",
                "Properties": {
                    "PolicyName": "app",
                    "Roles": ["someone"],
                    "PolicyDocument": document,
                },
            }
        },
    }
    return json.dumps(content, indent=1)


def allow(action: object, resource: object = "*", **elements: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **elements}
