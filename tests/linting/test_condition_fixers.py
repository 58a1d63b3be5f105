from __future__ import annotations

from typing import Any

import pytest

from policy_gate.linting.fix import Fixer
from policy_gate.linting.fixers.operators import (
    misspelled_operator,
    only_if_service,
    only_whether_present,
    operator_of_type,
    plain_null,
    service_is_no_caller,
    source_is_known,
    specific_attributes,
    with_arn_like,
    with_like,
    without_qualifier,
)
from policy_gate.linting.fixers.redundancy import loosest_number
from policy_gate.linting.fixers.values import (
    iso_date,
    network_address,
    one_boolean,
    one_key,
    plain_boolean,
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


def type_of(_: object, key: str) -> str | None:
    return {"k:bool": "Bool", "k:many": "ArrayOfBool", "k:n": "Numeric", "k:ip": "IPAddress"}.get(
        key
    )


MOVES: list[tuple[Fixer, dict[str, Any], Steps, dict[str, Any] | None, bool]] = [
    (with_like, {"StringEquals": {TAG: ["a*", "b"]}}, ("StringEquals", TAG, 0),
     {"StringLike": {TAG: ["a*", "b"]}}, UNSAFE),
    (with_like, {"ForAnyValue:StringNotEqualsIfExists": {TAG: "a*"}},
     ("ForAnyValue:StringNotEqualsIfExists", TAG),
     {"ForAnyValue:StringNotLikeIfExists": {TAG: "a*"}}, UNSAFE),
    (with_like, {"StringEqualsIgnoreCase": {TAG: "a*"}}, ("StringEqualsIgnoreCase", TAG), None,
     UNSAFE),
    (with_arn_like, {"StringLike": {"aws:PrincipalArn": "a", TAG: "*"}},
     ("StringLike", Key("aws:PrincipalArn")),
     {"StringLike": {TAG: "*"}, "ArnLike": {"aws:PrincipalArn": "a"}}, UNSAFE),
    (without_qualifier, {"ForAllValues:StringEquals": {TAG: "a"}},
     ("ForAllValues:StringEquals", Key(TAG)), {"StringEquals": {TAG: "a"}}, UNSAFE),
    (without_qualifier, {"StringEquals": {TAG: "a"}}, ("StringEquals", Key(TAG)), None, UNSAFE),
    (operator_of_type(type_of), {"StringEquals": {"k:bool": "True"}},
     ("StringEquals", Key("k:bool")), {"Bool": {"k:bool": "True"}}, UNSAFE),
    (operator_of_type(type_of), {"ForAnyValue:StringEquals": {"k:many": "true"}},
     ("ForAnyValue:StringEquals", Key("k:many")), {"ForAnyValue:Bool": {"k:many": "true"}}, UNSAFE),
    (operator_of_type(type_of), {"StringNotLike": {"k:ip": ["10.0.0.0/8", "::1"]}},
     ("StringNotLike", Key("k:ip")), {"NotIpAddress": {"k:ip": ["10.0.0.0/8", "::1"]}}, UNSAFE),
    (operator_of_type(type_of), {"StringEquals": {"k:n": "many"}},
     ("StringEquals", Key("k:n")), None, UNSAFE),
    (operator_of_type(type_of), {"StringEquals": {"k:unknown": "1"}},
     ("StringEquals", Key("k:unknown")), None, UNSAFE),
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


COMPANIONS: list[tuple[Fixer, dict[str, Any], dict[str, Any] | None]] = [
    (
        service_is_no_caller,
        {"StringNotEquals": {TAG: "a"}},
        {"StringNotEquals": {TAG: "a"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
    ),
    (
        service_is_no_caller,
        {"StringNotEquals": {TAG: "a"}, "BoolIfExists": {OTHER: "true"}},
        {
            "StringNotEquals": {TAG: "a"},
            "BoolIfExists": {OTHER: "true", "aws:PrincipalIsAWSService": "false"},
        },
    ),
    (
        service_is_no_caller,
        {"StringNotEquals": {TAG: "a"}, "Bool": {"aws:principalisawsservice": "true"}},
        None,
    ),
    (
        only_if_service,
        {"StringNotEquals": {TAG: "a"}},
        {"StringNotEquals": {TAG: "a"}, "Bool": {"aws:PrincipalIsAWSService": "true"}},
    ),
    (
        source_is_known,
        {"StringNotEquals": {"aws:SourceAccount": "a", TAG: "b"}},
        {
            "StringNotEquals": {"aws:SourceAccount": "a", TAG: "b"},
            "Null": {"aws:SourceAccount": "false"},
        },
    ),
    (source_is_known, {"StringNotEquals": {TAG: "a"}, "Null": {"aws:SourceArn": "false"}}, None),
    (
        specific_attributes,
        {"StringNotEquals": {TAG: "a"}},
        {
            "StringNotEquals": {TAG: "a"},
            "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
        },
    ),
]


@pytest.mark.parametrize(("fixer", "condition", "expected"), COMPANIONS)
def test_a_companion(
    fixer: Fixer, condition: dict[str, Any], expected: dict[str, Any] | None
) -> None:
    mended = mend_condition(fixer, condition, ("StringNotEquals", Key(TAG)))
    assert mended == (None if expected is None else (expected, UNSAFE))


VALUES: list[tuple[Fixer, Any, Any, bool]] = [
    (plain_boolean, "True ", "true", SAFE),
    (plain_boolean, "FALSE", "false", SAFE),
    (plain_boolean, "yes", "true", UNSAFE),
    (plain_boolean, "0", "false", UNSAFE),
    (plain_boolean, "maybe", None, UNSAFE),
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
