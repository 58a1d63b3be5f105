"""Who outside the zone of trust can use what a resource or trust policy protects?

The policy is compared with a reference that allows everything to the zone.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence

from policy_gate.reasoning.answer import Answer
from policy_gate.reasoning.assumptions import SERVICES
from policy_gate.reasoning.checks import References, Wording, compare
from policy_gate.reasoning.document import VERSION_WITH_VARIABLES, Condition, Statement
from policy_gate.reasoning.examples import Vocabulary, no_vocabulary
from policy_gate.reasoning.operators import operator_of
from policy_gate.reasoning.policy import compile_policy
from policy_gate.reasoning.zone import ACCOUNT_KEYS, ZONE_KEYS, ZoneOfTrust, trusted_access

_WORDING = Wording(
    "The policy grants no access to anyone outside the zone of trust.",
    "The policy grants access to principals outside the zone of trust.",
    "External access granted in the following ",
)
_MAX_ACCOUNTS = 20
"""Accounts of a policy that are tried for its own."""

_OWN_ACCOUNT = re.compile(r"\$\{aws:resourceaccount\}", re.IGNORECASE)
"""The account that the resource belongs to, which in a policy of its own is that of the policy."""

_ACCOUNT = re.compile(r"(?<!\d)\d{12}(?!\d)", re.ASCII)
_ARN_OF_ACCOUNT = re.compile(r"arn:[^:]*:[^:]*:[^:]*:\d{12}:.+", re.ASCII | re.DOTALL)
_WILD = re.compile(r"[*?]")
_SOURCE_KEYS = {
    "aws:sourceaccount": ("StringNotEquals", "aws:SourceAccount"),
    "aws:sourceowner": ("StringNotEquals", "aws:SourceOwner"),
    "aws:sourceorgid": ("StringNotEquals", "aws:SourceOrgID"),
    "aws:sourceorgpaths": ("ForAllValues:StringNotLike", "aws:SourceOrgPaths"),
    "aws:sourcearn": ("ArnNotLike", "aws:SourceArn"),
}


def check_no_external_access(
    policy: str, zone: ZoneOfTrust, vocabulary: Vocabulary = no_vocabulary
) -> Answer:
    """Does the policy allow a request by somebody who is not in the zone of trust?

    `policy` is a resource policy or a trust policy. Where the zone names no account, FAIL says that
    somebody is outside whichever account the policy belongs to, and UNKNOWN that this decides.
    Raises PolicyDocumentError.
    """
    answer = held_against(policy, zone, vocabulary)
    if answer.result != "FAIL" or zone.accounts:
        return answer
    named = sorted(_accounts(policy) - set(zone.own))
    if not named:
        return answer
    if len(named) > _MAX_ACCOUNTS:
        return _hangs_on(answer, f"one of {len(named)} accounts that it names")
    for account in named:
        there = held_against(policy, zone._replace(accounts=(account,)), vocabulary)
        if there.result != "FAIL":
            return _hangs_on(answer, account)
        if len(there.reasons) < len(answer.reasons):
            answer = there
    return answer


def held_against(policy: str, zone: ZoneOfTrust, vocabulary: Vocabulary = no_vocabulary) -> Answer:
    """The same for just the zone that is given, even if it names no account."""
    document = compile_policy(policy, "RESOURCE_POLICY").document
    statements = document.statements
    if document.variables and (found := _OWN_ACCOUNT.search(policy)):
        same = tuple(("StringEquals", key, found.group()) for key in ACCOUNT_KEYS)
        zone = zone._replace(conditions=(*zone.conditions, *same))
    own = {statement.number: _reference(zone, statement) for statement in statements}
    references = References(_text(trusted_access(zone)), own)
    answer = compare(policy, references, "RESOURCE_POLICY", _WORDING, vocabulary)
    if zone.services and any(map(_names_service, statements)):
        return answer._replace(assumptions=(*answer.assumptions, SERVICES))
    return answer


def _hangs_on(answer: Answer, account: str) -> Answer:
    message = (
        f"It hangs on whether {account} is the account that the policy belongs to:"
        " name that account in the zone of trust."
    )
    return Answer("UNKNOWN", message, answer.reasons)


def _reference(zone: ZoneOfTrust, statement: Statement) -> str:
    """What the zone may do, less what services do for those outside that the statement names."""
    foreign: dict[str, dict[str, list[str]]] = {}
    for condition in statement.conditions if statement.allow else ():
        if values := list(_sources(condition)):
            operator, key = _SOURCE_KEYS[condition.key]
            foreign.setdefault(operator, {}).setdefault(key, []).extend(values)
    return _text(trusted_access(zone, foreign))


def _sources(condition: Condition) -> Iterator[str]:
    """On whose behalf a service may ask, as far as a condition tells it; it may be the zone."""
    operator = operator_of(condition.operator)
    if operator is None or condition.key not in _SOURCE_KEYS:
        return
    if operator.kind not in ("equals", "like", "arn", "no case"):
        return
    for value in condition.values:
        if condition.variables and "${" in value:
            continue
        if condition.key == "aws:sourcearn":
            if _ARN_OF_ACCOUNT.fullmatch(value):
                yield value
        elif condition.key == "aws:sourceorgpaths" or not _WILD.search(value):
            yield value


def _accounts(policy: str) -> set[str]:
    """The accounts that principals and conditions name."""
    statements = compile_policy(policy, "RESOURCE_POLICY").document.statements
    return {account for text in _texts(statements) for account in _ACCOUNT.findall(text)}


def _texts(statements: Iterable[Statement]) -> Iterator[str]:
    for statement in statements:
        if statement.principal:
            yield from (text for _, text in statement.principal.entries)
        for condition in statement.conditions:
            if condition.key in ZONE_KEYS:
                yield from condition.values


def _names_service(statement: Statement) -> bool:
    principal = statement.principal
    return principal is not None and any(kind == "Service" for kind, _ in principal.entries)


def _text(statements: Sequence[dict[str, object]]) -> str:
    return json.dumps({"Version": VERSION_WITH_VARIABLES, "Statement": statements})
