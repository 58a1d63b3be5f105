"""Runs in shards, as the tests of them make them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from tests.command_line import allow, gate, gate_json, template

GOOD = template(allow("s3:GetObject", "arn:aws:s3:::data/*"))
BAD = template(allow("iam:CreateUser"))


def write(name: str, text: str = GOOD) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def nesting(child: str) -> str:
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": child}}
    return json.dumps({"Resources": {"Child": stack}})


def shards(count: int, *arguments: str) -> list[Path]:
    """The files with the reports of all shards of a run."""
    reports = []
    for number in range(1, count + 1):
        ran = gate_json("run", *arguments, "--shard", f"{number}/{count}")
        assert ran.err == ""
        reports.append(Path(f"../report-{number}.json"))
        reports[-1].write_text(ran.out)
    return reports


def checked(reports: Iterable[Path]) -> list[set[str]]:
    """The files that each report is about."""
    return [
        {result["policy"]["file"] for result in json.loads(report.read_text())["results"]}
        for report in reports
    ]


def refused(*reports: str | Path) -> str:
    """Why nothing is made of the reports."""
    ran = gate("merge", *reports)
    assert (ran.status, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 1
    return ran.err


def changed(report: Path, **values: object) -> Path:
    """A copy of a report with other values in its `shard`."""
    root = json.loads(report.read_text())
    root["shard"].update(values)
    copy = Path("../changed.json")
    copy.write_text(json.dumps(root))
    return copy
