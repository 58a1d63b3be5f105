"""Resources that stand for one statement become the statement that AWS creates."""

from __future__ import annotations

import pytest

from policy_gate.extractors.cloudformation import tables
from policy_gate.extractors.cloudformation.permissions import BUILDERS
from policy_gate.extractors.cloudformation.policies import SYNTHESISED
from policy_gate.model import DeferredText, PolicyKind, Value
from tests.extractors.cloudformation.extraction import assumption, extract, only, shown

GIVEN = {
    "AWS::AccountId": "123456789012",
    "AWS::Region": "eu-west-1",
}


def statement(resource_type: str, properties: str) -> dict[str, Value]:
    template = (
        f"Resources:\n  P:\n    Type: {resource_type}\n    Properties: {properties}\n"
        "  Function: {Type: AWS::Lambda::Function}\n"
    )
    document = only(template, given=GIVEN).document
    assert isinstance(document, dict)
    assert document["Version"] == "2012-10-17"
    statements = document["Statement"]
    assert isinstance(statements, list)
    (found,) = statements
    assert isinstance(found, dict)
    return found


def lambda_permission(properties: str) -> dict[str, Value]:
    return statement("AWS::Lambda::Permission", properties)


@pytest.mark.parametrize(
    ("written", "principal"),
    [
        ("'*'", "*"),
        ("s3.amazonaws.com", {"Service": "s3.amazonaws.com"}),
        ("!Sub 'sns.${AWS::URLSuffix}'", {"Service": "sns.amazonaws.com"}),
        ("alexa-appkit.amazon.com", {"Service": "alexa-appkit.amazon.com"}),
        ("'123456789012'", {"AWS": "123456789012"}),
        ("123456789012", {"AWS": "123456789012"}),
        ("!Ref AWS::AccountId", {"AWS": "123456789012"}),
        ("arn:aws:iam::1:role/x", {"AWS": "arn:aws:iam::1:role/x"}),
        (
            "arn:aws:iam::1:role/aws-service-role/x.amazonaws.com/y",
            {"AWS": "arn:aws:iam::1:role/aws-service-role/x.amazonaws.com/y"},
        ),
    ],
)
def test_the_principal_is_told_from_its_text(written: str, principal: Value) -> None:
    assert lambda_permission(f"{{Principal: {written}}}")["Principal"] == principal


ARN = "arn:aws:lambda:eu-west-1:123456789012:function:f"


@pytest.mark.parametrize("name", ["f", ARN, "123456789012:function:f"])
def test_a_function_is_named_in_any_form(name: str) -> None:
    assert lambda_permission(f"{{FunctionName: '{name}'}}")["Resource"] == ARN


@pytest.mark.parametrize("written", ["!Ref Function", "!GetAtt Function.Arn"])
def test_a_function_of_the_template_is_an_arn(written: str) -> None:
    resource = lambda_permission(f"{{FunctionName: {written}}}")["Resource"]
    assert str(resource) == "arn:aws:lambda:eu-west-1:123456789012:function:${Function}"


def test_a_function_name_from_outside_may_be_an_arn() -> None:
    resource = lambda_permission("{FunctionName: !ImportValue f}")["Resource"]
    assert isinstance(resource, DeferredText)
    assert len(resource.parts) == 1


@pytest.mark.parametrize(
    ("declared", "allowed", "pattern"),
    [
        ("AllowedValues: [f, g]", None, "**"),
        ("AllowedValues: ['arn:aws:lambda:eu-west-1:1:function:f', g]", None, "**"),
        ("AllowedValues: ['arn:a', 'arn:b']", ("arn:a", "arn:b"), "**"),
        ("AllowedPattern: 'f-[a-z]+'", None, "**"),
        ("AllowedPattern: 'arn:aws:lambda:x:.+'", None, "arn:aws:lambda:x:**"),
    ],
)
def test_a_name_from_outside_is_no_arn(
    declared: str, allowed: tuple[str, ...] | None, pattern: str
) -> None:
    template = (
        f"Parameters: {{F: {{Type: String, {declared}}}}}\nResources:\n"
        "  P: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref F}}"
    )
    document = only(template).document
    assert isinstance(document, dict)
    assert isinstance(document["Statement"], list)
    (found,) = document["Statement"]
    assert isinstance(found, dict)
    named = assumption(found["Resource"])
    assert (named.allowed, named.pattern) == (allowed, pattern)


def test_the_conditions_of_a_lambda_permission() -> None:
    found = lambda_permission(
        "{Action: 'lambda:InvokeFunction', FunctionName: f, Principal: s3.amazonaws.com,"
        " SourceArn: 'arn:aws:s3:::b', SourceAccount: '1', PrincipalOrgID: o-1}"
    )
    assert found["Action"] == "lambda:InvokeFunction"
    assert found["Condition"] == {
        "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::b"},
        "StringEquals": {"AWS:SourceAccount": "1", "aws:PrincipalOrgID": "o-1"},
    }


def test_a_permission_without_conditions_has_none() -> None:
    assert "Condition" not in lambda_permission("{Principal: '*'}")


def test_an_event_bus_policy_made_of_properties() -> None:
    found = statement(
        "AWS::Events::EventBusPolicy",
        "{Action: 'events:PutEvents', Principal: '*',"
        " Condition: {Type: StringEquals, Key: 'aws:PrincipalOrgID', Value: o-1}}",
    )
    assert found == {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "events:PutEvents",
        "Resource": "arn:aws:events:eu-west-1:123456789012:event-bus/default",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
    }


def test_an_event_bus_policy_with_a_statement() -> None:
    assert statement("AWS::Events::EventBusPolicy", "{Statement: {Effect: Deny}}") == {
        "Effect": "Deny"
    }


PCA = "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/x"
LAYER = "arn:aws:lambda:eu-west-1:123456789012:layer:l:1"
EXAMPLES: dict[str, tuple[str, dict[str, Value]]] = {
    "AWS::ACMPCA::Permission": (
        (
            f"{{Actions: [IssueCertificate], CertificateAuthorityArn: '{PCA}',"
            " Principal: acm.amazonaws.com}"
        ),
        {
            "Principal": {"Service": "acm.amazonaws.com"},
            "Action": ["IssueCertificate"],
            "Resource": PCA,
        },
    ),
    "AWS::EC2::VPCEndpointServicePermissions": (
        "{AllowedPrincipals: ['arn:aws:iam::123456789012:root', '*'], ServiceId: s}",
        {
            "Principal": {"AWS": ["arn:aws:iam::123456789012:root", "*"]},
            "Action": "vpce:AllowConnection",
            "Resource": "*",
        },
    ),
    "AWS::EntityResolution::PolicyStatement": (
        (
            "{Arn: a, Effect: Deny, Principal: ['123456789012', s.amazonaws.com],"
            " Action: ['entityresolution:Get*'],"
            """ Condition: '{"StringEquals": {"aws:PrincipalOrgID": "o-1"}}', StatementId: s}"""
        ),
        {
            "Effect": "Deny",
            "Principal": {"AWS": ["123456789012"], "Service": ["s.amazonaws.com"]},
            "Action": ["entityresolution:Get*"],
            "Resource": "a",
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
        },
    ),
    "AWS::Events::EventBusPolicy": (
        "{Action: 'events:PutEvents', Principal: '123456789012', EventBusName: b, StatementId: s}",
        {
            "Principal": {"AWS": "123456789012"},
            "Action": "events:PutEvents",
            "Resource": "arn:aws:events:eu-west-1:123456789012:event-bus/b",
        },
    ),
    "AWS::Lambda::LayerVersionPermission": (
        (
            f"{{Action: 'lambda:GetLayerVersion', LayerVersionArn: '{LAYER}', OrganizationId: o-1,"
            " Principal: '*'}"
        ),
        {
            "Principal": "*",
            "Action": "lambda:GetLayerVersion",
            "Resource": LAYER,
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
        },
    ),
    "AWS::Lambda::Permission": (
        (
            "{Action: 'lambda:InvokeFunctionUrl', FunctionName: f, Principal: '*',"
            " FunctionUrlAuthType: NONE, InvokedViaFunctionUrl: true, EventSourceToken: t}"
        ),
        {
            "Principal": "*",
            "Action": "lambda:InvokeFunctionUrl",
            "Resource": ARN,
            "Condition": {
                "StringEquals": {
                    "lambda:EventSourceToken": "t",
                    "lambda:FunctionUrlAuthType": "NONE",
                },
                "Bool": {"lambda:InvokedViaFunctionUrl": True},
            },
        },
    ),
    "AWS::QBusiness::Permission": (
        (
            "{ApplicationId: a, Actions: ['qbusiness:Search'], Principal: 'arn:aws:iam::1:role/x',"
            " Conditions: ["
            "{ConditionOperator: StringEquals, ConditionKey: 'aws:SourceAccount',"
            " ConditionValues: ['123456789012']},"
            "{ConditionOperator: StringEquals, ConditionKey: 'aws:PrincipalOrgID',"
            " ConditionValues: [o-1]}]}"
        ),
        {
            "Principal": {"AWS": "arn:aws:iam::1:role/x"},
            "Action": ["qbusiness:Search"],
            "Resource": "*",
            "Condition": {
                "StringEquals": {
                    "aws:SourceAccount": ["123456789012"],
                    "aws:PrincipalOrgID": ["o-1"],
                }
            },
        },
    ),
    "AWS::Signer::ProfilePermission": (
        "{Action: 'signer:StartSigningJob', Principal: '123456789012', ProfileVersion: v1}",
        {
            "Principal": {"AWS": "123456789012"},
            "Action": "signer:StartSigningJob",
            "Resource": "*",
            "Condition": {"StringEquals": {"signer:ProfileVersion": "v1"}},
        },
    ),
}


@pytest.mark.parametrize("resource_type", sorted(BUILDERS))
def test_every_type_becomes_its_statement(resource_type: str) -> None:
    properties, expected = EXAMPLES[resource_type]
    assert statement(resource_type, properties) == {"Effect": "Allow", **expected}


def test_every_type_without_a_document_has_a_statement() -> None:
    rows = {
        name
        for name in tables.policy_resource_types()
        for row in tables.policy_properties(name)
        if row.kind in SYNTHESISED
    }
    assert rows == set(BUILDERS)


def test_an_endpoint_service_without_principals_is_open_to_nobody() -> None:
    found = statement("AWS::EC2::VPCEndpointServicePermissions", "{ServiceId: s}")
    assert found["Principal"] == {"AWS": []}


@pytest.mark.parametrize(
    "conditions",
    [
        "[text]",
        "[{ConditionKey: k, ConditionValues: [v]}]",
        "[{ConditionOperator: o, ConditionValues: [v]}]",
        "[{ConditionOperator: o, ConditionKey: k}, {ConditionOperator: o, ConditionKey: k}]",
        "text",
    ],
)
def test_conditions_that_are_not_understood_are_kept_as_they_are(conditions: str) -> None:
    found = statement("AWS::QBusiness::Permission", f"{{Conditions: {conditions}}}")
    assert not isinstance(found["Condition"], dict)


def test_a_permission_is_a_resource_policy_at_its_own_lines() -> None:
    template = (
        "Resources:\n  P:\n    Type: AWS::Lambda::Permission\n    Properties:\n"
        "      Principal: '*'\n      Action: lambda:*\n      FunctionName: f\n"
    )
    policy = only(template)
    assert (policy.kind, policy.identity.policy_name) == (PolicyKind.RESOURCE, "Permission")
    location = policy.sources.locate(("Statement", 0, "Action"))
    assert (location.line, shown(template, location)) == (6, "lambda:*")


@pytest.mark.parametrize("properties", ["[a]", "text", "null"])
def test_properties_of_a_wrong_type_are_never_silent(properties: str) -> None:
    template = f"Resources: {{P: {{Type: AWS::Lambda::Permission, Properties: {properties}}}}}"
    extraction = extract(template)
    assert (len(extraction.policies), len(extraction.not_checked)) == (0, 1)


def test_unknown_properties_are_an_unknown_policy() -> None:
    template = (
        "Resources: {P: {Type: AWS::Lambda::Permission,"
        " Properties: {'Fn::Transform': {Name: AWS::Include}, Principal: x}}}"
    )
    assert isinstance(only(template).document, DeferredText)


def test_a_condition_around_the_properties_is_explored() -> None:
    template = """
    Parameters: {Open: {Type: String, Default: 'no'}}
    Conditions: {IsOpen: !Equals [!Ref Open, 'yes']}
    Resources:
      P:
        Type: AWS::Lambda::Permission
        Properties: {Action: a, FunctionName: f, Principal: !If [IsOpen, '*', '1']}
    """
    assert [item.world for item in extract(template).policies] == ["", "Open = yes"]
