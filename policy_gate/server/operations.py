"""The four operations of IAM Access Analyzer that judge policies, answered by an analyzer."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any

from policy_gate.analyzers.embedded import (
    PUBLIC_ACCESS_RESOURCE_TYPES,
    VALIDATE_POLICY_RESOURCE_TYPES,
)
from policy_gate.analyzers.interface import Access, Analyzer, AnalyzerError, Answer
from policy_gate.reasoning.answer import Reason
from policy_gate.server.wire import Question, RefusedError, Reply, invalid, read_question

PAGE = 50
"""Findings of ValidatePolicy a page, where the request does not say."""

MAX_PAGE = 1000
MAX_ACCESS_ITEMS = 100
MAX_RESOURCE = 2048
"""Characters of a resource that CheckAccessNotGranted is asked about."""

_ALL_TYPES = (
    "IDENTITY_POLICY", "RESOURCE_POLICY", "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY",
)  # fmt: skip
_ACCESS_TYPES = ("IDENTITY_POLICY", "RESOURCE_POLICY")
_LOCALES = ("DE", "EN", "ES", "FR", "IT", "JA", "KO", "PT_BR", "ZH_CN", "ZH_TW")

Body = Mapping[str, Any]


def answer_request(target: str, body: bytes, analyzer: Analyzer) -> Reply:
    """The reply to a POST of that body to that target."""
    try:
        question = read_question(target, body)
        operation = OPERATIONS.get(question.path)
        if operation is None:
            raise RefusedError("UnknownOperationException", 404, "there is no such operation")
        return Reply(200, operation(question, analyzer))
    except RefusedError as refused:
        return refused.reply


def _validate_policy(question: Question, analyzer: Analyzer) -> Body:
    question.optional_text("locale", _LOCALES)
    document = question.text("policyDocument")
    policy_type: Any = question.text("policyType", _ALL_TYPES)
    resource_type = question.optional_text(
        "validatePolicyResourceType", VALIDATE_POLICY_RESOURCE_TYPES
    )
    size = question.number("maxResults", PAGE, 1, MAX_PAGE)
    asked = f"{policy_type} {resource_type} {document}"
    start = _start_of_page(question.optional_text("nextToken"), asked)
    try:
        findings = analyzer.validate_policy(document, policy_type, resource_type)
    except AnalyzerError as error:
        raise invalid(error.message, "other") from error
    page: dict[str, Any] = {"findings": findings[start : start + size]}
    if start + size < len(findings):
        page["nextToken"] = _token(start + size, asked)
    return page


def _token(start: int, asked: str) -> str:
    """The position of a page and what it is a page of."""
    return f"{start:x}-{zlib.crc32(asked.encode('utf-8', 'surrogatepass')):08x}"


def _start_of_page(token: str | None, asked: str) -> int:
    if token is None:
        return 0
    digits = token.partition("-")[0]
    try:
        start = int(digits, 16)
    except ValueError:
        start = -1
    if start < 0 or token != _token(start, asked):
        problem = "is no token of this question"
        raise invalid(f"nextToken {problem}", "fieldValidationFailed", {"nextToken": problem})
    return start


def _check_no_new_access(question: Question, analyzer: Analyzer) -> Body:
    new, existing = question.text("newPolicyDocument"), question.text("existingPolicyDocument")
    policy_type: Any = question.text("policyType", _ACCESS_TYPES)
    try:
        return _access_body(analyzer.check_no_new_access(new, existing, policy_type))
    except AnalyzerError as error:
        # Only a fault of the new policy has an offset.
        at_fault = "newPolicyDocument" if error.offset is not None else "existingPolicyDocument"
        raise _malformed(error, at_fault) from error


def _check_access_not_granted(question: Question, analyzer: Analyzer) -> Body:
    document = question.text("policyDocument")
    policy_type: Any = question.text("policyType", _ACCESS_TYPES)
    access = question.members.get("access")
    if not isinstance(access, list) or len(access) != 1 or not isinstance(access[0], dict):
        problem = "must be a list of one object with actions, resources or both"
        raise invalid(f"access {problem}", "fieldValidationFailed", {"access": problem})
    members = Question(question.path, access[0])
    actions = members.texts("actions", MAX_ACCESS_ITEMS)
    resources = members.texts("resources", MAX_ACCESS_ITEMS, MAX_RESOURCE)
    try:
        answer = analyzer.check_access_not_granted(
            document, Access(actions, resources), policy_type
        )
    except AnalyzerError as error:
        raise _malformed(
            error, "policyDocument" if error.offset is not None else "access"
        ) from error
    return _access_body(answer)


def _check_no_public_access(question: Question, analyzer: Analyzer) -> Body:
    document = question.text("policyDocument")
    resource_type = question.text("resourceType", PUBLIC_ACCESS_RESOURCE_TYPES)
    try:
        return _access_body(analyzer.check_no_public_access(document, resource_type))
    except AnalyzerError as error:
        raise _malformed(error, "policyDocument") from error


def _malformed(error: AnalyzerError, field: str) -> RefusedError:
    reason = error.message if error.offset is None else f"{error.message} (offset {error.offset})"
    return invalid(reason, "fieldValidationFailed", {field: error.message})


def _access_body(answer: Answer) -> Body:
    """The API knows PASS and FAIL: what is undecided is a FAIL that says so."""
    if answer.result == "PASS":
        return {"result": "PASS", "message": answer.message}
    message = answer.message if answer.result == "FAIL" else f"Undecided: {answer.message}"
    return {"result": "FAIL", "message": message, "reasons": list(map(_reason, answer.reasons))}


def _reason(reason: Reason) -> Body:
    """A ReasonSummary; beyond the API, with the witness and the Deny that it would meet."""
    body: dict[str, Any] = {"description": reason.description}
    if reason.statementIndex is not None:
        body["statementIndex"] = reason.statementIndex
    if reason.statementId:
        body["statementId"] = reason.statementId
    if reason.witness:
        context = {key: list(values) for key, values in reason.witness.context.items()}
        body["witness"] = {**reason.witness._asdict(), "context": context}
    if reason.existingDeny:
        body["existingDeny"] = reason.existingDeny._asdict()
    return body


OPERATIONS: Mapping[str, Callable[[Question, Analyzer], Body]] = {
    "/policy/validation": _validate_policy,
    "/policy/check-no-new-access": _check_no_new_access,
    "/policy/check-access-not-granted": _check_access_not_granted,
    "/policy/check-no-public-access": _check_no_public_access,
}
"""By path; all of them are POST."""
