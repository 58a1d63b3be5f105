"""The shortest text that is in some languages and in no other."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence

from policy_gate.reasoning.automaton import Automaton
from policy_gate.reasoning.budget import SEARCH_STATES, Budget, BudgetExceededError
from policy_gate.reasoning.language import Language

_READABLE = "abcdefghijklmnopqrstuvwxyz0123456789-_"

_States = tuple[int, ...]
"""The states of each automaton, that of the forbidden languages last."""


def shortest_text(
    inside: Sequence[Language], outside: Sequence[Language], budget: Budget
) -> str | None:
    """The shortest text in all of `inside` and none of `outside`; None where there is none.

    Raises BudgetExceededError.
    """
    return _Search(inside, outside, budget).run()


def is_between(text: str, inside: Iterable[Language], outside: Iterable[Language]) -> bool:
    """Whether a text is in all of `inside` and none of `outside`."""
    return all(language.accepts(text) for language in inside) and not any(
        language.accepts(text) for language in outside
    )


class _Search:
    def __init__(
        self, inside: Sequence[Language], outside: Sequence[Language], budget: Budget
    ) -> None:
        self.inside = [language.automaton for language in inside]
        forbidden = dict.fromkeys(pattern for language in outside for pattern in language.patterns)
        self.outside = Automaton(forbidden)
        self.budget = budget
        self.alphabet = _alphabet([*self.inside, self.outside])
        bits = sum(machine.size for machine in self.inside) + self.outside.size
        self.cost = 1 + len(self.inside) + bits // 1024

    def run(self) -> str | None:
        start = (*(machine.start for machine in self.inside), self.outside.start)
        if self.is_dead(start):
            return None
        parents: dict[_States, tuple[_States, str] | None] = {start: None}
        queue = deque([start])
        while queue:
            states = queue.popleft()
            if self.is_final(states):
                return _text_of(states, parents)
            for char, successor in self.successors(states):
                if successor not in parents:
                    parents[successor] = (states, char)
                    queue.append(successor)
            if len(parents) > SEARCH_STATES:
                raise BudgetExceededError(
                    f"the limit of {SEARCH_STATES:,} states in the search for a text was reached"
                )
        return None

    def successors(self, states: _States) -> Iterable[tuple[str, _States]]:
        *wanted, forbidden = states
        for char in self.characters(wanted):
            self.budget.spend(self.cost)
            reached = []
            for machine, current in zip(self.inside, wanted, strict=True):
                after = machine.step(current, char)
                if not after:
                    break
                reached.append(after)
            else:
                successor = (*reached, self.outside.step(forbidden, char))
                if not self.is_dead(successor):
                    yield char, successor

    def characters(self, wanted: Sequence[int]) -> Sequence[str]:
        """The characters worth a try: those that some automaton does not rule out at once."""
        for machine, current in zip(self.inside, wanted, strict=True):
            following = machine.following(current)
            if following is not None:
                return sorted(following)
        return self.alphabet

    def is_dead(self, states: _States) -> bool:
        """Whether the forbidden languages hold whatever may follow."""
        return bool(states[-1] & self.outside.universal)

    def is_final(self, states: _States) -> bool:
        *wanted, forbidden = states
        return not forbidden & self.outside.final and all(
            current & machine.final for machine, current in zip(self.inside, wanted, strict=True)
        )


def _text_of(states: _States, parents: dict[_States, tuple[_States, str] | None]) -> str:
    chars = []
    step = parents[states]
    while step:
        states, char = step
        chars.append(char)
        step = parents[states]
    return "".join(reversed(chars))


def _alphabet(machines: Iterable[Automaton]) -> list[str]:
    """A character that stands for all that no pattern names, a colon, then what they name."""
    named = {char for machine in machines for char in machine.alphabet}
    other = next((char for char in _READABLE if char not in named), None)
    code = 0x100
    while other is None:
        other = chr(code) if chr(code) not in named else None
        code += 1
    return [other, *sorted(named | {":"})]
