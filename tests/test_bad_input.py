"""Any bytes as input: one clear message with file and line, and the right status."""

from __future__ import annotations

import codecs
import io
import json
import os
import zipfile
from pathlib import Path
from typing import Any

import pytest

from policy_gate.extractors.files import MAX_BYTES
from tests.command_line import allow, gate, gate_json, template
from tests.extractors.terraform.small_plans import SECRET, text

GOOD = template(allow("s3:GetObject", "arn:aws:s3:::bucket/*"))
HEAD = 'AWSTemplateFormatVersion: "2010-09-09"\nResources:\n'
ALIAS_BOMB = (
    HEAD
    + "  Bomb:\n    Type: AWS::IAM::Policy\n    Properties:\n"
    + "      a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"      a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n"
        for level in range(1, 12)
    )
)
ROLE = """
  Role:
    Type: AWS::IAM::Role
    Properties:
"""

# Content of `bad.yaml`, the line of the message, and what it says.
NOT_ANALYSED: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 1, "empty"),
    "blank": (b"\n\n# nothing\n", 1, "empty"),
    "binary": (b"\x7fELF\0\0\0Resources:", 1, "binary"),
    "encoding": (HEAD.encode() + b"  Caf\xe9:\n", 3, "UTF-8"),
    "utf-16 cut": (codecs.BOM_UTF16_LE + b"R\0e", 1, "UTF-16"),
    "too large": (HEAD.encode() + b"#" * MAX_BYTES, 1, "5 MB"),
    "tabs": (HEAD.encode() + b"\tRole:\n", 3, "tabs"),
    "duplicate key": ((HEAD + "  A:\n    Type: X\n  A:\n    Type: Y\n").encode(), 5, "duplicate"),
    "duplicate key in JSON": (b'{"Resources": {\n"A": {},\n"A": {}}}', 3, "duplicate"),
    "alias bomb": (ALIAS_BOMB.encode(), 0, "alias"),
    "deep YAML": ((HEAD + "  A: " + "[" * 1000 + "]" * 1000).encode(), 3, "collections inside"),
    "deep block YAML": (("Resources:\n" + "- " * 1000 + "x\n").encode(), 2, "collections inside"),
    "deep JSON": (('{"Resources": {"A":\n' + "[" * 1000 + "]" * 1000 + "}}").encode(), 2, "inside"),
    "unfinished JSON": (b'{"Resources": {\n"A": ', 2, ""),
    "list": (b"- Resources: {}\n", 1, ""),
    "text": (b"just words\n", 1, ""),
    "number": (b"42\n", 1, ""),
    "resources that are a list": (b"Resources:\n- a\n", 2, ""),
    "no resources": (b"Foo: bar\n", 1, ""),
    "resource that is a text": ((HEAD + "  Role: text\n").encode(), 3, "Type"),
    "unknown tag": ((HEAD + "  Role: !Rof x\n").encode(), 3, "resource"),
    "two documents": (b"Resources: {}\n---\nResources: {}\n", 2, ""),
}


pytestmark = pytest.mark.usefixtures("own_folder")


@pytest.mark.parametrize("name", NOT_ANALYSED)
def test_a_named_file_that_cannot_be_read_fails_the_gate_and_hides_no_other(name: str) -> None:
    content, line, message = NOT_ANALYSED[name]
    Path("bad.yaml").write_bytes(content)
    Path("good.json").write_text(GOOD)

    ran = gate_json("run", "bad.yaml", "good.json")

    assert ran.status == 2
    assert ran.report["coverage"]["passed"] == 1
    (found,) = ran.not_analysed()
    assert found[0] == "bad.yaml"
    assert found[1] == line or not line
    assert message.lower() in found[2].lower()
    assert ran.err == ""


@pytest.mark.parametrize("name", NOT_ANALYSED)
def test_on_the_console_it_is_one_message(name: str) -> None:
    content, line, _ = NOT_ANALYSED[name]
    Path("bad.yaml").write_bytes(content)

    ran = gate("run", "bad.yaml")

    assert ran.status == 2
    assert ran.out.count(f"bad.yaml:{line or ''}") == 1
    assert "Traceback" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("content", "counts"),
    [
        (b"just words\n", False),
        (b"\x7fELF\0\0", False),
        (b"#" * (MAX_BYTES + 1), False),
        (b"", False),
        (HEAD.encode() + b"  A: [\n", True),
        (HEAD.encode() + b"\xff", True),
        (HEAD.encode() + b"#" * MAX_BYTES, True),
    ],
)
def test_a_file_met_by_searching_counts_only_where_it_looks_like_a_template(
    content: bytes, counts: bool
) -> None:
    Path("met.yaml").write_bytes(content)
    Path("good.json").write_text(GOOD)

    ran = gate_json("run", ".")

    assert ran.status == (2 if counts else 0)
    assert len(ran.not_analysed()) == counts
    assert ran.report["coverage"]["skipped_files"] == (not counts)


def test_a_folder_without_templates_is_nothing_to_check() -> None:
    Path("README.md").write_text("words")

    assert gate_json("run", ".").report["status"] == "empty"
    assert gate("run", ".").status == 3
    assert gate("run", ".", "--allow-empty").status == 0


def test_a_named_file_counts_even_where_a_named_folder_holds_it() -> None:
    Path("notes.txt").write_text("words")
    Path("good.json").write_text(GOOD)

    for paths in ([".", "notes.txt"], ["notes.txt", "."]):
        ran = gate_json("run", *paths)
        assert ran.status == 2
        assert [found[0] for found in ran.not_analysed()] == ["notes.txt"]


def test_a_missing_file_is_an_error_and_hides_no_other() -> None:
    Path("good.json").write_text(GOOD)

    ran = gate_json("run", "missing.yaml", "good.json")

    assert ran.status == 1
    assert ran.report["coverage"]["passed"] == 1
    assert "missing.yaml" in gate("run", "missing.yaml").out


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_an_error() -> None:
    Path("secret.json").write_text(GOOD)
    Path("secret.json").chmod(0)

    assert gate("run", "secret.json").status == 1
    assert gate("run", ".").status == 1


def test_a_named_pipe_is_not_waited_for() -> None:
    os.mkfifo("pipe")
    os.mkfifo("manifest.json")
    Path("good.json").write_text(GOOD)

    assert gate("run", "pipe").status == 2
    assert gate("run", ".").status == 0


def test_links_that_lead_nowhere_or_round_are_no_trouble() -> None:
    Path("good.json").write_text(GOOD)
    Path("loop").symlink_to("loop")
    Path("here").symlink_to(".")
    Path("gone").symlink_to("missing")

    assert gate_json("run", ".").report["coverage"]["passed"] == 1
    assert gate("run", ".").status == 0
    assert gate("run", "loop").status == 1
    assert gate("run", "gone").status == 1


def test_links_do_not_lead_out_of_a_folder() -> None:
    Path("outside.json").write_text(GOOD)
    Path("inside").mkdir()
    Path("inside/link.json").symlink_to("../outside.json")
    Path("inside/up").symlink_to("..")

    ran = gate_json("run", "inside")

    assert ran.status == 3
    assert ran.report["coverage"]["skipped_files"] == 1


def test_a_pattern_follows_no_links_between_folders() -> None:
    Path("templates").mkdir()
    Path("templates/good.json").write_text(GOOD)
    Path("templates/one").symlink_to(".")
    Path("templates/two").symlink_to(".")
    Path("templates/node_modules").mkdir()
    Path("templates/node_modules/other.json").write_text(GOOD)
    Path(".policy-gate.yml").write_text(
        "inputs: ['templates/**/*.json']\nchecks: {validate-policy: true}\n"
    )

    assert gate_json("run").report["coverage"]["found"] == 1


def test_a_template_counts_once_however_often_it_is_named() -> None:
    Path("good.json").write_text(GOOD)
    Path("link.json").symlink_to("good.json")

    for paths in (["good.json", "good.json"], ["link.json", "./good.json"], [".", "good.json"]):
        ran = gate_json("run", *paths)
        assert ran.report["coverage"]["found"] == 1
        assert {result["policy"]["file"] for result in ran.report["results"]} == {"good.json"}


@pytest.mark.parametrize(
    "name", [b"a\nb.json", b"\x1b[31mred.json", b"caf\xe9.json", b"::error::x.json", b"-.json"]
)
def test_file_names_stay_text(name: bytes, tmp_path: Path) -> None:
    Path(os.fsdecode(bytes(tmp_path) + b"/" + name)).write_text("{\n")

    for command in ("run", "extract"):
        console = gate(command, "--format", "console", "--", os.fsdecode(name))
        shown = console.out + console.err
        assert "\x1b" not in shown
        assert not any(line.lstrip().startswith("::") for line in shown.splitlines())
        shown.encode()
    assert gate("run", "--format", "json", "--", os.fsdecode(name)).not_analysed()


POLICIES: dict[str, Any] = {
    "text": "words",
    "number": 12,
    "list": [1, 2],
    "no IAM": {"name": "x", "version": 3},
    "wrong types": {"Version": 2012, "Statement": {"Effect": ["Allow"], "Action": {"a": 1}}},
    "statement of a text": {"Statement": "Allow"},
    "nulls": {"Version": None, "Statement": [None, {"Effect": None}]},
    "conditions": {"Statement": [allow("s3:*", Condition=[1, {"StringEquals": 3}])]},
    "principals": {"Statement": [allow("s3:*", Principal={"AWS": {"x": [[]]}})]},
}


@pytest.mark.parametrize("name", POLICIES)
@pytest.mark.parametrize("kind", ["AWS::IAM::Policy", "AWS::S3::BucketPolicy", "AWS::IAM::Role"])
def test_a_document_that_is_no_policy_fails_and_hides_no_other(name: str, kind: str) -> None:
    key = "AssumeRolePolicyDocument" if kind == "AWS::IAM::Role" else "PolicyDocument"
    resources = {"Bad": {"Type": kind, "Properties": {key: POLICIES[name]}}}
    content = json.loads(GOOD)
    content["Resources"].update(resources)
    Path("bad.json").write_text(json.dumps(content, indent=1))

    ran = gate_json("run", "bad.json")

    assert ran.status in (1, 2)
    assert ran.verdicts()["app", "validate-policy"] == "PASS"
    assert ran.verdicts()["app", "access-not-granted"] == "PASS"
    assert "policy-gate failed" not in ran.out
    assert all(
        finding["locations"][0]["line"] > 1
        for result in ran.report["results"]
        for finding in result["findings"]
    )


def test_empty_arrays_match_nothing_and_validate_policy_says_so() -> None:
    Path("t.json").write_text(template(allow([], []), {"Effect": "Allow", "Action": "s3:*"}))
    Path("empty.json").write_text(template())

    ran = gate_json("run", "empty.json")
    assert ran.verdicts()["app", "access-not-granted"] == "PASS"
    assert ran.findings()
    assert [code for code, _ in gate_json("run", "t.json").findings()].count(
        "EMPTY_ARRAY_ACTION"
    ) == 1


@pytest.mark.parametrize(
    "value",
    ["!Ref Nothing", "!FindInMap [Map, x, y]", "!GetAtt Nothing.Arn", "!Sub '${Nothing}'"],
)
def test_a_value_that_cannot_be_resolved_costs_only_what_depends_on_it(value: str) -> None:
    Path("t.yaml").write_text(
        f"""Resources:
  Bad:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: {{Effect: Allow, Action: "s3:GetObject", Resource: [{value}]}}
  Good:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: good
      PolicyDocument:
        Version: "2012-10-17"
        Statement: {{Effect: Allow, Action: "s3:GetObject", Resource: "arn:aws:s3:::bucket/*"}}
"""
    )

    ran = gate_json("run", "t.yaml")

    assert ran.status == 2
    assert ran.verdicts()["good", "access-not-granted"] == "PASS"
    (found,) = ran.not_analysed()
    assert found[1] == 7


def test_a_reference_cycle_costs_only_what_depends_on_it() -> None:
    Path("t.yaml").write_text(
        """Resources:
  One:
    Type: AWS::SQS::Queue
    Properties: {QueueName: !GetAtt Two.QueueName}
  Two:
    Type: AWS::SQS::Queue
    Properties: {QueueName: !GetAtt One.QueueName}
  Bad:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "sqs:*", Resource: !GetAtt One.Arn}
  Good:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: good
      PolicyDocument:
        Version: "2012-10-17"
        Statement: {Effect: Allow, Action: "sqs:SendMessage", Resource: "*"}
"""
    )

    ran = gate_json("run", "t.yaml")

    assert ran.verdicts()["good", "access-not-granted"] == "PASS"
    assert ran.status == 2
    assert all(line in (4, 7, 13) for _, line, _ in ran.not_analysed())


def archive(name: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as content:
        content.writestr(name, SECRET)
    return stream.getvalue()


PLAN = text()
# Content of `tf`, whether it is skipped when it is met by searching, and what is said of it.
NO_PLANS: dict[str, tuple[bytes, bool, str]] = {
    "state": (b'{"format_version":"1.0","values":{"outputs":"hunter2"}}', True, "is a state"),
    "tfstate": (b'{"version":4,"terraform_version":"1.1","lineage":"hunter2"}', True, "is a state"),
    "log": (b'{"@level":"info","@message":"hunter2"}\n{"@level":"x"}', True, "is the log"),
    "encrypted": (b'{"encrypted_data":"hunter2","meta":{}}', True, "encrypted"),
    "text": (b"Terraform will perform the following actions:\n", True, "no plan in JSON"),
    "binary": (archive("tfplan"), True, "this is a binary plan: `terraform show -json tf >"),
    "old binary": (b"tfplan\x02\x00hunter2", True, "this is a binary plan"),
    "cut": (PLAN[:-1].encode(), False, "ends too early: was it cut off?"),
    "cut early": (PLAN[: PLAN.index(SECRET) + 7].encode(), False, "ends too early"),
    "UTF-16 cut": (PLAN.encode("utf-16")[:-1], False, "UTF-16"),
    "later format": (text(format_version="9.0").encode(), False, "format 9.0 are not known"),
    "no format": (text(format_version=None).encode(), False, "a plan has a format_version"),
    "list": (f"[{PLAN}]".encode(), False, "give each plan in a file of its own"),
    "wrong type": (text(resource_changes={"a": SECRET}).encode(), False, "must be a list"),
    "template too": (text(Resources={"a": SECRET}).encode(), False, "CloudFormation template in"),
    "duplicate": (PLAN.replace('"mode"', '"address"').encode(), False, "duplicate key 'address'"),
    "NaN": (PLAN.replace("true", "NaN").encode(), False, "NaN is no JSON number"),
    "digits": (PLAN.replace("true", "9" * 9999).encode(), False, "too many digits"),
    "deep": (PLAN.replace("true", "[" * 9999).encode(), False, "collections inside each other"),
    "two, one cut": (f"{PLAN}\n{PLAN[:-99]}".encode(), False, "was it cut off?"),
    "other output": (PLAN.replace(":", ":\nWarning: x\n", 9).encode(), False, "was other output"),
}


@pytest.mark.parametrize("name", NO_PLANS)
def test_a_file_of_terraform_that_is_no_plan_says_what_to_do(name: str) -> None:
    content, is_skipped, message = NO_PLANS[name]
    Path("tf").write_bytes(content)
    Path("good.json").write_text(GOOD)

    named = gate_json("run", "tf", "good.json")
    console = gate("run", "tf")

    assert (named.status, console.status) == (2, 2)
    ((file, _, said),) = named.not_analysed()
    assert file == "tf"
    assert message in said
    assert named.report["coverage"]["passed"] == 1
    assert message in " ".join(console.out.split())
    assert SECRET not in named.out + console.out
    assert named.err + console.err == ""

    searched = gate_json("run", ".")

    assert searched.status == (0 if is_skipped else 2)
    assert searched.report["coverage"]["skipped_files"] == is_skipped
    assert SECRET not in searched.out


def test_a_binary_plan_that_is_met_by_searching_is_noted() -> None:
    Path("infra").mkdir()
    Path("infra/t f.plan").write_bytes(archive("tfplan"))
    Path("other.zip").write_bytes(archive("file"))
    Path("good.json").write_text(GOOD)

    ran = gate_json("run", ".")

    assert ran.status == 0
    assert ran.report["coverage"]["skipped_files"] == 2
    (note,) = [note for note in ran.report["notes"] if "binary" in note]
    assert note.startswith(
        "infra/t f.plan is a binary plan: `terraform show -json 'infra/t f.plan'"
    )


@pytest.mark.parametrize("content", [b"", b"{", b"\x7fELF\0", b"words", PLAN[:-1].encode()])
def test_standard_input_that_cannot_be_read_fails_the_gate(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("good.json").write_text(GOOD)
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))

    ran = gate_json("run", "-", "good.json")

    assert ran.status == 2
    assert ran.report["coverage"]["passed"] == 1
    ((file, line, _),) = ran.not_analysed()
    assert (file, line) == ("<stdin>", 1)


def test_a_template_may_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("-").write_text("words")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(GOOD.encode())))

    ran = gate_json("run", "-")

    assert ran.status == 0
    assert {result["policy"]["file"] for result in ran.report["results"]} == {"<stdin>"}
    assert gate_json("run", "./-").not_analysed()[0][0] == "-"
