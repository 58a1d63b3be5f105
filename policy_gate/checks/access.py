"""What the three access checks share: a question about a policy with deferred values.

The widened policy is asked about first. Its PASS holds for every value. Its FAIL counts where it
does not hang on a value that the widening made up: which principal a parameter names, or what a
condition compares with; where it does, the verdict is UNKNOWN and names the value to give.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from policy_gate.analyzers.interface import Answer, Reason
from policy_gate.checks.culprits import Order, culprits
from policy_gate.checks.findings import (
    anchor_of,
    assumptions_of,
    fingerprint,
    locations_of,
    statement_at,
)
from policy_gate.checks.widening import (
    CannotWidenError,
    Conditions,
    Question,
    deferred_in,
    is_supplied,
    unnamed_account,
    widened,
)
from policy_gate.model import (
    AssumptionKind,
    CheckResult,
    Finding,
    Policy,
    Severity,
    Verdict,
)
from policy_gate.partitions import DEFAULT_PARTITION, URL_SUFFIXES
from policy_gate.reasoning.answer import Witness

_PARTITION_IN_ARN = re.compile(r"\barn:(aws[a-z-]*):")
_PARTITION_EXPRESSIONS = frozenset({"${AWS::Partition}", "${AWS::URLSuffix}"})


@dataclass(frozen=True)
class AccessQuestion:
    """One of the access checks, ready to be asked."""

    check: str
    """The check's name in the report."""

    code: str
    """The code of its findings: the operation of Access Analyzer."""

    ask: Callable[[str], Answer]
    """Puts the question about a document; raises AnalyzerError."""

    blame: str
    """What the finding's message says of the statement, after its number."""

    fix: str
    conditions: Conditions = "dropped"
    order: Callable[[Witness | None], Order] = lambda _: ("Action", "Resource")
    reference: str = ""
    """The reference policy's text, whose partitions matter."""

    ask_of_anyone: Callable[[str], Answer] | None = None
    """Puts the question with a reference that tells no principals apart."""


def answer_access(policy: Policy, question: AccessQuestion) -> CheckResult:
    """The verdict over every partition that matters, with findings."""
    answered = [_in_partition(policy, question, name) for name in _partitions(policy, question)]
    order = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS)
    return min(answered, key=lambda result: order.index(result.verdict))


def _partitions(policy: Policy, question: AccessQuestion) -> list[str]:
    """The partitions that the policy or the reference names, where the policy leaves it open."""
    open_ended = any(
        part.expression in _PARTITION_EXPRESSIONS
        for text in deferred_in(policy.document)
        for part in text.assumptions()
    )
    if not open_ended:
        return [DEFAULT_PARTITION]
    written = f"{_literal_text(policy)} {question.reference}"
    named = set(_PARTITION_IN_ARN.findall(written)) & set(URL_SUFFIXES)
    return sorted(named) or [DEFAULT_PARTITION]


def _literal_text(policy: Policy) -> str:
    return json.dumps(policy.document, default=str)


def _in_partition(policy: Policy, question: AccessQuestion, partition: str) -> CheckResult:
    try:
        first = widened(policy.document, partition, question.conditions)
        answer = question.ask(json.dumps(first.document))
        if answer.result == "FAIL":
            return _failed(policy, question, partition, first, answer)
        if answer.result == "UNKNOWN":
            return _unknown(policy, question, answer.message)
        return _passed(policy, question, first)
    except CannotWidenError as error:
        return _unknown(policy, question, str(error))


def _passed(policy: Policy, question: AccessQuestion, asked: Question) -> CheckResult:
    """A PASS, unless another principal in place of an unnamed one could change it."""
    if asked.unnamed_principals and question.ask_of_anyone is not None:
        everyone = _with_everyone(asked)
        if question.ask(json.dumps(everyone)).result != "PASS":
            return _unknown(policy, question, _hangs_on(policy, asked.unnamed_principals))
    return CheckResult(
        policy.identity,
        question.check,
        Verdict.PASS,
        location=policy.sources.locate(()),
        assumptions=policy.assumptions,
    )


def _failed(
    policy: Policy, question: AccessQuestion, partition: str, asked: Question, answer: Answer
) -> CheckResult:
    """A FAIL with findings, unless it hangs on a value that only deployment decides."""
    if asked.open_conditions:
        asked = widened(policy.document, partition, "kept")
        answer = question.ask(json.dumps(asked.document))
        if answer.result != "FAIL":
            return _unknown(policy, question, _hangs_on_condition(policy))
    guilty = {
        asked.indexes[reason.statementIndex]: reason
        for reason in answer.reasons
        if reason.statementIndex is not None and reason.statementIndex < len(asked.indexes)
    }
    unnamed = asked.unnamed_principals & set(guilty)
    if question.ask_of_anyone is not None and unnamed and unnamed == set(guilty):
        anyone = question.ask_of_anyone(json.dumps(asked.document))
        if anyone.result != "FAIL":
            return _unknown(policy, question, _hangs_on(policy, unnamed))
    findings = tuple(
        _finding(policy, question, partition, index, reason)
        for index, reason in sorted(guilty.items())
    ) or (_whole_policy_finding(policy, question, answer),)
    return CheckResult(
        policy.identity,
        question.check,
        Verdict.FAIL,
        findings,
        message=answer.message,
        location=policy.sources.locate(()),
        assumptions=policy.assumptions,
    )


def _with_everyone(asked: Question) -> object:
    """The question's document with everyone in place of the unnamed principals."""
    statements = [
        {**statement, "Principal": "*"} if index in asked.unnamed_principals else statement
        for index, statement in zip(asked.indexes, asked.document["Statement"], strict=True)
    ]
    return {**asked.document, "Statement": statements}


def _finding(
    policy: Policy, question: AccessQuestion, partition: str, index: int, reason: Reason
) -> Finding:
    statement = statement_at(policy, index)
    sid = statement.get("Sid")
    paths = culprits(policy, index, reason.witness, question.order(reason.witness))
    where = "" if partition == DEFAULT_PARTITION else f" in partition {partition}"
    return Finding(
        question.code,
        Severity.SECURITY_WARNING,
        f"{_statement_name(index, sid)} {question.blame}{where}.",
        True,
        locations_of(policy, paths),
        index,
        str(sid) if sid else None,
        _shown(policy, reason.witness),
        question.fix,
        world=policy.world,
        assumptions=assumptions_of(policy, *statement.values()),
        fingerprint=fingerprint(policy, question.check, question.code, anchor_of(statement)),
    )


def _shown(policy: Policy, witness: Witness | None) -> Witness | None:
    """The witness with the expressions that people wrote in place of made-up values."""
    if witness is None:
        return None
    texts = {
        fake: part.expression
        for text in deferred_in(policy.document)
        for part in text.assumptions()
        for fake in (part.stand_in, unnamed_account(part))
        if part.kind is not AssumptionKind.DEFAULT
    }

    def shown(text: str) -> str:
        for fake, expression in texts.items():
            text = text.replace(fake, expression)
        return text

    principal = None if witness.principal is None else shown(witness.principal)
    return replace(
        witness,
        action=shown(witness.action),
        resource=shown(witness.resource),
        principal=principal,
    )


def _whole_policy_finding(policy: Policy, question: AccessQuestion, answer: Answer) -> Finding:
    """AWS may answer FAIL without naming a statement."""
    return Finding(
        question.code,
        Severity.SECURITY_WARNING,
        f"{answer.message}",
        True,
        locations_of(policy, [()]),
        fix=question.fix,
        world=policy.world,
        assumptions=assumptions_of(policy, policy.document),
        fingerprint=fingerprint(policy, question.check, question.code, None),
    )


def _statement_name(index: int, sid: object) -> str:
    return f"Statement {index} ({sid})" if sid else f"Statement {index}"


def _unknown(policy: Policy, question: AccessQuestion, message: str) -> CheckResult:
    return CheckResult(
        policy.identity,
        question.check,
        Verdict.UNKNOWN,
        message=message,
        location=policy.sources.locate(()),
        assumptions=policy.assumptions,
    )


def _hangs_on(policy: Policy, indexes: Iterable[int]) -> str:
    expressions = sorted(
        {
            part.expression
            for index in indexes
            for text in deferred_in(statement_at(policy, index).get("Principal"))
            for part in text.assumptions()
            if part.kind is AssumptionKind.SUPPLIED
        }
    )
    return f"the verdict hangs on which principal {', '.join(expressions)} names: give its value"


def _hangs_on_condition(policy: Policy) -> str:
    expressions = sorted(
        {
            part.expression
            for text in deferred_in(policy.document)
            if is_supplied(text)
            for part in text.assumptions()
            if part.kind is AssumptionKind.SUPPLIED
        }
    )
    return f"the verdict hangs on a condition with {', '.join(expressions)}: give its value"
