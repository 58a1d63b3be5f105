"""A plan says itself what was before it; a cloud assembly is compared with that of the base."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.repositories import Repository
from tests.revisions.test_base import CONFIGURATION, actions, allow, compared, deny, run

DATA = Path(__file__).parents[1] / "data"
OF_PLANS = f"{CONFIGURATION}new-access: inform\n"


def change(kind: str, name: str, before: Any, after: Any, **others: Any) -> dict[str, Any]:
    what = {(False, True): ["create"], (True, False): ["delete"], (True, True): ["update"]}
    return {
        "address": f"{kind}.{name}",
        "mode": "managed",
        "type": kind,
        "name": name,
        "change": {
            "actions": what[before is not None, after is not None],
            "before": before,
            "after": after,
            "after_unknown": {},
            "before_sensitive": others.pop("before_sensitive", {}),
            "after_sensitive": others.pop("after_sensitive", {}),
            **others,
        },
    }


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return {"name": "p", "policy": json.dumps(document)}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in no repository."""
    (tmp_path / ".policy-gate.yml").write_text(OF_PLANS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def of_plan(folder: Path, *changes: dict[str, Any]) -> dict[str, Any]:
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {}},
        "resource_changes": list(changes),
        "configuration": {"root_module": {}},
    }
    (folder / "plan.json").write_text(json.dumps(plan))
    found: dict[str, Any] = run("plan.json").report["comparison"]
    return found


def test_an_update_is_compared_with_what_was_there(folder: Path) -> None:
    before, after = policy(allow("s3:GetObject")), policy(allow(["s3:GetObject", "s3:PutObject"]))
    found = of_plan(folder, change("aws_iam_policy", "p", before, after))
    assert found["base"] == "what the plan says was there before"
    assert actions(found) == ["s3:PutObject"]
    assert of_plan(folder, change("aws_iam_policy", "p", after, after))["changes"] == []


def test_what_is_created_is_compared_with_nothing(folder: Path) -> None:
    found = of_plan(folder, change("aws_iam_policy", "p", None, policy(allow("s3:GetObject"))))
    assert found["changes"][0]["kind"] == "new"
    assert actions(found) == ["s3:GetObject"]


def test_what_is_deleted_is_removed_and_its_denies_are_added(folder: Path) -> None:
    before = policy(allow("s3:GetObject"), deny("iam:PassRole"))
    found = of_plan(folder, change("aws_iam_policy", "p", before, None))
    assert found["changes"][0]["kind"] == "removed"
    assert actions(found, "removed") == ["s3:GetObject"]
    assert actions(found) == ["iam:PassRole"]


def test_what_is_forgotten_stays(folder: Path) -> None:
    gone = change("aws_iam_policy", "p", policy(deny("iam:PassRole")), None)
    gone["change"]["actions"] = ["forget"]
    assert of_plan(folder, gone)["changes"] == []


def test_a_boundary_that_is_taken_away_is_added_access(folder: Path) -> None:
    trust = json.dumps({"Statement": []})
    before = {"assume_role_policy": trust, "permissions_boundary": "arn:aws:iam::1:policy/b"}
    found = of_plan(folder, change("aws_iam_role", "r", before, {"assume_role_policy": trust}))
    (lifted,) = (item["lifted"] for item in found["changes"])
    assert "what it kept out is allowed again" in lifted


def test_a_boundary_that_is_exchanged_is_undecided(folder: Path) -> None:
    trust = json.dumps({"Statement": []})
    before, after = (
        {"assume_role_policy": trust, "permissions_boundary": f"arn:aws:iam::1:policy/{name}"}
        for name in "bc"
    )
    found = of_plan(folder, change("aws_iam_role", "r", before, after))
    (only,) = found["changes"]
    assert (
        "was arn:aws:iam::1:policy/b and is arn:aws:iam::1:policy/c"
        in (only["undecided"][0]["message"])
    )


def test_a_plan_counts_where_a_revision_is_missing(folder: Path) -> None:
    found = change("aws_iam_policy", "p", None, policy(allow("s3:GetObject")))
    of_plan(folder, found)
    assert actions(compared("plan.json")) == ["s3:GetObject"]


@pytest.mark.parametrize(("arn", "count"), [("AdministratorAccess", 10_000), ("Other", 0)])
def test_what_was_attached_before_is_not_new(folder: Path, arn: str, count: int) -> None:
    attached = {"role": "r", "policy_arn": f"arn:aws:iam::aws:policy/{arn}"}
    kind = "aws_iam_role_policy_attachment"
    assert of_plan(folder, change(kind, "a", attached, attached))["changes"] == []
    found = of_plan(folder, change(kind, "a", None, attached))
    assert len(actions(found)) >= count
    assert count or found["changes"][0]["undecided"]


def test_a_sensitive_policy_tells_only_that_it_adds_something(folder: Path) -> None:
    before, after = policy(allow("s3:GetObject")), policy(allow("secretsmanager:*"))
    marks = {"before_sensitive": {"policy": True}, "after_sensitive": {"policy": True}}
    found = of_plan(folder, change("aws_iam_policy", "p", before, after, **marks))
    (only,) = found["changes"]
    assert only["added"] == only["removed"] == []
    assert "marked sensitive" in only["undecided"][0]["message"]
    assert "secretsmanager" not in (json.dumps(found))


def test_a_plan_needs_no_revision_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Repository(tmp_path)
    repository.write(".policy-gate.yml", CONFIGURATION)
    repository.commit("first")
    monkeypatch.chdir(tmp_path)
    found = change(
        "aws_iam_policy", "p", policy(allow("s3:GetObject")), policy(allow("s3:PutObject"))
    )
    of_plan(tmp_path, found)
    assert actions(compared("plan.json")) == ["s3:PutObject"]


def test_a_cloud_assembly_is_compared_with_that_of_the_base(folder: Path) -> None:
    shutil.copytree(DATA / "cdk-app" / "cdk.out", folder / "cdk.out")
    shutil.copytree(DATA / "cdk-app" / "cdk.out", folder / "before.out")
    same = run("cdk.out", "--base", "before.out").report["comparison"]
    assert same["base"] == "the assembly in before.out"
    assert same["changes"] == []
    assert same["unchanged"] > 0
    for file in (folder / "cdk.out").rglob("*.template.json"):
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("s3:GetObject*", "s3:*"), encoding="utf-8")
    found = run("cdk.out", "--base", "before.out").report["comparison"]
    assert "s3:DeleteBucket" in actions(found)
    assert actions(found, "removed") == []
