"""What the three access checks share: a question about a policy with deferred values.

The widened policy is asked about first. Its PASS holds for every value. Its FAIL counts where it
does not hang on a value that the widening made up: which principal a parameter names, or what a
condition compares with; where it does, the verdict is UNKNOWN and names the value to give.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from policy_gate.analyzers.interface import AnalyzerError, Answer, Reason
from policy_gate.checks.as_written import as_written, witness_as_written
from policy_gate.checks.covering import Segments
from policy_gate.checks.culprits import Order, culprits
from policy_gate.checks.findings import (
    assumptions_of,
    denials,
    fingerprint,
    locations_of,
    numbered,
    path_at,
    statement_at,
    statement_indexes,
    statement_path,
)
from policy_gate.checks.widening import (
    CannotWidenError,
    Conditions,
    Question,
    deferred_in,
    widened,
)
from policy_gate.model import (
    ANY_TEXT,
    AssumptionKind,
    CheckResult,
    DocumentPath,
    Finding,
    Policy,
    Severity,
    Verdict,
)
from policy_gate.partitions import DEFAULT_PARTITION, URL_SUFFIXES
from policy_gate.reasoning.answer import Witness

_PARTITION_IN_ARN = re.compile(r"\barn:(aws[a-z-]*):")
_ELEMENTS = (
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
)
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
    """What the policy is held against, whose partitions matter."""

    principals_matter: bool = True
    """Can the answer change with the principal that a parameter names?"""

    ask_of_anyone: Callable[[str], Answer] | None = None
    """Puts the question with a reference that tells no principals apart."""

    ask_at_best: Callable[[str], Answer] | None = None
    """Puts the question as if whatever deployment supplies to principals and conditions were
    harmless, where that is for the question to say."""


def answer_access(policy: Policy, question: AccessQuestion) -> CheckResult:
    """The verdict over every partition that matters, with findings."""
    if policy.left_out is not None:
        left = set(statement_indexes(policy)) - policy.left_out - denials(policy).keys()
        if not left:
            return CheckResult(policy.identity, question.check, Verdict.PASS)
    answered = [_in_partition(policy, question, name) for name in _partitions(policy, question)]
    order = (Verdict.FAIL, Verdict.ERROR, Verdict.UNKNOWN, Verdict.PASS)
    worst = min(answered, key=lambda result: order.index(result.verdict))
    findings = {
        finding.fingerprint: finding for result in reversed(answered) for finding in result.findings
    }
    return replace(worst, findings=tuple(findings.values()))


def _partitions(policy: Policy, question: AccessQuestion) -> list[str]:
    """Where the policy leaves it open: aws, and those that the policy or the reference names."""
    open_ended = any(
        part.expression in _PARTITION_EXPRESSIONS
        for text in deferred_in(policy.document)
        for part in text.assumptions()
    )
    if not open_ended:
        return [DEFAULT_PARTITION]
    written = f"{json.dumps(policy.document, default=str)} {question.reference}"
    named = set(_PARTITION_IN_ARN.findall(written)) & set(URL_SUFFIXES)
    return sorted(named | {DEFAULT_PARTITION})


def _in_partition(policy: Policy, question: AccessQuestion, partition: str) -> CheckResult:
    try:
        first = _widened(policy, partition, question.conditions)
        text = json.dumps(first.document)
        try:
            answer = question.ask(text)
        except AnalyzerError as error:
            if error.offset is None:
                raise
            return _malformed(policy, question, first, error, text)
        if answer.result == "FAIL":
            return _failed(policy, question, first, answer)
        if answer.result == "UNKNOWN":
            return _undecided(policy, question, first, answer)
        return _passed(policy, question, first, answer)
    except CannotWidenError as error:
        return _unknown(policy, question, str(error))


def _widened(
    policy: Policy, partition: str, conditions: Conditions, segments: Segments = "kept"
) -> Question:
    return widened(policy.document, partition, conditions, segments, policy.left_out or ())


def _malformed(
    policy: Policy, question: AccessQuestion, asked: Question, error: AnalyzerError, text: str
) -> CheckResult:
    """The question could not be put about a text that is no policy: where that shows."""
    path = path_at(text, error.offset or 0)
    if path[:1] == ("Statement",) and len(path) > 1 and isinstance(path[1], int):
        index = asked.indexes[path[1]]
        path = (*statement_path(policy, index), *path[2:])
    return CheckResult(
        policy.identity,
        question.check,
        Verdict.ERROR,
        message=f"this is no policy that can be asked about: {as_written(policy, error.message)}",
        location=policy.sources.locate(path),
        assumptions=policy.assumptions,
    )


def _passed(
    policy: Policy, question: AccessQuestion, asked: Question, answer: Answer
) -> CheckResult:
    """A PASS, unless a value of another shape than the one that was asked about changes it."""
    if asked.open_segments:
        indexes = asked.open_segments
        asked = _widened(policy, asked.partition, question.conditions, "open")
        if question.ask(json.dumps(asked.document)).result != "PASS":
            return _hangs_on_segments(policy, question, indexes)
    if asked.open_addresses and question.conditions == "kept":
        indexes = asked.open_addresses
        asked = _widened(policy, asked.partition, "dropped", "open")
        if question.ask(json.dumps(asked.document)).result != "PASS":
            return hangs_on_condition(policy, question, indexes)
    if asked.unnamed_principals and question.principals_matter:
        everyone = _with_everyone(asked)
        if question.ask(json.dumps(everyone)).result != "PASS":
            return _hangs_on_principal(policy, question, asked.unnamed_principals)
    return CheckResult(
        policy.identity,
        question.check,
        Verdict.PASS,
        location=policy.sources.locate(()),
        assumptions=policy.assumptions,
        rests_on=answer.assumptions,
    )


def _failed(
    policy: Policy, question: AccessQuestion, asked: Question, answer: Answer
) -> CheckResult:
    """A FAIL with findings, unless it hangs on a value that only deployment decides."""
    if question.ask_at_best is not None:
        at_worst = _statements(asked, answer)
        asked = _widened(policy, asked.partition, "kept")
        answer = question.ask_at_best(json.dumps(asked.document))
        if answer.result == "UNKNOWN":
            return _undecided(policy, question, asked, answer)
        if answer.result == "PASS":
            return _hangs_on_values(policy, question, at_worst)
    elif asked.open_conditions:
        open_conditions = asked.open_conditions
        asked = _widened(policy, asked.partition, "kept")
        answer = question.ask(json.dumps(asked.document))
        if answer.result != "FAIL":
            return hangs_on_condition(policy, question, open_conditions)
    guilty = _statements(asked, answer)
    unnamed = asked.unnamed_principals & set(guilty)
    if question.ask_of_anyone is not None and unnamed and unnamed == set(guilty):
        anyone = question.ask_of_anyone(json.dumps(asked.document))
        if anyone.result != "FAIL":
            return _hangs_on_principal(policy, question, unnamed)
    findings = numbered(
        _finding(policy, question, asked, index, reason) for index, reason in sorted(guilty.items())
    ) or (_whole_policy_finding(policy, question, answer),)
    return CheckResult(
        policy.identity,
        question.check,
        Verdict.FAIL,
        findings,
        message=as_written(policy, answer.message),
        location=policy.sources.locate(()),
        assumptions=policy.assumptions,
        rests_on=answer.assumptions,
    )


def _with_everyone(asked: Question) -> object:
    """The question's document with everyone in place of the unnamed principals."""
    statements = [
        {**statement, "Principal": "*"} if index in asked.unnamed_principals else statement
        for index, statement in zip(asked.indexes, asked.document["Statement"], strict=True)
    ]
    return {**asked.document, "Statement": statements}


def _finding(
    policy: Policy, question: AccessQuestion, asked: Question, index: int, reason: Reason
) -> Finding:
    statement = statement_at(policy, index)
    sid = statement.get("Sid")
    paths = culprits(policy, index, reason.witness, question.order(reason.witness))
    where = "" if asked.partition == DEFAULT_PARTITION else f" in partition {asked.partition}"
    blame = f"{question.blame}{where}.{_denied_before(reason)}{_not_counted(policy, asked.absent)}"
    return Finding(
        question.code,
        Severity.SECURITY_WARNING,
        f"{_statement_name(index, sid)} {blame}",
        True,
        locations_of(policy, paths),
        index,
        str(sid) if sid else None,
        witness_as_written(policy, reason.witness, asked.partition),
        question.fix,
        world=policy.world,
        assumptions=assumptions_of(policy, *statement.values()),
        fingerprint=fingerprint(
            policy,
            question.check,
            question.code,
            # Without one of its Deny statements the policy allows more.
            {"allowed": statement, "denied": list(denials(policy).values())},
        ),
    )


def _whole_policy_finding(policy: Policy, question: AccessQuestion, answer: Answer) -> Finding:
    """AWS may answer FAIL without naming a statement."""
    return Finding(
        question.code,
        Severity.SECURITY_WARNING,
        as_written(policy, answer.message),
        True,
        locations_of(policy, [()]),
        fix=question.fix,
        world=policy.world,
        assumptions=assumptions_of(policy, policy.document),
        fingerprint=fingerprint(policy, question.check, question.code, policy.document),
    )


def _denied_before(reason: Reason) -> str:
    """The Deny of the reference that keeps the access from being allowed there."""
    if reason.existingDeny is None:
        return ""
    number, sid = reason.existingDeny
    return f" The reference denies it in its statement {number}{f' ({sid})' if sid else ''}."


def _not_counted(policy: Policy, absent: Collection[int]) -> str:
    """A Deny that would be expected to help, and why it does not."""
    if not absent:
        return ""
    names = _supplied_in(policy, absent, *_ELEMENTS)
    statements = ", ".join(map(str, sorted(absent)))
    return f" Deny statement {statements} is not counted, since deployment decides {names}."


def _statement_name(index: int, sid: object) -> str:
    return f"Statement {index} ({sid})" if sid else f"Statement {index}"


def _unknown(
    policy: Policy, question: AccessQuestion, message: str, path: DocumentPath = ()
) -> CheckResult:
    return CheckResult(
        policy.identity,
        question.check,
        Verdict.UNKNOWN,
        message=message,
        location=policy.sources.locate(path),
        assumptions=policy.assumptions,
    )


def _undecided(
    policy: Policy, question: AccessQuestion, asked: Question, answer: Answer
) -> CheckResult:
    """What the analyzer could not decide, with the numbers of the policy's own statements."""
    message = answer.message
    indexes = [
        reason.statementIndex for reason in answer.reasons if reason.statementIndex is not None
    ]
    for index in reversed(indexes):
        message = message.replace(f"index: {index}:", f"index: {asked.indexes[index]}:")
    path = statement_path(policy, asked.indexes[indexes[0]]) if indexes else ()
    return _unknown(policy, question, as_written(policy, message, asked.partition), path)


def _hangs_on_principal(
    policy: Policy, question: AccessQuestion, indexes: Iterable[int]
) -> CheckResult:
    names = _supplied_in(policy, indexes, "Principal")
    message = f"the verdict hangs on which principal {names} names: give its value"
    return _unknown(policy, question, message, statement_path(policy, min(indexes)))


def _statements(asked: Question, answer: Answer) -> dict[int, Reason]:
    """The statements (of the policy) that an answer names."""
    return {
        asked.indexes[reason.statementIndex]: reason
        for reason in answer.reasons
        if reason.statementIndex is not None and reason.statementIndex < len(asked.indexes)
    }


def _hangs_on_values(
    policy: Policy, question: AccessQuestion, guilty: Collection[int]
) -> CheckResult:
    elements = ("Principal", "NotPrincipal", "Condition")
    names = _supplied_in(policy, [*guilty, *denials(policy)], *elements)
    message = f"the verdict hangs on {names}: give its value"
    return _unknown(policy, question, message, statement_path(policy, min(guilty, default=0)))


def _hangs_on_segments(
    policy: Policy, question: AccessQuestion, indexes: Iterable[int]
) -> CheckResult:
    names = _supplied_in(policy, indexes, "Resource", "NotResource", pattern=ANY_TEXT)
    message = (
        f"the verdict hangs on whether {names} holds a colon, which would divide the ARN:"
        " give its value, or an AllowedPattern without colons"
    )
    return _unknown(policy, question, message, statement_path(policy, min(indexes)))


def hangs_on_condition(
    policy: Policy, question: AccessQuestion, indexes: Iterable[int]
) -> CheckResult:
    """UNKNOWN, with what deployment supplies to the conditions of the statements."""
    names = _supplied_in(policy, indexes, "Condition")
    message = f"the verdict hangs on a condition with {names}: give its value"
    return _unknown(policy, question, message, statement_path(policy, min(indexes)))


def _supplied_in(policy: Policy, indexes: Iterable[int], *elements: str, pattern: str = "") -> str:
    """What deployment supplies to elements of the statements, by the names to give it by.

    With a `pattern`, only what may hold that.
    """
    expressions = {
        part.expression
        for index in indexes
        for element in elements
        for text in deferred_in(statement_at(policy, index).get(element))
        for part in text.assumptions()
        if part.kind is AssumptionKind.SUPPLIED and pattern in part.pattern
    }
    return ", ".join(sorted(expressions))
