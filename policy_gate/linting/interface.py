"""The shapes that ValidatePolicy answers with.

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicyFinding.html
"""

from __future__ import annotations

from typing import Literal, TypedDict

FindingType = Literal["ERROR", "SECURITY_WARNING", "SUGGESTION", "WARNING"]


UNKNOWN_NAME_CODES = frozenset(
    {
        "INVALID_ACTION",
        "INVALID_SERVICE",
        "INVALID_SERVICE_CONDITION_KEY",
        "INVALID_SERVICE_IN_ACTION",
    }
)
"""Checks that report a name which the service data does not have. It may be newer than the data."""


class Position(TypedDict):
    """Line from 1, column and offset from 0, counted in characters of the submitted text."""

    line: int
    column: int
    offset: int


class Span(TypedDict):
    """From `start`, inclusive, to `end`, exclusive."""

    start: Position
    end: Position


class Substring(TypedDict):
    start: int
    length: int


class PathElement(TypedDict, total=False):
    """Exactly one of: value under a key, array element, the key itself, part of a string."""

    value: str
    index: int
    key: str
    substring: Substring


class FindingLocation(TypedDict):
    path: list[PathElement]
    span: Span


class ValidatePolicyFinding(TypedDict):
    findingDetails: str
    findingType: FindingType
    issueCode: str
    learnMoreLink: str
    locations: list[FindingLocation]
