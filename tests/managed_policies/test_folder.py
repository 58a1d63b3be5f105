"""Documents of managed policies in a folder that the configuration names."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from policy_gate.managed_policies import folder
from policy_gate.managed_policies.folder import DocumentFolder
from policy_gate.managed_policies.interface import NoDocumentError
from policy_gate.model import ReasonCode
from tests.command_line import allow, gate, gate_json

DOCUMENT = {"Version": "2012-10-17", "Statement": [allow("iam:CreateUser")]}
TEMPLATE = """\
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      ManagedPolicyArns:
        - arn:aws:iam::aws:policy/AmazonS3FullAccess
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("managed").mkdir()


def write(name: str, content: object = DOCUMENT) -> None:
    path = Path("managed", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))


def has(arn: str) -> bool:
    return DocumentFolder(Path("managed")).document(arn) is not None


def refusal() -> str:
    with pytest.raises(NoDocumentError) as error:
        DocumentFolder(Path("managed")).document("arn:aws:iam::aws:policy/A")
    assert error.value.code is ReasonCode.NOT_ANALYSED
    return str(error.value)


def run(extra: str = "") -> None:
    Path("t.yaml").write_text(TEMPLATE)
    Path(".policy-gate.yml").write_text(
        "checks: {access-not-granted: {actions: ['iam:CreateUser']}}\n"
        f"managed-policy-documents: managed\n{extra}"
    )


@pytest.mark.parametrize(
    "content",
    [DOCUMENT, {"PolicyVersion": {"Document": DOCUMENT, "VersionId": "v1"}}],
)
def test_a_finding_points_at_the_attachment(content: object) -> None:
    write("AmazonS3FullAccess.json", content)
    run()

    ran = gate_json("run", "t.yaml")

    assert (ran.status, ran.findings()) == (2, [("CHECK_ACCESS_NOT_GRANTED", 6)])
    assert ran.report["coverage"]["found"] == 1


def test_the_folder_stands_beside_the_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    write("AmazonS3FullAccess.json")
    run()
    Path("deep").mkdir()
    monkeypatch.chdir("deep")

    ran = gate_json("run", "../t.yaml", "--config", "../.policy-gate.yml")

    assert ran.findings() == [("CHECK_ACCESS_NOT_GRANTED", 6)]


def test_extract_prints_the_document() -> None:
    write("AmazonS3FullAccess.json")
    run()
    (policy,) = gate_json("extract", "t.yaml").report["policies"]
    assert policy["document"] == DOCUMENT


def test_no_file_stands_in_for_a_bundled_document() -> None:
    write("AdministratorAccess.json", {"Statement": []})
    run()
    with Path("t.yaml").open("a") as file:
        file.write("        - arn:aws:iam::aws:policy/AdministratorAccess\n")

    assert gate_json("run", "t.yaml").findings() == [("CHECK_ACCESS_NOT_GRANTED", 7)]


def test_without_the_file_the_message_says_what_to_do() -> None:
    run("managed-policies: block\n")

    ran = gate_json("run", "t.yaml")

    assert ran.status == 2
    (result,) = ran.report["results"]
    assert result["reason"] == "document-unavailable"
    assert "managed-policy-documents" in result["message"]


@pytest.mark.parametrize(
    ("file", "arn", "expected"),
    [
        ("A.json", "arn:aws:iam::aws:policy/A", True),
        ("A.json", "arn:aws-us-gov:iam::aws:policy/A", True),
        ("A.json", "arn:aws:iam::aws:policy/service-role/A", True),
        ("service-role/A.json", "arn:aws:iam::aws:policy/service-role/A", True),
        ("service-role/A.json", "arn:aws:iam::aws:policy/A", False),
        ("A.txt", "arn:aws:iam::aws:policy/A", False),
        ("B.json", "arn:aws:iam::aws:policy/A", False),
        # A customer's policy may have the name of one that AWS manages.
        ("A.json", "arn:aws:iam::111122223333:policy/A", False),
        ("111122223333/A.json", "arn:aws:iam::111122223333:policy/A", True),
        ("111122223333/A.json", "arn:aws:iam::111122223333:policy/team/A", True),
        ("111122223333/team/A.json", "arn:aws:iam::111122223333:policy/team/A", True),
        ("111122223333/A.json", "arn:aws:iam::aws:policy/A", False),
        ("111122223333/A.json", "arn:aws:iam::444455556666:policy/A", False),
        ("111122223333/A.json", "arn:aws:iam::?:policy/A", False),
        ("A.json", "?", False),
        ("../A.json", "arn:aws:iam::aws:policy/../A", False),
        ("A.json", "arn:aws:iam::aws:policy/../managed/A", True),
        ("A.json", f"arn:aws:iam::aws:policy/{'x' * 5000}/{'y' * 5000}", False),
        ("A.json", "arn:aws:iam::aws:policy//A", False),
        ("A.json", "arn:aws:iam::aws:policy/A\n", False),
    ],
)
def test_a_file_is_named_after_its_policy(file: str, arn: str, expected: bool) -> None:
    write(file)
    assert has(arn) is expected


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "managed/A.json:1:"),
        ('{\n "Statement": [],\n}', "managed/A.json:3:1: "),
        ("[]", "managed/A.json:1:1: a policy document is expected here"),
        ('{"PolicyVersion": 3}', "a policy document is expected here"),
        ('{"PolicyVersion":\n {"Document": "text"}}', "managed/A.json:2:15: a policy document"),
        ("\0", "binary"),
        ("[" * 5000, "managed/A.json:1:"),
        (" " * 1_000_001, "managed/A.json is larger than 1 MB"),
    ],
)
def test_a_file_that_is_no_document_is_named(content: str, message: str) -> None:
    write("A.json", content)
    assert message in refusal()


def test_what_is_wrong_with_a_file_blocks_and_hides_nothing_else() -> None:
    write("AmazonS3FullAccess.json", "{")
    run()
    with Path("t.yaml").open("a") as file:
        file.write("        - arn:aws:iam::aws:policy/AdministratorAccess\n")

    ran = gate_json("run", "t.yaml")

    assert ran.status == 2
    assert ran.findings() == [("CHECK_ACCESS_NOT_GRANTED", 7)]
    ((file_name, line, message),) = ran.not_analysed()
    assert (file_name, line) == ("t.yaml", 6)
    assert "AmazonS3FullAccess is not at hand: managed/AmazonS3FullAccess.json:1:2: " in message


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_folder_that_may_not_be_read_is_named() -> None:
    Path("managed/deep").mkdir(mode=0)
    assert "cannot read the folder managed: Permission denied" in refusal()


def test_a_folder_of_too_many_files_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "MAX_FILES", 2)
    for name in "ABC":
        write(f"{name}.json")
    assert "it holds more than 2 files" in refusal()


@pytest.mark.parametrize("value", ["missing", "t.yaml", '"\\0"', "[managed]"])
def test_a_folder_that_is_none_is_an_error_of_the_configuration(value: str) -> None:
    run()
    Path(".policy-gate.yml").write_text(f"checks: {{}}\nmanaged-policy-documents: {value}\n")

    ran = gate("run", "t.yaml")

    assert ran.status == 1
    assert ".policy-gate.yml:2:1: managed-policy-documents: " in ran.err
