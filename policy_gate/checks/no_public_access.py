"""CheckNoPublicAccess: does the resource policy grant access to anyone?

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoPublicAccess.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policy_gate.analyzers.interface import Analyzer, Answer
from policy_gate.checks.access import AccessQuestion, answer_access
from policy_gate.checks.interface import Check
from policy_gate.checks.targets import no_question
from policy_gate.config.key import Keys
from policy_gate.config.section import Section
from policy_gate.model import CheckResult, Note, Policy, PolicyKind


@dataclass(frozen=True)
class NoPublicAccess:
    """The question about the resource types that Access Analyzer knows."""

    name: str = "no-public-access"

    def applies_to(self, policy: Policy) -> bool:
        return policy.public_access_resource_type is not None

    def note(self, policies: Sequence[Policy]) -> Note:
        types = {
            policy.identity.resource_type
            for policy in policies
            if policy.kind is PolicyKind.RESOURCE and not self.applies_to(policy)
        }
        return no_question(self.name, types)

    def ask(self, policy: Policy, analyzer: Analyzer) -> CheckResult:
        resource_type = policy.public_access_resource_type or ""

        def ask(document: str) -> Answer:
            return analyzer.check_no_public_access(document, resource_type)

        question = AccessQuestion(
            self.name,
            "CHECK_NO_PUBLIC_ACCESS",
            ask,
            "grants public access",
            "Name the principals that need access, or bind the statement to an organization,"
            " account or network with a condition.",
            conditions="kept",
            order=lambda _: ("Principal", "Action"),
            principals_matter=False,
        )
        return answer_access(policy, question)


KEYS: Keys = {}


def from_config(section: Section) -> list[Check]:
    """The check takes no settings: its key is `true`."""
    section.settings(*KEYS)
    return [NoPublicAccess()]
