"""`policy-gate diff` lists every action that is added or removed, and its status says whether."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_gate.catalog.iam_data import catalog
from tests.command_line import Ran, gate
from tests.revisions.test_base import allow, deny, role, template


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, *statements: dict[str, Any]) -> str:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    return name


def diff(*arguments: str) -> Ran:
    return gate("diff", "--format", "json", *arguments)


def test_every_action_of_everything_is_listed() -> None:
    one = write("one.json", allow("s3:GetObject", "arn:aws:s3:::b/*"))
    ran = diff(one, write("all.json", allow("*")))
    assert ran.status == 2
    assert ran.report.keys() == {"added", "removed", "undecided"}
    every = {name for service in catalog().services() for name in catalog().action_names(service)}
    assert {item["action"] for item in ran.report["added"]} == every
    assert ran.report["removed"] == ran.report["undecided"] == []
    first = ran.report["added"][0]
    assert first.keys() == {"action", "access_level", "statementIndex", "witness"}
    assert first["statementIndex"] == 0
    levels = {item["access_level"] for item in ran.report["added"]}
    assert levels == {"List", "Read", "Write", "Tagging", "Permissions management"}


def test_nothing_that_is_added_is_status_0() -> None:
    one, two = write("one.json", allow("s3:*")), write("two.json", allow("s3:Get*"))
    ran = diff(one, two)
    assert ran.status == 0
    assert ran.report["added"] == []
    assert "s3:PutObject" in {item["action"] for item in ran.report["removed"]}
    assert diff(one, one).report == {"added": [], "removed": [], "undecided": []}


def test_what_is_undecided_is_status_2() -> None:
    odd = {"StringMatches": {"aws:PrincipalTag/team": "x"}}
    ran = diff(write("one.json"), write("two.json", allow("s3:GetObject", Condition=odd)))
    assert ran.status == 2
    assert ran.report["added"] == []
    assert ran.report["undecided"][0]["actions"] == ["s3:GetObject"]


def test_a_deny_that_is_gone() -> None:
    one = write("one.json", allow("s3:*"), deny("s3:DeleteBucket"))
    ran = diff(one, write("two.json", allow("s3:*")))
    assert [item["action"] for item in ran.report["added"]] == ["s3:DeleteBucket"]
    assert ran.report["added"][0]["noLongerDeniedBy"] == 1


def test_lines_of_yaml_policies_and_words() -> None:
    one = write("one.json", allow("dynamodb:GetItem"))
    Path("two.yaml").write_text(
        'Version: "2012-10-17"\nStatement:\n  - Effect: Allow\n'
        "    Action: [dynamodb:GetItem, dynamodb:DeleteTable]\n    Resource: '*'\n"
    )
    ran = gate("diff", one, "two.yaml")
    assert ran.status == 2
    told = " ".join(ran.out.split())
    assert "DynamoDB: +DeleteTable (write) on every table, statement 0, two.yaml:3" in told


@pytest.mark.parametrize("options", [(), ("--policy-type", "resource")])
def test_policies_that_name_principals_are_those_of_resources(options: tuple[str, ...]) -> None:
    account = {"Principal": {"AWS": "111122223333"}}
    one = write("one.json", allow("s3:GetObject", **account))
    two = write("two.json", allow("s3:GetObject", Principal="*"))
    ran = diff(one, two, *options)
    assert ran.report["added"][0]["witness"]["principal"] == "*"
    assert diff(one, two, "--policy-type", "identity").status == 1


def test_templates_and_folders_are_compared_policy_by_policy() -> None:
    for side, names in (("old", ["s3:GetObject"]), ("new", ["s3:GetObject", "s3:PutObject"])):
        (Path(side) / "in").mkdir(parents=True)
        (Path(side) / "in" / "t.json").write_text(template(role(allow(names))))
    for old, new in (("old", "new"), ("old/in/t.json", "new/in/t.json")):
        ran = diff(old, new)
        assert ran.status == 2
        (only,) = ran.report["policies"]
        assert only["policy"]["policy_name"] == "inline"
        assert only["moved_from"] is None
        assert [item["action"] for item in only["added"]] == ["s3:PutObject"]
        assert diff(new, old).status == 0


def test_plans_are_compared_by_what_they_lead_to() -> None:
    def plan(name: str, action: str) -> str:
        document = json.dumps({"Statement": [allow(action)]})
        resource = {
            "address": "aws_iam_policy.p",
            "mode": "managed",
            "type": "aws_iam_policy",
            "name": "p",
            "change": {
                "actions": ["create"],
                "before": None,
                "after": {"policy": document},
                "after_unknown": {},
            },
        }
        content = {"format_version": "1.2", "resource_changes": [resource]}
        Path(name).write_text(json.dumps(content))
        return name

    ran = diff(plan("one.json", "s3:GetObject"), plan("two.json", "s3:PutObject"))
    (only,) = ran.report["policies"]
    assert [item["action"] for item in only["added"]] == ["s3:PutObject"]
    assert [item["action"] for item in only["removed"]] == ["s3:GetObject"]


def test_what_could_not_be_read_is_undecided() -> None:
    Path("one.json").write_text(template(role(allow("s3:GetObject"))))
    Path("two.json").write_text('{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {')
    assert diff("one.json", "two.json").status == 2
    assert diff("two.json", "one.json").status == 2


@pytest.mark.parametrize(
    ("content", "status", "message"),
    [
        (None, 1, "cannot read two.json"),
        ('{"Statement": [{"Effect": "Allow", "Action": 7, "Resource": "*"}]}', 1, "two.json:1:"),
        ('{"Statement": [{"Effect": "Maybe"}]}', 1, "Effect must be Allow or Deny"),
        ('{"Resources": {}}', 64, "one.json is a policy and the other is none"),
    ],
)
def test_what_cannot_be_compared_is_said(content: str | None, status: int, message: str) -> None:
    one = write("one.json", allow("s3:GetObject"))
    if content is not None:
        Path("two.json").write_text(content)
    ran = diff(one, "two.json")
    assert ran.status == status
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_folders_without_policies() -> None:
    Path("one").mkdir()
    Path("two").mkdir()
    assert diff("one", "two").status == 3
