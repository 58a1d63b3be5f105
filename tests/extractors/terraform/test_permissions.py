"""Resources whose attributes are the parts of a statement become the statement that AWS creates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from policy_gate.extractors.cloudformation.policies import SYNTHESISED
from policy_gate.extractors.terraform import tables
from policy_gate.extractors.terraform.assumptions import supplied
from policy_gate.extractors.terraform.deployment import Deployment
from policy_gate.extractors.terraform.hcl.documents import document_of
from policy_gate.extractors.terraform.permissions import BUILDERS, permission_document
from policy_gate.extractors.terraform.values import Located, Place, located
from policy_gate.model import ANY_TEXT, DeferredText, Value
from policy_gate.syntax.source import Source

PLACE = Place(Source("plan.json", "{}"), 0, 2)
FUNCTION = "arn:aws:lambda:eu-west-1:111122223333:function:f"
LAYER = "arn:aws:lambda:eu-west-1:111122223333:layer:l"
UNKNOWN = DeferredText((supplied("var.x", "it is known after apply"),))


def statement(resource_type: str, **attributes: object) -> Mapping[str, Value]:
    given: dict[str, Located] = {name: located(value, PLACE) for name, value in attributes.items()}
    deployment = Deployment.of("111122223333", "eu-west-1")
    document, _ = document_of(permission_document(resource_type, given, PLACE, deployment))
    assert isinstance(document, dict)
    assert document["Version"] == "2012-10-17"
    [found] = document["Statement"] if isinstance(document["Statement"], list) else []
    assert isinstance(found, dict)
    return found


def test_every_type_of_the_table_has_a_statement() -> None:
    rows = {
        row.resource_type
        for name in tables.policy_resource_types()
        for row in tables.policy_attributes(name)
        if row.kind in SYNTHESISED
    }
    assert rows == set(BUILDERS)


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", "*"),
        ("s3.amazonaws.com", {"Service": "s3.amazonaws.com"}),
        ("events.amazonaws.com.cn", {"Service": "events.amazonaws.com.cn"}),
        ("123456789012", {"AWS": "123456789012"}),
        ("arn:aws:iam::123456789012:role/x.amazonaws.com", None),
    ],
)
def test_the_principal_is_told_from_its_text(principal: str, expected: Value) -> None:
    found = statement("aws_lambda_permission", principal=principal)
    assert found["Principal"] == (expected or {"AWS": principal})


@pytest.mark.parametrize(
    ("name", "qualifier", "expected"),
    [
        ("f", None, FUNCTION),
        (FUNCTION, None, FUNCTION),
        ("111122223333:function:f", None, FUNCTION),
        ("f", "live", f"{FUNCTION}:live"),
        (FUNCTION, "live", f"{FUNCTION}:live"),
        (f"{FUNCTION}:live", "live", f"{FUNCTION}:live"),
        ("f", "", FUNCTION),
    ],
)
def test_a_permission_is_about_the_function_and_its_qualifier(
    name: str, qualifier: str | None, expected: str
) -> None:
    given = {} if qualifier is None else {"qualifier": qualifier}
    assert statement("aws_lambda_permission", function_name=name, **given)["Resource"] == expected


@pytest.mark.parametrize("name", ["l", LAYER])
def test_a_permission_is_about_one_version_of_a_layer(name: str) -> None:
    found = statement("aws_lambda_layer_version_permission", layer_name=name, version_number=3)
    assert found["Resource"] == f"{LAYER}:3"


@pytest.mark.parametrize(
    ("allowed", "pattern"), [(("f", "g"), ANY_TEXT), (("f", FUNCTION), ANY_TEXT), (None, "*")]
)
def test_a_name_from_outside_is_any_arn(allowed: tuple[str, ...] | None, pattern: str) -> None:
    name = replace(supplied("var.f", "of its type"), allowed=allowed, pattern=pattern)
    found = statement("aws_lambda_permission", function_name=DeferredText((name,)))
    resource = found["Resource"]
    assert isinstance(resource, DeferredText)
    [part] = resource.assumptions()
    assert (part.allowed, part.pattern, part.expression) == (None, ANY_TEXT, "${var.f}")


def test_arns_from_outside_stay_what_they_are() -> None:
    name = replace(supplied("var.f", "of its type"), allowed=(FUNCTION,))
    found = statement("aws_lambda_permission", function_name=DeferredText((name,)))
    assert found["Resource"] == DeferredText((name,))


def test_the_conditions_of_a_lambda_permission() -> None:
    found = statement(
        "aws_lambda_permission",
        action="lambda:InvokeFunction",
        principal="s3.amazonaws.com",
        source_arn="arn:aws:s3:::logs",
        source_account="111122223333",
    )
    assert found["Condition"] == {
        "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::logs"},
        "StringEquals": {"AWS:SourceAccount": "111122223333"},
    }
    assert "Condition" not in statement("aws_lambda_permission", principal="*")


def test_an_event_bus_has_defaults_and_a_condition() -> None:
    found = statement(
        "aws_cloudwatch_event_permission",
        principal="*",
        condition=[{"type": "StringEquals", "key": "aws:PrincipalOrgID", "value": "o-1"}],
    )
    assert found == {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "events:PutEvents",
        "Resource": "arn:aws:events:eu-west-1:111122223333:event-bus/default",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
    }


def test_an_event_bus_policy_of_awscc_has_a_statement_or_its_parts() -> None:
    kind = "awscc_events_event_bus_policy"
    assert statement(kind, statement='{"Effect": "Deny"}') == {"Effect": "Deny"}
    parts = statement(kind, action="events:PutEvents", principal="*", event_bus_name="b")
    assert parts["Principal"] == "*"
    assert parts["Resource"] == "arn:aws:events:eu-west-1:111122223333:event-bus/b"


def test_an_endpoint_service_is_open_to_its_principals() -> None:
    single = statement("aws_vpc_endpoint_service_allowed_principal", principal_arn="*")
    assert single["Principal"] == {"AWS": "*"}
    listed = statement("aws_vpc_endpoint_service", allowed_principals=["a", "b"])
    assert listed["Principal"] == {"AWS": ["a", "b"]}
    assert listed["Action"] == "vpce:AllowConnection"


def test_principals_of_a_list_are_told_apart() -> None:
    found = statement(
        "awscc_entityresolution_policy_statement",
        principal=["s3.amazonaws.com", "123456789012"],
        action=["entityresolution:*"],
        arn="arn:aws:x",
        effect="Deny",
        condition='{"Bool": {"aws:SecureTransport": "false"}}',
    )
    assert found == {
        "Effect": "Deny",
        "Principal": {"Service": ["s3.amazonaws.com"], "AWS": ["123456789012"]},
        "Action": ["entityresolution:*"],
        "Resource": "arn:aws:x",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


@pytest.mark.parametrize(
    "resource_type", ["aws_lambda_permission", "awscc_entityresolution_policy_statement"]
)
def test_an_unknown_principal_is_somebody(resource_type: str) -> None:
    found = statement(resource_type, principal=UNKNOWN)
    assert found["Principal"] == {"AWS": UNKNOWN}


@pytest.mark.parametrize("resource_type", sorted(BUILDERS))
def test_attributes_of_a_wrong_type_make_a_statement_too(resource_type: str) -> None:
    names = ["principal", "action", "function_name", "condition", "conditions", "layer_name"]
    wrong: list[object] = [{"a": [1]}, [[]], 7, True, [], {}]
    for value in wrong:
        assert statement(resource_type, **dict.fromkeys(names, value))["Effect"] == "Allow"
