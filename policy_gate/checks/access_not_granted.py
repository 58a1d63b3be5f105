"""CheckAccessNotGranted: does the policy grant any of the sensitive actions or resources?

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckAccessNotGranted.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from policy_gate.analyzers.interface import Access, Analyzer, Answer, is_action
from policy_gate.checks.access import AccessQuestion, answer_access
from policy_gate.checks.interface import Check
from policy_gate.checks.targets import (
    APPLIES_TO,
    KIND_NAMES,
    Targets,
    access_policy_type,
    note_if_unused,
    targets_from,
)
from policy_gate.config.key import Key, Keys
from policy_gate.config.section import Section
from policy_gate.model import CheckResult, Policy


@dataclass(frozen=True)
class AccessNotGranted:
    """The question with a list of actions, of resources, or both."""

    access: Access
    targets: Targets
    name: str = "access-not-granted"

    def applies_to(self, policy: Policy) -> bool:
        return self.targets.include(policy)

    def note(self, policies: Sequence[Policy]) -> str:
        return note_if_unused(self, policies)

    def ask(self, policy: Policy, analyzer: Analyzer) -> CheckResult:
        def ask(document: str) -> Answer:
            return analyzer.check_access_not_granted(
                document, self.access, access_policy_type(policy)
            )

        what = "actions" if self.access.actions else "resources"
        question = AccessQuestion(
            self.name,
            "CHECK_ACCESS_NOT_GRANTED",
            ask,
            f"grants access to sensitive {what}",
            f"Leave the sensitive {what} out of the statement, or deny them.",
            order=lambda _: (
                ("Action", "Resource") if self.access.actions else ("Resource", "Action")
            ),
            reference=" ".join(self.access.resources),
        )
        return answer_access(policy, question)


KEYS: Keys = {
    "actions": Key("a list of actions, as `iam:CreateUser` or `s3:*`", "none", "what nobody gets"),
    "actions-file": Key(
        "`builtin:NAME`, a file, an object as `s3://bucket/key#sha256=...`, or a list of them",
        "none",
        "more actions, one a line; what follows the action is a comment",
    ),
    "resources": Key("a list of ARNs, or `*`", "none", "resources that nobody gets at"),
    "applies-to": Key(APPLIES_TO, "all kinds", "which policies"),
}


def from_config(section: Section) -> list[Check]:
    """One check; actions from the files and the list are taken together."""
    section.settings(*KEYS)
    actions = list(section.texts("actions"))
    resources = section.texts("resources")
    for action in actions:
        if not is_action(action):
            raise section.error(f"{action!r} is no action such as iam:CreateUser", "actions")
    for resource in resources:
        if resource != "*" and not resource.startswith("arn:"):
            message = f"{resource!r} is no ARN: it must begin with arn: or be *"
            raise section.error(message, "resources")
    if section.has("actions-file"):
        from policy_gate.checks.sensitive_actions import actions_files

        actions += actions_files(section)
    if not actions and not resources:
        raise section.error("this check needs actions, an actions-file or resources")
    access = Access(tuple(dict.fromkeys(actions)), resources)
    return [AccessNotGranted(access, targets_from(section, tuple(KIND_NAMES)))]
