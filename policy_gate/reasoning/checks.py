"""The three access checks. All of them compare a policy with a reference policy.

CheckAccessNotGranted compares with a reference that allows everything but the access in
question, CheckNoPublicAccess with one that allows everything to the fixed principals that the
policy names.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-checks-validating-policies.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from policy_gate.reasoning.answer import Answer, Reason, Witness
from policy_gate.reasoning.document import (
    PolicyType,
    PrincipalElement,
    Statement,
    read_document,
)
from policy_gate.reasoning.evaluator import Document, decide, statement_matches, statements_of
from policy_gate.reasoning.formula import Dimension, Rule, rule_of
from policy_gate.reasoning.inclusion import Comparison, Request

PUBLIC_IDENTITY_PROVIDERS = (
    "accounts.google.com",
    "cognito-identity.amazonaws.com",
    "graph.facebook.com",
    "www.amazon.com",
)
"""Federated principals that anyone can have, by signing up. Without a condition they are public.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html
"""

_MAX_SHOWN = 5
"""Open statements, and open questions of one of them, that a message names."""


class _Wording(NamedTuple):
    """How a check puts its answers, in the manner of Access Analyzer."""

    passed: str
    failed: str
    reason: str
    """A guilty statement; ends so that `statement with ...` can follow."""


_NEW_ACCESS = _Wording(
    "The modified permissions do not grant new access compared to your existing policy.",
    "The modified permissions grant new access compared to your existing policy.",
    "New access in the ",
)
_GRANTED_ACTIONS = _Wording(
    "The policy document does not grant access to perform the listed actions.",
    "The policy document grants access to perform one or more of the listed actions.",
    "One or more of the listed actions in the ",
)
_GRANTED_RESOURCES = _Wording(
    "The policy document does not grant access to the listed resources.",
    "The policy document grants access to one or more of the listed resources.",
    "One or more of the listed resources in the ",
)
_GRANTED_BOTH = _Wording(
    "The policy document does not grant access to the listed resources to perform the listed"
    " actions.",
    "The policy document grants access to one or more listed resources to perform one or more"
    " listed actions.",
    "One or more of the listed actions and/or resources in the ",
)


def check_no_new_access(new: str, existing: str, policy_type: PolicyType) -> Answer:
    """Does the new policy allow a request that the existing policy does not?

    Raises PolicyDocumentError for either document.
    """
    return _compare(new, existing, policy_type, _NEW_ACCESS)


def check_access_not_granted(
    policy: str, actions: Sequence[str], resources: Sequence[str], policy_type: PolicyType
) -> Answer:
    """Does the policy allow any of the actions on any of the resources?

    No actions means any action, no resources any resource. Raises PolicyDocumentError for the
    policy, ValueError where there are neither actions nor resources.
    """
    if not actions and not resources:
        raise ValueError("neither actions nor resources")
    statements: list[dict[str, object]] = []
    if actions:
        statements.append({"NotAction": list(actions), "Resource": "*"})
    if resources:
        statements.append({"Action": "*", "NotResource": list(resources)})
    wording = _GRANTED_ACTIONS if actions else _GRANTED_RESOURCES
    reference = _allowing(statements, None if policy_type == "IDENTITY_POLICY" else "*")
    return _compare(
        policy, reference, policy_type, _GRANTED_BOTH if actions and resources else wording
    )


def check_no_public_access(policy: str, resource_type: str) -> Answer:
    """Does the resource policy grant access to more than the fixed principals that it names?

    `resource_type` is for the message: the answer is the same for all types.
    Raises PolicyDocumentError.
    """
    entries = [
        entry
        for statement in _statements(policy)
        if statement.principal
        for entry in _fixed(statement.principal)
    ]
    principals: dict[str, list[str]] = {}
    for kind, text in dict.fromkeys(entries):
        principals.setdefault(kind, []).append(text)
    reference = _allowing([{"Action": "*", "Resource": "*"}], principals)
    wording = _Wording(
        f"The resource policy does not grant public access for the resource type {resource_type}.",
        f"The resource policy grants public access for the resource type {resource_type}.",
        "Public access granted in the following ",
    )
    return _compare(policy, reference, "RESOURCE_POLICY", wording)


def _statements(policy: str) -> list[Statement]:
    return [rule.statement for rule in _rules(policy, "RESOURCE_POLICY")]


def _fixed(principal: PrincipalElement) -> list[tuple[str, str]]:
    """The entries that name someone in particular."""
    return [
        (kind, text)
        for kind, text in principal.entries
        if not re.search(r"[*?]", text)
        and not (kind == "Federated" and text in PUBLIC_IDENTITY_PROVIDERS)
    ]


def _allowing(statements: Sequence[dict[str, object]], principal: object) -> str:
    """The text of a policy of Allow statements, without policy variables."""
    common = {"Effect": "Allow"} | ({} if principal is None else {"Principal": principal})
    return json.dumps({"Statement": [{**common, **statement} for statement in statements]})


@lru_cache(maxsize=16)
def _rules(text: str, policy_type: PolicyType) -> tuple[Rule, ...]:
    """The formulas of a document; remembered, since a run asks much of few references."""
    document = read_document(text, policy_type)
    return tuple(rule_of(statement, document.variables) for statement in document.statements)


def _compare(new: str, reference: str, policy_type: PolicyType, wording: _Wording) -> Answer:
    dimensions = [Dimension.ACTION, Dimension.RESOURCE]
    if policy_type == "RESOURCE_POLICY":
        dimensions.append(Dimension.PRINCIPAL)
    rules = _rules(new, policy_type)
    comparison = Comparison(rules, _rules(reference, policy_type), dimensions)
    guilty: list[Reason] = []
    undecided: list[Reason] = []
    for rule in rules:
        outcome = comparison.decide(rule) if rule.statement.allow else None
        statement = rule.statement
        if isinstance(outcome, Request):
            witness = Witness(outcome.action, outcome.resource, outcome.principal)
            if _confirms(new, reference, statement.index, witness):
                guilty.append(_reason(wording.reason, statement, ".", witness))
            else:
                undecided.append(_undecided(statement, ["no request could be confirmed"]))
        elif outcome:
            undecided.append(_undecided(statement, outcome.questions))
    return _answer(wording, guilty, undecided)


def _confirms(new: str, reference: str, index: int, witness: Witness) -> bool:
    """Whether the evaluator finds the request allowed by that statement and newly so."""
    policy = _plain(new)
    return (
        statement_matches(policy, statements_of(policy)[index], witness) is True
        and decide(policy, witness) == "ALLOW"
        and decide(_plain(reference), witness) in ("DENY", "IMPLICIT_DENY")
    )


@lru_cache(maxsize=4)
def _plain(text: str) -> Document:
    document: Document = json.loads(text)
    return document


def _answer(wording: _Wording, guilty: Sequence[Reason], undecided: Sequence[Reason]) -> Answer:
    questions = " ".join(reason.description for reason in undecided[:_MAX_SHOWN])
    if len(undecided) > _MAX_SHOWN:
        questions += f" So it is for {len(undecided) - _MAX_SHOWN} more statements."
    if guilty:
        return Answer("FAIL", f"{wording.failed} {questions}".rstrip(), tuple(guilty))
    if undecided:
        return Answer("UNKNOWN", questions, tuple(undecided))
    return Answer("PASS", wording.passed)


def _undecided(statement: Statement, questions: Sequence[str]) -> Reason:
    shown = "; ".join(questions[:_MAX_SHOWN])
    if len(questions) > _MAX_SHOWN:
        shown += f"; and {len(questions) - _MAX_SHOWN} more"
    return _reason("It could not be decided for the ", statement, f": {shown}.")


def _reason(
    beginning: str, statement: Statement, end: str, witness: Witness | None = None
) -> Reason:
    name = f"sid: {statement.sid}" if statement.sid else f"index: {statement.index}"
    description = f"{beginning}statement with {name}{end}"
    return Reason(description, statement.index, statement.sid, witness)
