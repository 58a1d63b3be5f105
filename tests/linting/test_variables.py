from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.linting.validate import validate_policy
from policy_gate.model import PolicyKind
from tests.linting.shape import assert_in_shape, spanned
from tests.linting.test_rules import codes, one_statement, statement_codes


def resource_codes(variable: str) -> list[str]:
    return statement_codes(Resource=f"arn:aws:s3:::b/{variable}/*")


@pytest.mark.parametrize(
    ("variable", "expected"),
    [
        ("${aws:username}", []),
        ("${AWS:UserName}-${aws:PrincipalTag/team}", []),
        ("${www.example.com:user_id}", []),
        ("${*}${?}${$}", []),
        ("$", []),
        ("$aws:username}", []),
        ("{aws:username}", []),
        ("${aws:PrincipalTag/team, 'none'}", []),
        ("${aws:PrincipalTag/team,'two words, and more'}", []),
        ("${aws:PrincipalTag/team,''}", []),
        ("${aws:username", ["MISSING_BRACE_IN_VARIABLE"]),
        ("${aws:username${aws:userid}", ["MISSING_BRACE_IN_VARIABLE"]),
        ("${", ["MISSING_BRACE_IN_VARIABLE"]),
        ("${}", ["EMPTY_VARIABLE"]),
        ("${  }", ["EMPTY_VARIABLE"]),
        ("${, 'x'}", ["EMPTY_VARIABLE"]),
        ("${ aws:username}", ["UNSUPPORTED_SPACE_IN_VARIABLE"]),
        ("${aws:username }", ["UNSUPPORTED_SPACE_IN_VARIABLE"]),
        ("${aws:PrincipalTag/cost center}", ["UNSUPPORTED_SPACE_IN_VARIABLE"]),
        ("${aws:username\t, 'x'}", ["UNSUPPORTED_SPACE_IN_VARIABLE"]),
        ("${aws:PrincipalTag/team, none}", ["MISSING_QUOTE_IN_VARIABLE"]),
        ("${aws:PrincipalTag/team, none'}", ["MISSING_QUOTE_IN_VARIABLE"]),
        ("${aws:PrincipalTag/team, '}", ["MISSING_QUOTE_IN_VARIABLE"]),
        ("${aws:PrincipalTag/team,}", ["MISSING_QUOTE_IN_VARIABLE"]),
        ('${aws:PrincipalTag/team, "none"}', ["MISSING_QUOTE_IN_VARIABLE"]),
        ("${}${aws: x}", ["EMPTY_VARIABLE", "UNSUPPORTED_SPACE_IN_VARIABLE"]),
    ],
)
def test_the_form_of_a_variable(variable: str, expected: list[str]) -> None:
    assert resource_codes(variable) == expected


def test_the_form_of_a_variable_in_a_condition() -> None:
    condition = {"StringEquals": {"aws:PrincipalTag/team": ["red", "${aws:username"]}}
    assert statement_codes(Condition=condition) == ["MISSING_BRACE_IN_VARIABLE"]


def test_each_variable_is_located_by_exactly_its_characters() -> None:
    text = one_statement(
        Resource=["arn:aws:s3:::a", "arn:aws:s3:::\u00e9\n\U0001f512/${}/${a b}-x"]
    )
    text = text.replace("{a b}", "\\u007ba\\u0020b\\u007D")
    empty, space = validate_policy(text, "IDENTITY_POLICY")
    assert_in_shape([empty, space], text)
    resource = [{"value": "Statement"}, {"index": 0}, {"value": "Resource"}, {"index": 1}]
    [location] = empty["locations"]
    assert location["path"] == [*resource, {"substring": {"start": 17, "length": 3}}]
    assert spanned(text, location) == "${}"
    [location] = space["locations"]
    assert location["path"] == [*resource, {"substring": {"start": 21, "length": 6}}]
    assert spanned(text, location) == "$\\u007ba\\u0020b\\u007D"


@given(
    st.lists(
        st.sampled_from(["${", "}", "{", "$", ",", "'", " ", "a:b", "\u00e9", "\\", "\U0001f512"])
    )
)
def test_any_text_has_places_that_are_what_they_say(parts: list[str]) -> None:
    resource = "".join(parts)
    for ensure_ascii in (True, False):
        text = json.dumps(
            {"Version": "2012-10-17", "Statement": {"Resource": resource}},
            ensure_ascii=ensure_ascii,
        )
        found = validate_policy(text, "IDENTITY_POLICY")
        assert_in_shape(found, text)
        broken = [f for f in found if f["issueCode"] == "MISSING_BRACE_IN_VARIABLE"]
        assert all("}" not in spanned(text, f["locations"][0]) for f in broken)
        assert bool(broken) == any(
            "}" not in part for part in resource.replace("${", "\0").split("\0")[1:]
        )


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("2012-10-17", []),
        ("2008-10-17", ["VARIABLE_UNSUPPORTED_IN_VERSION"]),
        (None, ["MISSING_VERSION", "VARIABLE_UNSUPPORTED_IN_VERSION"]),
        ("2031-01-01", ["INVALID_VERSION"]),
        (5, ["DATA_TYPE_MISMATCH"]),
    ],
)
def test_variables_need_the_version_that_knows_them(version: object, expected: list[str]) -> None:
    document = json.loads(one_statement(Resource="arn:aws:s3:::b/${aws:username}/*"))
    document["Version"] = version
    if version is None:
        del document["Version"]
    assert codes(json.dumps(document)) == expected


@pytest.mark.parametrize("text", ["a${b", "${aws: username", "$"])
def test_what_is_no_variable_is_plain_text_in_the_version_of_2008(text: str) -> None:
    policy = one_statement(Condition={"StringEquals": {"aws:PrincipalTag/team": text}})
    assert codes(policy.replace("2012-10-17", "2008-10-17")) == []


@pytest.mark.parametrize(
    ("operator", "key", "expected"),
    [
        ("StringEquals", "aws:PrincipalTag/team", []),
        ("ForAllValues:StringLikeIfExists", "aws:TagKeys", []),
        ("ArnLike", "aws:SourceArn", []),
        ("Bool", "aws:SecureTransport", ["INVALID_VARIABLE_FOR_OPERATOR"]),
        ("NotIpAddress", "aws:SourceIp", ["INVALID_VARIABLE_FOR_OPERATOR"]),
        ("DateLessThanIfExists", "aws:CurrentTime", ["INVALID_VARIABLE_FOR_OPERATOR"]),
        ("Null", "aws:PrincipalTag/team", ["INVALID_VARIABLE_FOR_OPERATOR"]),
    ],
)
def test_operators_that_take_variables(operator: str, key: str, expected: list[str]) -> None:
    condition = {operator: {key: "${aws:PrincipalTag/x}"}}
    assert statement_codes(Action="ec2:CreateTags", Resource="*", Condition=condition) == expected


@pytest.mark.parametrize(
    "elements",
    [
        {"Action": "s3:${aws:PrincipalTag/x}"},
        {"Action": "absent", "NotAction": ["s3:GetObject", "s3:${aws:PrincipalTag/x}"]},
        {"Sid": "${aws:username}"},
        {"Effect": "${aws:username}"},
        {"Condition": {"StringEquals": {"aws:ResourceTag/${aws:username}": "x"}}},
    ],
    ids=json.dumps,
)
def test_elements_that_take_no_variable(elements: dict[str, object]) -> None:
    assert statement_codes(**elements).count("VARIABLE_UNSUPPORTED_IN_ELEMENT") == 1


def test_each_principal_with_a_variable_is_reported() -> None:
    arn = "arn:aws:iam::111122223333:role/"
    principal = {"AWS": [f"{arn}app", f"{arn}${{aws:username}}", f"{arn}${{aws:userid}}"]}
    text = one_statement(Principal=principal)
    assert codes(text, PolicyKind.RESOURCE) == ["VARIABLE_UNSUPPORTED_IN_ELEMENT"] * 2


def test_many_variables_have_a_bounded_answer() -> None:
    for resource in ("\\u0024{}" * 19_000, '\\"${a' * 30_000, "${" * 90_000, "${a:b}" * 30_000):
        text = f'{{"Version": "2012-10-17", "Statement": {{"Resource": "{resource}"}}}}'
        assert len(validate_policy(text, "IDENTITY_POLICY")) < 1_010
