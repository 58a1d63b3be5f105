"""Values of one context key that make some atoms true and others false."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from policy_gate.reasoning.atoms import Holds, Test
from policy_gate.reasoning.budget import Budget, UndecidedError
from policy_gate.reasoning.examples import example_values
from policy_gate.reasoning.language import Language
from policy_gate.reasoning.search import shortest_text


class Wish(NamedTuple):
    """One value that passes the tests of which `passes` is true and fails the others."""

    test: Test
    passes: bool


def find_values(
    facts: Iterable[tuple[Holds, bool]], multivalued: bool, budget: Budget
) -> tuple[str, ...] | None:
    """Values of a key for which each atom is as wanted: none at all for a missing key.

    The answer is None where there are no such values. Raises UndecidedError.
    """
    facts = list(facts)
    if all(atom.absent is value for atom, value in facts):
        return ()
    key = facts[0][0].key
    wishes = [Wish(atom.test, value is not atom.negated) for atom, value in facts]
    if not multivalued:
        text = _find_value(key, wishes, budget)
        return None if text is None else (text,)
    of_all = [wish for wish, (_, value) in zip(wishes, facts, strict=True) if not value]
    of_some = [wish for wish, (_, value) in zip(wishes, facts, strict=True) if value]
    found = []
    groups = [[*of_all, wish] for wish in of_some] or [of_all]
    for group in groups:
        text = _find_value(key, group, budget)
        if text is None:
            return None
        found.append(text)
    for text in found:
        if all(_passes(wish, text) for wish in of_some):
            return (text,)
    return tuple(dict.fromkeys(found))


def _passes(wish: Wish, text: str) -> bool:
    return wish.test.accepts(text) is wish.passes


def _find_value(key: str, wishes: Sequence[Wish], budget: Budget) -> str | None:
    """A text that all wishes are true of, None where there is none."""
    inside = [w.test for w in wishes if w.passes and isinstance(w.test, Language)]
    outside = [w.test for w in wishes if not w.passes and isinstance(w.test, Language)]
    typed = [w.test for w in wishes if not isinstance(w.test, Language)]
    # A list of texts is not searched, but tried out.
    finite = min((language for language in inside if language.is_finite), key=_size, default=None)
    if finite is not None:
        tried: Iterable[str] = (pattern.prefix for pattern in finite.patterns)
        return _first(tried, wishes, budget)
    text = None
    if typed:
        from policy_gate.reasoning.values import candidates

        text = _first(candidates(typed), wishes, budget)
        if all(map(_is_anything, (*inside, *outside))):
            return text
    if text is None:
        text = _first(example_values(key, inside), wishes, budget)
    if text is not None:
        return text
    text = shortest_text(inside, outside, budget)
    if text is None or all(_passes(wish, text) for wish in wishes):
        return text
    raise UndecidedError(f"{key} is compared both as a text and by its value")


def _size(language: Language) -> int:
    return len(language.patterns)


def _is_anything(language: Language) -> bool:
    return any(pattern.matches_everything for pattern in language.patterns)


def _first(texts: Iterable[str], wishes: Sequence[Wish], budget: Budget) -> str | None:
    cost = sum(len(w.test.patterns) if isinstance(w.test, Language) else 1 for w in wishes)
    for text in texts:
        budget.spend(1 + cost // 8)
        if all(_passes(wish, text) for wish in wishes):
            return text
    return None
