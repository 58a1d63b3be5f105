"""Answers of Access Analyzer, read member by member.

Neither botocore nor a file of the cache promises a shape, and what is taken for an empty list of
findings would be a pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast, get_args

from policy_gate.analyzers.aws_errors import malformed_answer
from policy_gate.analyzers.interface import Answer, Reason
from policy_gate.linting.interface import (
    FindingLocation,
    FindingType,
    PathElement,
    Position,
    ValidatePolicyFinding,
)

T = TypeVar("T")


def read_answer(response: Mapping[str, Any]) -> Answer:
    """The answer of a custom policy check. Raises AnalyzerError."""
    try:
        return _answer(response)
    except (AttributeError, KeyError, TypeError) as error:
        raise malformed_answer(f"{type(error).__name__}: {error}") from error


def read_findings(response: Mapping[str, Any]) -> list[ValidatePolicyFinding]:
    """The findings of ValidatePolicy. Raises AnalyzerError."""
    try:
        return [_finding(finding) for finding in _the(list, response["findings"])]
    except (AttributeError, KeyError, TypeError) as error:
        raise malformed_answer(f"{type(error).__name__}: {error}") from error


def _answer(response: Mapping[str, Any]) -> Answer:
    result = response.get("result")
    if result not in ("PASS", "FAIL"):
        raise malformed_answer(f"its result is {result!r}")
    reasons = tuple(
        Reason(
            description=_the(str, reason.get("description", "")),
            statementIndex=_or_none(int, reason.get("statementIndex")),
            statementId=_or_none(str, reason.get("statementId")) or None,
        )
        for reason in _the(list, response.get("reasons", []))
    )
    return Answer(result, _the(str, response.get("message", "")), reasons)


def _finding(finding: Mapping[str, Any]) -> ValidatePolicyFinding:
    finding_type = finding["findingType"]
    if finding_type not in get_args(FindingType):
        raise malformed_answer(f"the type of a finding is {finding_type!r}")
    return {
        "findingDetails": _the(str, finding["findingDetails"]),
        "findingType": finding_type,
        "issueCode": _the(str, finding["issueCode"]),
        "learnMoreLink": _the(str, finding["learnMoreLink"]),
        "locations": [_location(place) for place in _the(list, finding["locations"])],
    }


def _location(location: Mapping[str, Any]) -> FindingLocation:
    span = location["span"]
    return {
        "path": [
            cast(PathElement, _the(dict, element)) for element in _the(list, location["path"])
        ],
        "span": {"start": _position(span["start"]), "end": _position(span["end"])},
    }


def _position(position: Mapping[str, object]) -> Position:
    return {
        "line": _the(int, position["line"]),
        "column": _the(int, position["column"]),
        "offset": _the(int, position["offset"]),
    }


def _the(kind: type[T], value: object) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{type(value).__name__} in place of {kind.__name__}")
    return value


def _or_none(kind: type[T], value: object) -> T | None:
    return None if value is None else _the(kind, value)
