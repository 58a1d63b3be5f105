"""Who outside the zone of trust can use what a resource or trust policy protects?

Decided offline, whichever analyzer answers the other checks: Access Analyzer has no such question
about a policy document. What it has, access previews, may add to the answer.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from policy_gate.analyzers.interface import Analyzer, AnalyzerError, Answer
from policy_gate.checks.access import AccessQuestion, answer_access, hangs_on_condition
from policy_gate.checks.deferred_trust import (
    OWN_ACCOUNT,
    in_own_account,
    with_created_here,
    with_supplied,
)
from policy_gate.checks.findings import statement_at, statement_indexes
from policy_gate.checks.foreign_sources import with_foreign_sources
from policy_gate.checks.interface import Check
from policy_gate.checks.previewed import EXTERNAL_PRINCIPAL, FIX, with_preview
from policy_gate.checks.targets import no_question
from policy_gate.checks.trust_config import is_account, zone_from
from policy_gate.config.key import Key, Keys
from policy_gate.config.section import Section
from policy_gate.model import CheckResult, Finding, Note, Policy, PolicyKind, Verdict
from policy_gate.reasoning.answer import PolicyDocumentError
from policy_gate.reasoning.zone import ZoneOfTrust

_NETWORK_TYPES = frozenset(
    {
        "AWS::EC2::VPCEndpoint",
        "aws_vpc_endpoint",
        "aws_vpc_endpoint_policy",
        "awscc_ec2_vpc_endpoint",
    }
)
"""Their policies limit what passes through a network, and let nobody use the resource behind it.

Source: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
"""


@dataclass(frozen=True)
class NoExternalAccess:
    """The question with one zone of trust."""

    zone: ZoneOfTrust
    name: str = "no-external-access"

    def applies_to(self, policy: Policy) -> bool:
        is_asked = policy.kind in (PolicyKind.RESOURCE, PolicyKind.TRUST)
        return is_asked and policy.identity.resource_type not in _NETWORK_TYPES

    def note(self, policies: Sequence[Policy]) -> Note:
        types = {policy.identity.resource_type for policy in policies} & _NETWORK_TYPES
        return no_question(self.name, types)

    def ask(self, policy: Policy, analyzer: Analyzer) -> CheckResult:
        own = replace(policy, document=in_own_account(policy.document))
        zone = with_created_here(self.zone._replace(own=(OWN_ACCOUNT,)), own.document)
        at_best = with_supplied(zone, own.document)
        question = AccessQuestion(
            self.name,
            EXTERNAL_PRINCIPAL,
            lambda document: external_access(document, zone, guess_account=False),
            "gives access to principals outside the zone of trust",
            FIX,
            order=lambda _: ("Principal", "Action"),
            reference=json.dumps(self.zone.principals),
            principals_matter=False,
            ask_at_best=lambda document: external_access(document, at_best),
        )
        result = _with_any_source(own, question, answer_access(own, question))
        return with_preview(policy, _as_written(result), self.zone, analyzer)


def _with_any_source(policy: Policy, question: AccessQuestion, result: CheckResult) -> CheckResult:
    """A PASS, unless a service may act for somebody outside whom deployment names."""
    statements = {index: statement_at(policy, index) for index in statement_indexes(policy)}
    foreign = with_foreign_sources(statements)
    if result.verdict is not Verdict.PASS or not foreign:
        return result
    made = [foreign.get(index, statement) for index, statement in statements.items()]
    document = {**policy.document, "Statement": made} if isinstance(policy.document, dict) else {}
    worst = answer_access(replace(policy, document=document), question)
    if worst.verdict is Verdict.PASS:
        return result
    return hangs_on_condition(policy, question, foreign)


def external_access(document: str, zone: ZoneOfTrust, guess_account: bool = True) -> Answer:
    """Does the policy let in anyone who is not in the zone? Raises AnalyzerError.

    `guess_account` says whether each account that it names may be its own, where none is known.
    """
    from policy_gate.catalog.iam_data import catalog
    from policy_gate.reasoning.external_access import check_no_external_access, held_against

    decide = check_no_external_access if guess_account else held_against
    try:
        return decide(document, zone, lambda service: catalog().action_names(service))
    except PolicyDocumentError as error:
        raise AnalyzerError("ValidationException", error.message, error.offset) from error


def _as_written(result: CheckResult) -> CheckResult:
    """The result with the expression in place of what stands for the own account."""
    return replace(
        result,
        message=_written(result.message),
        findings=tuple(map(_finding_as_written, result.findings)),
    )


def _finding_as_written(finding: Finding) -> Finding:
    witness = finding.witness
    if witness is None:
        return finding
    context = {key: tuple(map(_written, values)) for key, values in witness.context.items()}
    return replace(
        finding,
        witness=witness._replace(
            resource=_written(witness.resource),
            principal=_written(witness.principal or ""),
            context=context,
        ),
    )


def _written(text: str) -> str:
    return text.replace(OWN_ACCOUNT, "${AWS::AccountId}")


def in_account(checks: Iterable[Check], account: object) -> tuple[Check, ...]:
    """The checks for policies of a known account, which is trusted; for None they are the same."""
    if not isinstance(account, str) or not is_account(account):
        return tuple(checks)
    return tuple(
        replace(check, zone=check.zone._replace(accounts=(*check.zone.accounts, account)))
        if isinstance(check, NoExternalAccess)
        else check
        for check in checks
    )


def offline_note(checks: Iterable[Check], analyzer: str) -> Iterator[str]:
    """That another analyzer than the one that is named in the report decides this check."""
    for check in checks:
        if isinstance(check, NoExternalAccess) and analyzer != "embedded":
            yield (
                f"The check {check.name} is decided offline, whoever answers the others; access"
                " previews of AWS can only add to what it finds."
            )


KEYS: Keys = {
    "zone-of-trust": Key(
        "a mapping",
        "the account of the policy",
        "who may have access; see [its page](zone-of-trust.md)",
    )
}


def from_config(section: Section) -> list[Check]:
    """One check; without a zone of trust it is the account, whichever that is."""
    section.settings(*KEYS)
    if not section.has("zone-of-trust"):
        return [NoExternalAccess(ZoneOfTrust())]
    return [NoExternalAccess(zone_from(section.section("zone-of-trust")))]
