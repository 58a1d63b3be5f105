"""AWS managed policies attached by ARN: administrator-grade ones in full, the others named."""

from __future__ import annotations

import pytest

from policy_gate.model import PolicyKind, ReasonCode
from tests.extractors.cloudformation.extraction import extract, policies, shown

ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
SECTIONS = """
Parameters:
  Env: {Type: String, Default: dev}
  Given: {Type: String, Default: 'arn:aws:iam::aws:policy/AdministratorAccess'}
  List: {Type: CommaDelimitedList, Default: 'arn:aws:iam::aws:policy/AdministratorAccess'}
Conditions: {IsDev: !Equals [!Ref Env, dev]}
"""


def template_of(arns: str, properties: str = "") -> str:
    return (
        f"{SECTIONS}Resources:\n"
        "  Own: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {a: 1}}}\n"
        "  Named: {Type: AWS::IAM::ManagedPolicy,"
        " Properties: {ManagedPolicyName: n, PolicyDocument: {a: 1}}}\n"
        "  Custom: {Type: Custom::Thing}\n"
        f"  R:\n    Type: AWS::IAM::Role\n    Properties:\n      ManagedPolicyArns: {arns}\n"
        f"{properties}"
    )


def attached(arns: str, properties: str = "") -> list[tuple[str, str]]:
    found = extract(template_of(arns, properties)).policies
    return [
        (item.identity.policy_name, item.world)
        for item in found
        if item.identity.resource_address == "R"
    ]


@pytest.mark.parametrize(
    ("arns", "expected"),
    [
        (f"['{ADMIN}']", [("AdministratorAccess", "")]),
        (
            "[!Sub 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess']",
            [("AdministratorAccess", "")],
        ),
        (
            "[!Join ['', ['arn:', !Ref AWS::Partition, ':iam::aws:policy/AdministratorAccess']]]",
            [("AdministratorAccess", "")],
        ),
        ("['arn:aws-cn:iam::aws:policy/AdministratorAccess']", [("AdministratorAccess", "")]),
        ("[!Ref Given]", [("AdministratorAccess", "")]),
        ("!Ref List", [("AdministratorAccess", "")]),
        (f"!If [IsDev, [], ['{ADMIN}']]", [("AdministratorAccess", "Env other than dev")]),
        (
            f"[!If [IsDev, !Ref AWS::NoValue, '{ADMIN}']]",
            [("AdministratorAccess", "Env other than dev")],
        ),
        (f"[!If [IsDev, '{ADMIN}', '{ADMIN}']]", [("AdministratorAccess", "")]),
        (
            f"['{ADMIN}', '{ADMIN}']",
            [("AdministratorAccess", ""), ("AdministratorAccess #2", "")],
        ),
    ],
)
def test_administrator_access_is_a_policy(arns: str, expected: list[tuple[str, str]]) -> None:
    assert attached(arns) == expected


def test_an_inline_policy_of_the_same_name_is_told_apart() -> None:
    inline = "      Policies: [{PolicyName: AdministratorAccess, PolicyDocument: {}}]\n"
    assert attached(f"['{ADMIN}']", inline) == [
        ("AdministratorAccess", ""),
        ("AdministratorAccess #2", ""),
    ]


def test_the_policy_stands_at_its_arn_and_lists_what_it_rests_on() -> None:
    template = template_of("[!Ref Given]")
    policy = next(p for p in policies(template) if p.identity.resource_address == "R")
    assert policy.kind is PolicyKind.IDENTITY
    assert shown(template, policy.sources.locate(("Statement", 0))) == "!Ref Given"
    assert [assumed.expression for assumed in policy.assumptions] == ["${Given}"]


@pytest.mark.parametrize(
    ("arns", "name"),
    [
        ("['arn:aws:iam::aws:policy/service-role/AWSLambdaRole']", "AWSLambdaRole"),
        ("['arn:aws:iam::111111111111:policy/x']", "arn:aws:iam::111111111111:policy/x"),
        ("[!ImportValue Policy]", "${Fn::ImportValue Policy}"),
        ("[!GetAtt Custom.PolicyArn]", "${Custom.PolicyArn}"),
    ],
)
def test_other_documents_are_unavailable(arns: str, name: str) -> None:
    (not_checked,) = extract(template_of(arns)).not_checked
    assert not_checked.reason is ReasonCode.DOCUMENT_UNAVAILABLE
    assert not_checked.identity.policy_name == name
    assert not_checked.location is not None
    assert not_checked.location.line > 10


@pytest.mark.parametrize("written", ["!Ref Own", "!GetAtt Own.PolicyArn", "!Ref Named"])
def test_a_policy_of_this_template_is_found_where_it_stands(written: str) -> None:
    assert len(policies(template_of(f"[{written}]"))) == 2


OWN = "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy"


@pytest.mark.parametrize("given", [{}, {"AWS::AccountId": "111122223333"}])
@pytest.mark.parametrize(
    ("arn", "name", "is_own"),
    [
        (f"!Sub '{OWN}/app'", "app", True),
        (f"!Sub '{OWN}/team/app'", "app", True),
        ("!Sub 'arn:aws:iam::${AWS::AccountId}:policy/app'", "app", True),
        (f"!Sub '{OWN}/${{Env}}-app'", "!Sub '${Env}-app'", True),
        (f"!Sub '{OWN}/${{Env}}'", "!Ref Env", True),
        (
            "!Join ['', ['arn:aws:iam::', !Ref AWS::AccountId, ':policy/app']]",
            "app",
            True,
        ),
        (f"!Sub '{OWN}/other'", "app", False),
        (f"!Sub '{OWN}/app'", "!Join ['', [a, pp]]", False),
        (f"!Sub '{OWN}/app'", "!Ref AWS::NoValue", False),
        ("arn:aws:iam::444455556666:policy/app", "app", False),
        ("arn:aws:iam::aws:policy/app", "app", False),
    ],
)
def test_an_arn_of_this_account_may_name_a_policy_of_this_template(
    arn: str, name: str, is_own: bool, given: dict[str, str]
) -> None:
    template = f"""
    Parameters: {{Env: {{Type: String, Default: dev}}}}
    Resources:
      R: {{Type: AWS::IAM::Role, Properties: {{ManagedPolicyArns: [{arn}]}}}}
      P:
        Type: AWS::IAM::ManagedPolicy
        Properties: {{ManagedPolicyName: {name}, PolicyDocument: {{a: 1}}}}
    """
    extraction = extract(template, given=given)
    assert len(extraction.policies) == 1
    assert len(extraction.not_checked) == (0 if is_own else 1)


def test_a_policy_that_may_not_be_created_is_not_taken_for_the_attached_one() -> None:
    template = f"""
    Conditions: {{Never: !Equals [a, b]}}
    Resources:
      R: {{Type: AWS::IAM::Role, Properties: {{ManagedPolicyArns: [!Sub '{OWN}/app']}}}}
      P:
        Type: AWS::IAM::ManagedPolicy
        Condition: Never
        Properties: {{ManagedPolicyName: app, PolicyDocument: {{a: 1}}}}
    """
    reasons = {item.reason for item in extract(template).not_checked}
    assert ReasonCode.DOCUMENT_UNAVAILABLE in reasons


@pytest.mark.parametrize("arns", ["[[x]]", "[{a: b}]", "[null]", "null", "[!Ref Nothing]"])
def test_what_is_no_arn_is_never_silent(arns: str) -> None:
    (not_checked,) = extract(template_of(arns)).not_checked
    assert not_checked.reason is ReasonCode.NOT_ANALYSED


def test_every_arn_that_a_parameter_allows_is_looked_at() -> None:
    template = f"""
    Parameters:
      Arn: {{Type: String, AllowedValues: ['arn:aws:iam::aws:policy/Other', '{ADMIN}']}}
    Resources:
      R: {{Type: AWS::IAM::Role, Properties: {{ManagedPolicyArns: [!Ref Arn]}}}}
    """
    extraction = extract(template)
    (policy,) = extraction.policies
    assert policy.identity.policy_name == "AdministratorAccess"
    assert [assumed.expression for assumed in policy.assumptions] == ["${Arn}"]
    assert [item.identity.policy_name for item in extraction.not_checked] == ["Other"]


def test_what_is_no_managed_policy_of_this_template_is_listed() -> None:
    template = """
    Resources:
      R: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [!Ref Other]}}
      Other: {Type: AWS::IAM::Group}
    """
    (item,) = extract(template).not_checked
    assert item.reason is ReasonCode.DOCUMENT_UNAVAILABLE


def test_one_bad_arn_does_not_hide_another() -> None:
    assert attached(f"[!Ref Nothing, '{ADMIN}']") == [("AdministratorAccess", "")]


LIMITS = "limits what other policies allow, and allows nothing itself"


@pytest.mark.parametrize(
    ("resource_type", "properties", "name", "message"),
    [
        ("AWS::IAM::Role", f"{{PermissionsBoundary: '{ADMIN}'}}", "PermissionsBoundary", LIMITS),
        ("AWS::IAM::User", "{PermissionsBoundary: !ImportValue b}", "PermissionsBoundary", LIMITS),
        (
            "AWS::IAM::Role",
            "{PermissionsBoundary: !If [IsDev, !Ref AWS::NoValue, !Ref Given]}",
            "PermissionsBoundary",
            LIMITS,
        ),
        (
            "AWS::SSO::PermissionSet",
            "{PermissionsBoundary: {CustomerManagedPolicyReference: {Name: own}}}",
            "PermissionsBoundary",
            LIMITS,
        ),
        (
            "AWS::SSO::PermissionSet",
            f"{{PermissionsBoundary: {{ManagedPolicyArn: '{ADMIN}'}}}}",
            "PermissionsBoundary",
            LIMITS,
        ),
        (
            "AWS::Chatbot::SlackChannelConfiguration",
            f"{{GuardrailPolicies: ['{ADMIN}', !Ref Given]}}",
            "GuardrailPolicies",
            LIMITS,
        ),
        (
            "AWS::DataZone::EnvironmentBlueprintConfiguration",
            "{EnvironmentRolePermissionBoundary: !Ref Given}",
            "EnvironmentRolePermissionBoundary",
            LIMITS,
        ),
        (
            "AWS::EKS::AccessEntry",
            "{AccessPolicies: [{PolicyArn: 'arn:aws:eks::aws:cluster-access-policy/Admin'}]}",
            "AccessPolicies",
            "not written in the IAM policy language",
        ),
    ],
)
def test_what_allows_nothing_is_listed_and_neutral(
    resource_type: str, properties: str, name: str, message: str
) -> None:
    resource = f"Resources: {{R: {{Type: {resource_type}, Properties: {properties}}}}}\n"
    extraction = extract(SECTIONS + resource)
    assert extraction.policies == ()
    (item,) = extraction.not_checked
    assert (item.reason, item.identity.policy_name) == (ReasonCode.NOT_APPLICABLE, name)
    assert message in item.message
    assert item.location
    assert item.location.line == 7


@pytest.mark.parametrize("boundary", ["!Ref Own", "!GetAtt Own.PolicyArn"])
def test_a_boundary_of_this_template_is_found_where_it_stands(boundary: str) -> None:
    template = template_of("[]", f"      PermissionsBoundary: {boundary}\n")
    assert [item.identity.resource_address for item in policies(template)] == ["Own", "Named"]


def test_customer_managed_policies_of_a_permission_set_are_named() -> None:
    template = """
    Resources:
      Set:
        Type: AWS::SSO::PermissionSet
        Properties:
          ManagedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess']
          CustomerManagedPolicyReferences: [{Name: own, Path: /}]
    """
    extraction = extract(template)
    assert [p.identity.policy_name for p in extraction.policies] == ["AdministratorAccess"]
    assert [n.identity.policy_name for n in extraction.not_checked] == ["own"]


@pytest.mark.parametrize(
    "arn",
    [
        "!Sub 'arn:${AWS::Region}:iam::aws:policy/AdministratorAccess'",
        "!Sub 'arn:aws:iam::aws:policy/${Policy}'",
        "!Sub 'arn:${Partition}:iam::aws:policy/AdministratorAccess'",
        (
            "!Sub ['arn:${P}:iam::aws:policy/AdministratorAccess',"
            " {P: !FindInMap [Partitions, !Ref 'AWS::Region', name]}]"
        ),
    ],
)
def test_an_administrator_policy_is_found_in_an_arn_with_deferred_parts(arn: str) -> None:
    template = f"""
Parameters:
  Policy: {{Type: String, AllowedValues: [ReadOnlyAccess, AdministratorAccess]}}
  Partition: {{Type: String, AllowedValues: [aws, aws-cn]}}
Mappings:
  Partitions: {{us-east-1: {{name: aws}}, cn-north-1: {{name: aws-cn}}}}
Resources:
  R: {{Type: AWS::IAM::Role, Properties: {{ManagedPolicyArns: [{arn}]}}}}
"""
    names = [item.identity.policy_name for item in extract(template).policies]
    assert names == ["AdministratorAccess"]


def test_an_arn_of_any_value_is_shown_as_it_is_written() -> None:
    template = """
Parameters: {Arn: {Type: String}}
Resources:
  R: {Type: AWS::IAM::Role, Properties: {ManagedPolicyArns: [!Ref Arn]}}
"""
    (item,) = extract(template).not_checked
    assert item.reason is ReasonCode.DOCUMENT_UNAVAILABLE
    assert item.identity.policy_name == "${Arn}"
