"""What an answer is, and how bad: the enumerations that results and reports share."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """The answer to one question about one policy. Only PASS is green."""

    PASS = "PASS"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    NOT_CHECKED = "NOT_CHECKED"
    ERROR = "ERROR"


class ReasonCode(StrEnum):
    """Why something was not checked."""

    NOT_APPLICABLE = "not-applicable"
    NOT_ANALYSED = "not-analysed"
    DOCUMENT_UNAVAILABLE = "document-unavailable"


class Severity(StrEnum):
    """Severity of a finding: the finding types of Access Analyzer, and one of ours."""

    ERROR = "ERROR"
    SECURITY_WARNING = "SECURITY_WARNING"
    WARNING = "WARNING"
    SUGGESTION = "SUGGESTION"
    NOTE = "NOTE"
    """What may be wrong: it informs and never blocks."""


class Status(StrEnum):
    """The outcome of a whole run."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    EMPTY = "empty"
