"""What holds for every finding: the shape of the API, and places that are what they say."""

from __future__ import annotations

import json
from typing import Any

from policy_gate.linting.interface import FindingLocation, Position, ValidatePolicyFinding
from policy_gate.linting.rules import RULES

TYPES = {rule.code: rule.finding_type for rule in RULES}


def assert_in_shape(findings: list[ValidatePolicyFinding], text: str) -> None:
    starts = []
    for finding in findings:
        assert finding["findingType"] == TYPES[finding["issueCode"]]
        assert finding["findingDetails"].isascii()
        assert finding["learnMoreLink"].startswith("https://docs.aws.amazon.com/IAM/")
        assert finding["locations"]
        for location in finding["locations"]:
            _assert_position(location["span"]["start"], text)
            _assert_position(location["span"]["end"], text)
            if finding["issueCode"] != "JSON_SYNTAX_ERROR":
                assert _decoded(text, location) == _walk(json.loads(text), location)
        starts.append(finding["locations"][0]["span"]["start"]["offset"])
    assert starts == sorted(starts)


def spanned(text: str, location: FindingLocation) -> str:
    span = location["span"]
    return text[span["start"]["offset"] : span["end"]["offset"]]


def _decoded(text: str, location: FindingLocation) -> object:
    part = spanned(text, location)
    is_part_of_a_string = "substring" in (location["path"] or [{}])[-1]
    return json.loads(f'"{part}"' if is_part_of_a_string else part)


def _assert_position(position: Position, text: str) -> None:
    before = text[: position["offset"]]
    assert position["offset"] == len(before)
    assert position["line"] == before.count("\n") + 1
    assert position["column"] == len(before) - (before.rfind("\n") + 1)


def _walk(value: Any, location: FindingLocation) -> object:
    for element in location["path"]:
        if "key" in element:
            assert element == location["path"][-1]
            assert element["key"] in value
            return element["key"]
        if "substring" in element:
            assert element == location["path"][-1]
            start, length = element["substring"]["start"], element["substring"]["length"]
            assert 0 <= start < start + length <= len(value)
            return value[start : start + length]
        value = value[element["value"] if "value" in element else element["index"]]
    return value
