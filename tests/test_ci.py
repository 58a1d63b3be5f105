"""Which jobs are about a change that anyone may have made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policy_gate.ci import is_untrusted_change

GITHUB = ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH")
GITLAB = ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "CI_MERGE_REQUEST_PROJECT_ID")


@pytest.fixture(autouse=True)
def _no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*GITHUB, *GITLAB):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "is_untrusted"),
    [
        ({}, False),
        ({"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "7", "CI_MERGE_REQUEST_PROJECT_ID": "7"}, False),
        ({"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "8", "CI_MERGE_REQUEST_PROJECT_ID": "7"}, True),
        # A fork that is gone has no id.
        ({"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "", "CI_MERGE_REQUEST_PROJECT_ID": "7"}, True),
        ({"CI_MERGE_REQUEST_PROJECT_ID": "7"}, True),
        ({"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "7"}, True),
    ],
    ids=["branch", "own branch", "fork", "fork that is gone", "no source", "no target"],
)
def test_a_merge_request_of_gitlab_from_another_project(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], is_untrusted: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert is_untrusted_change() is is_untrusted


@pytest.mark.parametrize(
    ("name", "event", "is_untrusted"),
    [
        ("push", "{}", False),
        ("pull_request", '{"head": "us/x", "base": "us/x"}', False),
        ("pull_request", '{"head": "them/x", "base": "us/x"}', True),
        ("pull_request_target", '{"head": "them/x", "base": "us/x"}', True),
        ("pull_request", '{"head": null, "base": "us/x"}', True),
        ("pull_request", '{"base": "us/x"}', True),
        ("pull_request", "{}", False),
        ("pull_request", "no JSON", True),
        ("pull_request", "[]", True),
        ("pull_request", None, True),
        ("schedule", None, False),
        ("issue_comment", '{"head": null}', True),
    ],
)
def test_a_pull_request_of_github_from_another_repository(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    event: str | None,
    is_untrusted: bool,
) -> None:
    monkeypatch.setenv("GITHUB_EVENT_NAME", name)
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    if event is not None:
        (tmp_path / "event.json").write_text(with_repositories(event))
    assert is_untrusted_change() is is_untrusted


@pytest.mark.parametrize(
    ("head", "is_untrusted"), [("us/x", False), ("them/x", True), (None, True)]
)
def test_a_workflow_that_runs_after_one_of_a_fork(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, head: str | None, is_untrusted: bool
) -> None:
    run = {"head_repository": {"full_name": head} if head else None}
    event = {"workflow_run": run, "repository": {"full_name": "us/x"}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    monkeypatch.setenv("GITHUB_EVENT_NAME", "workflow_run")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(tmp_path / "event.json"))
    assert is_untrusted_change() is is_untrusted


def with_repositories(event: str) -> str:
    """The event as GitHub sends it; of a repository that is gone there is null."""
    try:
        sides = json.loads(event)
    except ValueError:
        return event
    if not isinstance(sides, dict):
        return event
    repositories = {
        side: {"repo": {"full_name": name} if name else None} for side, name in sides.items()
    }
    return json.dumps({"pull_request": repositories})
