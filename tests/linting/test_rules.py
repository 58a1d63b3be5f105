from __future__ import annotations

import json
from collections import Counter

import pytest

from policy_gate.linting.rule import Rule
from policy_gate.linting.rules import RULES
from policy_gate.linting.validate import validate_policy
from policy_gate.model import PolicyKind
from tests.linting.shape import assert_in_shape, spanned

API_NAMES = {
    PolicyKind.IDENTITY: ("IDENTITY_POLICY", None),
    PolicyKind.RESOURCE: ("RESOURCE_POLICY", None),
    PolicyKind.TRUST: ("RESOURCE_POLICY", "AWS::IAM::AssumeRolePolicyDocument"),
    PolicyKind.SERVICE_CONTROL: ("SERVICE_CONTROL_POLICY", None),
    PolicyKind.RESOURCE_CONTROL: ("RESOURCE_CONTROL_POLICY", None),
}
RULES_BY_CODE = {rule.code: rule for rule in RULES}
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)


def codes(
    text: str, kind: PolicyKind = PolicyKind.IDENTITY, resource_type: str | None = None
) -> list[str]:
    policy_type, implied = API_NAMES[kind]
    findings = validate_policy(text, policy_type, resource_type or implied, approximate=True)
    assert_in_shape(findings, text)
    return [finding["issueCode"] for finding in findings]


def statement_codes(**elements: object) -> list[str]:
    """The findings of an identity policy of one statement with these elements.

    The statement allows s3:GetObject on one bucket, unless an element says else or is "absent".
    """
    return codes(one_statement(**elements))


def one_statement(**elements: object) -> str:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    given = {name: value for name, value in (statement | elements).items() if value != "absent"}
    return json.dumps({"Version": "2012-10-17", "Statement": [given]})


TWO_CHECKS_ON_ONE_KEY = ["UNSUPPORTED_GLOBAL_CONDITION_KEY", "DEPRECATED_GLOBAL_CONDITION_KEY"]


@each_rule
def test_the_bad_example_has_this_finding_alone(rule: Rule) -> None:
    alone = TWO_CHECKS_ON_ONE_KEY if rule.code in TWO_CHECKS_ON_ONE_KEY else [rule.code]
    assert codes(rule.bad, rule.kinds[0], rule.resource_type) == alone


@each_rule
def test_the_good_example_has_no_finding(rule: Rule) -> None:
    assert codes(rule.good, rule.kinds[0], rule.resource_type) == []


@each_rule
def test_other_kinds_of_policy_do_not_have_this_finding(rule: Rule) -> None:
    for kind in set(PolicyKind) - set(rule.kinds):
        assert rule.code not in codes(rule.bad, kind)


@each_rule
def test_the_documentation_says_what_why_and_what_else(rule: Rule) -> None:
    what, why, instead = rule.docs.split("\n\n")
    assert what.startswith("Reports ")
    assert why.startswith("Why is this bad? ")
    assert instead.startswith("Use instead: ")


def test_codes_are_unique() -> None:
    assert max(Counter(rule.code for rule in RULES).values()) == 1


def test_the_link_leads_to_the_entry_of_the_check() -> None:
    links = {
        finding["issueCode"]: finding["learnMoreLink"].partition("#")[2]
        for finding in validate_policy('{"Version": "2008"}', "IDENTITY_POLICY")
    }
    prefix = "access-analyzer-reference-policy-checks"
    assert links["INVALID_VERSION"] == f"{prefix}-error-invalid-version"
    [version] = validate_policy(RULES_BY_CODE["MISSING_VERSION"].bad, "IDENTITY_POLICY")
    assert version["learnMoreLink"].endswith(f"#{prefix}-general-warning-missing-version")


@pytest.mark.parametrize(
    "elements",
    [
        {"Sid": 5},
        {"Effect": ["Allow"]},
        {"Action": None},
        {"Action": ["s3:GetObject", 5]},
        {"Resource": [["arn:aws:s3:::b"]]},
        {"NotResource": {"Fn::Sub": "x"}, "Resource": "absent"},
        {"Condition": "x"},
        {"Condition": []},
        {"Condition": {"StringEquals": "x"}},
        {"Condition": {"StringEquals": {"aws:userid": None}}},
        {"Condition": {"StringEquals": {"aws:userid": ["x", {}]}}},
    ],
    ids=json.dumps,
)
def test_a_wrong_type_is_a_data_type_mismatch_and_nothing_else(elements: dict[str, object]) -> None:
    assert statement_codes(**elements) == ["DATA_TYPE_MISMATCH"]


@pytest.mark.parametrize("root", ["[]", "5", '"x"', "null", "true"])
def test_a_document_that_is_no_object_is_a_data_type_mismatch(root: str) -> None:
    assert codes(root) == ["DATA_TYPE_MISMATCH"]


def test_numbers_and_booleans_are_condition_values() -> None:
    condition = {"Bool": {"aws:SecureTransport": True}, "NumericEquals": {"s3:max-keys": [1, 2]}}
    assert statement_codes(Condition=condition) == []


def test_an_empty_array_of_statements_is_a_missing_statement() -> None:
    assert codes('{"Version": "2012-10-17", "Statement": []}') == ["MISSING_STATEMENT"]


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEqualsIfExists", []),
        ("ForAllValues:StringLikeIfExists", []),
        ("stringequals", []),
        ("ForSomeValues:StringEquals", ["INVALID_CONDITION_OPERATOR"]),
        ("StringEqualsIfExistsIfExists", ["INVALID_CONDITION_OPERATOR"]),
        ("", ["INVALID_CONDITION_OPERATOR"]),
    ],
)
def test_condition_operators(operator: str, expected: list[str]) -> None:
    key = "aws:TagKeys" if operator.startswith("For") else "aws:PrincipalTag/team"
    assert statement_codes(Condition={operator: {key: "red"}}) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("*", ["EQUIVALENT_TO_NULL_FALSE"]),
        ("**", ["EQUIVALENT_TO_NULL_FALSE"]),
        (["*"], ["EQUIVALENT_TO_NULL_FALSE"]),
        (["*", "red"], []),
        ("*red", []),
        ("", []),
    ],
)
def test_a_star_as_the_only_value(values: object, expected: list[str]) -> None:
    assert statement_codes(Condition={"StringLike": {"aws:PrincipalTag/t": values}}) == expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("*", []),
        ("a*", []),
        ("?rn:aws:s3:::b", []),
        ("${aws:PrincipalTag/arn}", []),
        ("arn:aws:s3:*", []),
        ("arn:*", []),
        ("arn:aws:s3:::${aws:username}", []),
        ("", ["INVALID_ARN_PREFIX"]),
        ("b*", ["INVALID_ARN_PREFIX"]),
        ("arn", ["INVALID_ARN_PREFIX"]),
        ("arn:", ["MISSING_ARN_FIELD"]),
        ("arn:aws:s3::b", ["MISSING_ARN_FIELD"]),
    ],
)
def test_resource_arns(resource: str, expected: list[str]) -> None:
    assert statement_codes(Resource=resource) == expected


def test_the_short_form_of_api_gateway_is_for_resource_policies() -> None:
    resource = "execute-api:/prod/GET/x"
    assert codes(one_statement(Principal="*", Resource=resource), PolicyKind.RESOURCE) == []
    assert statement_codes(Resource=resource) == ["INVALID_ARN_PREFIX"]


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"Action": "IAM:passrole"}, "PASS_ROLE_WITH_STAR_IN_RESOURCE"),
        ({"Action": "*"}, "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE"),
        ({"Action": "iam:Pass?ole"}, "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE"),
        ({"Action": "iam:Get*"}, None),
        ({"Effect": "Deny", "Action": "iam:PassRole"}, None),
        ({"Action": "iam:PassRole", "Resource": "arn:aws:iam::*:role/*"}, None),
        ({"Action": "absent", "NotAction": "iam:Pass*"}, None),
        (
            {"Action": "absent", "NotAction": "iam:Get*"},
            "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
        ),
    ],
    ids=str,
)
def test_passing_any_role(elements: dict[str, object], expected: str | None) -> None:
    found = statement_codes(**{"Resource": "*", **elements})
    assert [code for code in found if code.startswith("PASS_ROLE")] == [expected] * bool(expected)


@pytest.mark.parametrize(
    ("condition", "limits"),
    [
        ({"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}, True),
        ({"StringLike": {"IAM:passedtoservice": "ec2.*"}}, True),
        ({"StringEqualsIfExists": {"iam:PassedToService": "ec2.amazonaws.com"}}, False),
        ({"StringNotEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}, False),
        ({"StringEquals": {"aws:PrincipalTag/team": "red"}}, False),
        ({"ArnLike": {"iam:AssociatedResourceArn": "arn:aws:ec2:*:*:instance/*"}}, True),
    ],
    ids=json.dumps,
)
def test_what_limits_passing_a_role(condition: dict[str, object], limits: bool) -> None:
    found = statement_codes(Action="iam:PassRole", Resource="*", Condition=condition)
    assert found == ([] if limits else ["PASS_ROLE_WITH_STAR_IN_RESOURCE"])


def test_redundant_entries_are_reported_as_one_group_in_array_order() -> None:
    actions = ["s3:GetObject", "ec2:Get*", "S3:getobject", "s3:Get*", "ec2:DescribeTags"]
    text = json.dumps({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Action": actions, "Resource": "arn:aws:s3:::b/*"}})  # fmt: skip
    [finding] = validate_policy(text, "IDENTITY_POLICY")
    assert finding["issueCode"] == "REDUNDANT_ACTION"
    assert [json.loads(spanned(text, location)) for location in finding["locations"]] == [
        "s3:GetObject",
        "S3:getobject",
        "s3:Get*",
    ]


def test_resources_are_case_sensitive_and_overlap_is_no_redundancy() -> None:
    assert statement_codes(Resource=["arn:aws:s3:::b/*", "arn:aws:s3:::B/x"]) == []
    assert statement_codes(Action=["iam:Get*", "iam:*Report"]) == []


def test_an_unknown_element_names_the_one_that_was_meant() -> None:
    text = json.dumps({"Version": "2012-10-17", "statement": []})
    details = [finding["findingDetails"] for finding in validate_policy(text, "IDENTITY_POLICY")]
    assert '"statement" is no element of a policy: did you mean Statement?' in details
