"""In a pull request the base is found by itself; where it is not, that is said."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.repositories import Repository
from tests.revisions.test_base import BLOCKING, CONFIGURATION, actions, allow, role, run, template


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    """`main` with a commit since `change` left it, `change`, and their merge as `merged`."""
    made = Repository(tmp_path / "origin")
    made.git("config", "uploadpack.allowAnySHA1InWant", "true")
    made.write(".policy-gate.yml", CONFIGURATION)
    made.write("t.json", template(role(allow("dynamodb:GetItem"))))
    made.write("other.json", template(role(allow("s3:GetObject"), name="Other")))
    made.commit("first")
    made.git("checkout", "-q", "-b", "change")
    made.write("t.json", template(role(allow(["dynamodb:GetItem", "dynamodb:PutItem"]))))
    made.commit("change")
    made.git("checkout", "-q", "main")
    made.write("other.json", template(role(allow("s3:*"), name="Other")))
    made.commit("meanwhile")
    made.git("checkout", "-q", "-b", "merged")
    made.git("merge", "-q", "--no-edit", "change")
    made.git("checkout", "-q", "main")
    return made


def event(tmp_path: Path, content: object, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(content))
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(path))


def github(monkeypatch: pytest.MonkeyPatch, commit: str, name: str = "pull_request") -> None:
    monkeypatch.setenv("GITHUB_EVENT_NAME", name)
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    monkeypatch.setenv("GITHUB_REF", "refs/pull/7/merge")
    monkeypatch.setenv("GITHUB_SHA", commit)


def comparison(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = run(*arguments).report["comparison"]
    return found


@pytest.mark.parametrize("depth", ["--depth=2", "--no-single-branch"])
def test_github_merges_the_change_itself(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, depth: str
) -> None:
    """Its first parent is the base, also where the event is older than that."""
    clone = origin.clone(tmp_path / "clone", "--branch", "merged", depth)
    github(monkeypatch, clone.git("rev-parse", "HEAD"))
    event(tmp_path, {"pull_request": {"base": {"sha": "0" * 40}}}, monkeypatch)
    monkeypatch.chdir(clone.folder)
    found = comparison()
    assert actions(found) == ["dynamodb:PutItem"]
    assert found["base"].startswith("main (")


@pytest.mark.parametrize("has_event", [True, False])
def test_the_head_of_a_pull_request_of_github(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_event: bool
) -> None:
    clone = origin.clone(tmp_path / "clone", "--branch", "change")
    github(monkeypatch, origin.git("rev-parse", "merged"))
    content = {"pull_request": {"base": {"sha": origin.git("rev-parse", "main")}}}
    event(tmp_path, content if has_event else {"pull_request": {}}, monkeypatch)
    monkeypatch.chdir(clone.folder)
    assert actions(comparison()) == ["dynamodb:PutItem"]


def test_a_merge_queue_of_github(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = origin.clone(tmp_path / "clone", "--branch", "merged")
    monkeypatch.setenv("GITHUB_EVENT_NAME", "merge_group")
    event(tmp_path, {"merge_group": {"base_sha": origin.git("rev-parse", "main")}}, monkeypatch)
    monkeypatch.chdir(clone.folder)
    assert actions(comparison()) == ["dynamodb:PutItem"]


def test_a_shallow_clone_is_said_and_an_error_where_it_has_to_be(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = origin.clone(tmp_path / "clone", "--branch", "merged", "--depth=1")
    github(monkeypatch, clone.git("rev-parse", "HEAD"))
    event(
        tmp_path, {"pull_request": {"base": {"sha": origin.git("rev-parse", "main")}}}, monkeypatch
    )
    monkeypatch.chdir(clone.folder)
    informing = run()
    assert informing.status == 0
    assert informing.report["comparison"] is None
    assert any(
        note.startswith("What this change adds cannot be told: ") and "fetch-depth: 0" in note
        for note in informing.report["notes"]
    )
    clone.write(".policy-gate.yml", BLOCKING)
    blocking = run()
    assert blocking.status == 1
    assert "fetch-depth: 0" in blocking.report["comparison"]["error"]


@pytest.mark.parametrize(
    ("branch", "variables"),
    [
        ("change", {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "main~1"}),
        (
            "change",
            {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "main~1", "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": ""},
        ),
        # A pipeline for the result of the merge.
        (
            "merged",
            {
                "CI_MERGE_REQUEST_DIFF_BASE_SHA": "main~1",
                "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": "main",
            },
        ),
        ("change", {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": ""}),
    ],
)
def test_a_merge_request_of_gitlab(
    origin: Repository,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    branch: str,
    variables: dict[str, str],
) -> None:
    clone = origin.clone(tmp_path / "clone", "--branch", branch)
    monkeypatch.setenv("CI_MERGE_REQUEST_IID", "7")
    monkeypatch.setenv("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")
    for name, value in variables.items():
        known = origin.git("rev-parse", value) if value and name.endswith("_SHA") else value
        if known or name.endswith("_SHA"):
            monkeypatch.setenv(name, known)
    monkeypatch.chdir(clone.folder)
    assert actions(comparison()) == ["dynamodb:PutItem"]


def test_a_pull_request_of_codebuild(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = origin.clone(tmp_path / "clone", "--branch", "change")
    monkeypatch.setenv("CODEBUILD_WEBHOOK_EVENT", "PULL_REQUEST_UPDATED")
    monkeypatch.setenv("CODEBUILD_WEBHOOK_BASE_REF", "refs/heads/main")
    monkeypatch.chdir(clone.folder)
    assert actions(comparison()) == ["dynamodb:PutItem"]


def test_a_push_is_compared_with_nothing(
    origin: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    github(monkeypatch, origin.git("rev-parse", "HEAD"), "push")
    monkeypatch.chdir(origin.folder)
    assert run().report["comparison"] is None


def test_what_is_named_goes_before_the_pull_request(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = origin.clone(tmp_path / "clone", "--branch", "merged")
    github(monkeypatch, clone.git("rev-parse", "HEAD"))
    monkeypatch.chdir(clone.folder)
    found = comparison("--base", origin.git("rev-parse", "main~1"))
    assert "s3:PutObject" in actions(found)


def test_no_folder_of_the_change_passes_for_its_base(
    origin: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cloud assembly that is called like the branch, in a clone that does not have the branch."""
    manifest = {"version": "36.0.0", "artifacts": {"a": {"type": "aws:cloudformation:stack"}}}
    origin.git("checkout", "-q", "change")
    origin.write("release/manifest.json", json.dumps(manifest))
    origin.commit("forged")
    clone = origin.clone(tmp_path / "clone", "--branch", "change", "--depth=1")
    monkeypatch.chdir(clone.folder)
    ran = run("--base", "release")
    assert ran.status == 1
    assert "there is no revision 'release'" in ran.out
