"""The access checks of Access Analyzer. All of them compare a policy with a reference policy.

CheckAccessNotGranted compares with a reference that allows everything but the access in
question, CheckNoPublicAccess with one that allows everything to the fixed principals that the
policy names.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-checks-validating-policies.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from policy_gate.reasoning.answer import Answer, Reason, StatementName, Witness
from policy_gate.reasoning.assumptions import assumptions_of
from policy_gate.reasoning.document import PolicyType, Statement
from policy_gate.reasoning.examples import Vocabulary, no_vocabulary
from policy_gate.reasoning.inclusion import Comparison, Request
from policy_gate.reasoning.policy import CompiledPolicy, compile_policy

UNCONFIRMED = "no request could be confirmed"
"""Why a statement is undecided whose witness the evaluator does not confirm."""

_MAX_SHOWN = 5
"""Open statements, and open questions of one of them, that a message names."""


class Wording(NamedTuple):
    """How a check puts its answers, in the manner of Access Analyzer."""

    passed: str
    failed: str
    reason: str
    """A guilty statement; ends so that `statement with ...` can follow."""


class References(NamedTuple):
    """What a policy is compared with."""

    usual: str
    own: Mapping[int, str] = {}
    """By their number, the references of statements that have another one."""


_NEW_ACCESS = Wording(
    "The modified permissions do not grant new access compared to your existing policy.",
    "The modified permissions grant new access compared to your existing policy.",
    "New access in the ",
)
_GRANTED_ACTIONS = Wording(
    "The policy document does not grant access to perform the listed actions.",
    "The policy document grants access to perform one or more of the listed actions.",
    "One or more of the listed actions in the ",
)
_GRANTED_RESOURCES = Wording(
    "The policy document does not grant access to the listed resources.",
    "The policy document grants access to one or more of the listed resources.",
    "One or more of the listed resources in the ",
)
_GRANTED_BOTH = Wording(
    "The policy document does not grant access to the listed resources to perform the listed"
    " actions.",
    "The policy document grants access to one or more listed resources to perform one or more"
    " listed actions.",
    "One or more of the listed actions and/or resources in the ",
)


def check_no_new_access(
    new: str, existing: str, policy_type: PolicyType, vocabulary: Vocabulary = no_vocabulary
) -> Answer:
    """Does the new policy allow a request that the existing policy does not?

    `vocabulary` makes witnesses readable. Raises PolicyDocumentError for either document.
    """
    return compare(new, References(existing), policy_type, _NEW_ACCESS, vocabulary)


def check_access_not_granted(
    policy: str,
    actions: Sequence[str],
    resources: Sequence[str],
    policy_type: PolicyType,
    vocabulary: Vocabulary = no_vocabulary,
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
    wording = _GRANTED_BOTH if actions and resources else wording
    return compare(policy, References(reference), policy_type, wording, vocabulary)


def check_no_public_access(
    policy: str, resource_type: str, vocabulary: Vocabulary = no_vocabulary
) -> Answer:
    """Does the resource policy grant access to more than the fixed principals that it names?

    `resource_type` is for the message: the answer is the same for all types.
    Raises PolicyDocumentError.
    """
    from policy_gate.reasoning.trust import trusted_access

    compiled = compile_policy(policy, "RESOURCE_POLICY")
    statements = trusted_access(compiled.document.statements)
    reference = json.dumps({"Statement": statements})
    wording = Wording(
        f"The resource policy does not grant public access for the resource type {resource_type}.",
        f"The resource policy grants public access for the resource type {resource_type}.",
        "Public access granted in the following ",
    )
    return compare(policy, References(reference), "RESOURCE_POLICY", wording, vocabulary)


def _allowing(statements: Sequence[dict[str, object]], principal: object) -> str:
    """The text of a policy of Allow statements, without policy variables."""
    common = {"Effect": "Allow"} | ({} if principal is None else {"Principal": principal})
    return json.dumps({"Statement": [{**common, **statement} for statement in statements]})


def compare(
    new: str,
    references: References,
    policy_type: PolicyType,
    wording: Wording,
    vocabulary: Vocabulary,
) -> Answer:
    """Each Allow statement of the new policy against its reference.

    Raises PolicyDocumentError for any of the documents.
    """
    policy = compile_policy(new, policy_type)
    comparisons = {
        text: Comparison(policy, compile_policy(text, policy_type), policy_type, vocabulary)
        for text in dict.fromkeys((references.usual, *references.own.values()))
    }
    guilty: list[Reason] = []
    undecided: list[Reason] = []
    for rule in policy.rules:
        statement = rule.statement
        against = references.own.get(statement.number, references.usual)
        comparison = comparisons[against]
        outcome = comparison.decide(rule) if statement.allow else None
        if isinstance(outcome, Request):
            witness = witness_of(outcome, (policy, comparison.reference))
            if confirms(new, against, statement.number, witness):
                guilty.append(_guilty(wording, statement, witness, against))
            else:
                undecided.append(_undecided(statement, [UNCONFIRMED]))
        elif outcome:
            undecided.append(_undecided(statement, outcome.questions))
    answer = _answer(wording, guilty, undecided)
    policies = (policy, *(comparison.reference for comparison in comparisons.values()))
    single, sets = ({key for policy in policies for key in policy.keys[use]} for use in (0, 1))
    touched = (policy.touched for policy in policies)
    assumptions = assumptions_of(answer.result, touched, not single.isdisjoint(sets))
    return answer._replace(assumptions=tuple(assumptions))


def witness_of(request: Request, policies: Iterable[CompiledPolicy]) -> Witness:
    """The request with its context keys as the policies write them."""
    spellings: dict[str, str] = {}
    for policy in policies:
        spellings = {**dict(policy.keys.spellings), **spellings}
    context = {spellings.get(key, key): values for key, values in request.context.items()}
    return Witness(request.action, request.resource, request.principal, context)


def confirms(new: str, reference: str, number: int, witness: Witness) -> bool:
    """Whether the evaluator finds the request allowed by that statement and newly so."""
    from policy_gate.reasoning.evaluator import evaluator_of

    policy = evaluator_of(new)
    return (
        policy.matches(number, witness) is True
        and policy.decide(witness) == "ALLOW"
        and evaluator_of(reference).decide(witness) in ("DENY", "IMPLICIT_DENY")
    )


def _guilty(wording: Wording, statement: Statement, witness: Witness, reference: str) -> Reason:
    """The reason, with the Deny of the reference that the request meets, if there is one."""
    from policy_gate.reasoning.evaluator import evaluator_of

    denying = evaluator_of(reference).denying(witness)
    reason = _reason(wording.reason, statement, ".", witness)
    return reason._replace(existingDeny=StatementName(*denying)) if denying else reason


def _answer(wording: Wording, guilty: Sequence[Reason], undecided: Sequence[Reason]) -> Answer:
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
    name = f"sid: {statement.sid}" if statement.sid else f"index: {statement.number}"
    description = f"{beginning}statement with {name}{end}"
    return Reason(description, statement.number, statement.sid, witness)
