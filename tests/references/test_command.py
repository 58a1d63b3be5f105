"""`policy-gate test-references` on references of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import gate

DENY = {"Sid": "NoUsers", "Effect": "Deny", "Action": "iam:CreateUser", "Resource": "*"}
ANYTHING = {"Sid": "Rest", "Effect": "Allow", "Action": "*", "Resource": "*"}
META = "description: no users\napplies-to: [identity]\n"


def policy(*statements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def granting(*actions: str) -> str:
    return policy({"Effect": "Allow", "Action": actions, "Resource": "*"})


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    put("policy.json", policy(ANYTHING, DENY))
    put("meta.yml", META)
    put("pass/reads.json", granting("iam:Get*"))
    put("fail/creates.json", granting("iam:Create*"))


def put(name: str, text: str, folder: str = "references/no-users") -> None:
    path = Path(folder, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("path", ["references", "references/no-users"])
def test_it_says_which_statement_decides(path: str) -> None:
    ran = gate("test-references", path)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        "PASSED  no-users (identity): 1 passed and 1 failed as expected",
        "  ok: pass/reads.json PASS: statement 0 (Rest) allows it",
        (
            "  ok: fail/creates.json FAIL: statement 1 (NoUsers) denies it. The identity can call"
            " iam:CreateUser on arn:aws:iam::111122223333:role/example"
        ),
        "PASSED: 1 reference, 2 of 2 examples as expected",
    ]
    assert gate("test-references", path).out == ran.out


def test_it_says_so_in_json() -> None:
    (reference,) = gate("test-references", "references", "--format", "json").report["references"]
    reads, creates = reference["examples"]
    assert (reference["name"], reference["status"]) == ("no-users", "passed")
    assert reads["decided_by"]["effect"] == "Allow"
    assert creates["decided_by"]["sid"] == "NoUsers"
    assert creates["witness"]["action"] == "iam:CreateUser"
    assert creates["example_statement"] == 0


def test_a_list_of_actions_says_which_line_decides() -> None:
    Path("references/no-users/policy.json").unlink()
    put("actions.txt", "# users\niam:CreateUser  # one more\n")
    ran = gate("test-references", "references")
    assert ran.status == 0
    assert "fail/creates.json FAIL: line 2 (iam:CreateUser) lists it" in ran.out


@pytest.mark.parametrize(
    ("name", "text", "status", "message"),
    [
        ("pass/creates.json", granting("iam:*"), 2, "EXPECTED PASS: pass/creates.json FAIL"),
        ("fail/reads.json", granting("iam:Get*"), 2, "EXPECTED FAIL: fail/reads.json PASS"),
        ("policy.json", policy(ANYTHING), 2, "allows everything, so that no policy can fail"),
        ("policy.json", policy(DENY), 2, "allows nothing, so that no access can pass"),
        ("policy.json", policy(ANYTHING, {**DENY, "Action": "iam:CreateUsr"}), 2,
         'did you mean "iam:CreateUser"?'),
        ("policy.json", "{}", 1, "references/no-users/policy.json:1:1: not a policy document"),
        ("policy.json", "[", 1, "references/no-users/policy.json:1:"),
        ("policy.json", "{{ 9 ** 9 ** 9 }}", 1, "arithmetic is not for reference policies"),
        ("meta.yml", "applies-to: [identity]\n", 1, "the key 'description' is missing"),
        ("actions.txt", "iam:CreateUser\n", 1, "two references: keep one"),
        ("pass/none.json", "{\n]", 1, "references/no-users/pass/none.json:2:1"),
        ("pass/none.json", policy({**ANYTHING, "Principal": "*"}), 1, "has no Principal"),
    ],
)  # fmt: skip
def test_what_is_not_as_it_should_be(name: str, text: str, status: int, message: str) -> None:
    put(name, text)
    for file, content in (("policy.json", policy(ANYTHING, DENY)), ("meta.yml", META)):
        put(file, content, "references/other")
    put("pass/reads.json", granting("iam:Get*"), "references/other")
    put("fail/creates.json", granting("iam:Create*"), "references/other")

    ran = gate("test-references", "references")

    assert ran.status == status
    assert message in ran.out
    # One that is broken does not keep the others from being tested.
    assert "PASSED  other" in ran.out


@pytest.mark.parametrize("kind", ["pass", "fail"])
def test_a_reference_without_examples_is_not_green(kind: str) -> None:
    next(Path("references/no-users", kind).iterdir()).unlink()
    ran = gate("test-references", "references")
    assert ran.status == 2
    assert f"there is no example in {kind}/" in ran.out


def test_there_is_nothing_to_test() -> None:
    Path("empty").mkdir()
    assert gate("test-references", "empty").status == 3
    missing = gate("test-references", "missing")
    assert (missing.status, missing.out) == (1, "")
    assert "cannot read missing" in missing.err
    assert gate("test-references", "references/no-users/policy.json").status == 1
    assert gate("test-references", "a", "b").status == 64


def test_names_of_files_cannot_forge_a_report() -> None:
    put("pass/\x1b[31m\n::error::x.json", granting("iam:Get*"))
    out = gate("test-references", "references").out
    assert "\x1b" not in out
    assert "\n::error" not in out
