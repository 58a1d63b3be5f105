from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.linting.operators import OPERATORS
from policy_gate.linting.validate import validate_policy
from tests.linting.test_rules import codes, one_statement, statement_codes

KEYS = {
    "Bool": "aws:SecureTransport",
    "Null": "aws:PrincipalTag/team",
    "Numeric": "aws:MultiFactorAuthAge",
    "Date": "aws:CurrentTime",
    "String": "aws:PrincipalTag/team",
}


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("Bool", "true", []),
        ("Bool", "False", []),
        ("Bool", True, []),
        ("Bool", "yes", ["TYPE_MISMATCH_BOOLEAN"]),
        ("BoolIfExists", "", ["TYPE_MISMATCH_BOOLEAN"]),
        ("Bool", 1, ["TYPE_MISMATCH_BOOLEAN"]),
        ("Null", "true", []),
        ("Null", "null", ["TYPE_MISMATCH_BOOLEAN"]),
        ("NumericEquals", "5", []),
        ("NumericEquals", "-0.5", []),
        ("NumericEquals", 5, []),
        ("NumericEquals", 1e-7, []),
        ("NumericEquals", 1e300, []),
        ("NumericEquals", "five", ["TYPE_MISMATCH_NUMBER"]),
        ("NumericEquals", "1,000", ["TYPE_MISMATCH_NUMBER"]),
        ("NumericEquals", True, ["TYPE_MISMATCH_NUMBER"]),
        ("NumericEquals", ["5", "x", "y"], ["TYPE_MISMATCH_NUMBER"] * 2),
        ("DateLessThan", "2031-01-01", []),
        ("DateLessThan", "2031-01", []),
        ("DateLessThan", "2031-01-01T00:00:00Z", []),
        ("DateLessThan", "2031-01-01T00:00:00.5+01:00", []),
        ("DateLessThan", "2031-01-01T00:00:00", []),
        ("DateLessThan", "2031", ["INVALID_DATE_VALUE"]),
        ("DateLessThan", 1924992000, ["INVALID_DATE_VALUE"]),
        ("DateLessThan", "1924992000.5", ["INVALID_DATE_VALUE"]),
        ("DateLessThan", "2031-02-30", ["TYPE_MISMATCH_DATE"]),
        ("DateLessThan", "01/01/2031", ["TYPE_MISMATCH_DATE"]),
        ("DateLessThan", "2031-01-01 00:00:00", ["TYPE_MISMATCH_DATE"]),
        ("DateLessThan", "", ["TYPE_MISMATCH_DATE"]),
        ("DateLessThan", "2031-01-01" + "0" * 99, ["TYPE_MISMATCH_DATE"]),
    ],
)
def test_values_and_the_type_of_their_operator(
    operator: str, value: object, expected: list[str]
) -> None:
    family = next(family for family in KEYS if operator.startswith(family))
    assert statement_codes(Condition={operator: {KEYS[family]: value}}) == expected


@pytest.mark.parametrize(
    ("value", "is_base64"),
    [
        ("c2VhbA==", True),
        ("c2VhbA", True),
        ("c2VhbDE=", True),
        ("", True),
        ("a+/9", True),
        ("seal!", False),
        ("c2VhbA=", False),
        ("c2Vhb", False),
        ("c2Vh\nbA==", False),
    ],
)
def test_binary_values(value: str, is_base64: bool) -> None:
    found = statement_codes(Condition={"BinaryEquals": {"aws:PrincipalTag/seal": value}})
    assert ("TYPE_MISMATCH_STRING" in found) == (not is_base64)


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("StringEquals", ["red", "blue"], []),
        ("StringEquals", ["red", 7], ["INVALID_CONDITION_DATA_TYPE"]),
        ("StringEquals", ["red", True, 7.5], ["INVALID_CONDITION_DATA_TYPE"]),
        ("NumericEquals", [1, 2.5], []),
        ("NumericEquals", [1, "2"], ["INVALID_CONDITION_DATA_TYPE"]),
        ("StringEquals", ["red", None], ["DATA_TYPE_MISMATCH"]),
        ("Bool", ["true", "false"], ["INVALID_CONDITION_MULTIPLE_BOOLEAN"]),
        ("Bool", [True, True], ["INVALID_CONDITION_MULTIPLE_BOOLEAN"]),
        ("Bool", ["true"], []),
        ("Null", ["true", "false"], ["INVALID_CONDITION_MULTIPLE_BOOLEAN"]),
    ],
)
def test_several_values(operator: str, values: object, expected: list[str]) -> None:
    family = next(family for family in KEYS if operator.startswith(family))
    assert statement_codes(Condition={operator: {KEYS[family]: values}}) == expected


def test_a_qualifier_says_what_several_booleans_mean() -> None:
    condition = {"ForAnyValue:Bool": {"aws:SecureTransport": ["true", "false"]}}
    assert "INVALID_CONDITION_MULTIPLE_BOOLEAN" not in statement_codes(Condition=condition)


@pytest.mark.parametrize(
    ("operator", "values", "kept"),
    [
        ("NumericLessThan", ["9", "10"], "10"),
        ("NumericLessThanEqualsIfExists", [5, 5], "5"),
        ("NumericGreaterThan", ["-1.5", "0"], "-1.5"),
        ("NumericGreaterThanEquals", ["3", "1", "2"], "1"),
        ("NumericLessThan", ["9"], None),
        ("NumericEquals", ["9", "10"], None),
        ("NumericNotEquals", ["9", "10"], None),
    ],
)
def test_several_bounds(operator: str, values: object, kept: str | None) -> None:
    text = one_statement(Condition={operator: {"aws:MultiFactorAuthAge": values}})
    found = validate_policy(text, "IDENTITY_POLICY")
    assert [finding["issueCode"] for finding in found] == (
        ["REDUNDANT_CONDITION_VALUE_NUM"] if kept else []
    )
    assert all(f'keep "{kept}"' in finding["findingDetails"] for finding in found)


def test_bounds_of_which_one_is_no_number_are_not_compared() -> None:
    condition = {"NumericLessThan": {"aws:MultiFactorAuthAge": ["9", "10", "x"]}}
    assert statement_codes(Condition=condition) == ["TYPE_MISMATCH_NUMBER"]


@pytest.mark.parametrize(
    ("operator", "code", "effect"),
    [
        ("StringEquals", "EMPTY_ARRAY_CONDITION", "never holds"),
        ("StringNotEquals", "EMPTY_ARRAY_CONDITION", "holds for every value"),
        ("ForAnyValue:StringEquals", "EMPTY_ARRAY_CONDITION_FORANYVALUE", "never holds"),
        ("ForAllValues:StringLike", "EMPTY_ARRAY_CONDITION_FORALLVALUES", "only without"),
        ("ForAllValues:StringLikeIfExists", "EMPTY_ARRAY_CONDITION_FORALLVALUES", "only without"),
        ("StringLikeIfExists", "EMPTY_ARRAY_CONDITION_IFEXISTS", "only without"),
        ("ForAnyValue:StringLikeIfExists", "EMPTY_ARRAY_CONDITION_IFEXISTS", "only without"),
    ],
)
def test_empty_arrays(operator: str, code: str, effect: str) -> None:
    text = one_statement(
        Action="ec2:CreateTags", Resource="*", Condition={operator: {"aws:TagKeys": []}}
    )
    found = [f for f in validate_policy(text, "IDENTITY_POLICY") if "EMPTY" in f["issueCode"]]
    assert [finding["issueCode"] for finding in found] == [code]
    assert effect in found[0]["findingDetails"]


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("StringLike", "red-*", []),
        ("ArnEquals", "arn:aws:iam::*:role/x", []),
        ("StringEquals", "red-*", ["WILDCARD_WITHOUT_LIKE_OPERATOR"]),
        ("StringEquals", "*", ["WILDCARD_WITHOUT_LIKE_OPERATOR"]),
        ("StringEqualsIgnoreCase", "re?", ["WILDCARD_WITHOUT_LIKE_OPERATOR"]),
        ("StringEquals", "red${*}", []),
        ("StringLikeIfExists", "*", ["REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION"]),
        ("StringLikeIfExists", ["**"], ["REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION"]),
        ("StringLikeIfExists", ["*", "red"], []),
        ("StringLikeIfExists", "red-*", []),
        ("StringLike", "*", ["EQUIVALENT_TO_NULL_FALSE"]),
        ("StringNotLike", "*", ["EQUIVALENT_TO_NULL_TRUE"]),
        ("StringNotLikeIfExists", "*", []),
    ],
)
def test_wildcards(operator: str, values: object, expected: list[str]) -> None:
    key = "aws:PrincipalArn" if operator.startswith("Arn") else "aws:PrincipalTag/team"
    assert statement_codes(Condition={operator: {key: values}}) == expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("ForAllValues:StringLike", ["REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION"]),
        ("ForAllValues:StringNotLike", []),
        ("ForAnyValue:StringLike", []),
        ("ForAnyValue:StringNotLike", ["REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION"]),
        ("ForAnyValue:StringNotLikeIfExists", []),
    ],
)
def test_a_star_for_a_key_of_several_values(operator: str, expected: list[str]) -> None:
    condition = {operator: {"aws:TagKeys": "*"}}
    assert statement_codes(Action="ec2:CreateTags", Resource="*", Condition=condition) == expected


def test_the_operator_to_use_keeps_its_qualifier_and_suffix() -> None:
    text = one_statement(
        Action="ec2:CreateTags",
        Resource="*",
        Condition={"ForAnyValue:StringNotEqualsIfExists": {"aws:TagKeys": "red-*"}},
    )
    [finding] = validate_policy(text, "IDENTITY_POLICY")
    assert '"ForAnyValue:StringNotLikeIfExists"' in finding["findingDetails"]


TEXTS = st.sampled_from(
    ["*", "true", "5", "2031", "2031-01-01", "10.0.0.1/8", "vpc-1", "${aws:userid}", "${", "a*:b"]
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS | st.text()


@given(
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(["", "ForAllValues:", "ForAnyValue:"]),
            st.sampled_from(sorted(OPERATORS)),
            st.sampled_from(["", "IfExists"]),
        ),
    ),
    st.sampled_from(
        [
            *("aws:SourceIp", "aws:SourceVpc", "aws:PrincipalOrgID", "aws:userid", "aws:CalledVia"),
            *("kms:ViaService", "s3:prefix", "aws:ResourceTag/", "aws:Referer"),
        ]
    ),
    SCALARS | st.lists(SCALARS, max_size=4) | st.lists(st.lists(SCALARS), max_size=2),
    st.sampled_from(["Allow", "Deny"]),
)
def test_any_condition_has_an_answer(operator: str, key: str, values: object, effect: str) -> None:
    codes(one_statement(Effect=effect, Condition={operator: {key: values}}))


def test_long_values_have_a_bounded_answer() -> None:
    condition = {
        operator: {"a:b": [9e300, int("9" * 300), "9" * 20_000, "a=" * 10_000]}
        for operator in ("DateEquals", "NumericLessThan", "BinaryEquals", "IpAddress")
    }
    found = validate_policy(one_statement(Condition=condition), "IDENTITY_POLICY")
    assert {finding["issueCode"] for finding in found} >= {
        "INVALID_DATE_VALUE",
        "TYPE_MISMATCH_DATE",
        "TYPE_MISMATCH_NUMBER",
        "TYPE_MISMATCH_STRING",
        "TYPE_MISMATCH_IP_RANGE",
    }
