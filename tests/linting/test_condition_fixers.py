from __future__ import annotations

from typing import Any

import pytest

from policy_gate.linting.fix import Fixer
from policy_gate.linting.fixers import notation
from policy_gate.linting.fixers.operators import (
    misspelled_operator,
    only_if_service,
    only_whether_absent,
    only_whether_present,
    operator_of_type,
    plain_null,
    service_is_no_caller,
    source_is_known,
    specific_attributes,
    with_arn_like,
    with_like,
    with_qualifier,
    without_qualifier,
)
from policy_gate.linting.fixers.redundancy import loosest_number
from policy_gate.linting.fixers.values import (
    iso_date,
    network_address,
    one_boolean,
    one_key,
    values_as_strings,
    without_private_addresses,
    without_test,
)
from tests.linting.mending import Key, Steps, mend_condition, mend_text

TAG, OTHER = "aws:PrincipalTag/t", "aws:PrincipalTag/u"
SAFE, UNSAFE = True, False


@pytest.mark.parametrize(
    ("condition", "path", "expected"),
    [
        ({"StringLike": {TAG: "*"}}, ("StringLike", TAG), {"Null": {TAG: "false"}}),
        ({"StringLike": {TAG: ["**"]}}, ("StringLike", TAG, 0), {"Null": {TAG: "false"}}),
        ({"StringNotLike": {TAG: "*"}}, ("StringNotLike", TAG), {"Null": {TAG: "true"}}),
        (
            {"StringLike": {TAG: "*", OTHER: "a*"}},
            ("StringLike", TAG),
            {"StringLike": {OTHER: "a*"}, "Null": {TAG: "false"}},
        ),
        (
            {"Null": {OTHER: "true"}, "StringLike": {TAG: "*"}},
            ("StringLike", TAG),
            {"Null": {OTHER: "true", TAG: "false"}},
        ),
        (
            {"StringLike": {OTHER: "a*", TAG: "*"}, "null": {}},
            ("StringLike", TAG),
            {"StringLike": {OTHER: "a*"}, "null": {TAG: "false"}},
        ),
        ({"Null": {TAG.upper(): "true"}, "StringLike": {TAG: "*"}}, ("StringLike", TAG), None),
        ({"StringLike": {TAG: ["*", "a"]}}, ("StringLike", TAG, 0), None),
        ({"StringLikeIfExists": {TAG: "*"}}, ("StringLikeIfExists", TAG), None),
        ({"StringEquals": {TAG: "*"}}, ("StringEquals", TAG), None),
    ],
)
def test_only_whether_a_key_is_present(
    condition: dict[str, Any], path: Steps, expected: dict[str, Any] | None
) -> None:
    mended = mend_condition(only_whether_present, condition, path)
    assert mended == (None if expected is None else (expected, SAFE))


def test_a_new_operator_is_laid_out_as_the_others() -> None:
    text = """{
    "Version": "2012-10-17",
    "Statement": {
        "Condition": {
            "StringLike": {
                "aws:PrincipalTag/t": "*",
                "aws:PrincipalTag/u": "a*"
            }
        }
    }
}
"""
    mended = mend_text(
        only_whether_present, text, ("Statement", "Condition", "StringLike", "aws:PrincipalTag/t")
    )
    assert mended
    assert (
        mended[0]
        == """{
    "Version": "2012-10-17",
    "Statement": {
        "Condition": {
            "StringLike": {
                "aws:PrincipalTag/u": "a*"
            },
            "Null": {
                "aws:PrincipalTag/t": "false"
            }
        }
    }
}
"""
    )


ARN, MFA, VIA = "aws:PrincipalArn", "aws:MultiFactorAuthPresent", "aws:CalledVia"
ROLE = "arn:aws:iam::111122223333:role/a*"
MOVES: list[tuple[Fixer, dict[str, Any], Steps, dict[str, Any] | None, bool]] = [
    (with_like, {"StringEquals": {TAG: ["a*", "b"]}}, ("StringEquals", TAG, 0),
     {"StringLike": {TAG: ["a*", "b"]}}, UNSAFE),
    (with_like, {"ForAnyValue:StringNotEqualsIfExists": {TAG: "a*"}},
     ("ForAnyValue:StringNotEqualsIfExists", TAG),
     {"ForAnyValue:StringNotLikeIfExists": {TAG: "a*"}}, UNSAFE),
    (with_like, {"StringEqualsIgnoreCase": {TAG: "a*"}}, ("StringEqualsIgnoreCase", TAG), None,
     UNSAFE),
    (with_like, {"StringNotEquals": {ARN: "a*"}}, ("StringNotEquals", ARN),
     {"ArnNotLike": {ARN: "a*"}}, UNSAFE),
    (with_like, {"StringEquals": {"aws:PrincipalOrgID": "o-*"}},
     ("StringEquals", "aws:PrincipalOrgID"), None, UNSAFE),
    (with_arn_like, {"StringLike": {ARN: "a", TAG: "*"}}, ("StringLike", Key(ARN)),
     {"StringLike": {TAG: "*"}, "ArnLike": {ARN: "a"}}, UNSAFE),
    (with_arn_like, {"StringNotLikeIfExists": {ARN: [ROLE, ROLE]}},
     ("StringNotLikeIfExists", Key(ARN)), {"ArnNotLikeIfExists": {ARN: [ROLE, ROLE]}}, SAFE),
    (with_arn_like, {"StringLike": {ARN: [ROLE, "arn:aws:iam::*:role/a"]}},
     ("StringLike", Key(ARN)), {"ArnLike": {ARN: [ROLE, "arn:aws:iam::*:role/a"]}}, UNSAFE),
    (with_arn_like, {"StringLike": {ARN: ROLE + "${aws:username}"}}, ("StringLike", Key(ARN)),
     {"ArnLike": {ARN: ROLE + "${aws:username}"}}, UNSAFE),
    (with_arn_like, {"StringLike": {ARN: "arn:aws:iam::${aws:PrincipalAccount}:role/a"}},
     ("StringLike", Key(ARN)),
     {"ArnLike": {ARN: "arn:aws:iam::${aws:PrincipalAccount}:role/a"}}, UNSAFE),
    (with_qualifier, {"StringLikeIfExists": {VIA: "a*"}}, ("StringLikeIfExists", Key(VIA)),
     {"ForAnyValue:StringLikeIfExists": {VIA: "a*"}}, UNSAFE),
    (with_qualifier, {"StringNotEquals": {VIA: "a"}}, ("StringNotEquals", Key(VIA)),
     {"ForAllValues:StringNotEquals": {VIA: "a"}}, UNSAFE),
    (with_qualifier, {"ForAnyValue:StringEquals": {VIA: "a"}},
     ("ForAnyValue:StringEquals", Key(VIA)), None, UNSAFE),
    (only_whether_absent, {"StringEqualsIfExists": {TAG: []}}, ("StringEqualsIfExists", TAG),
     {"Null": {TAG: "true"}}, UNSAFE),
    (only_whether_absent, {"ForAllValues:StringEquals": {VIA: []}},
     ("ForAllValues:StringEquals", VIA), {"Null": {VIA: "true"}}, UNSAFE),
    (only_whether_absent, {"StringNotEqualsIfExists": {TAG: []}},
     ("StringNotEqualsIfExists", TAG), None, UNSAFE),
    (only_whether_absent, {"StringEquals": {TAG: []}}, ("StringEquals", TAG), None, UNSAFE),
    (only_whether_absent, {"StringEqualsIfExists": {TAG: ["a"]}},
     ("StringEqualsIfExists", TAG), None, UNSAFE),
    (without_qualifier, {"ForAllValues:StringEquals": {TAG: "a"}},
     ("ForAllValues:StringEquals", Key(TAG)), {"StringEquals": {TAG: "a"}}, UNSAFE),
    (without_qualifier, {"StringEquals": {TAG: "a"}}, ("StringEquals", Key(TAG)), None, UNSAFE),
    (operator_of_type, {"StringEquals": {MFA: "True"}}, ("StringEquals", Key(MFA)),
     {"Bool": {MFA: "True"}}, UNSAFE),
    (operator_of_type, {"StringEquals": {MFA: "yes"}}, ("StringEquals", Key(MFA)), None, UNSAFE),
    (operator_of_type, {"StringNotEquals": {MFA: "true"}}, ("StringNotEquals", Key(MFA)), None,
     UNSAFE),
    (operator_of_type, {"ForAnyValue:StringNotLike": {"aws:SourceIp": ["10.0.0.0/8", "::1"]}},
     ("ForAnyValue:StringNotLike", Key("aws:SourceIp")),
     {"ForAnyValue:NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "::1"]}}, UNSAFE),
    (operator_of_type, {"StringEquals": {"s3:max-keys": "10"}},
     ("StringEquals", Key("s3:max-keys")), {"NumericEquals": {"s3:max-keys": "10"}}, UNSAFE),
    (operator_of_type, {"StringEquals": {"s3:max-keys": "many"}},
     ("StringEquals", Key("s3:max-keys")), None, UNSAFE),
    (operator_of_type, {"NumericLessThan": {"aws:TokenIssueTime": 1924992000}},
     ("NumericLessThan", Key("aws:TokenIssueTime")),
     {"DateLessThan": {"aws:TokenIssueTime": 1924992000}}, UNSAFE),
    (operator_of_type, {"StringEquals": {"aws:CurrentTime": "2031-01-01"}},
     ("StringEquals", Key("aws:CurrentTime")), {"DateEquals": {"aws:CurrentTime": "2031-01-01"}},
     UNSAFE),
    (operator_of_type, {"StringEquals": {"no:such": "1"}}, ("StringEquals", Key("no:such")), None,
     UNSAFE),
    (operator_of_type, {"NumericEquals": {TAG: "1"}}, ("NumericEquals", Key(TAG)), None, UNSAFE),
    (plain_null, {"NullIfExists": {TAG: "true"}}, (Key("NullIfExists"),),
     {"Null": {TAG: "true"}}, SAFE),
    (plain_null, {"ForAnyValue:NullIfExists": {TAG: "true"}}, (Key("ForAnyValue:NullIfExists"),),
     {"Null": {TAG: "true"}}, UNSAFE),
    (plain_null, {"NullIfExists": {TAG: "true"}, "Null": {OTHER: "true"}}, (Key("NullIfExists"),),
     {"Null": {OTHER: "true", TAG: "true"}}, SAFE),
    (plain_null, {"NullIfExists": {TAG: "true"}, "Null": {TAG: "false"}}, (Key("NullIfExists"),),
     None, SAFE),
    (plain_null, {"Bool": {TAG: "true"}}, (Key("Bool"),), None, SAFE),
    (misspelled_operator, {"StringEqual": {TAG: "a"}}, (Key("StringEqual"),),
     {"StringEquals": {TAG: "a"}}, UNSAFE),
    (misspelled_operator, {"Strings": {TAG: "a"}}, (Key("Strings"),), None, UNSAFE),
]  # fmt: skip


@pytest.mark.parametrize(("fixer", "condition", "path", "expected", "safe"), MOVES)
def test_a_key_under_another_operator(
    fixer: Fixer,
    condition: dict[str, Any],
    path: Steps,
    expected: dict[str, Any] | None,
    safe: bool,
) -> None:
    mended = mend_condition(fixer, condition, path)
    assert mended == (None if expected is None else (expected, safe))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a", ["a"], "a"], ("a", SAFE)),
        ([["a", "b"], ["b", "a"]], (["a", "b"], SAFE)),
        (["a", "b"], (["a", "b"], UNSAFE)),
        ([["a", "b"], "b", 7], (["a", "b", 7], UNSAFE)),
    ],
)
def test_a_key_that_stands_twice(values: list[Any], expected: tuple[Any, bool]) -> None:
    keys = [TAG, TAG.upper(), TAG.lower()][: len(values)]
    condition = {"StringEquals": {"aws:userid": "x", **dict(zip(keys, values, strict=True))}}
    mended = mend_condition(one_key, condition, *(("StringEquals", Key(key)) for key in keys))
    assert mended == ({"StringEquals": {"aws:userid": "x", TAG: expected[0]}}, expected[1])


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringLikeIfExists": {TAG: "*"}}, None),
        ({"StringLikeIfExists": {TAG: "*", OTHER: "a"}}, {"StringLikeIfExists": {OTHER: "a"}}),
        ({"StringLikeIfExists": {TAG: "*"}, "Bool": {OTHER: "a"}}, {"Bool": {OTHER: "a"}}),
    ],
)
def test_a_test_that_always_holds_goes_with_what_it_leaves_empty(
    condition: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    mended = mend_condition(without_test, condition, ("StringLikeIfExists", TAG))
    assert mended == (expected, SAFE)


KEY = "aws:SourceOrgID"
COMPANIONS: list[tuple[Fixer, str, dict[str, Any], dict[str, Any] | None]] = [
    (
        service_is_no_caller,
        TAG,
        {"StringNotEquals": {TAG: "a"}},
        {"StringNotEquals": {TAG: "a"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
    ),
    (
        service_is_no_caller,
        TAG,
        {"StringNotEquals": {TAG: "a"}, "BoolIfExists": {OTHER: "true"}},
        {
            "StringNotEquals": {TAG: "a"},
            "BoolIfExists": {OTHER: "true", "aws:PrincipalIsAWSService": "false"},
        },
    ),
    (
        service_is_no_caller,
        TAG,
        {"StringNotEquals": {TAG: "a"}, "Bool": {"aws:principalisawsservice": "true"}},
        None,
    ),
    (service_is_no_caller, TAG, {"StringNotEquals": {TAG: "a", KEY: "o"}}, None),
    (
        only_if_service,
        KEY,
        {"StringNotEquals": {KEY: "a"}},
        {"StringNotEquals": {KEY: "a"}, "Bool": {"aws:PrincipalIsAWSService": "true"}},
    ),
    (only_if_service, KEY, {"StringNotEquals": {KEY: "o", TAG: "a"}}, None),
    (
        source_is_known,
        KEY,
        {"StringNotEquals": {"aws:SourceAccount": "a", KEY: "b"}},
        {
            "StringNotEquals": {"aws:SourceAccount": "a", KEY: "b"},
            "Null": {"aws:SourceAccount": "false"},
        },
    ),
    (
        source_is_known,
        KEY,
        {"StringNotEquals": {KEY: "a"}, "Null": {"aws:SourceArn": "false"}},
        None,
    ),
    (
        specific_attributes,
        "dynamodb:Attributes",
        {"StringNotEquals": {"dynamodb:Attributes": "a"}},
        {
            "StringNotEquals": {"dynamodb:Attributes": "a"},
            "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
        },
    ),
]


@pytest.mark.parametrize(("fixer", "key", "condition", "expected"), COMPANIONS)
def test_a_companion(
    fixer: Fixer, key: str, condition: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    mended = mend_condition(fixer, condition, ("StringNotEquals", Key(key)))
    assert mended == (None if expected is None else (expected, UNSAFE))


VALUES: list[tuple[Fixer, Any, Any, bool]] = [
    (notation.boolean, "True ", "true", UNSAFE),
    (notation.boolean, " FALSE", "false", UNSAFE),
    (notation.boolean, "yes", "true", UNSAFE),
    (notation.boolean, "0", "false", UNSAFE),
    (notation.boolean, "maybe", None, UNSAFE),
    (notation.number, " 3600 ", "3600", UNSAFE),
    (notation.number, "1,048_576.5", "1048576.5", UNSAFE),
    (notation.number, "-1 000", "-1000", UNSAFE),
    (notation.number, "1,00", None, UNSAFE),
    (notation.number, "1h", None, UNSAFE),
    (notation.number, " " * 600 + "1", None, UNSAFE),
    (notation.date, "2031/1/2", "2031-01-02", UNSAFE),
    (notation.date, "2031.01.02 3:04", "2031-01-02T03:04:00Z", UNSAFE),
    (notation.date, "2031-01-02 03:04:05.6 utc", "2031-01-02T03:04:05Z", UNSAFE),
    (notation.date, "2031-01-02T03:04:05 +0200", "2031-01-02T03:04:05+0200", UNSAFE),
    (notation.date, " 2031-01-02 ", "2031-01-02", UNSAFE),
    (notation.date, "2031/13/01", None, UNSAFE),
    (notation.date, "2031/1-2", None, UNSAFE),
    (notation.date, "next week", None, UNSAFE),
    (notation.network, "203.0.113.*", "203.0.113.0/24", UNSAFE),
    (notation.network, "10.*.*.*", "10.0.0.0/8", UNSAFE),
    (notation.network, " 203.0.113.0 / 24", "203.0.113.0/24", UNSAFE),
    (notation.network, "203.*.113.0", None, UNSAFE),
    (notation.network, "999.*", None, UNSAFE),
    (notation.network, "203.0.113.0/240", None, UNSAFE),
    (notation.base64, "-_8", "+/8=", UNSAFE),
    (notation.base64, "c2Vh bA==", "c2VhbA==", UNSAFE),
    (notation.base64, "c2VhbA=a", None, UNSAFE),
    (notation.base64, "c2VhbA==a", None, UNSAFE),
    (notation.base64, "abcde", None, UNSAFE),
    (one_boolean, ["true", "TRUE"], ["true"], SAFE),
    (one_boolean, [True, "true", True], [True], SAFE),
    (one_boolean, ["true", "false"], None, SAFE),
    (values_as_strings, ["red", 7, True, -1], ["red", "7", "true", "-1"], SAFE),
    (values_as_strings, ["red", 7.5], None, SAFE),
    (values_as_strings, ["red", None], None, SAFE),
    (network_address, "203.0.113.7/24", "203.0.113.0/24", SAFE),
    (network_address, "2001:db8::1/32", "2001:db8::/32", SAFE),
    (network_address, "203.0.113.7/240", None, SAFE),
    (iso_date, "1924992000", "2031-01-01T00:00:00Z", SAFE),
    (iso_date, 1924992000, "2031-01-01T00:00:00Z", SAFE),
    (iso_date, "2031", "2031-01-01T00:00:00Z", UNSAFE),
    (iso_date, "12", None, UNSAFE),
    (iso_date, True, None, UNSAFE),
    (network_address, "fe80::1%1/64", None, SAFE),
]


@pytest.mark.parametrize(("fixer", "value", "expected", "safe"), VALUES)
def test_values(fixer: Fixer, value: Any, expected: Any, safe: bool) -> None:
    mended = mend_condition(fixer, {"Any": {TAG: value}}, ("Any", TAG))
    assert mended == (None if expected is None else ({"Any": {TAG: expected}}, safe))


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("NumericLessThan", ["10", "20", 5], ["20"]),
        ("NumericLessThanEqualsIfExists", [10, 20.5], [20.5]),
        ("NumericGreaterThan", ["10", "-1"], ["-1"]),
        ("NumericGreaterThanEquals", ["10", "10"], ["10"]),
        ("NumericLessThan", ["10", "many"], None),
        ("NumericLessThan", ["10"], None),
        ("NumericEquals", ["10", "20"], None),
    ],
)
def test_the_loosest_number_decides(
    operator: str, values: list[Any], expected: list[Any] | None
) -> None:
    mended = mend_condition(loosest_number, {operator: {TAG: values}}, (operator, TAG))
    assert mended == (None if expected is None else ({operator: {TAG: expected}}, SAFE))


def test_private_addresses_go_where_others_stay() -> None:
    key, values = "aws:SourceIp", ["10.0.0.0/8", "203.0.113.0/24", "192.168.0.1"]
    condition = {"IpAddress": {key: values}}
    private = [("IpAddress", key, 0), ("IpAddress", key, 2)]
    mended = mend_condition(without_private_addresses, condition, *private)
    assert mended == ({"IpAddress": {key: ["203.0.113.0/24"]}}, UNSAFE)
    everything = [("IpAddress", key, index) for index in range(3)]
    assert mend_condition(without_private_addresses, condition, *everything) is None
