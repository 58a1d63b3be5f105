"""Policies inside the template of an AWS::IoT::ProvisioningTemplate."""

from __future__ import annotations

import json
from textwrap import indent

import pytest

from policy_gate.model import AssumptionKind, DeferredText, PolicyKind, ReasonCode, Value
from tests.extractors.cloudformation.extraction import extract, only, refusal, shown

STATEMENT = {"Sid": "Here", "Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}
DOCUMENT = {"Version": "2012-10-17", "Statement": [STATEMENT]}


def body(document: object, **others: object) -> dict[str, object]:
    return {
        "Parameters": {"SerialNumber": {"Type": "String"}},
        "Resources": {
            "thing": {"Type": "AWS::IoT::Thing", "Properties": {"ThingName": "t"}},
            "policy": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument": document}},
            **others,
        },
    }


def template_of(written: str) -> str:
    return (
        "Parameters: {Any: {Type: String}}\nResources:\n"
        "  Own: {Type: AWS::IoT::Policy, Properties: {PolicyDocument: {a: 1}}}\n"
        "  T:\n    Type: AWS::IoT::ProvisioningTemplate\n    Properties:\n"
        f"      TemplateBody: {written}\n"
    )


def block(content: object) -> str:
    return "|\n" + indent(json.dumps(content, indent=2), " " * 8)


def found(written: str) -> tuple[str, Value]:
    """The template, and the document of its only policy inside a provisioning template."""
    template = template_of(written)
    own, policy = extract(template).policies
    assert (own.identity.resource_address, policy.identity.resource_address) == ("Own", "T")
    return template, policy.document


@pytest.mark.parametrize("document", [DOCUMENT, json.dumps(DOCUMENT)], ids=["object", "text"])
@pytest.mark.parametrize("form", ["block", "sub", "quoted", "flow", "to json"])
def test_the_document_is_found_at_its_line(document: object, form: str) -> None:
    content = body(document)
    template = template_of(
        {
            "block": block(content),
            "sub": "!Sub " + block(content).replace("iot:Connect", "${AWS::Partition}:Connect"),
            "quoted": json.dumps(json.dumps(content)),
            "flow": json.dumps(content),
            "to json": f"\n        Fn::ToJsonString: {json.dumps(content)}",
        }[form]
    ).replace("${AWS::Partition}:Connect", "iot:Connect")

    _, policy = extract(template).policies

    assert policy.identity.policy_name == "policy"
    assert policy.kind is PolicyKind.IDENTITY
    assert policy.document == DOCUMENT
    line = next(n for n, text in enumerate(template.split("\n"), 1) if "Here" in text)
    sid = policy.sources.locate(("Statement", 0, "Sid"))
    assert sid.line == line
    assert "Here" in shown(template, sid)


def test_what_provisioning_gives_is_any_value() -> None:
    resource = {"Fn::Join": ["", ["arn:aws:iot:eu-west-1:1:client/", {"Ref": "SerialNumber"}]]}
    _, document = found(block(body({"Statement": {"Resource": resource}})))

    assert isinstance(document, dict)
    assert isinstance(document["Statement"], dict)
    value = document["Statement"]["Resource"]
    assert isinstance(value, DeferredText)
    assert str(value) == "arn:aws:iot:eu-west-1:1:client/${SerialNumber}"
    (assumption,) = value.assumptions()
    assert assumption.kind is AssumptionKind.SUPPLIED
    assert assumption.location
    assert assumption.location.line > 10


def test_a_joined_text_is_a_document() -> None:
    start, end = json.dumps({"Resource": "client/SPLIT"}).split("SPLIT")
    joined = {"Fn::Join": ["", [start, {"Ref": "SerialNumber"}, end]]}
    _, document = found(block(body(joined)))
    assert isinstance(document, dict)
    assert str(document["Resource"]) == "client/${SerialNumber}"


@pytest.mark.parametrize("function", ["Fn::Sub", "Fn::Select", "Fn::Join", "Fn::Unheard"])
def test_another_function_is_any_value(function: str) -> None:
    _, document = found(block(body({"a": {function: "x"}})))
    assert isinstance(document, dict)
    assert isinstance(document["a"], DeferredText)


def test_values_of_the_template_around_are_those_of_cloudformation() -> None:
    _, document = found("!Sub " + block(body({"a": "${Any}", "b": "${!iot:ClientId}"})))
    assert isinstance(document, dict)
    assert str(document["a"]) == "${Any}"
    assert document["b"] == "${iot:ClientId}"


def test_a_policy_that_is_only_named_is_listed() -> None:
    named = {"Resources": {"p": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyName": "x"}}}}
    extraction = extract(template_of(block(named)))
    (item,) = extraction.not_checked
    assert item.reason is ReasonCode.DOCUMENT_UNAVAILABLE
    assert item.location
    assert shown(template_of(block(named)), item.location) == '"x"'


def test_a_policy_of_the_template_around_is_found_where_it_stands() -> None:
    properties = {"PolicyName": "${Own}"}
    named = {"Resources": {"p": {"Type": "AWS::IoT::Policy", "Properties": properties}}}
    assert only(template_of("!Sub " + block(named))).identity.resource_address == "Own"


def test_a_template_without_policies_has_none() -> None:
    written = block({"Resources": {"thing": {"Type": "AWS::IoT::Thing"}}})
    assert only(template_of(written)).identity.resource_address == "Own"


@pytest.mark.parametrize(
    "written",
    [
        "no JSON",
        "'{'",
        "[a]",
        "'[]'",
        "5",
        "'{\"Resources\": []}'",
        '\'{"Resources": {"p": 3}}\'',
        '\'{"Resources": {"p": {"Type": "AWS::IoT::Policy", "Properties": []}}}\'',
        "!Ref Nothing",
    ],
)
def test_a_body_that_is_no_template_is_never_silent(written: str) -> None:
    extraction = extract(template_of(written))
    (item,) = extraction.not_checked
    assert item.reason is ReasonCode.NOT_ANALYSED
    assert item.identity.resource_address == "T"


def test_a_body_that_only_deployment_has_is_an_unknown_policy() -> None:
    _, document = found("!Ref Any")
    assert isinstance(document, DeferredText)


def test_properties_of_a_wrong_type_are_never_silent() -> None:
    item = refusal("Resources: {T: {Type: AWS::IoT::ProvisioningTemplate, Properties: [a]}}")
    assert item.reason is ReasonCode.NOT_ANALYSED
