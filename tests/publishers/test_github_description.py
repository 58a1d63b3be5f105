"""The description that judges the other tests does judge."""

from __future__ import annotations

import json

import pytest

from tests.github_description import example, objections
from tests.local_github import NUMBER, REPOSITORY

COMMENTS = f"/repos/{REPOSITORY}/issues/{NUMBER}/comments"
RUNS = f"/repos/{REPOSITORY}/check-runs"
GOOD = json.dumps(example("issue-comment")).encode()


def run(annotations: int) -> bytes:
    one = {
        "path": "a",
        "start_line": 1,
        "end_line": 1,
        "annotation_level": "notice",
        "message": "m",
    }
    output = {"title": "t", "summary": "s", "annotations": [one] * annotations}
    return json.dumps({"name": "n", "head_sha": "a" * 40, "output": output}).encode()


def test_it_has_nothing_against_a_good_call() -> None:
    assert objections("POST", COMMENTS, b'{"body": "x"}', 201, GOOD) == []


@pytest.mark.parametrize(
    ("path", "body", "answer"),
    [
        (COMMENTS, b"{}", GOOD),
        (COMMENTS, b'{"body": "x"}', b'{"id": 1}'),
        (RUNS, run(51), json.dumps(example("check-run")).encode()),
        ("/repos/a/b/no/such/path", b"{}", b"{}"),
    ],
    ids=["a request without a body", "an answer without a node_id", "51 annotations", "a path"],
)
def test_it_objects(path: str, body: bytes, answer: bytes) -> None:
    assert objections("POST", path, body, 201, answer)
