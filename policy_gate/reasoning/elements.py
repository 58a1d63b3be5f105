"""Actions, resources and principals of a statement as languages.

Where AWS does not say, or a policy variable decides, which texts an entry matches, it lies
between two languages, `lower` and `upper`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from policy_gate.reasoning.casing import folded
from policy_gate.reasoning.document import PrincipalElement
from policy_gate.reasoning.language import Language
from policy_gate.reasoning.patterns import (
    ARN_SEGMENTS,
    WILDCARDS,
    Pattern,
    Token,
    arn_pattern,
    free_pattern,
    pattern_of,
    tokens_of,
    within_segments,
)

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ROOT = re.compile(r"arn:[^:*?]*:iam::(\d{12}):root", re.ASCII)
_IAM_PRINCIPAL = re.compile(r"arn:[^:]*:(?:iam|sts)::(\d{12}):.+", re.ASCII)
_ROLE = re.compile(r"arn:([^:]*):iam::([^:]*):role/(?:.*/)?([^/]+)", re.DOTALL)
_SESSION = re.compile(r"arn:[^:]*:sts::(\d{12}):assumed-role/([^/]+)/.+", re.ASCII)


class Bounds(NamedTuple):
    """A language of which only this is known: all of `lower` is in it, nothing outside `upper`."""

    lower: Pattern | None
    """None for nothing."""

    upper: Pattern


def action_language(values: Iterable[str]) -> Language:
    """Actions in lower case, since they are compared so."""
    return Language(pattern_of(value, tokens_of(folded(value))) for value in values)


def resource_bounds(text: str, variables: bool) -> Bounds:
    """What a Resource entry matches.

    A policy variable is any text at most. An ARN of too few segments is invalid, so that it is
    open whether its wildcards match colons.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    tokens, has_variable = _resource_tokens(text) if variables else (tokens_of(text), False)
    free = pattern_of(text, tokens)
    if not text.startswith("arn:"):
        return Bounds(None if has_variable else free, free)
    narrow = pattern_of(text, within_segments(tokens))
    if has_variable:
        return Bounds(None, free)
    return Bounds(narrow, narrow if tokens.count(":") >= ARN_SEGMENTS - 1 else free)


def _resource_tokens(text: str) -> tuple[list[Token], bool]:
    """The tokens, a policy variable as `*`, and whether there is one.

    From a variable that is not closed, or holds another, nothing is known of the rest.
    """
    text, opening = _before_broken_variable(text)
    tokens: list[Token] = []
    position, has_variable = 0, False
    for match in _VARIABLE.finditer(text):
        tokens += tokens_of(text[position : match.start()])
        position = match.end()
        if match.group(1) in ("*", "?", "$"):
            tokens.append(match.group(1))
        else:
            tokens.append(WILDCARDS["*"])
            has_variable = True
    tokens += tokens_of(text[position:])
    return ([*tokens, WILDCARDS["*"]], True) if opening else (tokens, has_variable)


def _before_broken_variable(text: str) -> tuple[str, bool]:
    """The text up to a `${` that opens no whole variable, and whether there is one."""
    whole = {match.start() for match in _VARIABLE.finditer(text)}
    opening = next(
        (match.start() for match in re.finditer(r"\$\{", text) if match.start() not in whole), None
    )
    return (text, False) if opening is None else (text[:opening], True)


def principal_language(entries: Iterable[tuple[str, str]]) -> Language:
    """The principals that Principal entries cover, as texts like `Service:ec2.amazonaws.com`.

    An account covers all its principals, a role its sessions.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    return Language(pattern for entry in entries for pattern in _covered(*entry))


def fully_listed(element: PrincipalElement) -> Language:
    """The principals that a NotPrincipal certainly names: in each form in which they act.

    A role needs its account, a session its role and its account beside it.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
    """
    accounts = {account for kind, text in element.entries if (account := account_of(kind, text))}
    roles = {
        (match.group(2), match.group(3))
        for kind, text in element.entries
        if kind == "AWS" and (match := _ROLE.fullmatch(text))
    }
    return Language(_fully_listed(element.entries, accounts, roles))


def _fully_listed(
    entries: Iterable[tuple[str, str]], accounts: set[str], roles: set[tuple[str, str]]
) -> Iterator[Pattern]:
    for kind, text in entries:
        iam, session = _IAM_PRINCIPAL.fullmatch(text), _SESSION.fullmatch(text)
        if kind == "*":
            yield free_pattern("*")
        elif account := account_of(kind, text):
            yield _principal(f"AWS:arn:*:iam::{account}:root")
        elif kind != "AWS" or not iam:
            yield free_pattern(f"{kind}:{text}")
        elif (
            not re.search(r"[*?]", text)
            and iam.group(1) in accounts
            and (not session or session.groups() in roles)
        ):
            yield _principal(f"AWS:{text}")


def account_of(kind: str, text: str) -> str | None:
    """The account that an entry names as a whole, by its number or by its root."""
    if kind != "AWS":
        return None
    root = _ROOT.fullmatch(text)
    return root.group(1) if root else text if _ACCOUNT.fullmatch(text) else None


def _covered(kind: str, text: str) -> Iterator[Pattern]:
    if kind == "*":
        yield free_pattern("*")
    elif kind != "AWS" or not text.startswith("arn:"):
        account = account_of(kind, text)
        yield from _account(account) if account else (free_pattern(f"{kind}:{text}"),)
    elif account := account_of(kind, text):
        yield from _account(account)
    else:
        yield _principal(f"AWS:{text}")
        if match := _ROLE.fullmatch(text):
            partition, owner, name = match.groups()
            yield _principal(f"AWS:arn:{partition}:sts::{owner}:assumed-role/{name}/*")


def _account(account: str) -> Iterator[Pattern]:
    yield _principal(f"AWS:arn:*:iam::{account}:*")
    yield _principal(f"AWS:arn:*:sts::{account}:*")


def _principal(text: str) -> Pattern:
    """The pattern of `AWS:` and an ARN."""
    return arn_pattern(text, ARN_SEGMENTS + 1)
