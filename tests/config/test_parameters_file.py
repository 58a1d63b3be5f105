"""Parameters from files, in the shapes that people have."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import Ran, gate, gate_json

TEMPLATE = """
Parameters:
  Env: {Type: String, Default: dev}
  Names: {Type: CommaDelimitedList}
Resources:
  Policy:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Env: !Ref Env, Names: !Ref Names}
"""

CODE_PIPELINE = (
    '{"Parameters": {"Env": "prod", "Names": "a,b", "Of": "another"}, "Tags": {"a": "b"}}'
)
CLOUDFORMATION = """[
  {"ParameterKey": "Env", "ParameterValue": "prod"},
  {"ParameterKey": "Names", "ParameterValue": "a,b", "UsePreviousValue": false}
]"""
ASSIGNMENTS = '["Env=prod", "Names=a,b", "Url=https://x/?a=b"]'


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.yaml").write_text(TEMPLATE)


def document(ran: Ran) -> object:
    (policy,) = ran.report["policies"]
    return policy["document"]


@pytest.mark.parametrize(
    "text",
    [
        CODE_PIPELINE,
        CLOUDFORMATION,
        ASSIGNMENTS,
        "Parameters: {Env: prod, Names: [a, b]}",
        (
            "- ParameterKey: Env\n  ParameterValue: prod\n"
            "- {ParameterKey: Names, ParameterValue: 'a,b'}"
        ),
        "# with a comment\n- Env=prod\n- Names=a,b\n",
        f"\ufeff{CLOUDFORMATION}",
    ],
)
def test_the_shapes_that_people_have_are_understood(text: str) -> None:
    Path("parameters").write_text(text)
    ran = gate("extract", "t.yaml", "--parameters-file", "parameters")
    assert ran.status == 0
    assert document(ran) == {"Env": "prod", "Names": ["a", "b"]}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("true", "true"),
        ("3", "3"),
        ("123456789012", "123456789012"),
        ("1.5", "1.5"),
        ('""', ""),
        ('["a", "b"]', "a,b"),
    ],
)
def test_a_value_is_taken_as_cloudformation_takes_it(written: str, value: str) -> None:
    Path("p.json").write_text(f'{{"Parameters": {{"Env": {written}}}}}')
    found = document(gate("extract", "t.yaml", "--parameters-file", "p.json"))
    assert isinstance(found, dict)
    assert found["Env"] == value


def test_what_is_said_nearer_to_the_run_counts() -> None:
    for name in ("configured", "first", "second"):
        Path(f"{name}.json").write_text(json.dumps([f"Env={name}"]))
    Path("folder").mkdir()
    Path("folder/configured.json").write_text('["Env=configured"]')
    both = "checks: {}\nparameters-file: configured.json\n"
    Path("folder/file.yml").write_text(both)
    Path("folder/values.yml").write_text(f"{both}parameters: {{Env: values}}\n")
    files = ["--parameters-file", "first.json", "--parameters-file", "second.json"]
    for arguments, expected in (
        (["--config", "folder/file.yml"], "configured"),
        (["--config", "folder/values.yml"], "values"),
        (["--config", "folder/values.yml", *files], "second"),
        (["--config", "folder/values.yml", "--parameter", "Env=given", *files], "given"),
    ):
        found = document(gate("extract", "t.yaml", *arguments))
        assert isinstance(found, dict)
        assert found["Env"] == expected


def test_a_run_takes_parameters_files_too() -> None:
    statement = "{Effect: Allow, Action: !Ref Env, Resource: '*'}"
    Path("t.yaml").write_text(
        TEMPLATE.replace("{Env: !Ref Env, Names: !Ref Names}", f"{{Statement: [{statement}]}}")
    )
    Path(".policy-gate.yml").write_text("checks: {access-not-granted: {actions: ['iam:*']}}")
    for action, status in (("s3:GetObject", 0), ("iam:CreateUser", 2)):
        Path("p.json").write_text(json.dumps([f"Env={action}"]))
        assert gate_json("run", "t.yaml", "--parameters-file", "p.json").status == status


def test_a_value_that_the_stack_keeps_is_any_value_and_not_the_default() -> None:
    Path("p.json").write_text('[{"ParameterKey": "Env", "UsePreviousValue": true}]')
    arguments = ["--parameters-file", "p.json", "--parameter", "Names=a"]
    ran = gate("extract", "t.yaml", *arguments)
    assert document(ran) == {"Env": "${Env}", "Names": ["a"]}
    (assumption,) = ran.report["policies"][0]["assumptions"]
    assert assumption["kind"] == "supplied-from-outside"

    found = document(gate("extract", "t.yaml", *arguments, "--parameter", "Env=prod"))
    assert found == {"Env": "prod", "Names": ["a"]}


# What a file holds, the line and column of the message, and what it says.
WRONG = [
    ("", "1:1", 'a parameters file is {"Parameters"'),
    ("prod", "1:1", 'a parameters file is {"Parameters"'),
    ('{"Env": "prod"}', "1:1", 'a parameters file is {"Parameters"'),
    ('{"Parameters": ["Env=prod"]}', "1:16", "Parameters: a mapping"),
    ('{"Parameters": {},\n "Parameter": {}}', "2:2", "unknown key 'Parameter'"),
    ('{"Parameters":\n {"Env": {"a": "b"}}}', "2:10", "Env: a text, a number"),
    ('{"Parameters": {"Env": null}}', "1:24", "Env: a text, a number"),
    ('{"Parameters": {"Env": [1]}}', "1:24", "Env: a text, a number"),
    ('["Env"]', "1:2", "expected Name=value, not 'Env'"),
    ('["=prod"]', "1:2", "expected Name=value"),
    ('["Env=a",\n "Env=b"]', "2:2", "the parameter 'Env' is given twice"),
    ("[3]", "1:2", 'a parameters file is {"Parameters"'),
    ('[{"Key": "Env", "Value": "prod"}]', "1:2", 'a parameters file is {"Parameters"'),
    ('[{"ParameterKey": "Env"}]', "1:2", "'Env' has no ParameterValue"),
    ('[{"ParameterKey": 3, "ParameterValue": "a"}]', "1:19", "ParameterKey: the name"),
    ('[{"ParameterKey": "Env", "ParamValue": "a"}]', "1:26", "unknown key 'ParamValue'"),
    ('{"Parameters": {"Env": "a", "Env": "b"}}', "1:29", "duplicate key"),
    ('{"Parameters": {"Env": "a"', "1:27", ""),
    ("Parameters: &a {Env: *a}", "1:", "inside each other"),
    ("Parameters: {Env: !Ref X}", "1:19", "unknown tag"),
    ("[" * 5000, "1:", "collections inside each other"),
    ("\ufffe\0", "", "binary"),
]


@pytest.mark.parametrize(("text", "place", "message"), WRONG)
def test_what_is_wrong_is_named_with_file_and_line(text: str, place: str, message: str) -> None:
    Path("p.json").write_text(text)
    Path(".policy-gate.yml").write_text("checks: {}\nparameters-file: p.json\n")
    for arguments in (["run"], ["extract", "--config", "other.yml"]):
        Path("other.yml").write_text("checks: {}\n")
        option = ["--parameters-file", "p.json"] if "--config" in arguments else []
        ran = gate(*arguments, "t.yaml", *option)
        assert (ran.status, ran.out) == (1, "")
        assert ran.err.startswith(f"policy-gate: error: p.json:{place}")
        assert message in ran.err
        assert ran.err.count("\n") == 1


def test_a_file_that_is_not_there_is_named() -> None:
    ran = gate("run", "t.yaml", "--parameters-file", "no.json")
    assert (ran.status, ran.out) == (1, "")
    assert "cannot read no.json" in ran.err
    Path(".policy-gate.yml").write_text("checks: {}\nparameters-file: no.json\n")
    ran = gate("run", "t.yaml")
    assert (ran.status, ran.out) == (1, "")
    assert ".policy-gate.yml:2:1: parameters-file: there is no file no.json" in ran.err


def test_a_file_that_is_too_large_is_not_read() -> None:
    Path("p.json").write_bytes(b"[" + b" " * 1_000_001 + b"]")
    ran = gate("run", "t.yaml", "--parameters-file", "p.json")
    assert (ran.status, ran.out) == (1, "")
    assert "p.json is larger than 1 MB" in ran.err
