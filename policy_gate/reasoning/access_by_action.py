"""Which actions become possible: the difference of two policies, action by action.

Actions of one service that the same Action elements of both policies match are alike: what is
decided for one of them holds for all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from policy_gate.casing import folded
from policy_gate.reasoning.answer import Witness
from policy_gate.reasoning.atoms import Member
from policy_gate.reasoning.automaton import matches
from policy_gate.reasoning.checks import UNCONFIRMED, confirms, witness_of
from policy_gate.reasoning.document import PolicyType, Statement
from policy_gate.reasoning.examples import no_vocabulary
from policy_gate.reasoning.formula import Rule
from policy_gate.reasoning.inclusion import Comparison, Request, Undecided
from policy_gate.reasoning.language import Language, head_of
from policy_gate.reasoning.patterns import literal_pattern
from policy_gate.reasoning.policy import CompiledPolicy, compile_policy


class NewAction(NamedTuple):
    """An action that the new policy makes possible, on what the witness shows at least."""

    action: str
    statementIndex: int
    """The first statement of the new policy that allows it; from 0."""

    statementId: str | None
    witness: Witness


class UndecidedAction(NamedTuple):
    """An action of which it is open whether it becomes possible."""

    action: str
    statementIndex: int
    statementId: str | None
    question: str


class AccessByAction(NamedTuple):
    """Of the actions asked about, those that become possible and those that may."""

    possible: tuple[NewAction, ...]
    undecided: tuple[UndecidedAction, ...]


def access_by_action(
    new: str, existing: str, policy_type: PolicyType, actions: Iterable[str]
) -> AccessByAction:
    """The actions for which the new policy allows a request that the existing one does not.

    `actions` are names as `s3:GetObject`, without wildcards; both results are in their order.
    Raises PolicyDocumentError for either document.
    """
    policies = compile_policy(new, policy_type), compile_policy(existing, policy_type)
    names = list(dict.fromkeys(actions))
    possible: dict[str, NewAction] = {}
    undecided: dict[str, UndecidedAction] = {}
    for alike in _classes(names, policies):
        comparison = Comparison(*policies, policy_type, no_vocabulary)
        for statement, outcome in _outcomes(comparison, alike[0]):
            name = statement.number, statement.sid
            if isinstance(outcome, Undecided):
                question = "; ".join(outcome.questions)
                undecided |= {action: UndecidedAction(action, *name, question) for action in alike}
                continue
            witness = witness_of(outcome, policies)
            for action in alike:
                own = witness._replace(action=action)
                if confirms(new, existing, statement.number, own):
                    possible.setdefault(action, NewAction(action, *name, own))
                else:
                    undecided[action] = UndecidedAction(action, *name, UNCONFIRMED)
    return AccessByAction(
        tuple(possible[name] for name in names if name in possible),
        tuple(undecided[name] for name in names if name in undecided and name not in possible),
    )


def _outcomes(
    comparison: Comparison, action: str
) -> Iterator[tuple[Statement, Request | Undecided]]:
    """Statements that may make an action possible, the first one that does as the last."""
    focus = literal_pattern(folded(action))
    for rule in comparison.new.rules:
        outcome = comparison.decide(rule, focus) if rule.statement.allow else None
        if outcome:
            yield rule.statement, outcome
        if isinstance(outcome, Request):
            return


def _classes(names: Sequence[str], policies: Iterable[CompiledPolicy]) -> Iterable[list[str]]:
    """The names in groups of those that are alike."""
    by_service: dict[str, list[tuple[str, int]]] = {}
    for number, name in enumerate(names):
        text = folded(name)
        by_service.setdefault(text.partition(":")[0], []).append((text, number))
    languages = dict.fromkeys(
        language
        for policy in policies
        for rule in policy.rules
        for language in _action_languages(rule)
    )
    marks = [0] * len(names)
    for position, language in enumerate(languages):
        for number in set(_matched(language, by_service)):
            marks[number] |= 1 << position
    classes: dict[tuple[str, int], list[str]] = {}
    for name, mark in zip(names, marks, strict=True):
        classes.setdefault((folded(name.partition(":")[0]), mark), []).append(name)
    return classes.values()


def _action_languages(rule: Rule) -> Iterator[Language]:
    for cube in rule.cubes:
        atom = cube[0].atom
        if isinstance(atom, Member):
            yield atom.language


def _matched(
    language: Language, by_service: Mapping[str, Sequence[tuple[str, int]]]
) -> Iterator[int]:
    """The numbers of the actions in the language."""
    for pattern in language.patterns:
        head = head_of(pattern)
        services = by_service.values() if head is None else [by_service.get(head, ())]
        for actions in services:
            yield from (number for text, number in actions if matches(pattern, text))
