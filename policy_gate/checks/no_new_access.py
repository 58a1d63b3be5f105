"""CheckNoNewAccess: does the policy allow a request that the reference policy does not?

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoNewAccess.html
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from policy_gate.analyzers.interface import Analyzer, Answer
from policy_gate.checks.access import AccessQuestion, answer_access
from policy_gate.checks.culprits import Order
from policy_gate.checks.interface import Check
from policy_gate.checks.references import named_reference, reference_text
from policy_gate.checks.targets import (
    APPLIES_TO,
    Targets,
    access_policy_type,
    note_if_unused,
    targets_from,
)
from policy_gate.config.key import Key, Keys
from policy_gate.config.section import Section
from policy_gate.model import CheckResult, Policy
from policy_gate.reasoning.answer import Witness
from policy_gate.reasoning.evaluator import decide
from policy_gate.references.extremes import extreme
from policy_gate.references.library import BUILTIN, is_builtin

_DEFAULT = ("identity",)


@dataclass(frozen=True)
class NoNewAccess:
    """The question against one named reference policy."""

    reference_name: str
    reference: str
    """The reference policy as JSON text."""

    targets: Targets

    @property
    def name(self) -> str:
        return f"no-new-access ({self.reference_name})"

    def applies_to(self, policy: Policy) -> bool:
        return self.targets.include(policy)

    def note(self, policies: Sequence[Policy]) -> str:
        asked = next((policy for policy in policies if self.applies_to(policy)), None)
        if asked is not None and (found := extreme(self.reference, access_policy_type(asked))):
            return f"The reference policy {self.reference_name} {found} the check {self.name}."
        return note_if_unused(self, policies)

    def ask(self, policy: Policy, analyzer: Analyzer) -> CheckResult:
        policy_type = access_policy_type(policy)

        def ask(document: str, reference: str = self.reference) -> Answer:
            return analyzer.check_no_new_access(document, reference, policy_type)

        question = AccessQuestion(
            self.name,
            "CHECK_NO_NEW_ACCESS",
            ask,
            f"allows access that the reference policy {self.reference_name} does not",
            "Narrow the statement, or add this access to the reference policy if it is meant.",
            order=self._order,
            reference=self.reference,
        )
        if policy_type == "RESOURCE_POLICY":
            blind = self._without_principals
            question = replace(question, ask_of_anyone=lambda document: ask(document, blind))
        return answer_access(policy, question)

    def _order(self, witness: Witness | None) -> Order:
        """The resource first where the reference allows the action on another one."""
        if witness is not None and decide(self._without_resources, witness) == "ALLOW":
            return ("Resource", "Action")
        return ("Action", "Resource")

    @cached_property
    def _without_principals(self) -> str:
        return _relaxed(self.reference, "Principal")

    @cached_property
    def _without_resources(self) -> str:
        return _relaxed(self.reference, "Resource")


def _relaxed(reference: str, element: str) -> str:
    """The reference, more permissive: an Allow is for anything in the element.

    A Deny stays where it is for anything already.
    """
    document: dict[str, Any] = json.loads(reference)
    statements = document["Statement"]
    kept = []
    for statement in statements if isinstance(statements, list) else [statements]:
        if statement.get("Effect") == "Allow":
            others = {key: value for key, value in statement.items() if key != f"Not{element}"}
            kept.append({**others, element: "*"})
        elif statement.get(element) == "*":
            kept.append(statement)
    return json.dumps({**document, "Statement": kept})


KEYS: Keys = {
    "reference": Key(
        "`builtin:NAME`, a file, a folder, or an object as `s3://bucket/key#sha256=...`",
        "required",
        "the [reference policy](reference-policies.md)",
    ),
    "name": Key(
        "a text",
        "that of the library; required for others",
        "what reports call it; no two have the same",
    ),
    "parameters": Key(
        "a mapping from names to texts or lists of texts", "none", "parameters of the reference"
    ),
    "applies-to": Key(APPLIES_TO, "what the reference says, else `identity`", "which policies"),
}


def from_config(section: Section) -> list[Check]:
    """One check for each named reference policy."""
    checks: list[Check] = []
    names: set[str] = set()
    for entry in section.sections():
        entry.only(*KEYS)
        name = _name(entry)
        if name in names:
            raise entry.error(f"there are two references named {name!r}", "name")
        names.add(name)
        reference = named_reference(entry)
        targets = targets_from(entry, reference.meta.applies_to if reference.meta else _DEFAULT)
        checks.append(NoNewAccess(name, reference_text(entry, reference, targets), targets))
    return checks


def _name(entry: Section) -> str:
    """A reference of the library has a name already."""
    if not entry.has("name") and entry.has("reference"):
        reference = entry.required_text("reference")
        if is_builtin(reference):
            return reference.removeprefix(BUILTIN)
    return entry.required_text("name")
