"""The table of policy properties keeps up with CloudFormation.

Every property of the provider schemas in cfn-lint that may hold a policy is a row of
`policy_properties.json`, or stands in `schema_leftovers.json` with what it holds instead.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_gate.extractors.cloudformation import tables
from tests.extractors.cloudformation.schema_scan import PropertyPath, Schema, policy_like, schemas

LEFTOVERS: dict[str, list[str]] = json.loads(
    (Path(__file__).parent / "data" / "schema_leftovers.json").read_text(encoding="utf-8")
)

WHAT_TO_DO = (
    "these properties may hold policies, and policy-gate does not know them. Read the description"
    " of each: one that holds or attaches a policy is a row of policies or attachments in"
    " extractors/cloudformation/data/policy_properties.json, one in another language a row of"
    " not_iam_grammar there, one with no policy at all a line of schema_leftovers.json: {}"
)


@pytest.fixture(scope="module")
def found() -> dict[str, set[PropertyPath]]:
    return {resource_type: policy_like(schema) for resource_type, schema in schemas()}


@pytest.fixture(scope="module")
def candidates(found: dict[str, set[PropertyPath]]) -> set[str]:
    """The policy-like properties that the table lacks, as `AWS::S3::Bucket Some/*/Property`."""
    return {
        f"{resource_type} {'/'.join(path)}"
        for resource_type, paths in found.items()
        for path in paths
        if not is_in_table(resource_type, path)
    }


def is_in_table(resource_type: str, path: PropertyPath) -> bool:
    """Does a row lead to the property, or to what it is a part of?

    The resource itself is in the table where any of its properties, or it as a whole, is a policy.
    """
    rows = [row.path for row in tables.policy_properties(resource_type)]
    if not path:
        return bool(rows)
    rows += [row.path for row in tables.other_grammar(resource_type)]
    rows += [row.path for row in tables.template_containers(resource_type)]
    rows += tables.attachments(resource_type)
    return any(row and path[: len(row)] == row for row in rows)


def test_every_policy_like_property_is_known(candidates: set[str]) -> None:
    reviewed = {line for lines in LEFTOVERS.values() for line in lines}
    assert not candidates - reviewed, WHAT_TO_DO.format(sorted(candidates - reviewed))


def test_every_leftover_is_still_needed(candidates: set[str]) -> None:
    lines = [line for lines in LEFTOVERS.values() for line in lines]
    assert len(lines) == len(set(lines))
    assert not set(lines) - candidates, "remove these from schema_leftovers.json"


def test_the_scan_finds_what_the_table_holds(found: dict[str, set[PropertyPath]]) -> None:
    rows = [
        row for name in tables.policy_resource_types() for row in tables.policy_properties(name)
    ]
    missed = {
        row.resource_type
        for row in rows
        if not any(path[: len(row.path)] == row.path for path in found[row.resource_type])
    }
    # An extension of OpenAPI, a list of principals, the text of a template, a verb for IAM actions.
    assert missed == {
        "AWS::ApiGateway::RestApi",
        "AWS::EC2::VPCEndpointServicePermissions",
        "AWS::IoT::ProvisioningTemplate",
        "AWS::Serverless::Connector",
    }


TEXT = {"type": "string"}
FREE = {"type": ["object", "string"]}


def schema_of(properties: dict[str, Any], **others: Any) -> Schema:
    return {"properties": properties, **others}


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        (schema_of({"AccessPolicy": FREE}), {("AccessPolicy",)}),
        (schema_of({"PolicyDocument": TEXT}), {("PolicyDocument",)}),
        (schema_of({"PolicyArns": {"type": "array", "items": TEXT}}), {("PolicyArns",)}),
        (schema_of({"Rules": TEXT | {"description": "The IAM policy, as text"}}), {("Rules",)}),
        (
            schema_of({"Shares": {"type": "array", "items": schema_of({"KeyPolicy": FREE})}}),
            {("Shares", "*", "KeyPolicy")},
        ),
        (
            schema_of(
                {"A": {"$ref": "#/definitions/D"}}, definitions={"D": schema_of({"Policy": {}})}
            ),
            {("A", "Policy")},
        ),
        (
            schema_of({"A": {"oneOf": [schema_of({"Policy": FREE}), TEXT]}}),
            {("A", "Policy")},
        ),
        (schema_of({"Grants": {"items": schema_of({"Effect": TEXT})}}), {("Grants", "*")}),
        (schema_of({"Principal": TEXT, "Action": TEXT, "X": TEXT}), {()}),
    ],
)
def test_a_new_policy_property_is_found(schema: Schema, found: set[PropertyPath]) -> None:
    assert policy_like(schema) == found


@pytest.mark.parametrize(
    "schema",
    [
        schema_of({"BucketName": TEXT, "PolicyId": TEXT, "PolicyName": TEXT}),
        schema_of({"DeletionPolicy": TEXT | {"enum": ["Retain", "Delete"]}}),
        schema_of({"PolicyCount": {"type": "integer"}}),
        schema_of({"ScalingPolicy": schema_of({"Target": TEXT}, type="object")}),
        schema_of({"Policy": TEXT}, readOnlyProperties=["/properties/Policy"]),
        schema_of({"RoleArn": TEXT | {"description": "A role whose trust policy allows this"}}),
        schema_of(
            {"Node": {"$ref": "#/definitions/Node"}},
            definitions={
                "Node": schema_of({"Next": {"$ref": "#/definitions/Node"}}, type="object")
            },
        ),
    ],
)
def test_what_cannot_be_a_policy_is_left_out(schema: Schema) -> None:
    assert policy_like(schema) == set()


def test_a_property_that_the_table_lacks_is_no_part_of_it() -> None:
    assert is_in_table("AWS::IAM::Role", ("Policies", "*", "PolicyDocument", "Statement"))
    assert is_in_table("AWS::Lambda::Permission", ())
    assert not is_in_table("AWS::Lambda::Permission", ("NewPolicy",))
    assert not is_in_table("AWS::IAM::Role", ("NewPolicyDocument",))
    assert not is_in_table("AWS::S3::Bucket", ())
