"""Rules about the names of services, outside of actions."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple

from policy_gate.casing import folded
from policy_gate.catalog.interface import Catalog
from policy_gate.linting.arns import arn_of, is_open
from policy_gate.linting.fixers.arns import service_in_lower_case
from policy_gate.linting.fixers.spelling import misspelled_service
from policy_gate.linting.nearest import nearest_service
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import Place, PolicyView, Text

_CALLED_VIA = ("aws:calledvia", "aws:calledviafirst", "aws:calledvialast")
_PRINCIPAL_SUFFIXES = (".amazonaws.com", ".amazon.com", ".amazonaws.com.cn")
_MISSPELLED = 0.9
_LONGEST = 64
_CLOSED = frozenset({"elastic-inference"})
"""Services whose ARNs the reference still has and that ValidatePolicy reports."""

_GOOD = example('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}')


class _Named(NamedTuple):
    """A word that has to be the prefix of a service."""

    word: str
    place: Place
    what: str


@rule(
    "INVALID_SERVICE",
    "ERROR",
    bad=_GOOD.replace(":s3::", ":simplestorage::"),
    good=_GOOD,
    fix=misspelled_service,
)
def invalid_service(policy: PolicyView) -> Iterator[Problem]:
    """Reports an unknown service in an ARN, a condition key or a value of aws:CalledVia.

    Why is this bad? The statement matches no request.

    Use instead: the prefix that the Service Authorization Reference gives for the service, as `s3`.
    """
    for word, place, what in _named(policy):
        near = nearest_service(policy.catalog, word)
        hint = f": did you mean {quoted(near)}?" if near else "."
        yield Problem(f"{quoted(word)} in {what} is no service{hint}", (place,))


@rule(
    "INVALID_ARN_SERVICE_CASE",
    "ERROR",
    bad=_GOOD.replace(":s3:::", ":S3:::"),
    good=_GOOD,
    fix=service_in_lower_case,
)
def invalid_arn_service_case(policy: PolicyView) -> Iterator[Problem]:
    """Reports an ARN whose service has capital letters.

    Why is this bad? The statement matches nothing: ARNs are case-sensitive and name services in
    lower case.

    Use instead: the service in lower case, as `arn:aws:s3:::logs`.
    """
    for text, service in _arn_services(policy):
        if service != folded(service) and policy.catalog.has_service(service):
            yield Problem(
                f"The service {quoted(service)} of {quoted(text.value)} must be in lower case: "
                f"write {quoted(service.lower())}.",
                (text.place,),
            )


def _named(policy: PolicyView) -> Iterator[_Named]:
    for text, service in _arn_services(policy):
        if service in _CLOSED or not (
            _is_known(policy, service) or policy.catalog.foreign_arn_formats(service)
        ):
            yield _Named(service, text.place, f"the ARN {quoted(text.value)}")
    for condition in policy.conditions:
        prefix, _, name = condition.folded_key.partition(":")
        # A prefix with a dot is an identity provider, as in "accounts.google.com:aud".
        if prefix and name and not set("./${*?") & set(prefix) and not _is_known(policy, prefix):
            place = condition.key_place
            yield _Named(prefix, place, f"the condition key {quoted(condition.key)}")
        if condition.folded_key in _CALLED_VIA:
            for text in condition.texts:
                label = _label(text.value)
                # No data lists the principals of services, some of which are no prefix.
                if label and not _is_known(policy, label) and _is_misspelled(policy.catalog, label):
                    yield _Named(label, text.place, quoted(text.value))


def _is_known(policy: PolicyView, word: str) -> bool:
    return policy.catalog.has_condition_key_prefix(word)


@lru_cache(maxsize=1024)
def _is_misspelled(catalog: Catalog, word: str) -> bool:
    return bool(get_close_matches(word, catalog.services(), 1, _MISSPELLED))


def _label(principal: str) -> str:
    """The first word of a service principal of two parts, as `athena.amazonaws.com`."""
    for suffix in _PRINCIPAL_SUFFIXES:
        label = principal.removesuffix(suffix)
        if label != principal and len(label) < _LONGEST and not set(".${*?") & set(label):
            return label
    return ""


def _arn_services(policy: PolicyView) -> Iterator[tuple[Text, str]]:
    for statement in policy.statements:
        for text in statement.resources:
            arn = arn_of(text.value)
            if arn and arn.service and not is_open(arn.service):
                yield text, arn.service
