"""Identity providers as the trust policies of roles name them.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from policy_gate.linting.actions import concerns
from policy_gate.linting.arns import arn_of
from policy_gate.linting.patterns import has_variable, has_wildcard
from policy_gate.linting.view import PolicyView, Statement, Text

GITHUB = "token.actions.githubusercontent.com"

_DOMAIN = re.compile(r"(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}(?:/[^\s:*?]*)?", re.IGNORECASE)
_WEB_IDENTITY = "sts:assumerolewithwebidentity"


class Provider(NamedTuple):
    kind: Literal["SAML", "OIDC"]
    name: str
    """Of an OIDC provider the URL without `https://`, which its condition keys begin with."""


class Trust(NamedTuple):
    """What lets the users of an OIDC provider assume a role."""

    statement: Statement
    principal: Text
    provider: Provider


def provider_of(principal: str) -> Provider | None:
    """The provider that a domain name or an ARN stands for."""
    arn = arn_of(principal)
    if arn and arn.service == "iam":
        kind, _, name = arn.resource.partition("/")
        if kind == "saml-provider" and name:
            return Provider("SAML", name)
        if kind == "oidc-provider" and name:
            return Provider("OIDC", name)
    return Provider("OIDC", principal) if _DOMAIN.fullmatch(principal) else None


def is_literal(principal: str) -> bool:
    """Whether neither a wildcard nor a policy variable stands in the text."""
    return not has_wildcard(principal) and not has_variable(principal)


def federated(statement: Statement) -> tuple[Text, ...]:
    return tuple(statement.principals("Federated", ("Principal",)))


def oidc_trusts(policy: PolicyView) -> Iterator[Trust]:
    """The OIDC providers whose users may assume the role, each with the statement that says so."""
    for statement in policy.statements:
        if statement.allows and concerns(statement, _WEB_IDENTITY):
            for principal in federated(statement):
                provider = provider_of(principal.value)
                if provider and provider.kind == "OIDC" and is_literal(principal.value):
                    yield Trust(statement, principal, provider)
