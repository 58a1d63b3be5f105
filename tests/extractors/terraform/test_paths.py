"""Paths with `*` lead to every value of a plan that is known or unknown."""

from __future__ import annotations

import json

import pytest

from policy_gate.extractors.terraform.changes import AttributePath, is_marked
from policy_gate.extractors.terraform.paths import concrete_paths
from policy_gate.extractors.terraform.tables import StepPath

INLINE = ("inline_policy", "*", "policy")


def test_each_block_of_a_list_is_found() -> None:
    after = {"inline_policy": [{"policy": "{}"}, {"policy": None}, {"policy": "{}"}]}
    assert concrete_paths(after, {}, INLINE) == [
        ("inline_policy", 0, "policy"),
        ("inline_policy", 2, "policy"),
    ]


@pytest.mark.parametrize(
    ("after", "unknown", "path", "expected"),
    [
        ({}, {"policy": True}, ("policy",), ("policy",)),
        ({}, {"inline_policy": True}, INLINE, ("inline_policy",)),
        ({"inline_policy": [{}]}, {"inline_policy": [{"policy": True}]}, INLINE, (*INLINE[:1], 0)),
        ({"inline_policy": [None]}, {"inline_policy": [True]}, INLINE, ("inline_policy", 0)),
        ({}, {"inline_policy": [{"policy": True}]}, INLINE, ("inline_policy", 0)),
        ({"arns": [None]}, {"arns": [True]}, ("arns", "*"), ("arns", 0)),
        (None, True, INLINE, ()),
    ],
)
def test_what_is_unknown_is_never_lost(
    after: object, unknown: object, path: StepPath, expected: AttributePath
) -> None:
    [found] = concrete_paths(after, unknown, path)
    assert found[: len(expected)] == expected
    assert is_marked(unknown, found)


def test_what_is_absent_or_null_has_no_path() -> None:
    assert concrete_paths({"inline_policy": []}, {"inline_policy": []}, INLINE) == []
    assert concrete_paths({"policy": None}, {"policy": False}, ("policy",)) == []
    assert concrete_paths(None, None, INLINE) == []
    assert concrete_paths({"arns": ["a", None]}, {"arns": [False, False]}, ("arns", "*")) == [
        ("arns", 0)
    ]


def test_the_resource_itself_is_a_path() -> None:
    assert concrete_paths({"action": "x"}, {}, ()) == [()]


def test_a_list_that_is_partly_unknown_is_found_as_a_whole() -> None:
    after = {"allowed_principals": None}
    unknown = {"allowed_principals": [True, False]}
    assert concrete_paths(after, unknown, ("allowed_principals",)) == [("allowed_principals",)]


def test_lists_and_objects_are_taken_for_each_other() -> None:
    assert concrete_paths({"details": {"policy": "{}"}}, {}, ("details", "*", "policy")) == [
        ("details", "policy")
    ]
    assert concrete_paths({"details": [{"policy": "{}"}]}, {}, ("details", "policy")) == [
        ("details", 0, "policy")
    ]


@pytest.mark.parametrize("value", ["text", 7, True, [["{}"]], [7], {"0": {"policy": 1}}])
def test_a_wrong_type_is_not_lost_unless_it_lacks_the_attribute(value: object) -> None:
    found = concrete_paths({"inline_policy": value}, {}, INLINE)
    assert [path[0] for path in found] == ([] if isinstance(value, dict) else ["inline_policy"])


def test_deep_nesting_is_no_problem() -> None:
    value = json.loads("[" * 900 + "]" * 900)
    assert concrete_paths({"inline_policy": value}, {}, INLINE) == [("inline_policy", 0)]
