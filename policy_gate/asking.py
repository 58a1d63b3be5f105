"""Every check is asked about every policy that it applies to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from policy_gate.accepting.acceptance import is_accepted
from policy_gate.analyzers.interface import Analyzer, AnalyzerError
from policy_gate.at_once import Progress, answers_of
from policy_gate.checks.findings import fingerprint
from policy_gate.checks.interface import Check
from policy_gate.config.gate import GateConfig
from policy_gate.disagreement import with_disagreements
from policy_gate.executors.in_order import chosen, in_order
from policy_gate.executors.interface import Workers
from policy_gate.fault import fault
from policy_gate.model import (
    CheckResult,
    Construct,
    Policy,
    PolicyIdentity,
    ReasonCode,
    Value,
    Verdict,
)
from policy_gate.progress import no_progress
from policy_gate.sensitive import NOT_SHOWN, masked, not_sent

MUCH = 100
"""Questions from which on more than one process decides them."""


class _Question(NamedTuple):
    policy: Policy
    check: Check


class Asked(NamedTuple):
    """A result, and what was asked; no check where none applies, or where it was not asked."""

    policy: Policy
    check: Check | None
    result: CheckResult


def ask_all(
    policies: Sequence[Policy],
    config: GateConfig,
    analyzer: Analyzer,
    progress: Progress,
    workers: Workers | None = None,
) -> list[Asked]:
    """A result for each policy and check, and for each policy to which no check applies."""
    results: list[Asked] = []
    questions: list[_Question] = []
    for policy in policies:
        applicable = [check for check in config.checks if check.applies_to(policy)]
        withheld = policy.is_sensitive and analyzer.sends_documents and not config.sends_sensitive
        if not applicable:
            results.append(_asked(policy, None, _not_applicable(policy)))
        elif withheld:
            results += [_asked(policy, None, not_sent(policy, check)) for check in applicable]
        else:
            questions += [_Question(policy, check) for check in applicable]
    answers = _answers(questions, analyzer, progress, workers)
    return [*results, *map(_with_fingerprint(policies), questions, answers)]


def ask_besides(
    asked: Sequence[Asked],
    results: Sequence[CheckResult],
    analyzer: Analyzer,
    workers: Workers | None = None,
) -> list[Asked]:
    """With what there is besides accepted findings; the same where no question is left.

    `results` are those of `asked`, marked. A check that has found something leaves open questions
    aside, and AWS need not name each statement: so it is asked about the other statements.
    """
    again: dict[int, _Question] = {}
    for position, ((policy, check, _), result) in enumerate(zip(asked, results, strict=True)):
        statements = frozenset(
            finding.statement_index
            for finding in result.findings
            if finding.statement_index is not None
        )
        is_settled = result.verdict is Verdict.FAIL and is_accepted(result)
        if check is not None and is_settled and policy.left_out != statements:
            again[position] = _Question(replace(policy, left_out=statements), check)
    questions = tuple(again.values())
    answers = _answers(questions, analyzer, no_progress, workers)
    others = map(_with_fingerprint([item.policy for item in asked]), questions, answers)
    besides = dict(zip(again, others, strict=True))
    return [
        besides[position]._replace(result=_besides(item.result, besides[position].result))
        if position in besides
        else item
        for position, item in enumerate(asked)
    ]


def _asked(policy: Policy, check: Check | None, result: CheckResult) -> Asked:
    return Asked(policy, check, at_construct(result, policy.construct))


def _with_fingerprint(
    policies: Sequence[Policy],
) -> Callable[[_Question, CheckResult], Asked]:
    """Gives an UNKNOWN the fingerprint of its policy as it is, in all the worlds together."""
    documents: dict[PolicyIdentity, list[Value]] = {}
    for policy in policies:
        documents.setdefault(policy.identity, []).append(policy.document)

    def asked(question: _Question, result: CheckResult) -> Asked:
        policy, check = question
        # Of a sensitive policy not even a hash is told, by which texts could be tried out.
        if result.verdict is Verdict.UNKNOWN and not policy.is_sensitive:
            anchor = documents[policy.identity]
            text = fingerprint(policy, check.name, Verdict.UNKNOWN, anchor)
            result = replace(result, fingerprint=text)
        return _asked(policy, check, result)

    return asked


def _besides(first: CheckResult, other: CheckResult) -> CheckResult:
    """What was found first, and what the check says of the rest."""
    if other.verdict is Verdict.PASS:
        return first
    findings = {finding.fingerprint: finding for finding in (*other.findings, *first.findings)}
    return replace(
        first if other.verdict is Verdict.FAIL else other, findings=tuple(findings.values())
    )


def _answers(
    questions: Sequence[_Question],
    analyzer: Analyzer,
    progress: Progress,
    workers: Workers | None,
) -> list[CheckResult]:
    if analyzer.pace is not None:
        ask, give_up = partial(_compared, analyzer), partial(_given_up, analyzer.pace.deadline)
        return answers_of(questions, ask, give_up, analyzer.pace, progress)
    ask = partial(_answered, analyzer)
    # What is marked sensitive stays on this machine.
    is_far = workers is not None and not workers.are_here
    others = [item for item in questions if not (is_far and item.policy.is_sensitive)]
    many = chosen(workers, is_much=len(others) > MUCH)
    answers = in_order(ask, others, len(others), _died, many)
    results: list[CheckResult] = []
    for question in questions:
        is_kept = is_far and question.policy.is_sensitive
        results.append(ask(question) if is_kept else next(answers))
        progress(len(results), len(questions))
    return results


def _compared(analyzer: Analyzer, question: _Question) -> CheckResult:
    """The answer of the analyzer; with what its second opinion says of it, if it has one."""
    result = _answered(analyzer, question)
    if analyzer.second_opinion is None:
        return result
    second = _answered(analyzer.second_opinion, question)
    return with_disagreements(question.policy, result, second)


def _answered(analyzer: Analyzer, question: _Question) -> CheckResult:
    policy, check = question
    try:
        result = check.ask(policy, analyzer.discreet() if policy.is_sensitive else analyzer)
        return masked(policy, result) if policy.is_sensitive else result
    except AnalyzerError as error:
        # A message of the service may quote the document, its code does not.
        message = f"{error.code}: {NOT_SHOWN}" if policy.is_sensitive else str(error)
        return _error(question, message)
    except Exception as error:  # noqa: BLE001 - a fault of ours must not hide other policies
        message = f"policy-gate failed on this policy ({fault(error)}): please report it"
        return _error(question, message)


def _given_up(deadline: float, question: _Question) -> CheckResult:
    message = (
        f"RunDeadline: there was no answer within the {deadline:g} seconds of the run."
        " Run the gate again, or raise aws.deadline."
    )
    return _error(question, message)


def _died(question: _Question) -> CheckResult:
    return _error(question, "the process that decides it died, as it does when memory runs out")


def _error(question: _Question, message: str) -> CheckResult:
    policy, check = question
    return CheckResult(
        policy.identity,
        check.name,
        Verdict.ERROR,
        message=message,
        location=policy.sources.locate(()),
        assumptions=() if policy.is_sensitive else policy.assumptions,
        is_sensitive=policy.is_sensitive,
    )


def _not_applicable(policy: Policy) -> CheckResult:
    return CheckResult(
        policy.identity,
        "",
        Verdict.NOT_CHECKED,
        reason=ReasonCode.NOT_APPLICABLE,
        message="no check of this run applies to this policy",
        location=policy.sources.locate(()),
        is_sensitive=policy.is_sensitive,
    )


def at_construct(result: CheckResult, construct: Construct | None) -> CheckResult:
    """The result at the line of the app that makes the policy; the template's lines follow."""
    if construct is None:
        return result
    places = construct.locations
    findings = tuple(
        replace(finding, locations=tuple(dict.fromkeys((*places, *finding.locations))))
        for finding in result.findings
    )
    location = construct.created_at or result.location
    return replace(result, findings=findings, location=location, construct=construct)
