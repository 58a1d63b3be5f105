"""Every policy is found, named and classified, wherever functions stand around it."""

from __future__ import annotations

from textwrap import indent

import pytest

from policy_gate.extractors.cloudformation import tables
from policy_gate.extractors.cloudformation.permissions import BUILDERS
from policy_gate.extractors.cloudformation.policies import SYNTHESISED
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
        "\nFn::ForEach::Loop: [X, [a], {}]",
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
        ("Resources: {'Fn::ForEach::L': [X, [a], {}]}", "Fn::ForEach is not expanded yet"),
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
            (
                "Resources: {R: {Type: AWS::Organizations::Policy,"
                " Properties: {Type: TAG_POLICY, Content: {}}}}"
            ),
            "TAG_POLICY is not written in the IAM policy language",
        ),
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


REPORTED_AS_NOT_CHECKED = ("AWS::IoT::ProvisioningTemplate", "AWS::RAM::", "AWS::Serverless::")


@pytest.mark.parametrize(
    "resource_type",
    sorted(
        name
        for name in tables.policy_resource_types()
        if not name.startswith(REPORTED_AS_NOT_CHECKED)
    ),
)
def test_every_row_of_the_table_finds_its_policy(resource_type: str) -> None:
    for row in tables.policy_properties(resource_type):
        if row.kind in SYNTHESISED:
            assert resource_type in BUILDERS
            properties = "{}"
        else:
            properties = '{"a": 1}'
            for key in reversed(row.path):
                properties = f"[{properties}]" if key == "*" else f'{{"{key}": {properties}}}'
        template = f'{{"Resources": {{"R": {{"Type": "{resource_type}", "Properties": '
        assert len(policies(f"{template}{properties}}}}}}}")) >= 1


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
