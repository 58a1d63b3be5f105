"""What the inputs of the action make the gate do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policy_gate.config.gate import load_config
from policy_gate.github_action.arguments import arguments_from
from policy_gate.github_action.aws_actions import configuration
from policy_gate.github_action.inputs import InputError, Inputs, read_inputs

REFERENCE = '{"Version": "2012-10-17", "Statement": []}'


def arguments(tmp_path: Path, **given: str) -> list[str]:
    """All but the reports that the action always writes."""
    texts = {name.replace("_", "-"): value for name, value in given.items()}
    return arguments_from(Inputs(texts), tmp_path)[4:]


def configured(tmp_path: Path, **given: str) -> list[str]:
    """The checks of the configuration that the inputs make, with what they ask."""
    config = arguments(tmp_path, policy_check_type=given.pop("kind"), **given)[0]
    return [repr(check) for check in load_config(Path(config.removeprefix("--config="))).checks]


def test_without_inputs_the_gate_is_told_nothing(tmp_path: Path) -> None:
    assert arguments(tmp_path, paths=" \n", parameters="\n", allow_empty="false") == ["--"]


def test_an_input_is_one_argument_whatever_it_holds(tmp_path: Path) -> None:
    assert arguments(
        tmp_path, config="a b.yml", base="--help", paths="-x\na b\n", template_path="c"
    ) == ["--config=a b.yml", "--base=--help", "--", "-x", "a b", "c"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A=1\nB=2", ["A=1", "B=2"]),
        ("A=1 B=2", ["A=1", "B=2"]),
        ("Name=hello world AWS::Region=eu-west-1", ["Name=hello world", "AWS::Region=eu-west-1"]),
        ("A=x=y", ["A=x=y"]),
    ],
)
def test_parameters_stand_on_lines_or_beside_each_other(
    tmp_path: Path, text: str, expected: list[str]
) -> None:
    wanted = [f"--parameter={item}" for item in expected]
    assert arguments(tmp_path, parameters=text) == [*wanted, "--"]


def test_both_names_of_a_parameters_file_are_taken(tmp_path: Path) -> None:
    assert arguments(tmp_path, parameters_file="a", template_configuration_file="b") == [
        "--parameters-file=a",
        "--parameters-file=b",
        "--",
    ]


def test_validate_policy_also_looks_for_external_access(tmp_path: Path) -> None:
    validate, external = configured(tmp_path, kind="VALIDATE_POLICY")
    assert "'ERROR'" in validate
    assert "'SECURITY_WARNING'" in validate
    assert "'WARNING'" not in validate.replace("'SECURITY_WARNING'", "")
    assert external.startswith("NoExternalAccess")

    validate, external = configured(
        tmp_path,
        kind="VALIDATE_POLICY",
        treat_finding_type_as_blocking="error, SUGGESTION",
        allow_external_principals="111122223333,arn:aws:iam::444455556666:role/deploy,"
        "o-a1b2c3d4e5, arn:aws:iam::111122223333:saml-provider/corp,accounts.google.com",
    )
    assert "'SUGGESTION'" in validate
    for trusted in ("111122223333", "role/deploy", "o-a1b2c3d4e5", "saml-provider/corp", "google"):
        assert trusted in external

    validate, _ = configured(
        tmp_path, kind="VALIDATE_POLICY", treat_finding_type_as_blocking="NONE"
    )
    assert "ERROR" not in validate


@pytest.mark.parametrize(
    ("kind", "applies_to"), [("IDENTITY", "('identity',)"), ("RESOURCE", "('resource', 'trust')")]
)
def test_a_reference_policy_is_for_one_type_of_policies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, applies_to: str
) -> None:
    monkeypatch.chdir(tmp_path)
    document = json.loads(REFERENCE)
    allow = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    if kind == "RESOURCE":
        allow["Principal"] = "*"
    document["Statement"].append(allow)
    (tmp_path / "reference.json").write_text(json.dumps(document))
    (check,) = configured(
        tmp_path,
        kind="CHECK_NO_NEW_ACCESS",
        reference_policy="reference.json",
        reference_policy_type=kind,
    )
    assert applies_to in check


def test_the_other_types_of_checks(tmp_path: Path) -> None:
    (granted,) = configured(
        tmp_path,
        kind="CHECK_ACCESS_NOT_GRANTED",
        actions="iam:CreateUser, iam:PassRole",
        resources="arn:aws:s3:::a/*",
    )
    for asked in ("iam:CreateUser", "iam:PassRole", "arn:aws:s3:::a/*"):
        assert asked in granted
    (public,) = configured(tmp_path, kind="CHECK_NO_PUBLIC_ACCESS")
    assert public.startswith("NoPublicAccess")


@pytest.mark.parametrize(
    ("item", "waived"),
    [
        ("pass_role_with_star_in_resource", ("*", "PASS_ROLE_WITH_STAR_IN_RESOURCE", None)),
        ("Role.EXTERNAL_PRINCIPAL", ("Role", "EXTERNAL_PRINCIPAL", None)),
        ("policy-analysis-CheckNoPublicAccess", ("*", "CHECK_NO_PUBLIC_ACCESS", None)),
        ("module.a.aws_iam_role.b", ("module.a.aws_iam_role.b", None, "no-public-access")),
    ],
)
def test_an_ignored_finding_is_a_waiver(item: str, waived: tuple[str | None, ...]) -> None:
    inputs = Inputs({"policy-check-type": "CHECK_NO_PUBLIC_ACCESS", "ignore-finding": item})
    (waiver,) = configuration(inputs)["waivers"]
    assert (waiver["resource"], waiver.get("code"), waiver.get("check")) == waived
    assert item in waiver["reason"]


def test_ignored_findings_are_waivers_that_load(tmp_path: Path) -> None:
    ignored = "EXTERNAL_PRINCIPAL, Role.EXTERNAL_PRINCIPAL,Role"
    assert configured(tmp_path, kind="VALIDATE_POLICY", ignore_finding=ignored)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"policy_check_type": "CHECK_LUCK"}, "CHECK_LUCK"),
        ({"policy_check_type": "VALIDATE_POLICY", "config": "x.yml"}, "exclude each other"),
        ({"policy_check_type": "VALIDATE_POLICY", "exclude_resource_types": "X"}, "waiver"),
        ({"policy_check_type": "CHECK_NO_NEW_ACCESS"}, "reference-policy"),
        ({"policy_check_type": "CHECK_ACCESS_NOT_GRANTED"}, "actions or resources"),
        ({"allow_empty": "perhaps"}, "allow-empty"),
    ],
)
def test_an_input_that_cannot_be_taken_says_why(
    tmp_path: Path, given: dict[str, str], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        arguments(tmp_path, **given)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"paths": 1}', "null"])
def test_what_is_not_from_the_action_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"action\.yml"):
        read_inputs(text)
