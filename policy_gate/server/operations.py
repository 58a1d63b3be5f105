"""The operations of IAM Access Analyzer that judge policies, answered by an analyzer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from policy_gate.analyzers.embedded import (
    PUBLIC_ACCESS_RESOURCE_TYPES,
    VALIDATE_POLICY_RESOURCE_TYPES,
)
from policy_gate.analyzers.interface import Access, AnalyzerError, Answer
from policy_gate.reasoning.answer import Reason
from policy_gate.server.account import list_analyzers
from policy_gate.server.context import Body, Context
from policy_gate.server.paging import Page
from policy_gate.server.previews import (
    create_access_preview,
    get_access_preview,
    list_access_preview_findings,
)
from policy_gate.server.question import Question
from policy_gate.server.wire import RefusedError, invalid

MAX_ACCESS_ITEMS = 100
"""Actions, and resources, that CheckAccessNotGranted is asked about."""

MAX_RESOURCE = 2048
"""Characters of a resource that CheckAccessNotGranted is asked about."""

ALL_TYPES = (
    "IDENTITY_POLICY", "RESOURCE_POLICY", "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY",
)  # fmt: skip
ACCESS_TYPES = ("IDENTITY_POLICY", "RESOURCE_POLICY")
LOCALES = ("DE", "EN", "ES", "FR", "IT", "JA", "KO", "PT_BR", "ZH_CN", "ZH_TW")


def _validate_policy(question: Question, context: Context) -> Body:
    question.optional_text("locale", LOCALES)
    document = question.text("policyDocument")
    policy_type: Any = question.text("policyType", ALL_TYPES)
    resource_type = question.optional_text(
        "validatePolicyResourceType", VALIDATE_POLICY_RESOURCE_TYPES
    )
    page = Page(question, f"{policy_type} {resource_type} {document}", context.page_size)
    try:
        findings = context.analyzer.validate_policy(document, policy_type, resource_type)
    except AnalyzerError as error:
        raise _malformed(error, "validatePolicyResourceType") from error
    return page.of("findings", findings)


def _check_no_new_access(question: Question, context: Context) -> Body:
    new, existing = question.text("newPolicyDocument"), question.text("existingPolicyDocument")
    policy_type: Any = question.text("policyType", ACCESS_TYPES)
    try:
        return _access_body(context.analyzer.check_no_new_access(new, existing, policy_type))
    except AnalyzerError as error:
        # Only a fault of the new policy has an offset.
        at_fault = "newPolicyDocument" if error.offset is not None else "existingPolicyDocument"
        raise _malformed(error, at_fault) from error


def _check_access_not_granted(question: Question, context: Context) -> Body:
    document = question.text("policyDocument")
    policy_type: Any = question.text("policyType", ACCESS_TYPES)
    access = question.members.get("access")
    if not isinstance(access, list) or len(access) != 1 or not isinstance(access[0], dict):
        problem = "must be a list of one object with actions, resources or both"
        raise invalid(f"access {problem}", "fieldValidationFailed", {"access": problem})
    members = Question(access[0])
    actions = members.texts("actions", MAX_ACCESS_ITEMS)
    resources = members.texts("resources", MAX_ACCESS_ITEMS, MAX_RESOURCE)
    try:
        answer = context.analyzer.check_access_not_granted(
            document, Access(actions, resources), policy_type
        )
    except AnalyzerError as error:
        raise _malformed(
            error, "policyDocument" if error.offset is not None else "access"
        ) from error
    return _access_body(answer)


def _check_no_public_access(question: Question, context: Context) -> Body:
    document = question.text("policyDocument")
    resource_type = question.text("resourceType", PUBLIC_ACCESS_RESOURCE_TYPES)
    try:
        return _access_body(context.analyzer.check_no_public_access(document, resource_type))
    except AnalyzerError as error:
        raise _malformed(error, "policyDocument") from error


def _malformed(error: AnalyzerError, field: str) -> RefusedError:
    reason = error.message if error.offset is None else f"{error.message} (offset {error.offset})"
    return invalid(reason, "fieldValidationFailed", {field: error.message})


def _access_body(answer: Answer) -> Body:
    """The API knows PASS and FAIL: what is undecided is a FAIL that says so.

    Beyond the API, with what the answer assumes; clients ignore members that they do not know.
    """
    body: dict[str, Any] = {"result": answer.result, "message": answer.message}
    if answer.result == "UNKNOWN":
        body |= {"result": "FAIL", "message": f"Undecided: {answer.message}"}
    if answer.result != "PASS":
        body["reasons"] = list(map(_reason, answer.reasons))
    if answer.assumptions:
        body["assumptions"] = answer.assumptions
    return body


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


OPERATIONS: Mapping[str, Callable[[Question, Context], Body]] = {
    "ValidatePolicy": _validate_policy,
    "CheckNoNewAccess": _check_no_new_access,
    "CheckAccessNotGranted": _check_access_not_granted,
    "CheckNoPublicAccess": _check_no_public_access,
    "ListAnalyzers": list_analyzers,
    "CreateAccessPreview": create_access_preview,
    "GetAccessPreview": get_access_preview,
    "ListAccessPreviewFindings": list_access_preview_findings,
}
