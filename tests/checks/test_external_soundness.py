"""What no-external-access says with values left open is true of every value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command_line import gate_json
from tests.properties import examples

A, B = "111122223333", "444455556666"
ORG = "o-a1b2c3d4e5"
CONFIGURATION = f"""
checks:
  no-external-access:
    zone-of-trust: {{accounts: ["{A}"], organizations: [{ORG}]}}
"""
VALUES = {
    "Principal": ["*", A, B, f"arn:aws:iam::{A}:role/x", f"arn:aws:iam::{B}:root"],
    "Account": [A, B],
    "Org": [ORG, "o-zzzzzzzzzz"],
    "Role": ["x", "y"],
    "External": ["secret", A],
}
PRINCIPALS = [
    "*",
    {"AWS": A},
    {"AWS": B},
    {"AWS": {"Ref": "Principal"}},
    {"AWS": {"Fn::Sub": "arn:aws:iam::${Account}:root"}},
    {"AWS": {"Fn::Sub": f"arn:aws:iam::{A}:role/${{Role}}"}},
    {"AWS": {"Fn::Sub": f"arn:aws:iam::{B}:role/${{Role}}"}},
    {"AWS": [A, {"Ref": "Principal"}]},
    {"Service": "sns.amazonaws.com"},
]
CONDITIONS: list[dict[str, Any]] = [
    {},
    {},
    {"StringEquals": {"aws:PrincipalOrgID": {"Ref": "Org"}}},
    {"StringEquals": {"aws:PrincipalOrgID": [ORG, {"Ref": "Org"}]}},
    {"StringNotEquals": {"aws:PrincipalOrgID": {"Ref": "Org"}}},
    {"StringNotEquals": {"aws:PrincipalAccount": [A, {"Ref": "Account"}]}},
    {"StringEquals": {"aws:SourceAccount": {"Ref": "Account"}}},
    {"ArnLike": {"aws:PrincipalArn": {"Fn::Sub": "arn:aws:iam::${Account}:role/*"}}},
    {"ArnLike": {"aws:PrincipalArn": {"Fn::Sub": f"arn:aws:iam::{B}:role/${{Role}}"}}},
    {"StringEquals": {"sts:ExternalId": {"Ref": "External"}}},
]
statements = st.builds(
    lambda effect, principal, condition: {
        "Effect": effect,
        "Principal": principal,
        "Action": "sts:AssumeRole",
        **({"Condition": condition} if condition else {}),
    },
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from(PRINCIPALS),
    st.sampled_from(CONDITIONS),
)
assignments = st.fixed_dictionaries(
    {name: st.sampled_from(values) for name, values in VALUES.items()}
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("external")
    (folder / "config.yml").write_text(CONFIGURATION)
    return folder


def verdict(folder: Path, made: list[Any], values: dict[str, str]) -> str:
    document = {"Version": "2012-10-17", "Statement": made}
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": document}}
    content = {
        "Parameters": {name: {"Type": "String"} for name in VALUES},
        "Resources": {"Role": role},
    }
    path = folder / "template.json"
    path.write_text(json.dumps(content))
    given = [f"--parameter={name}={value}" for name, value in values.items()]
    ran = gate_json("run", path, "--config", folder / "config.yml", *given)
    (found,) = ran.report["results"]
    return str(found["verdict"])


@examples(40)
@given(
    made=st.lists(statements, min_size=1, max_size=3),
    several=st.lists(assignments, min_size=2, max_size=4),
)
def test_a_verdict_with_values_left_open_is_that_of_any(
    folder: Path, made: list[Any], several: list[dict[str, str]]
) -> None:
    open_ended = verdict(folder, made, {})
    for values in several if open_ended == "PASS" else ():
        assert verdict(folder, made, values) == "PASS"


@pytest.mark.parametrize(
    "values",
    [
        dict(zip(VALUES, row, strict=True))
        for row in [
            (A, A, ORG, "x", "secret"),
            (B, B, "o-zzzzzzzzzz", "y", A),
        ]
    ],
)
def test_a_finding_without_a_deny_is_one_with_any_value(
    folder: Path, values: dict[str, str]
) -> None:
    for principal in PRINCIPALS:
        for condition in CONDITIONS:
            statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
            made = [statement | ({"Condition": condition} if condition else {})]
            if verdict(folder, made, {}) == "FAIL":
                assert verdict(folder, made, values) == "FAIL", made
