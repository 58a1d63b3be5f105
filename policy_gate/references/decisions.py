"""The question that a reference puts to its examples, and which part of it decides the answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from policy_gate.analyzers.embedded import EmbeddedAnalyzer
from policy_gate.analyzers.interface import Access, AccessPolicyType, Answer
from policy_gate.reasoning.matching import action_matches
from policy_gate.syntax.source import Source


class Decision(NamedTuple):
    """The part of the reference that decides."""

    effect: str
    """`Allow` or `Deny`; `listed` for a line of a list of actions."""

    statement: int | None = None
    """From 0; None for an Allow of several statements together."""

    sid: str | None = None
    action: str | None = None
    line: int | None = None


class PolicyQuestion:
    """Does the example allow anything that the reference policy does not?"""

    def __init__(self, reference: str, policy_type: AccessPolicyType) -> None:
        self.policy_type: AccessPolicyType | None = policy_type
        self._reference = reference
        self._analyzer = EmbeddedAnalyzer()

    def ask(self, example: str, policy_type: AccessPolicyType) -> Answer:
        return self._analyzer.check_no_new_access(example, self._reference, policy_type)

    def decision(self, example: str, answer: Answer) -> Decision | None:
        """The Deny that the witness meets, or the Allow that covers the example."""
        if answer.result == "FAIL" and answer.reasons:
            denying = answer.reasons[0].existingDeny
            return Decision("Deny", *denying) if denying else None
        if answer.result != "PASS" or self.policy_type is None:
            return None
        for decision, document in self._allows:
            if (
                self._analyzer.check_no_new_access(example, document, self.policy_type).result
                == "PASS"
            ):
                return decision
        return Decision("Allow")

    @cached_property
    def _allows(self) -> list[tuple[Decision, str]]:
        """For each Allow statement, the reference with that one and every Deny."""
        return list(self._with_one_allow())

    def _with_one_allow(self) -> Iterator[tuple[Decision, str]]:
        document: dict[str, Any] = json.loads(self._reference)
        value = document["Statement"]
        statements = value if isinstance(value, list) else [value]
        denies = [item for item in statements if item["Effect"] == "Deny"]
        for number, item in enumerate(statements):
            if item["Effect"] == "Allow":
                text = json.dumps({**document, "Statement": [item, *denies]})
                yield Decision("Allow", number, item.get("Sid")), text


class ActionsQuestion:
    """Does the example grant one of the listed actions?"""

    policy_type: AccessPolicyType | None = None
    """That of the example."""

    def __init__(self, source: Source, actions: Sequence[str]) -> None:
        self._source = source
        self._access = Access(tuple(dict.fromkeys(actions)))
        self._analyzer = EmbeddedAnalyzer()

    def ask(self, example: str, policy_type: AccessPolicyType) -> Answer:
        return self._analyzer.check_access_not_granted(example, self._access, policy_type)

    def decision(self, example: str, answer: Answer) -> Decision | None:  # noqa: ARG002
        """The line of the action that the witness calls."""
        witness = answer.reasons[0].witness if answer.reasons else None
        if answer.result != "FAIL" or witness is None:
            return None
        for number, line in enumerate(self._source.text.splitlines(), 1):
            action = next(iter(line.split()), "#")
            if not action.startswith("#") and action_matches(action, witness.action):
                return Decision("listed", action=action, line=number)
        return None
