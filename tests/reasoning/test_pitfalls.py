"""Mistakes that tools for IAM policies make, ours must not; each named by its mistake."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policy_gate.reasoning.answer import PolicyDocumentError
from policy_gate.reasoning.checks import (
    check_access_not_granted,
    check_no_new_access,
    check_no_public_access,
)
from tests.reasoning.documents import IDENTITY, RESOURCE, allow, deny, grant, policy

ROLE = "arn:aws:iam::111122223333:role/Dev"
HOME = "arn:aws:s3:::b/${aws:username}/*"
K = "aws:PrincipalTag/k"


def new_access(new: list[Any], existing: list[Any], kind: Any = IDENTITY) -> str:
    return check_no_new_access(policy(*new), policy(*existing), kind).result


def when(operator: str, *values: Any, key: str = K) -> dict[str, Any]:
    return {operator: {key: list(values)}}


def test_a_deny_on_a_variable_is_not_a_deny_on_everything() -> None:
    assert new_access([allow("s3:*", "arn:aws:s3:::b/*"), deny("s3:*", HOME)], []) == "FAIL"
    others = {**deny("s3:*"), "NotResource": HOME}
    del others["Resource"]
    assert new_access([allow("s3:*", HOME), others], []) == "FAIL"


@pytest.mark.parametrize(
    "condition",
    [when("StringLike", "*"), when("IpAddress", "0.0.0.0/0", key="aws:SourceIp"),
     when("Bool", "false", key="aws:MultiFactorAuthPresent")],
)  # fmt: skip
def test_a_deny_on_a_value_leaves_requests_without_it(condition: dict[str, Any]) -> None:
    answer = check_no_new_access(
        policy(allow("s3:*"), deny("s3:*", Condition=condition)), policy(), IDENTITY
    )
    assert answer.result == "FAIL"
    assert answer.reasons[0].witness
    assert answer.reasons[0].witness.context == {}


def test_a_deny_on_all_ipv4_addresses_leaves_ipv6() -> None:
    present = when("Null", "false", key="aws:SourceIp")
    everywhere = when("IpAddress", "0.0.0.0/0", key="aws:SourceIp")
    new = policy(allow("s3:*", Condition=present), deny("s3:*", Condition=everywhere))
    answer = check_no_new_access(new, policy(), IDENTITY)
    assert answer.reasons[0].witness
    assert ":" in answer.reasons[0].witness.context["aws:SourceIp"][0]


def test_negated_operators_hold_for_missing_keys() -> None:
    mfa = deny("s3:*", Condition=when("StringNotEquals", "x"))
    missing = allow("s3:*", Condition=when("Null", "true"))
    assert new_access([missing, mfa], []) == "PASS"
    assert new_access([allow("s3:*", Condition=when("StringNotEquals", "x"))], []) == "FAIL"


def test_for_all_values_holds_for_missing_keys() -> None:
    tags = when("ForAllValues:StringEquals", "a", key="aws:TagKeys")
    assert new_access([allow(Condition=when("Null", "true", key="aws:TagKeys"))],
                      [allow(Condition=tags)]) == "PASS"  # fmt: skip
    required = [allow(Condition={**tags, **when("Null", "false", key="aws:TagKeys")})]
    assert new_access([allow(Condition=tags)], required) == "FAIL"


def test_two_conditions_may_be_met_by_different_values_of_one_key() -> None:
    some = {**when("ForAnyValue:StringEquals", "a", key="aws:TagKeys"),
            **when("ForAnyValue:StringLike", "b*", key="aws:TagKeys")}  # fmt: skip
    answer = check_no_new_access(policy(allow(Condition=some)), policy(), IDENTITY)
    assert answer.reasons[0].witness
    assert len(answer.reasons[0].witness.context["aws:TagKeys"]) == 2


def test_keys_that_differ_in_case_are_one() -> None:
    lower = when("StringEquals", "x", key="aws:principaltag/K")
    assert (
        new_access([allow(Condition=lower)], [allow(Condition=when("StringLike", "x"))]) == "PASS"
    )


def test_one_key_under_operators_of_several_types_is_one_value() -> None:
    both = {**when("StringEquals", "10.0"), **when("NumericLessThan", "10")}
    assert new_access([allow(Condition=both)], []) == "PASS"
    both = {**when("StringLike", "9*"), **when("NumericLessThan", "10")}
    assert new_access([allow(Condition=both)], []) == "FAIL"


def test_a_text_of_four_digits_is_a_number_and_a_year() -> None:
    both = {**when("NumericLessThan", "2022.5"), **when("DateGreaterThan", "2020-01-01")}
    assert new_access([allow(Condition=both)], []) == "FAIL"
    both = {**when("NumericEquals", "2021"), **when("DateLessThan", "1971-01-01")}
    assert new_access([allow(Condition=both)], []) == "FAIL"
    both = {**when("NumericLessThan", "5"), **when("DateGreaterThan", "2020-01-01")}
    assert new_access([allow(Condition=both)], []) == "PASS"


@pytest.mark.parametrize(
    ("new", "existing", "result"),
    [
        (when("NumericEquals", "10"), when("NumericEquals", "10.00"), "PASS"),
        (when("DateEquals", "2020-01-01"), when("DateEquals", "1577836800"), "PASS"),
        (when("DateLessThan", "2020-01-01"), when("DateLessThan", "2019-12-31T23:59:59Z"), "FAIL"),
        (when("NumericLessThan", "10"), when("NumericLessThanEquals", "9.999"), "FAIL"),
        (when("IpAddress", "10.0.0.1/8"), when("IpAddress", "10.9.9.9/8"), "PASS"),
        (when("IpAddress", "10.0.0.0/8"), when("IpAddress", "10.0.0.0/9", "10.128.0.0/9"), "PASS"),
        (when("IpAddress", "2001:DB8::/32"), when("IpAddress", "2001:0db8:0::/32"), "PASS"),
        (when("IpAddress", "10.0.0.0/8"), when("IpAddress", "::/0"), "FAIL"),
        (when("Bool", "TRUE"), when("Bool", "true"), "PASS"),
        (when("StringEquals", "a+(b)|[c]"), when("StringLike", "a+(b)|[?]"), "PASS"),
        (when("StringLike", "a**b"), when("StringLike", "a*b"), "PASS"),
        (when("StringLike", "a?"), when("StringLike", "a"), "FAIL"),
        (when("StringEqualsIgnoreCase", "ab"), when("StringEquals", "ab", "AB", "aB"), "FAIL"),
        (when("StringEqualsIgnoreCase", "ab"), when("StringLike", "??"), "PASS"),
    ],
)
def test_values_are_compared_by_what_they_mean(new: Any, existing: Any, result: str) -> None:
    assert new_access([allow(Condition=new)], [allow(Condition=existing)]) == result


def test_empty_lists_match_nothing_and_their_negations_everything() -> None:
    assert new_access([allow([]), allow("*", [])], []) == "PASS"
    assert new_access([{"Effect": "Allow", "NotAction": [], "Resource": "*"}], []) == "FAIL"
    assert new_access([], [{"Effect": "Allow", "NotAction": [], "Resource": "*"}]) == "PASS"


def test_one_statement_need_not_be_in_a_list() -> None:
    single = json.dumps({"Version": "2012-10-17", "Statement": allow("s3:*")})
    assert check_no_new_access(single, policy(allow("s3:*")), IDENTITY).result == "PASS"
    assert check_no_new_access(single, policy(), IDENTITY).result == "FAIL"


@pytest.mark.parametrize(
    "text",
    [
        '{"Statement": [], "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}',
        policy(allow("s3:*", Condition=when("IpAddress", "10.0.0.0/33"))),
        policy(allow("s3:*", Condition=when("NotIpAddress", "10.0.0"))),
        policy(allow("s3:*", Condition=when("DateLessThan", "2020-13-01"))),
        policy(allow("s3:*", Condition=when("NumericLessThanIfExists", "10a"))),
        policy(allow("s3:*", Condition=when("ForAnyValue:NumericEquals", "1", "one"))),
    ],
)
def test_what_cannot_be_read_is_an_error_and_never_passes(text: str) -> None:
    with pytest.raises(PolicyDocumentError):
        check_no_new_access(text, policy(allow()), IDENTITY)
    with pytest.raises(PolicyDocumentError):
        check_no_new_access(policy(), text, IDENTITY)


def test_a_principal_of_service_star_is_not_everyone() -> None:
    services = policy(grant({"Service": "*"}))
    assert check_no_new_access(policy(grant("*")), services, RESOURCE).result == "FAIL"
    assert check_no_new_access(services, policy(grant("*")), RESOURCE).result == "PASS"
    assert check_no_public_access(services, "AWS::S3::Bucket").result == "FAIL"


def test_an_account_covers_its_roles_in_every_partition_and_no_service() -> None:
    account = [grant({"AWS": "111122223333"})]
    assert new_access([grant({"AWS": ROLE})], account, RESOURCE) == "PASS"
    assert (
        new_access([grant({"AWS": ROLE.replace("aws", "aws-cn", 1)})], account, RESOURCE) == "PASS"
    )
    assert new_access([grant({"Service": "ec2.amazonaws.com"})], account, RESOURCE) == "FAIL"


def test_a_reference_of_denies_allows_nothing() -> None:
    assert new_access([allow("s3:GetObject")], [deny("iam:*")]) == "FAIL"
    assert new_access([deny("iam:*")], []) == "PASS"


def test_removing_a_deny_is_new_access_of_the_allow_and_names_the_deny() -> None:
    existing = policy(allow("s3:*"), deny("s3:Delete*", Sid="NoDelete"))
    answer = check_no_new_access(policy(allow("s3:*")), existing, IDENTITY)
    (reason,) = answer.reasons
    assert (reason.statementIndex, reason.existingDeny) == (0, (1, "NoDelete"))
    added = check_no_new_access(policy(allow("s3:*"), allow("ec2:*")), existing, IDENTITY)
    assert [reason.existingDeny for reason in added.reasons] == [(1, "NoDelete"), None]


def test_wildcards_do_not_cross_the_colons_of_an_arn() -> None:
    wide = [allow("cloudformation:*", "arn:aws:cloudformation:*:*:stack/A/*")]
    reference = [allow(), deny("*", "arn:aws:cloudformation:*:*:stack/B/*")]
    assert new_access(wide, reference) == "PASS"


def test_many_actions_and_resources_are_one_question() -> None:
    actions = [f"s3:Action{number}" for number in range(150)]
    resources = [f"arn:aws:s3:::bucket-{number}/*" for number in range(150)]
    document = policy(allow("s3:Action149", "arn:aws:s3:::bucket-149/key"))
    assert check_access_not_granted(document, actions, resources, IDENTITY).result == "FAIL"
    assert check_access_not_granted(document, actions[:149], resources, IDENTITY).result == "PASS"
    assert check_access_not_granted(document, actions, resources[:149], IDENTITY).result == "PASS"


@pytest.mark.parametrize(
    ("operator", "new", "existing", "result"),
    [
        # Wrong in published tools: missing keys, set operators, ARN operators, account principals.
        ("ForAnyValue:StringEquals", ["a"], ["a", "b"], "PASS"),
        ("ForAnyValue:StringEquals", ["a", "b"], ["a"], "FAIL"),
        ("ForAllValues:StringEquals", ["a"], ["a", "b"], "PASS"),
        ("ForAllValues:StringEquals", ["a", "b"], ["a"], "FAIL"),
        ("ForAllValues:StringNotEquals", ["a", "b"], ["a"], "PASS"),
        ("ForAnyValue:StringNotEquals", ["a"], ["a", "b"], "FAIL"),
        ("ArnLike", ["arn:aws:s3:*:*:b"], ["arn:aws:s3:*"], "PASS"),
        ("ArnEquals", ["arn:aws:sns:*:*:t"], ["arn:aws:sns:*:1:t"], "FAIL"),
        ("StringNotEqualsIfExists", ["a"], ["a", "b"], "FAIL"),
        ("StringNotEqualsIfExists", ["a", "b"], ["a"], "PASS"),
    ],
)
def test_set_and_arn_operators(operator: str, new: Any, existing: Any, result: str) -> None:
    one, other = when(operator, *new), when(operator, *existing)
    assert new_access([allow(Condition=one)], [allow(Condition=other)]) == result


def test_dropping_a_case_insensitive_condition_is_new_access() -> None:
    conditional = [allow("s3:*", Condition=when("StringEqualsIgnoreCase", "a"))]
    assert new_access([allow("s3:*")], conditional) == "FAIL"


@pytest.mark.parametrize(
    ("statements", "result"),
    [
        ([grant("*")], "FAIL"),
        ([grant("*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})], "PASS"),
        ([grant("*", Condition={"StringLike": {"aws:SourceVpc": "vpc-*"}})], "FAIL"),
        ([grant("*", Condition={"StringEqualsIfExists": {"aws:SourceVpc": "vpc-1"}})], "FAIL"),
        ([grant("*", Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-1"}})], "FAIL"),
        ([grant("*", Condition={"StringEquals": {"aws:SourceVpc": "${aws:username}"}})], "FAIL"),
        ([grant("*", Condition={"StringEquals": {"aws:UserAgent": "x"}})], "FAIL"),
        ([grant("*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}})], "PASS"),
        ([grant("*", Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}})], "FAIL"),
        ([grant("*", Condition={"IpAddress": {"aws:SourceIp": "2001:db8::/32"}})], "PASS"),
        ([grant("*", Condition={"IpAddress": {"aws:SourceIp": "2001::/16"}})], "FAIL"),
        ([grant("*"),
          {**grant("*", Condition={"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}),
           "Effect": "Deny"}], "PASS"),
        ([grant("*"), {**grant("*"), "Effect": "Deny", "Principal": {"AWS": ROLE}}], "FAIL"),
        ([grant({"Federated": "graph.facebook.com"})], "FAIL"),
        ([grant({"Federated": "cognito-identity.amazonaws.com"}, Condition={
            "StringEquals": {"cognito-identity.amazonaws.com:aud": "us-east-1:1"}})], "PASS"),
        ([grant({"Service": "sns.amazonaws.com"})], "PASS"),
        ([grant("*", Condition={"ForAnyValue:StringLike": {
            "aws:PrincipalOrgPaths": "o-a1b2/r-1/*"}})], "PASS"),
        ([grant("*", Condition={"ForAllValues:StringLike": {
            "aws:PrincipalOrgPaths": "o-a1b2/r-1/*"}})], "FAIL"),
        ([grant("*", Condition={"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*"}})],
         "FAIL"),
        ([grant("*", Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}})], "PASS"),
        ([grant("*", Condition={"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}})], "FAIL"),
        ([grant("*", Condition={"StringEquals": {"kms:CallerAccount": "111122223333"},
                                "StringLike": {"kms:ViaService": "s3.*"}})], "PASS"),
    ],
)  # fmt: skip
def test_what_is_public(statements: list[Any], result: str) -> None:
    assert check_no_public_access(policy(*statements), "AWS::S3::Bucket").result == result
