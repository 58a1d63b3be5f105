"""What is proven of a policy with values that deployment decides is true of every value."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.command_line import Ran, gate_json
from tests.properties import examples

ACTIONS = ["s3:GetObject", "s3:*", "*", "iam:PassRole", "s3:Get*", "sts:AssumeRole"]
RESOURCES = [
    "*",
    "arn:aws:s3:::a/x",
    "arn:aws:s3:::b/*",
    "arn:aws:iam::111122223333:role/a",
    "arn:aws:s3:::a/${aws:username}",
]
PRINCIPALS = [
    "111122223333",
    "444455556666",
    "arn:aws:iam::111122223333:role/a",
    "arn:aws:iam::444455556666:user/b",
]
ENDINGS = ["*", "a", "GetObject", "b/*", "${aws:username}", "aws:username}", "PassRole", "a/x"]

CONFIGURATION = """
checks:
  access-not-granted: {actions: ["iam:*", "s3:GetObject"], resources: ["arn:aws:s3:::a/*"]}
  no-new-access:
    - {name: identity, reference: identity.json, applies-to: [identity]}
    - {name: resource, reference: resource.json, applies-to: [resource]}
"""
IDENTITY_REFERENCE = [
    {"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::a/*", "arn:aws:s3:::b/*"]},
    {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/*"},
    {"Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::*:role/a"},
]
RESOURCE_REFERENCE = [
    {
        "Effect": "Allow",
        "Principal": {"AWS": ["111122223333", "arn:aws:iam::444455556666:user/b"]},
        "Action": "s3:*",
        "Resource": "*",
    },
    {
        "Effect": "Deny",
        "NotPrincipal": {"AWS": ["arn:aws:iam::111122223333:role/a", "111122223333"]},
        "Action": "s3:Put*",
        "Resource": "*",
    },
]

# How a parameter P of the pool is used, and the values that it can be given.
DEFERRED = {
    "action": ({"Ref": "Action"}, {"Fn::Sub": "s3:${Ending}"}, {"Fn::Sub": "${Few}:PassRole"}),
    "resource": (
        {"Ref": "Resource"},
        {"Fn::Sub": "arn:aws:s3:::${Few}/${Ending}"},
        {"Fn::Join": ["", ["arn:aws:s3:::a/$", {"Ref": "Ending"}]]},
        {"Fn::Join": ["", ["arn:aws:s3:::a/${", {"Ref": "Ending"}]]},
        {"Fn::Join": ["", ["arn:aws:s3:::a/${aws:PrincipalTag/", {"Ref": "Ending"}, "}"]]},
        {"Fn::Join": ["", ["arn:aws:s3:::a/", {"Ref": "Beginning"}, "}"]]},
        {"Fn::Join": ["", ["arn:aws:", {"Ref": "Segment"}, ":a/x"]]},
        {"Fn::Join": ["", ["arn:aws:iam::", {"Ref": "Segment"}, ":role/a"]]},
        {"Ref": "Known"},
        {"Fn::Join": ["", [{"Ref": "Known"}, "}"]]},
    ),
    "principal": ({"Ref": "Principal"}, {"Ref": "FewPrincipals"}),
}
VALUES = {
    "Action": ACTIONS,
    "Resource": RESOURCES,
    "Ending": ENDINGS,
    "Few": ["a", "b", "iam"],
    "Beginning": ["${aws:username", "${", "b", "*"],
    "Segment": ["*", "111122223333", "s3:::b/x", "s3::", "111122223333:role/b", "1:role/*"],
    "Known": ["arn:aws:s3:::a/x", "arn:aws:s3:::b/${a", "arn:aws:s3:::c/${aws:username}"],
    "Principal": PRINCIPALS,
    "FewPrincipals": [*PRINCIPALS[1:3], "*"],
}
PARAMETERS: dict[str, Any] = {
    name: {"Type": "String"} | ({"AllowedValues": values} if name.startswith("Few") else {})
    for name, values in VALUES.items()
}
PARAMETERS["Known"]["AllowedPattern"] = "arn:aws:s3:::(a|b|c)/[a-zA-Z:${}]+"

Statement = dict[str, Any]


def _values(kind: str, literals: list[str]) -> st.SearchStrategy[list[Any]]:
    return st.lists(
        st.one_of(st.sampled_from(literals), st.sampled_from(DEFERRED[kind])),
        min_size=1,
        max_size=2,
    )


@st.composite
def statements(draw: st.DrawFn, with_principals: bool) -> Statement:
    effect = draw(st.sampled_from(["Allow", "Allow", "Deny"]))
    action = draw(st.sampled_from(["Action", "Action", "NotAction"]))
    resource = draw(st.sampled_from(["Resource", "Resource", "NotResource"]))
    statement: Statement = {
        "Effect": effect,
        action: draw(_values("action", ACTIONS)),
        resource: draw(_values("resource", RESOURCES)),
    }
    if with_principals:
        choices = ["Principal", "Principal", "NotPrincipal"] if effect == "Deny" else ["Principal"]
        key = draw(st.sampled_from(choices))
        statement[key] = {"AWS": draw(_values("principal", PRINCIPALS))}
    return statement


assignments = st.fixed_dictionaries(
    {name: st.sampled_from(values) for name, values in VALUES.items()}
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("soundness")
    (folder / "config.yml").write_text(CONFIGURATION)
    for name, reference in (("identity", IDENTITY_REFERENCE), ("resource", RESOURCE_REFERENCE)):
        document = {"Version": "2012-10-17", "Statement": reference}
        (folder / f"{name}.json").write_text(json.dumps(document))
    return folder


def run(folder: Path, resource_type: str, document: Any, values: dict[str, str]) -> Ran:
    properties = {"PolicyDocument": document, "Bucket": "b", "ManagedPolicyName": "p"}
    content = {
        "Parameters": PARAMETERS,
        "Resources": {"Policy": {"Type": resource_type, "Properties": properties}},
    }
    path = folder / "template.json"
    path.write_text(json.dumps(content))
    given = [f"--parameter={name}={value}" for name, value in values.items()]
    return gate_json("run", path, "--config", folder / "config.yml", *given)


@pytest.mark.parametrize("resource_type", ["AWS::IAM::ManagedPolicy", "AWS::S3::BucketPolicy"])
@examples(80)
@given(data=st.data())
def test_what_passes_with_values_left_open_passes_with_any(
    resource_type: str, folder: Path, data: st.DataObject
) -> None:
    with_principals = resource_type == "AWS::S3::BucketPolicy"
    made = data.draw(st.lists(statements(with_principals), min_size=1, max_size=3))
    document = {"Version": "2012-10-17", "Statement": made}
    proven = [
        key
        for key, verdict in run(folder, resource_type, document, {}).verdicts().items()
        if verdict == "PASS"
    ]
    for values in data.draw(st.lists(assignments, min_size=2, max_size=4)) if proven else ():
        verdicts = run(folder, resource_type, document, values).verdicts()
        assert {key: verdicts[key] for key in proven} == dict.fromkeys(proven, "PASS")
