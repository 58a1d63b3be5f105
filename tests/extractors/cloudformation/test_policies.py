"""Every policy is found, named and classified, wherever functions stand around it."""

from __future__ import annotations

from textwrap import indent

import pytest

from policy_gate.model import DeferredText, PolicyKind, ReasonCode
from tests.extractors.cloudformation.extraction import extract, only, policies, refusal, shown

CONDITION = """
Parameters:
  Env: {Type: String, Default: dev}
Conditions:
  IsDev: !Equals [!Ref Env, dev]
"""


def role(properties: str) -> str:
    return (
        f"{CONDITION}Resources:\n  Role:\n    Type: AWS::IAM::Role\n    Properties:"
        f"{indent(properties, ' ' * 6)}\n"
    )


def found(template: str) -> list[tuple[str, str, object]]:
    return [(item.identity.policy_name, item.world, item.document) for item in policies(template)]


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (
            "\nPolicies:\n  - {PolicyName: p, PolicyDocument: {a: 1}}",
            [("p", "", {"a": 1})],
        ),
        (
            "\nPolicies: !If [IsDev, [{PolicyName: p, PolicyDocument: {a: 1}}], []]",
            [("p", "", {"a": 1})],
        ),
        (
            "\nPolicies: !If [IsDev, !Ref AWS::NoValue, [{PolicyName: p, PolicyDocument: {a: 1}}]]",
            [("p", "Env other than dev", {"a": 1})],
        ),
        (
            (
                "\nPolicies:\n  - !If [IsDev, {PolicyName: p, PolicyDocument: {a: 1}},"
                " {PolicyName: q, PolicyDocument: {a: 2}}]"
            ),
            [("p", "", {"a": 1}), ("q", "Env other than dev", {"a": 2})],
        ),
        (
            "\nPolicies:\n  - PolicyName: p\n    PolicyDocument: !If [IsDev, {a: 1}, {a: 2}]",
            [("p", "", {"a": 1}), ("p", "Env other than dev", {"a": 2})],
        ),
        (
            (
                "\nPolicies:\n  - {PolicyName: p, PolicyDocument: {Statement: [!If [IsDev, {a: 1},"
                " !Ref AWS::NoValue], {b: 2}]}}"
            ),
            [
                ("p", "", {"Statement": [{"a": 1}, {"b": 2}]}),
                ("p", "Env other than dev", {"Statement": [{"b": 2}]}),
            ],
        ),
        (
            " !If [IsDev, {Policies: [{PolicyName: p, PolicyDocument: {a: 1}}]}, {}]",
            [("p", "", {"a": 1})],
        ),
        (
            "\nPolicies:\n  - {PolicyName: p, PolicyDocument: {Statement: {a: 1}}}",
            [("p", "", {"Statement": {"a": 1}})],
        ),
        (
            (
                "\nPolicies:\n"
                "  - {PolicyName: p, PolicyDocument: {a: 1}}\n"
                "  - {PolicyName: p, PolicyDocument: {a: 1}}\n"
                "  - {PolicyDocument: {a: 1}}"
            ),
            [("p", "", {"a": 1}), ("p #2", "", {"a": 1}), ("PolicyDocument", "", {"a": 1})],
        ),
        (
            "\nPolicies: !If [IsDev, [{PolicyDocument: {a: 1}}, {PolicyDocument: {a: 2}}], []]",
            [("PolicyDocument", "", {"a": 1}), ("PolicyDocument #2", "", {"a": 2})],
        ),
        ("\nPolicies: !Ref AWS::NoValue", []),
        ("\nPolicies: []", []),
        (" {}", []),
    ],
)
def test_policies_of_a_role(properties: str, expected: list[tuple[str, str, object]]) -> None:
    assert found(role(properties)) == expected


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("plain", "plain"),
        ("!Sub '${Env}-logs'", "${Env}-logs"),
        ("!Join ['-', [!Ref Env, logs]]", "${Env}-logs"),
        ("!Ref Env", "${Env}"),
        ("!Sub ['${X}-logs', {X: !Ref Env}]", "${X}-logs"),
        ("12", "12"),
        ("[a]", "PolicyDocument"),
    ],
)
def test_a_name_is_as_written_so_that_it_is_the_same_in_every_world(
    written: str, name: str
) -> None:
    item = f"  - PolicyName: {written}\n    PolicyDocument: {{a: !If [IsDev, 1, 2]}}"
    template = role(f"\nPolicies:\n{item}")
    assert [item[0] for item in found(template)] == [name, name]


def test_kinds_and_names_come_from_the_resource() -> None:
    template = """
    Resources:
      Role:
        Type: AWS::IAM::Role
        Properties: {AssumeRolePolicyDocument: {a: 1}}
      Managed:
        Type: AWS::IAM::ManagedPolicy
        Properties: {ManagedPolicyName: m, PolicyDocument: {a: 1}}
      Inline:
        Type: AWS::IAM::Policy
        Properties: {PolicyName: i, PolicyDocument: {a: 1}}
      Bucket:
        Type: AWS::S3::BucketPolicy
        Properties: {Bucket: b, PolicyDocument: {a: 1}}
      Scp:
        Type: AWS::Organizations::Policy
        Properties: {Name: s, Type: SERVICE_CONTROL_POLICY, Content: {a: 1}}
      Rcp:
        Type: AWS::Organizations::Policy
        Properties: {Name: r, Type: RESOURCE_CONTROL_POLICY, Content: '{"a": 1}'}
    """
    assert [(item.identity.policy_name, item.kind) for item in policies(template)] == [
        ("AssumeRolePolicyDocument", PolicyKind.TRUST),
        ("m", PolicyKind.IDENTITY),
        ("i", PolicyKind.IDENTITY),
        ("PolicyDocument", PolicyKind.RESOURCE),
        ("Content", PolicyKind.SERVICE_CONTROL),
        ("Content", PolicyKind.RESOURCE_CONTROL),
    ]


KINDS = "Parameters: {Kind: {Type: String%s}}\nConditions: {C: !Equals [!Ref Kind, x]}\n"


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("SERVICE_CONTROL_POLICY", "", [PolicyKind.SERVICE_CONTROL]),
        ("!Ref Kind", ", Default: RESOURCE_CONTROL_POLICY", [PolicyKind.RESOURCE_CONTROL]),
        (
            "!If [C, SERVICE_CONTROL_POLICY, RESOURCE_CONTROL_POLICY]",
            "",
            [PolicyKind.SERVICE_CONTROL, PolicyKind.RESOURCE_CONTROL],
        ),
        ("TAG_POLICY", "", [ReasonCode.NOT_APPLICABLE]),
        ("!Ref Kind", ", Default: BACKUP_POLICY", [ReasonCode.NOT_APPLICABLE]),
        (
            "!If [C, AISERVICES_OPT_OUT_POLICY, SERVICE_CONTROL_POLICY]",
            "",
            [PolicyKind.SERVICE_CONTROL, ReasonCode.NOT_APPLICABLE],
        ),
        ("!Ref Kind", "", [ReasonCode.NOT_ANALYSED]),
        ("[a]", "", [ReasonCode.NOT_ANALYSED]),
        ("!Ref AWS::NoValue", "", [ReasonCode.NOT_ANALYSED]),
    ],
)
def test_the_type_of_an_organizations_policy_decides(
    kind: str, options: str, expected: list[PolicyKind | ReasonCode]
) -> None:
    resource = (
        "Resources: {P: {Type: AWS::Organizations::Policy,"
        f" Properties: {{Content: {{a: 1}}, Type: {kind}}}}}}}\n"
    )
    extraction = extract(KINDS % options + resource)
    assert [
        *(policy.kind for policy in extraction.policies),
        *(item.reason for item in extraction.not_checked),
    ] == expected


@pytest.mark.parametrize(
    "body",
    [
        "{x-amazon-apigateway-policy: {Statement: [{Sid: a}]}}",
        '{x-amazon-apigateway-policy: \'{"Statement": [{"Sid": "a"}]}\'}',
        '\'{"x-amazon-apigateway-policy": {"Statement": [{"Sid": "a"}]}}\'',
        (
            '!Sub \'{"info": "${AWS::Region}", "x-amazon-apigateway-policy":'
            ' {"Statement": [{"Sid": "a"}]}}\''
        ),
        "{'Fn::ToJsonString': {x-amazon-apigateway-policy: {Statement: [{Sid: a}]}}}",
        "!If [IsDev, {x-amazon-apigateway-policy: {Statement: [{Sid: a}]}}, {}]",
    ],
)
def test_the_policy_of_an_api_is_found_in_its_body(body: str) -> None:
    template = f"{CONDITION}Resources:\n  A:\n    Type: AWS::ApiGateway::RestApi\n"
    template += f"    Properties:\n      Body: {body}\n"
    policy = only(template)
    assert policy.identity.policy_name == "x-amazon-apigateway-policy"
    assert policy.document == {"Statement": [{"Sid": "a"}]}
    sid = policy.sources.locate(("Statement", 0, "Sid"))
    assert (sid.line, shown(template, sid).strip("\"'")) == (10, "a")


@pytest.mark.parametrize("body", ["'openapi: 3.0.0'", "[a]", "'[]'", "5"])
def test_a_body_that_is_no_openapi_document_is_never_silent(body: str) -> None:
    resource = f"{{Type: AWS::ApiGateway::RestApi, Properties: {{Body: {body}}}}}"
    assert refusal(f"Resources: {{A: {resource}}}").reason is ReasonCode.NOT_ANALYSED


@pytest.mark.parametrize("body", ["!Ref Env", "{Fn::Transform: {Name: AWS::Include}}"])
def test_a_body_that_only_deployment_has_is_an_unknown_policy(body: str) -> None:
    resource = f"{{Type: AWS::ApiGateway::RestApi, Properties: {{Body: {body}}}}}"
    template = f"Parameters: {{Env: {{Type: String}}}}\nResources: {{A: {resource}}}\n"
    assert isinstance(only(template).document, DeferredText)


def test_an_api_whose_document_is_in_a_bucket_is_never_silent() -> None:
    resource = "{Type: AWS::ApiGateway::RestApi, Properties: {BodyS3Location: {Bucket: b, Key: k}}}"
    item = refusal(f"Resources: {{A: {resource}}}")
    assert item.reason is ReasonCode.NOT_ANALYSED
    assert "BodyS3Location" in item.message


def test_a_policy_that_nobody_of_this_template_has_is_a_policy() -> None:
    template = """
    Resources:
      Alone: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {a: 1}}}
      Elsewhere:
        Type: AWS::IAM::Policy
        Properties: {PolicyName: p, Roles: [from-elsewhere], PolicyDocument: {a: 1}}
      Imported:
        Type: AWS::IAM::RolePolicy
        Properties: {PolicyName: p, RoleName: !ImportValue role, PolicyDocument: {a: 1}}
      Bucket:
        Type: AWS::S3::BucketPolicy
        Properties: {Bucket: from-elsewhere, PolicyDocument: {a: 1}}
    """
    assert [item.identity.resource_address for item in policies(template)] == [
        "Alone",
        "Elsewhere",
        "Imported",
        "Bucket",
    ]


def test_a_ram_permission_is_listed() -> None:
    resource = "{Type: AWS::RAM::Permission, Properties: {PolicyTemplate: {Effect: Allow}}}"
    item = refusal(f"Resources: {{P: {resource}}}")
    assert item.reason is ReasonCode.NOT_APPLICABLE
    assert "without Principal and Resource" in item.message


@pytest.mark.parametrize(
    ("arn", "resource_type"),
    [
        ("arn:aws:cloudtrail:eu-west-1:111111111111:eventdatastore/x", "EventDataStore"),
        ("arn:aws:cloudtrail:eu-west-1:111111111111:dashboard/x", "Dashboard"),
        ("arn:aws:cloudtrail:eu-west-1:111111111111:channel/x", None),
    ],
)
def test_the_arn_tells_the_type_for_public_access(arn: str, resource_type: str | None) -> None:
    template = f"""
    Resources:
      R:
        Type: AWS::CloudTrail::ResourcePolicy
        Properties: {{ResourceArn: '{arn}', ResourcePolicy: {{a: 1}}}}
    """
    told = only(template).public_access_resource_type
    assert told == (resource_type and f"AWS::CloudTrail::{resource_type}")


@pytest.mark.parametrize(
    "properties",
    [
        " [a]",
        " text",
        " null",
        "\nPolicies: text",
        "\nPolicies: [[{PolicyName: p, PolicyDocument: {a: 1}}]]",
        "\nPolicies: [text]",
        "\nPolicies: [null]",
    ],
)
def test_properties_of_a_wrong_type_are_never_silent(properties: str) -> None:
    extraction = extract(role(properties))
    assert extraction.policies == ()
    assert {item.reason for item in extraction.not_checked} == {ReasonCode.NOT_ANALYSED}


@pytest.mark.parametrize("document", ["text", "5", "true", "null", "[a]", "!Ref AWS::StackId"])
def test_a_document_of_a_wrong_type_is_a_policy(document: str) -> None:
    assert len(policies(role(f"\nAssumeRolePolicyDocument: {document}"))) == 1


@pytest.mark.parametrize(
    "properties",
    [
        "\nFn::Transform: {Name: AWS::Include}",
        "\nPolicies:\n  - Fn::Transform: {Name: AWS::Include}",
        "\nPolicies:\n  Fn::Transform: {Name: AWS::Include}",
        "\nPolicies:\n  - PolicyName: p\n    Fn::Transform: {Name: AWS::Include}",
        "\nAssumeRolePolicyDocument: {Fn::Transform: {Name: AWS::Include}, Statement: []}",
        "\nPolicies: !Custom::Macro x",
    ],
)
def test_what_a_function_may_add_is_an_unknown_policy(properties: str) -> None:
    found_policies = extract(role(properties)).policies
    assert found_policies
    assert all(isinstance(item.document, DeferredText) for item in found_policies)


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("Resources: {R: text}", "a resource is a mapping with a Type"),
        ("Resources: {R: {Properties: {}}}", "a resource is a mapping with a Type"),
        ("Resources: {R: {Type: [a]}}", "a resource is a mapping with a Type"),
        ("Resources: {'Fn::Transform': {Name: AWS::Include}}", "Fn::Transform is not expanded"),
        ("Resources: {R: {Type: A::B::C::MODULE}}", "the module A::B::C::MODULE"),
        ("Resources: {R: {Type: AWS::Serverless::Unheard}}", "SAM does not know"),
        (
            "Resources: {R: {Type: AWS::IAM::Role, 'Fn::Transform': {Name: AWS::Include}}}",
            "the function beside Type",
        ),
        ("{Transform: Own, Resources: {}}", "the macro Own may add"),
        ("{Transform: [{Name: AWS::Include}], Resources: {}}", "the macro AWS::Include may add"),
        ("{'Fn::Transform': {Name: Own}, Resources: {}}", "the macro Fn::Transform may add"),
        (
            "Resources: {R: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: x}}}",
            "the template 'x' cannot be read: No such file",
        ),
        (
            (
                "Resources: {R: {Type: AWS::CloudFormation::Stack,"
                " Properties: !If [C, {TemplateURL: x}, {TemplateURL: y}]}}"
            ),
            "a function gives the properties",
        ),
    ],
)
def test_what_is_not_followed_is_not_analysed(template: str, message: str) -> None:
    not_checked = refusal(template)
    assert not_checked.reason is ReasonCode.NOT_ANALYSED
    assert message in not_checked.message


@pytest.mark.parametrize(
    ("template", "message"),
    [
        (
            "Resources: {R: {Type: AWS::SQS::Queue, Properties: {RedrivePolicy: {a: b}}}}",
            "RedrivePolicy is not written in the IAM policy language",
        ),
    ],
)
def test_other_languages_are_not_applicable(template: str, message: str) -> None:
    not_checked = refusal(template)
    assert not_checked.reason is ReasonCode.NOT_APPLICABLE
    assert message in not_checked.message


def test_positions_are_those_of_the_users_file() -> None:
    template = role(
        "\nPolicies:\n  - PolicyName: p\n    PolicyDocument:\n      Statement:\n"
        "        - Effect: Allow   # why\n          Action:\n            - 's3:*'\n"
        "          Resource: !Sub 'arn:${Env}'\n# the end\n"
    )
    sources = only(template).sources
    texts = {path: shown(template, place) for path, place in sources.values.items()}
    assert texts[("Statement", 0, "Effect")] == "Allow"
    assert texts[("Statement", 0, "Action", 0)] == "'s3:*'"
    assert texts[("Statement", 0, "Action")] == "- 's3:*'"
    assert texts[("Statement", 0, "Resource")] == "!Sub 'arn:${Env}'"
    assert texts[()].endswith("!Sub 'arn:${Env}'")
    keys = {path: shown(template, place) for path, place in sources.keys.items()}
    assert keys == {
        ("Statement",): "Statement",
        ("Statement", 0, "Effect"): "Effect",
        ("Statement", 0, "Action"): "Action",
        ("Statement", 0, "Resource"): "Resource",
    }


def test_an_alias_stands_where_it_is_anchored() -> None:
    template = (
        "Metadata:\n  Shared: &shared {Effect: Allow, Action: 's3:*'}\n"
        "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n"
        "      PolicyDocument:\n        Statement:\n          - *shared\n"
        "          - <<: *shared\n            Effect: Deny\n"
    )
    policy = only(template)
    assert policy.document == {
        "Statement": [
            {"Effect": "Allow", "Action": "s3:*"},
            {"Effect": "Deny", "Action": "s3:*"},
        ]
    }
    assert policy.sources.locate(("Statement", 0, "Action")).line == 2
    assert policy.sources.locate(("Statement", 1, "Action")).line == 2
    assert policy.sources.locate(("Statement", 1, "Effect")).line == 11


def test_account_ids_typed_as_numbers_are_text_in_a_principal() -> None:
    template = """
    Resources:
      P:
        Type: AWS::S3::BucketPolicy
        Properties:
          PolicyDocument:
            Statement: {Principal: {AWS: [111111111111]}, Condition: {NumericEquals: {k: 5}}}
    """
    assert only(template).document == {
        "Statement": {
            "Principal": {"AWS": ["111111111111"]},
            "Condition": {"NumericEquals": {"k": 5}},
        }
    }


def test_the_same_template_gives_the_same_policies_in_the_same_order() -> None:
    template = role(
        "\nPolicies:\n"
        "  - {PolicyName: p, PolicyDocument: {a: !If [IsDev, !Ref Env, !Ref AWS::Region]}}\n"
        "  - {PolicyName: q, PolicyDocument: {a: !GetAtt Role.Arn}}"
    )
    assert repr(extract(template)) == repr(extract(template))


def test_a_policy_that_cannot_be_resolved_keeps_its_name() -> None:
    template = """
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      Policies: [{PolicyName: app, PolicyDocument: {X: !FindInMap [M, a, b]}}]
"""
    (item,) = extract(template).not_checked
    assert item.identity.policy_name == "app"
    assert "M.a.b" in item.message
