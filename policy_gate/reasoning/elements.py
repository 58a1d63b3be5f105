"""Actions, resources and principals of a statement as languages.

Where AWS does not say, or a policy variable decides, which texts an entry matches, it is an open
atom between two languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from policy_gate.casing import folded
from policy_gate.reasoning.atoms import (
    Dimension,
    Literal,
    Member,
    Open,
    Settle,
)
from policy_gate.reasoning.document import PrincipalElement
from policy_gate.reasoning.language import Language
from policy_gate.reasoning.patterns import (
    ARN_SEGMENTS,
    Pattern,
    Token,
    arn_pattern,
    free_pattern,
    pattern_of,
    tokens_of,
    within_segments,
)
from policy_gate.reasoning.variables import (
    Assignment,
    Template,
    Variable,
    template_of,
    with_wildcards,
)

_ACCOUNT = r"(?a)\d{12}"
_ROOT = r"(?a)arn:[^:*?]*:iam::(\d{12}):root"
_IAM_PRINCIPAL = r"(?a)arn:[^:]*:(?:iam|sts)::(\d{12}):.+"
_ROLE = r"(?s)arn:([^:]*):iam::([^:]*):role/(?:.*/)?([^/]+)"
_SESSION = r"(?a)arn:[^:]*:sts::(\d{12}):assumed-role/([^/]+)/.+"


def action_language(values: Iterable[str]) -> Language:
    """Actions in lower case, since they are compared so."""
    return Language(free_pattern(folded(value), value) for value in values)


def resource_literals(values: Iterable[str], variables: bool) -> list[Literal]:
    """Of which one holds where a Resource element matches.

    An ARN of too few segments is invalid, so that it is open whether its wildcards match colons.
    A variable counts after the fifth colon; before it, nothing is known of the ARN.
    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
    """
    exact: list[Pattern] = []
    opens: list[Literal] = []
    for value in dict.fromkeys(values):
        template = template_of(value, tokens_of) if variables and "${" in value else None
        if template and not template.is_plain:
            opens.append(_templated_resource(value, template))
            continue
        tokens = tokens_of(value) if template is None else template.filled({}) or []
        lower, upper = _resource_bounds(value, tokens)
        if lower == upper:
            exact.append(upper)
        else:
            opens.append(_open_resource(value, lower, upper))
    if not exact and opens:
        return opens
    return [Literal(Member(Dimension.RESOURCE, Language(exact)), True), *opens]


def _resource_bounds(text: str, tokens: Sequence[Token]) -> tuple[Pattern | None, Pattern]:
    """Patterns that match at least, and at most, what a Resource entry does."""
    if not text.startswith("arn:"):
        return (free := pattern_of(text, tokens)), free
    narrow = pattern_of(text, within_segments(tokens))
    return narrow, narrow if _has_segments(tokens) else pattern_of(text, tokens)


def _has_segments(tokens: Sequence[object]) -> bool:
    return tokens.count(":") >= ARN_SEGMENTS - 1


def _templated_resource(text: str, template: Template) -> Literal:
    def settle(values: Assignment) -> Literal | bool | None:
        tokens = template.filled(values)
        if tokens is None:
            return False
        lower, upper = _resource_bounds(text, tokens)
        return _in_pattern(upper) if lower == upper else None

    first = next((i for i, part in enumerate(template.parts) if isinstance(part, Variable)), 0)
    if template.is_broken or not _has_segments(template.parts[:first]):
        return _open_resource(text, None, pattern_of(with_wildcards(text), template.widest()))
    upper = pattern_of(with_wildcards(text), within_segments(template.widest()))
    return _open_resource(text, None, upper, template, settle)


def _open_resource(
    text: str,
    lower: Pattern | None,
    upper: Pattern,
    template: Template | None = None,
    settle: Settle | None = None,
) -> Literal:
    atom = Open(
        ("resource", text, lower, upper),
        f"it depends on what {text} stands for",
        (_in_pattern(lower) if lower else None, _in_pattern(upper)),
        (template,) if template else (),
        settle,
    )
    return Literal(atom, True)


def _in_pattern(pattern: Pattern) -> Literal:
    return Literal(Member(Dimension.RESOURCE, Language([pattern])), True)


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
        if kind == "AWS" and (match := re.fullmatch(_ROLE, text))
    }
    return Language(_fully_listed(element.entries, accounts, roles))


def _fully_listed(
    entries: Iterable[tuple[str, str]], accounts: set[str], roles: set[tuple[str, str]]
) -> Iterator[Pattern]:
    for kind, text in entries:
        iam, session = re.fullmatch(_IAM_PRINCIPAL, text), re.fullmatch(_SESSION, text)
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
    root = re.fullmatch(_ROOT, text)
    return root.group(1) if root else text if re.fullmatch(_ACCOUNT, text) else None


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
        if match := re.fullmatch(_ROLE, text):
            partition, owner, name = match.groups()
            yield _principal(f"AWS:arn:{partition}:sts::{owner}:assumed-role/{name}/*")


def _account(account: str) -> Iterator[Pattern]:
    yield _principal(f"AWS:arn:*:iam::{account}:*")
    yield _principal(f"AWS:arn:*:sts::{account}:*")


def _principal(text: str) -> Pattern:
    """The pattern of `AWS:` and an ARN."""
    return arn_pattern(text, ARN_SEGMENTS + 1)
