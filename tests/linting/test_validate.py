from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.linting.validate import validate_policy
from policy_gate.linting.view import (
    ACTION_ELEMENTS,
    MAX_CHARACTERS,
    PRINCIPAL_ELEMENTS,
    RESOURCE_ELEMENTS,
)
from tests.linting.shape import assert_in_shape, spanned
from tests.properties import examples

POLICY_TYPES = (
    ("IDENTITY_POLICY", None),
    ("RESOURCE_POLICY", None),
    ("RESOURCE_POLICY", "AWS::IAM::AssumeRolePolicyDocument"),
    ("SERVICE_CONTROL_POLICY", None),
    ("RESOURCE_CONTROL_POLICY", None),
)
POLICY = """{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Read", "Effect": "Allow", "Principal": {"AWS": ["111122223333"]},
     "Action": ["s3:Get*", "s3:List*"], "Resource": "arn:aws:s3:::b/*",
     "Condition": {"StringLike": {"aws:PrincipalTag/team": ["red", "blue"]}}},
    {"Effect": "Deny", "NotPrincipal": {"AWS": "*"}, "NotAction": "s3:*", "NotResource": "*"}
  ]
}
"""
NAMES = st.sampled_from(
    [
        *("Version", "Id", "Statement", "Sid", "Effect", "Condition", "AWS", "Service"),
        *PRINCIPAL_ELEMENTS,
        *ACTION_ELEMENTS,
        *RESOURCE_ELEMENTS,
        *("StringLike", "ForAnyValue:Null", "NullIfExists", "aws:userid", "AWS:UserId"),
    ]
)
TEXTS = st.sampled_from(["Allow", "Deny", "*", "s3:Get*", "iam:PassRole", "arn:aws:s3:::b", ""])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(), inner, max_size=6)
    ),
    max_leaves=25,
)


def check(text: str) -> None:
    for policy_type, resource_type in POLICY_TYPES:
        assert_in_shape(validate_policy(text, policy_type, resource_type), text)


@given(VALUES, st.sampled_from([None, 2]))
def test_any_json_value_has_an_answer(value: object, indent: int | None) -> None:
    check(json.dumps(value, indent=indent))


@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=8), max_size=4))
def test_any_statements_have_an_answer(statements: list[dict[str, object]]) -> None:
    check(json.dumps({"Version": "2012-10-17", "Statement": statements}, ensure_ascii=False))


@given(st.binary(max_size=200))
def test_any_bytes_have_an_answer(data: bytes) -> None:
    check(data.decode("latin-1"))


@given(st.integers(0, len(POLICY)), st.integers(0, 30), st.text(max_size=3))
@examples(150)
def test_any_edit_of_a_policy_has_an_answer(start: int, length: int, insert: str) -> None:
    check(POLICY[:start] + insert + POLICY[start + length :])


def test_every_truncation_of_a_policy_is_one_syntax_error() -> None:
    for end in range(len(POLICY.rstrip())):
        text = POLICY[:end]
        [finding] = validate_policy(text, "RESOURCE_POLICY")
        assert finding["issueCode"] == "JSON_SYNTAX_ERROR"
        assert_in_shape([finding], text)


@pytest.mark.parametrize(
    "text",
    ["", "\0", "\ufeff{}", "\ud800", "{'a': 1}", "[" * 10_000, '{"a":' * 10_000, "x" * 5_000_000,
     '{"Version": "2008-10-17", "Version": "2012-10-17"}', "NaN", "{} {}", '{"a": 1,}'],
    ids=lambda text: repr(text[:30]),
)  # fmt: skip
def test_what_is_no_json_is_one_syntax_error(text: str) -> None:
    [finding] = validate_policy(text, "IDENTITY_POLICY")
    assert finding["issueCode"] == "JSON_SYNTAX_ERROR"
    assert_in_shape([finding], text)


def test_control_characters_and_surrogates_do_not_reach_the_message() -> None:
    text = json.dumps({"Version": "\x1b[31m\ud800\u202e", "\x1b": 1, "Statement": {}})
    check(text)
    check(text.replace("\\ud800", "\ud800").replace("\\u202e", "\u202e"))


def statement(elements: str) -> str:
    return '{"Version": "2012-10-17", "Statement": ' + elements + "}"


@pytest.mark.parametrize(
    "text",
    [
        statement("[" + ",".join(["{}"] * 20_000) + "]"),
        statement("[" + ",".join(["5"] * 50_000) + "]"),
        statement('{"Action": [' + ",".join(f'"*{i}*"' for i in range(15_000)) + "]}"),
        statement('{"Resource": ["' + "${" * 60_000 + '", "*"]}'),
        statement('{"Resource": ["' + "*a" * 12_000 + 'b", "' + "a" * 24_000 + '"]}'),
        statement('{"Condition": {"' + "ForAllValues:" * 10_000 + '": {}}}'),
    ],
    ids=["statements", "numbers", "wildcards", "variables", "backtracking", "qualifiers"],
)
def test_large_hostile_policies_have_a_bounded_answer(text: str) -> None:
    assert len(text) < MAX_CHARACTERS
    findings = validate_policy(text, "IDENTITY_POLICY")
    assert {"POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA"} <= {f["issueCode"] for f in findings}
    assert len(findings) <= 5_000


def test_an_unknown_policy_type_is_refused() -> None:
    with pytest.raises(ValueError, match="TRUST_POLICY"):
        validate_policy(POLICY, "TRUST_POLICY")


def test_locations_in_a_text_of_several_lines() -> None:
    text = '{\n  "Version": "2012-10-18",\r\n  "Statement": [\n{"Effect": "Allow"}]}'
    version, action, resource = validate_policy(text, "IDENTITY_POLICY")
    assert version["locations"] == [
        {
            "path": [{"value": "Version"}],
            "span": {
                "start": {"line": 2, "column": 13, "offset": 15},
                "end": {"line": 2, "column": 25, "offset": 27},
            },
        }
    ]
    assert action["locations"] == resource["locations"]
    [location] = action["locations"]
    assert location["path"] == [{"value": "Statement"}, {"index": 0}]
    assert location["span"]["start"]["line"] == 4
    assert location["span"]["start"]["column"] == 0
    assert spanned(text, location) == '{"Effect": "Allow"}'


def test_a_single_statement_and_a_single_value_have_no_index() -> None:
    text = statement('{"Effect": "Allow", "Action": "iam:PassRole", "Resource": ["*"]}')
    [finding] = validate_policy(text, "IDENTITY_POLICY")
    assert [location["path"] for location in finding["locations"]] == [
        [{"value": "Statement"}, {"value": "Action"}],
        [{"value": "Statement"}, {"value": "Resource"}, {"index": 0}],
    ]


def test_a_problem_with_a_key_points_to_the_key() -> None:
    text = statement(
        '{"Effect": "Deny", "Action": "*", "Resource": "*",'
        ' "Condition": {"Equals": {"aws:userid": "x"}}}'
    )
    [finding] = validate_policy(text, "SERVICE_CONTROL_POLICY")
    [location] = finding["locations"]
    assert location["path"] == [{"value": "Statement"}, {"value": "Condition"}, {"key": "Equals"}]
    assert spanned(text, location) == '"Equals"'


def test_a_missing_element_of_the_policy_points_to_the_whole_text() -> None:
    text = ' {"Version": "2012-10-17"}\n'
    [finding] = validate_policy(text, "IDENTITY_POLICY")
    [location] = finding["locations"]
    assert location["path"] == []
    assert (location["span"]["start"]["offset"], location["span"]["end"]["offset"]) == (0, 27)


def test_offsets_count_characters_and_not_bytes() -> None:
    text = '{"Id": "\U0001f512é", "Version": "2012-10-18"}'
    findings = validate_policy(text, "IDENTITY_POLICY")
    [version] = [f for f in findings if f["issueCode"] == "INVALID_VERSION"]
    assert spanned(text, version["locations"][0]) == '"2012-10-18"'
