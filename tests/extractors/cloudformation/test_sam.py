"""SAM templates: what the transform makes, at the lines that made it."""

from __future__ import annotations

import socket
from textwrap import dedent

import pytest

from policy_gate.model import Extraction, Policy, PolicyKind, ReasonCode
from tests.extractors.cloudformation.extraction import extract, shown

TEMPLATE = dedent("""\
    Transform: AWS::Serverless-2016-10-31
    Globals:
      Function:
        Runtime: python3.13
    Resources:
      F:
        Type: AWS::Serverless::Function
        Connectors:
          ToQueue:
            Properties:
              Destination: {Id: Q}
              Permissions: [Write]
        Properties:
          CodeUri: src/
          Handler: app.handler
          FunctionUrlConfig:
            AuthType: NONE
          Policies:
            - AdministratorAccess
            - S3ReadPolicy:
                BucketName: logs
            - Statement:
                - Effect: Allow
                  Action: s3:GetObject
                  Resource: !GetAtt Q.Arn
          Events:
            Tick:
              Type: Schedule
              Properties: {Schedule: rate(1 day)}
      Q: {Type: AWS::SQS::Queue}
    """)


def by_name(extraction: Extraction) -> dict[str, Policy]:
    return {str(policy.identity): policy for policy in extraction.policies}


@pytest.fixture(scope="module")
def found() -> dict[str, Policy]:
    extraction = extract(TEMPLATE)
    assert {item.reason for item in extraction.not_checked} == {ReasonCode.DOCUMENT_UNAVAILABLE}
    return by_name(extraction)


def test_everything_that_sam_makes_is_found(found: dict[str, Policy]) -> None:
    assert {name: policy.kind for name, policy in found.items()} == {
        "FRole / AssumeRolePolicyDocument": PolicyKind.TRUST,
        "FRole / AdministratorAccess": PolicyKind.IDENTITY,
        "FRole / FRolePolicy1": PolicyKind.IDENTITY,
        "FRole / FRolePolicy2": PolicyKind.IDENTITY,
        "FToQueuePolicy / PolicyDocument": PolicyKind.IDENTITY,
        "FTickPermission / Permission": PolicyKind.RESOURCE,
        "FUrlPublicPermissions / Permission": PolicyKind.RESOURCE,
        "FURLInvokeAllowPublicAccess / Permission": PolicyKind.RESOURCE,
    }


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("FRole / AdministratorAccess", "AdministratorAccess"),
        ("FRole / FRolePolicy1", "S3ReadPolicy:"),
        ("FToQueuePolicy / PolicyDocument", "Properties:"),
        ("FTickPermission / Permission", "Type: Schedule"),
        ("FUrlPublicPermissions / Permission", "AuthType: NONE"),
        ("FURLInvokeAllowPublicAccess / Permission", "AuthType: NONE"),
    ],
)
def test_what_is_generated_stands_where_it_comes_from(
    found: dict[str, Policy], name: str, written: str
) -> None:
    location = found[name].sources.locate(("Statement", 0, "Action"))
    assert shown(TEMPLATE, location).startswith(written)


def test_what_the_user_wrote_keeps_its_lines(found: dict[str, Policy]) -> None:
    sources = found["FRole / FRolePolicy2"].sources
    assert shown(TEMPLATE, sources.locate(("Statement", 0, "Action"))) == "s3:GetObject"
    assert shown(TEMPLATE, sources.locate_key(("Statement", 0, "Effect"))) == "Effect"


def test_a_function_url_without_authorisation_is_public(found: dict[str, Policy]) -> None:
    document = found["FUrlPublicPermissions / Permission"].document
    assert isinstance(document, dict)
    statements = document["Statement"]
    assert isinstance(statements, list)
    assert isinstance(statements[0], dict)
    assert statements[0]["Principal"] == "*"
    assert statements[0]["Condition"] == {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}


def test_one_refused_resource_does_not_hide_the_others() -> None:
    extraction = extract("""
        Transform: AWS::Serverless-2016-10-31
        Resources:
          Good:
            Type: AWS::Serverless::Function
            Properties: {Handler: a.b, Runtime: python3.13, CodeUri: src}
          Bad:
            Type: AWS::Serverless::Function
            Properties:
              NoSuchProperty: 1
              PermissionsBoundary: !ImportValue boundary
              AssumeRolePolicyDocument: {Statement: []}
              Policies:
                - AdministratorAccess
                - SQSPollerPolicy: {QueueName: q}
                - Statement: [{Effect: Allow, Action: "iam:*", Resource: !Ref Good}]
    """)
    assert set(by_name(extraction)) == {
        "GoodRole / AssumeRolePolicyDocument",
        "Bad / AssumeRolePolicyDocument",
        "Bad / PolicyDocument",
        "Bad / AdministratorAccess",
    }
    (refused,) = (i for i in extraction.not_checked if i.reason is ReasonCode.NOT_ANALYSED)
    assert refused.identity.resource_address == "Bad"
    assert "NoSuchProperty" in refused.message
    (boundary,) = (i for i in extraction.not_checked if i.reason is ReasonCode.NOT_APPLICABLE)
    assert boundary.identity.policy_name == "PermissionsBoundary"


@pytest.mark.parametrize(
    "resources",
    [
        "{F: {Type: AWS::Serverless::Function, Properties: [a]}}",
        "{F: {Type: AWS::Serverless::Function, Properties: {Events: [1]}}}",
        "{F: {Type: AWS::Serverless::Function, Properties: {Policies: 3}}, 4: x}",
        "{F: {Type: AWS::Serverless::Connector}}",
        "{Q: {Type: AWS::SQS::Queue, Connectors: [1]}}",
        "{Q: {Type: AWS::SQS::Queue, Connectors: {C: 1}}}",
        "{F: {Type: AWS::Serverless::Unheard, Properties: {Policies: AdministratorAccess}}}",
    ],
)
def test_what_sam_cannot_expand_is_not_analysed(resources: str) -> None:
    extraction = extract(f"{{Transform: AWS::Serverless-2016-10-31, Resources: {resources}}}")
    assert ReasonCode.NOT_ANALYSED in {item.reason for item in extraction.not_checked}


def test_applications_are_not_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    extraction = extract("""
        Transform: AWS::Serverless-2016-10-31
        Resources:
          App:
            Type: AWS::Serverless::Application
            Properties:
              Location: {ApplicationId: "arn:aws:serverlessrepo:::a/b", SemanticVersion: 1.0.0}
          F:
            Type: AWS::Serverless::Function
            Properties:
              Handler: a.b
              Runtime: python3.13
              CodeUri: .
              Policies:
                Statement: [{Effect: Allow, Action: s3:*, Resource: !GetAtt App.Outputs.A}]
    """)
    assert "FRole / FRolePolicy0" in by_name(extraction)
    assert "App" in {item.identity.resource_address for item in extraction.not_checked}


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    extract(TEMPLATE)
    assert capfd.readouterr() == ("", "")
