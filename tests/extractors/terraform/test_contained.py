"""Templates in a plan are read with the parameters that the plan gives them, and no others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_gate.extractors.interface import ParameterValue
from policy_gate.model import AssumptionKind, DeferredText, Extraction, Policy
from tests.extractors.terraform.plans import extracted

TEMPLATE = """
Parameters:
  Who: {Type: String, Default: arn:aws:iam::111122223333:root}
Resources:
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: b
      PolicyDocument:
        Statement:
        - {Effect: Allow, Principal: {AWS: !Ref Who}, Action: 's3:*', Resource: '*'}
        - {Effect: Allow, Principal: {AWS: !Ref AWS::AccountId}, Action: 's3:*', Resource: '*'}
"""
STACK = "aws_cloudformation_stack"
STACK_SET = "aws_cloudformation_stack_set"
PACK = "aws_config_conformance_pack"


def resource(
    kind: str, after: dict[str, Any], unknown: dict[str, Any] | None = None, **change: Any
) -> dict[str, Any]:
    return {
        "address": f"{kind}.x",
        "mode": "managed",
        "type": kind,
        "name": "x",
        "change": {
            "actions": ["create"],
            "before": None,
            "after": after,
            "after_unknown": unknown or {},
            "before_sensitive": False,
            "after_sensitive": {},
            **change,
        },
    }


def read(
    folder: Path, *resources: dict[str, Any], parameters: dict[str, ParameterValue] | None = None
) -> Extraction:
    configured = [
        {key: item[key] for key in ("address", "mode", "type", "name")}
        | {
            "expressions": {
                name: {"references": []}
                for name in (*item["change"]["after"], *item["change"]["after_unknown"])
            }
        }
        for item in resources
    ]
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {}},
        "resource_changes": resources,
        "configuration": {"root_module": {"resources": configured}},
    }
    file = folder / "plan.json"
    file.write_text(json.dumps(plan))
    return extracted(file, parameters=parameters or {})


def principals(policy: Policy) -> list[object]:
    document = policy.document
    assert isinstance(document, dict)
    statements = document["Statement"]
    assert isinstance(statements, list)
    return [
        item["Principal"]["AWS"]
        for item in statements
        if isinstance(item, dict) and isinstance(item["Principal"], dict)
    ]


def principal(found: Extraction) -> object:
    [policy] = found.policies
    return principals(policy)[0]


def kind_of(value: object) -> AssumptionKind | None:
    return value.assumptions()[0].kind if isinstance(value, DeferredText) else None


def body(**others: Any) -> dict[str, Any]:
    return {"template_body": TEMPLATE, **others}


def test_a_parameter_has_the_value_that_the_plan_gives(tmp_path: Path) -> None:
    found = read(tmp_path, resource(STACK, body(parameters={"Who": "*"})))
    assert principal(found) == "*"


def test_a_parameter_of_a_block_has_the_value_that_the_plan_gives(tmp_path: Path) -> None:
    block = {"parameter_name": "Who", "parameter_value": "*"}
    assert principal(read(tmp_path, resource(PACK, body(input_parameter=[block])))) == "*"


@pytest.mark.parametrize(
    "item",
    [
        resource(STACK, body(), {"parameters": True}),
        resource(STACK, body(parameters={}), {"parameters": {"Who": True}}),
        resource(
            STACK, body(parameters={"Who": "*"}), after_sensitive={"parameters": {"Who": True}}
        ),
        resource(PACK, body(), {"input_parameter": True}),
        resource(PACK, body(input_parameter=[None]), {"input_parameter": [True]}),
        resource(
            PACK,
            body(input_parameter=[{"parameter_value": "*"}]),
            {"input_parameter": [{"parameter_name": True}]},
        ),
        resource(
            PACK,
            body(input_parameter=[{"parameter_name": "Who"}]),
            {"input_parameter": [{"parameter_value": True}]},
        ),
    ],
)
def test_a_parameter_that_is_not_known_is_not_its_default(
    item: dict[str, Any], tmp_path: Path
) -> None:
    assert kind_of(principal(read(tmp_path, item))) is AssumptionKind.SUPPLIED


@pytest.mark.parametrize(
    ("after", "unknown"),
    [
        ({"parameter_overrides": {"Who": "*"}}, {}),
        ({"parameter_overrides": None}, {"parameter_overrides": True}),
    ],
)
@pytest.mark.parametrize(
    "kind", ["aws_cloudformation_stack_set_instance", "aws_cloudformation_stack_instances"]
)
def test_an_instance_of_a_stack_set_may_have_other_values(
    kind: str, after: dict[str, Any], unknown: dict[str, Any], tmp_path: Path
) -> None:
    given = resource(STACK_SET, body(parameters={"Who": "111122223333"}))
    found = read(tmp_path, given, resource(kind, after, unknown))
    assert kind_of(principal(found)) is AssumptionKind.SUPPLIED


def test_a_stack_set_is_deployed_elsewhere(tmp_path: Path) -> None:
    here: dict[str, ParameterValue] = {"AWS::AccountId": "999988887777"}
    [stack] = read(tmp_path, resource(STACK, body()), parameters=here).policies
    [elsewhere] = read(tmp_path, resource(STACK_SET, body()), parameters=here).policies
    assert principals(stack)[1] == "999988887777"
    assert isinstance(principals(elsewhere)[1], DeferredText)


def test_what_the_user_says_of_parameters_is_about_other_templates(tmp_path: Path) -> None:
    found = read(tmp_path, resource(STACK, body()), parameters={"Who": "123456789012"})
    assert principal(found) == "arn:aws:iam::111122223333:root"


def test_a_secret_that_was_a_parameter_is_not_in_what_was_before(tmp_path: Path) -> None:
    item = resource(
        STACK,
        body(parameters={"Who": "*"}),
        actions=["update"],
        before=body(parameters={"Who": "hunter2"}),
        before_sensitive={"parameters": {"Who": True}},
    )
    found = read(tmp_path, item)
    assert found.policies[0].change is not None
    assert found.policies[0].change.previous is not None
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    "after", [{"desired_state": "{}"}, {"desired_state": "{}", "type_name": 7}]
)
def test_a_type_that_is_not_known_is_not_analysed(after: dict[str, Any], tmp_path: Path) -> None:
    found = read(tmp_path, resource("aws_cloudcontrolapi_resource", after, {"type_name": True}))
    [item] = found.not_checked
    assert "type_name" in item.message


@pytest.mark.parametrize(
    "text", ["", "{", "just words", "[1]", "{}", "Resources: 7", "\t- a: &a *a"]
)
def test_a_template_that_is_none_is_never_silent(text: str, tmp_path: Path) -> None:
    found = read(tmp_path, resource(STACK, {"template_body": text or " "}))
    assert len(found.not_checked) == 1
