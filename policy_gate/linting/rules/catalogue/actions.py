"""Rules about the names of actions.

Wildcards count as the actions that exist. Names that have left the reference lately are no finding:
see `catalog/retired.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.casing import folded
from policy_gate.catalog.interface import Catalog
from policy_gate.linting.fixers.spelling import misspelled_action, misspelled_service_of_action
from policy_gate.linting.nearest import nearest_action, nearest_service
from policy_gate.linting.patterns import has_wildcard, wildcard_pattern
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import PolicyView, Text

_GOOD = example('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}')


@rule(
    "INVALID_ACTION",
    "ERROR",
    bad=_GOOD.replace("GetObject", "GetObjects"),
    good=_GOOD,
    fix=misspelled_action,
)
def invalid_action(policy: PolicyView) -> Iterator[Problem]:
    """Reports an action that its service does not have, and a wildcard that covers none.

    Why is this bad? The entry does nothing: what it was to allow is not allowed, and what it was to
    deny is not denied.

    Use instead: the action's name in the Service Authorization Reference. Some differ from the
    name of the API, as `s3:ListAllMyBuckets` from ListBuckets.
    """
    for text, service in _actions(policy):
        if not service:
            if not has_wildcard(text.value):
                yield Problem(
                    f"{quoted(text.value)} is no action: write the prefix of the service, a colon "
                    'and the name, as "s3:GetObject".',
                    (text.place,),
                )
        elif policy.catalog.has_service(service) and not _exists(policy.catalog, text.value):
            covers = "covers no action" if has_wildcard(text.value) else "is no action"
            near = nearest_action(policy.catalog, text.value)
            hint = f": did you mean {quoted(near)}?" if near else "."
            yield Problem(
                f"{quoted(text.value)} {covers} of the service {service.lower()}{hint}",
                (text.place,),
            )


@rule(
    "INVALID_SERVICE_IN_ACTION",
    "ERROR",
    bad=_GOOD.replace('"s3:', '"simplestorage:'),
    good=_GOOD,
    fix=misspelled_service_of_action,
)
def invalid_service_in_action(policy: PolicyView) -> Iterator[Problem]:
    """Reports an action whose prefix is the prefix of no service.

    Why is this bad? The entry does nothing: what it was to allow is not allowed, and what it was to
    deny is not denied.

    Use instead: the prefix that the Service Authorization Reference gives for the service. It is
    not always the name of the service: Amazon CloudWatch Logs is `logs`.
    """
    for text, service in _actions(policy):
        if service and not is_service(policy.catalog, service) and not has_wildcard(service):
            near = nearest_service(policy.catalog, service)
            hint = f": did you mean {quoted(near)}?" if near else "."
            yield Problem(
                f"{quoted(text.value)} begins with {quoted(service)}, the prefix of no "
                f"service{hint}",
                (text.place,),
            )


def is_service(catalog: Catalog, prefix: str) -> bool:
    """Is it the prefix of a service, in any case, or was it one until lately?"""
    return catalog.has_service(prefix) or catalog.is_retired_service(prefix)


def _actions(policy: PolicyView) -> Iterator[tuple[Text, str]]:
    """Each action with its prefix, which is empty where it has none."""
    for statement in policy.statements:
        for text in statement.actions:
            # A policy variable in an action is another finding.
            if "${" not in text.value and (text.value.strip("*") or not text.value):
                yield text, text.value.partition(":")[0] if ":" in text.value else ""


def _exists(catalog: Catalog, action: str) -> bool:
    service, _, name = folded(action).partition(":")
    names = catalog.accepted_actions(service)
    if not has_wildcard(name):
        return f"{service}:{name}" in names
    matches = wildcard_pattern(f"{service}:{name}").fullmatch
    return any(map(matches, names))
