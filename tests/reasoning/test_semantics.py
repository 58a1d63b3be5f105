"""The semantics of the policy language, row by row.

Each row is decided three ways: by hand, by the evaluator, and by the decision procedure about a
policy that allows exactly the one request.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from policy_gate.reasoning.answer import Witness
from policy_gate.reasoning.checks import check_no_new_access
from policy_gate.reasoning.document import PolicyType
from policy_gate.reasoning.evaluator import decide
from tests.reasoning.documents import IDENTITY, RESOURCE, allow, policy

K = "aws:PrincipalTag/k"
ACTION, OBJECT = "s3:GetObject", "arn:aws:s3:::bucket/key"
A = "111122223333"
ROLE = f"arn:aws:iam::{A}:role/Dev"
NO_KEY: dict[str, Sequence[str]] = {}


def only(request: Witness, sets: bool, absent: Sequence[str]) -> dict[str, Any]:
    """A statement that allows the request and no other, as far as the keys given go."""
    blocks: dict[str, dict[str, Any]] = {}
    for key, values in request.context.items():
        if len(values) == 1 and not sets:
            blocks.setdefault("StringEquals", {})[key] = values[0]
            continue
        blocks.setdefault("ForAllValues:StringEquals", {})[key] = list(values)
        for number, value in enumerate(values):
            # Spellings of one key, since a block has a key but once.
            spelling = "".join(c.upper() if i == number else c for i, c in enumerate(key))
            blocks.setdefault("ForAnyValue:StringEquals", {})[spelling] = value
    blocks["Null"] = dict.fromkeys(absent, "true")
    statement = allow(request.action, request.resource, Condition=blocks)
    if request.principal is not None:
        kind, _, name = request.principal.partition(":")
        statement["Principal"] = {kind: name}
    return statement


def assert_allows(
    document: str, request: Witness, expected: bool | None, kind: PolicyType = IDENTITY, **how: Any
) -> None:
    decision = decide(document, request)
    verdicts = {"ALLOW": True, "DENY": False, "IMPLICIT_DENY": False, "UNDECIDED": None}
    assert verdicts[decision] is expected
    answer = check_no_new_access(policy(only(request, **how)), document, kind)
    assert {"PASS": True, "FAIL": False, "UNKNOWN": None}[answer.result] is expected


def met(condition: dict[str, Any], expected: dict[str, bool | None]) -> list[Any]:
    """Rows of one condition: contexts as JSON text, and whether they meet it."""
    return [
        pytest.param(condition, json.loads(context), value, id=f"{json.dumps(condition)} {context}")
        for context, value in expected.items()
    ]


def of(operator: str, values: Any, expected: dict[str, bool | None]) -> list[Any]:
    """Rows of one operator about the key K: its values as JSON text, `-` where it is missing."""
    contexts = {
        "{}" if values == "-" else json.dumps({K: json.loads(values)}): value
        for values, value in expected.items()
    }
    return met({operator: {K: values}}, contexts)


YES, NO = True, False
ROWS = [
    # Texts.
    *of("StringEquals", "a*", {'["a*"]': YES, '["ab"]': NO, '["A*"]': NO, "-": NO}),
    *of("stringEQUALS", ["a", "b"], {'["b"]': YES, '["c"]': NO}),
    *of("StringEquals", [], {'["a"]': NO, "-": NO}),
    *of("StringNotEquals", ["a", "b"], {'["a"]': NO, '["c"]': YES, "-": YES}),
    *of("StringNotEquals", [], {'["a"]': YES, "-": YES}),
    *of("StringEqualsIfExists", "a", {'["a"]': YES, '["b"]': NO, "-": YES}),
    *of("StringNotEqualsIfExists", "a", {'["a"]': NO, '["b"]': YES, "-": YES}),
    *of("StringEqualsIgnoreCase", "aB", {'["Ab"]': YES, '["AbC"]': NO, "-": NO}),
    *of("StringEqualsIgnoreCase", "k", {'["\\u212a"]': NO}),
    *of("StringNotEqualsIgnoreCase", "aB", {'["Ab"]': NO, '["c"]': YES, "-": YES}),
    *of("StringLike", "a*c?", {'["abcd"]': YES, '["ac"]': NO, '["aCd"]': NO, "-": NO}),
    *of("StringLike", "*", {'["a"]': YES, '[""]': YES, "-": NO}),
    *of("StringLike", "?*", {'["a"]': YES, '[""]': NO}),
    *of("StringLike", "a+(b)|[c]", {'["a+(b)|[c]"]': YES, '["aab"]': NO}),
    *of("StringNotLike", "a*", {'["ab"]': NO, '["b"]': YES, "-": YES}),
    *of("BinaryEquals", "QmluYXJ5", {'["QmluYXJ5"]': YES, '["qmluYXJ5"]': NO, "-": NO}),
    *of("StringEquals", True, {'["true"]': YES, '["True"]': NO}),
    *of("StringEquals", 5, {'["5"]': YES, '["5.0"]': NO}),
    # ARNs.
    *of("ArnLike", "arn:aws:s3:::b*", {
        '["arn:aws:s3:::bucket/a:b"]': YES, '["arn:aws:s3:::a"]': NO, '["b"]': NO, "-": NO}),
    *of("ArnEquals", "arn:aws:sns:*:1*:t", {
        '["arn:aws:sns:eu:12:t"]': YES, '["arn:aws:sns:eu:x:1:t"]': NO,
        '["arn:aws:sns:eu:1:T"]': NO}),
    *of("ArnNotLike", "arn:aws:s3:::b*", {'["arn:aws:s3:::b"]': NO, '["x"]': YES, "-": YES}),
    *of("ArnNotEquals", "arn:aws:s3:::b", {'["arn:aws:s3:::b"]': NO, '["arn:aws:s3:::c"]': YES}),
    *of("ArnLike", "arn:aws:s3*", {
        '["arn:aws:s3:::b"]': YES, '["arn:aws:s3"]': None, '["arn:aws:ec2:::b"]': NO}),
    *of("ArnLike", "arn:*:b", {'["arn:aws:s3:::b"]': None, '["arn:aws:s3:::c"]': NO}),
    # Numbers.
    *of("NumericEquals", "10", {'["10.0"]': YES, '["010"]': YES, '["10a"]': NO, "-": NO}),
    *of("NumericNotEquals", "10", {'["10.0"]': NO, '["9"]': YES, '["x"]': YES, "-": YES}),
    *of("NumericLessThan", "10", {'["9.99"]': YES, '["10"]': NO, '["-11"]': YES, '["9x"]': NO}),
    *of("NumericLessThanEquals", "10", {'["10.00"]': YES, '["10.01"]': NO, "-": NO}),
    *of("NumericGreaterThan", "10", {'["10"]': NO, '["10.5"]': YES}),
    *of("NumericGreaterThanEquals", 10, {'["10"]': YES, '["9"]': NO}),
    *of("NumericLessThanIfExists", "10", {'["9"]': YES, '["11"]': NO, "-": YES}),
    *of("NumericEquals", ["1", "2"], {'["2"]': YES, '["3"]': NO}),
    # Dates.
    *of("DateEquals", "2020-01-01T00:00:00Z", {
        '["2020-01-01"]': YES, '["1577836800"]': YES, '["2020-01-01T01:00:00+01:00"]': YES,
        '["2020-01-01T00:00:01Z"]': NO, '["x"]': NO, "-": NO}),
    *of("DateNotEquals", "2020-01-01", {'["2020-01-01T00:00Z"]': NO, '["2021"]': YES, "-": YES}),
    *of("DateLessThan", "2020-01-01", {'["2019-12-31T23:59:59.5Z"]': YES, '["2020-01-01"]': NO}),
    *of("DateLessThanEquals", "2020-01", {'["2020"]': YES, '["2020-01-02"]': NO}),
    *of("DateGreaterThan", "1577836800", {'["2020-01-01T00:00:01Z"]': YES, '["2019-01-01"]': NO}),
    *of("DateGreaterThanEquals", "2020-01-01", {'["2020-01-01"]': YES, '["2019"]': NO, "-": NO}),
    # Truth values.
    *of("Bool", "true", {'["true"]': YES, '["TRUE"]': YES, '["false"]': NO, '["1"]': NO, "-": NO}),
    *of("Bool", False, {'["false"]': YES, '["true"]': NO}),
    *of("BoolIfExists", "true", {'["true"]': YES, '["false"]': NO, "-": YES}),
    *of("Bool", "yes", {'["yes"]': None}),
    # Addresses.
    *of("IpAddress", "10.0.0.1/8", {
        '["10.255.0.1"]': YES, '["11.0.0.0"]': NO, '["::ffff:10.0.0.1"]': NO,
        '["x"]': NO, "-": NO}),
    *of("IpAddress", "203.0.113.7", {'["203.0.113.7"]': YES, '["203.0.113.8"]': NO}),
    *of("IpAddress", "2001:db8::/32", {
        '["2001:0db8:0:0:0:0:0:1"]': YES, '["2001:DB8::1"]': YES, '["2001:db9::"]': NO}),
    *of("IpAddress", "fe80::/10", {'["fe80::1"]': YES, '["fe80::1%eth0"]': NO}),
    *of("IpAddress", "0.0.0.0/0", {'["1.2.3.4"]': YES, '["::1"]': NO}),
    *of("NotIpAddress", "10.0.0.0/8", {'["10.1.1.1"]': NO, '["::1"]': YES, "-": YES}),
    # Presence.
    *of("Null", "true", {'["a"]': NO, "-": YES}),
    *of("Null", False, {'["a"]': YES, '["a", "b"]': YES, "-": NO}),
    *of("Null", ["true", "false"], {'["a"]': YES, "-": YES}),
    *of("Null", "maybe", {'["a"]': None}),
    # Sets.
    *of("ForAllValues:StringEquals", ["a", "b"], {
        '["a"]': YES, '["a", "b"]': YES, '["a", "c"]': NO, "-": YES}),
    *of("ForAllValues:StringNotEquals", ["a", "b"], {'["c"]': YES, '["a", "c"]': NO, "-": YES}),
    *of("ForAllValues:StringLike", "a*", {'["a", "ab"]': YES, '["a", "b"]': NO}),
    *of("ForAllValues:StringNotLike", "a*", {'["b", "c"]': YES, '["a", "b"]': NO, "-": YES}),
    *of("ForAnyValue:StringEquals", ["a", "b"], {'["a", "c"]': YES, '["c"]': NO, "-": NO}),
    *of("ForAnyValue:StringNotEquals", "a", {'["a", "c"]': YES, '["a"]': NO, "-": NO}),
    *of("ForAnyValue:StringLikeIfExists", "a*", {'["b", "a"]': YES, '["b"]': NO, "-": YES}),
    *of("ForAnyValue:StringNotLikeIfExists", "a*", {'["b", "a"]': YES, '["a"]': NO, "-": YES}),
    *of("ForAllValues:StringEqualsIfExists", "a", {'["a"]': YES, '["b"]': NO, "-": YES}),
    *of("ForAllValues:NumericLessThan", "10", {'["9", "8"]': YES, '["9", "10"]': NO}),
    *of("ForAnyValue:ArnLike", "arn:aws:s3:::a*", {'["x", "arn:aws:s3:::ab"]': YES, '["x"]': NO}),
    *of("ForAllValues:Bool", "true", {'["true"]': YES, '["false"]': NO, "-": YES}),
    *of("ForAllValues:StringEquals", [], {'["a"]': NO, "-": YES}),
    # What is no operator.
    *of("StringMatches", "a", {'["a"]': None, "-": None}),
    *of("NullIfExists", "true", {"-": None}),
    *of("ForEachValue:StringEquals", "a", {'["a"]': None}),
    *of("NumericNotLessThan", "1", {'["2"]': None}),
    # Several keys, operators and spellings.
    *met({"StringEquals": {"aws:A": "1", "aws:B": "2"}}, {
        '{"aws:A": ["1"], "aws:B": ["2"]}': YES, '{"aws:A": ["1"]}': NO}),
    *met({"StringLike": {"aws:a": "x*"}, "StringNotLike": {"AWS:A": "xy*"}}, {
        '{"aws:A": ["xz"]}': YES, '{"aws:A": ["xyz"]}': NO}),
    *met({"Bool": {"aws:x": "true"}, "StringEquals": {"aws:X": "True"}}, {
        '{"aws:x": ["True"]}': YES, '{"aws:x": ["true"]}': NO}),
    # Policy variables.
    *of("StringEquals", "${aws:username}", {'["a"]': NO, "-": NO}),
    *of("StringNotEquals", "${aws:username}", {'["a"]': YES, "-": YES}),
    *met({"StringEquals": {K: "${aws:UserName}"}}, {
        f'{{"{K}": ["a"], "aws:username": ["a"]}}': YES,
        f'{{"{K}": ["a"], "aws:username": ["b"]}}': NO}),
    *met({"StringLike": {K: "x-${aws:username}-*"}}, {
        f'{{"{K}": ["x-a-1"], "aws:username": ["a"]}}': YES,
        f'{{"{K}": ["x-b-1"], "aws:username": ["*"]}}': NO,
        f'{{"{K}": ["x-*-1"], "aws:username": ["*"]}}': YES}),
    *of("StringEquals", "${aws:username, 'bob'}", {'["bob"]': YES, '["a"]': NO}),
    *met({"StringEquals": {K: "${aws:username, 'bob'}"}}, {
        f'{{"{K}": ["bob"], "aws:username": ["a"]}}': NO,
        f'{{"{K}": ["a"], "aws:username": ["a"]}}': YES}),
    *of("StringLike", "a${*}${?}${$}", {'["a*?$"]': YES, '["abc"]': NO}),
    *met({"ArnLike": {K: "arn:aws:iam::1:user/${aws:username}"}}, {
        f'{{"{K}": ["arn:aws:iam::1:user/a"], "aws:username": ["a"]}}': YES,
        f'{{"{K}": ["arn:aws:iam::1:user/b"], "aws:username": ["a"]}}': NO}),
    *met({"Bool": {K: "${aws:x}"}}, {f'{{"{K}": ["TRUE"], "aws:x": ["true"]}}': YES}),
    *met({"ForAllValues:StringEquals": {K: ["${aws:username}", "x"]}}, {
        f'{{"{K}": ["x", "a"], "aws:username": ["a"]}}': YES,
        f'{{"{K}": ["x", "b"], "aws:username": ["a"]}}': NO}),
    *met({"ForAnyValue:StringNotEquals": {K: "${aws:username}"}}, {
        f'{{"{K}": ["b", "a"], "aws:username": ["a"]}}': YES,
        f'{{"{K}": ["a"], "aws:username": ["a"]}}': NO}),
    *of("BinaryEquals", "${aws:x}", {'["${aws:x}"]': YES}),
    *of("StringEquals", "${aws:x", {'["a"]': None}),
]  # fmt: skip
KEYS = (K, "aws:A", "aws:B", "aws:x", "aws:username")


@pytest.mark.parametrize(("condition", "context", "expected"), ROWS)
def test_conditions(
    condition: dict[str, Any], context: Mapping[str, Sequence[str]], expected: bool | None
) -> None:
    request = Witness(ACTION, OBJECT, None, {key: tuple(v) for key, v in context.items()})
    sets = any(":" in operator for operator in condition)
    present = {key.lower() for key in context}
    absent = [key for key in KEYS if key.lower() not in present]
    document = policy(allow("*", Condition=condition))
    if request.context.get("aws:username"):
        # A key in a policy variable has one value.
        sets = False if len(request.context.get(K, "-")) == 1 else sets
    assert_allows(document, request, expected, sets=sets, absent=absent)


@pytest.mark.parametrize(
    ("version", "expected"), [("2012-10-17", NO), ("2008-10-17", YES), (None, YES)]
)
def test_old_versions_have_no_variables(version: str | None, expected: bool) -> None:
    document = policy(allow(Condition={"StringEquals": {K: "${aws:username}"}}), version=version)
    request = Witness(ACTION, OBJECT, None, {K: ("${aws:username}",)})
    assert decide(document, request) == ("ALLOW" if expected else "IMPLICIT_DENY")
    literal = allow(Condition={"StringEquals": {K: "${$}{aws:username}"}})
    answer = check_no_new_access(policy(literal), document, IDENTITY)
    assert answer.result == ("PASS" if expected else "FAIL")


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"Action": "S3:getobject"}, YES),
        ({"Action": "s3:Get*"}, YES),
        ({"Action": "*"}, YES),
        ({"Action": "s3:GetObjec?"}, YES),
        ({"Action": "s3:GetObject?"}, NO),
        ({"Action": "*:GetObject"}, YES),
        ({"Action": []}, NO),
        ({"NotAction": []}, YES),
        ({"NotAction": ["s3:Put*", "S3:GETOBJECT"]}, NO),
        ({"NotAction": "iam:*"}, YES),
        ({"Resource": OBJECT}, YES),
        ({"Resource": OBJECT.upper()}, NO),
        ({"Resource": "arn:aws:s3:::bucket/*"}, YES),
        ({"Resource": "arn:aws:s3:::bucket/ke?"}, YES),
        ({"Resource": "arn:aws:s3:*:*:*"}, YES),
        ({"Resource": "arn:aws:*:bucket/key"}, None),
        ({"Resource": "arn:aws:s*"}, YES),
        ({"Resource": []}, NO),
        ({"NotResource": []}, YES),
        ({"NotResource": "arn:aws:s3:::bucket/*"}, NO),
        ({"Resource": "arn:aws:s3:::bucket/${*}"}, NO),
        ({"Resource": "arn:aws:s3:::bucket/${aws:username}"}, NO),
        ({"Resource": "arn:aws:s3:::bucket/${aws:username, 'key'}"}, YES),
        ({"Resource": "arn:${aws:username}:s3:::bucket/key"}, None),
        ({"NotResource": "arn:aws:s3:::bucket/${aws:username}"}, YES),
    ],
)
def test_elements(elements: dict[str, Any], expected: bool | None) -> None:
    names = {name.removeprefix("Not") for name in elements}
    common = {name: "*" for name in ("Action", "Resource") if name not in names}
    document = policy({"Effect": "Allow", **common, **elements})
    request = Witness(ACTION, OBJECT)
    assert_allows(document, request, expected, sets=False, absent=KEYS)


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"Principal": "*"}, YES),
        ({"Principal": {"AWS": "*"}}, YES),
        ({"Principal": {"AWS": ["*", "444455556666"]}}, YES),
        ({"Principal": {"AWS": A}}, YES),
        ({"Principal": {"AWS": f"arn:aws:iam::{A}:root"}}, YES),
        ({"Principal": {"AWS": f"arn:aws-cn:iam::{A}:root"}}, YES),
        ({"Principal": {"AWS": ROLE}}, YES),
        ({"Principal": {"AWS": "444455556666"}}, NO),
        ({"Principal": {"AWS": f"arn:aws:iam::{A}:user/Dev"}}, NO),
        ({"Principal": {"AWS": "AROAEXAMPLE"}}, NO),
        ({"Principal": {"Service": "*"}}, NO),
        ({"Principal": {"AWS": []}}, NO),
        ({"NotPrincipal": {"AWS": "444455556666"}}, YES),
        ({"NotPrincipal": {"AWS": [ROLE, A]}}, NO),
        ({"NotPrincipal": {"AWS": ROLE}}, None),
        ({"NotPrincipal": "*"}, NO),
    ],
)
def test_principals(elements: dict[str, Any], expected: bool | None) -> None:
    document = policy({"Effect": "Allow", "Action": "*", "Resource": "*", **elements})
    request = Witness(ACTION, OBJECT, f"AWS:{ROLE}")
    decision = decide(document, request)
    assert {"ALLOW": True, "IMPLICIT_DENY": False, "UNDECIDED": None}[decision] is expected
    # An entry for a role covers its sessions, so that one request is an entry for a session.
    session = f"arn:aws:sts::{A}:assumed-role/Dev/me"
    forms = {"NotPrincipal": {"AWS": [ROLE, A, session]}} if expected is NO else {}
    widened = {**elements, **(forms if "NotPrincipal" in elements else {})}
    document = policy({"Effect": "Allow", "Action": "*", "Resource": "*", **widened})
    one = only(Witness(ACTION, OBJECT, f"AWS:{session}"), sets=False, absent=())
    answer = check_no_new_access(policy(one), document, RESOURCE)
    if "AWS" not in str(elements) or "NotPrincipal" not in elements or expected is not None:
        assert {"PASS": True, "FAIL": False, "UNKNOWN": None}[answer.result] is expected


def test_a_plain_operator_takes_a_key_for_single_valued() -> None:
    condition = {"StringEquals": {K: "a"}}
    document = policy(allow(Condition=condition))
    assert decide(document, Witness(ACTION, OBJECT, None, {K: ("a", "b")})) == "UNDECIDED"
    sets = policy(allow(Condition={"ForAnyValue:StringEquals": {K: "a"}}))
    answer = check_no_new_access(sets, document, IDENTITY)
    assert answer.result == "PASS"
    assert [text[:2] for text in answer.assumptions] == ["A2"]
    assert check_no_new_access(sets, policy(), IDENTITY).result == "FAIL"


def test_a_deny_wins() -> None:
    denied = policy(allow(), {**allow("s3:*"), "Effect": "Deny"})
    assert_allows(denied, Witness(ACTION, OBJECT), NO, sets=False, absent=())
    assert_allows(denied, Witness("sqs:SendMessage", OBJECT), YES, sets=False, absent=())
