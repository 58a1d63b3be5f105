"""Fixers of ARNs. AWS refuses the policy, or the ARN as it is written matches nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from policy_gate.linting.arns import FIELDS, PREFIX, Arn, arn_of, fields_of
from policy_gate.linting.fix import Fix, Fixer
from policy_gate.linting.fixers.common import corrected
from policy_gate.linting.nearest import nearest
from policy_gate.linting.view import Place, PolicyView
from policy_gate.partitions import URL_SUFFIXES

_PLACEHOLDER = re.compile(r"\$\{[^}]*\}")
_LONGEST = 512
_ACCOUNT = re.compile(r"\d{12}", re.ASCII)


def _changed(change: Callable[[Arn], Arn | None]) -> Fixer:
    """Makes a fixer of what is to be changed in the fields of an ARN."""

    def correct(text: str) -> str | None:
        arn = arn_of(text)
        changed = change(arn) if arn else None
        return written(changed) if changed else None

    return lambda policy, places: corrected(policy, places, correct)


def written(arn: Arn) -> str:
    """The text of an ARN."""
    return ":".join([PREFIX.removesuffix(":"), *arn])


without_account = _changed(lambda arn: arn._replace(account=""))
"""Leaves the account out, for services whose ARNs have none."""

without_region = _changed(lambda arn: arn._replace(region=""))
"""Leaves the Region out, for services whose ARNs have none."""

service_in_lower_case = _changed(lambda arn: arn._replace(service=arn.service.lower()))
"""Writes the service in lower case."""


@_changed
def account_without_dashes(arn: Arn) -> Arn | None:
    """Leaves dashes and blanks out of the number of an account."""
    account = re.sub(r"[\s-]", "", arn.account)
    return arn._replace(account=account) if _ACCOUNT.fullmatch(account) else None


@_changed
def misspelled_partition(arn: Arn) -> Arn | None:
    """Writes the nearest partition."""
    partition = nearest(arn.partition, URL_SUFFIXES)
    return arn._replace(partition=partition) if partition else None


def misspelled_region(regions: Callable[[], Iterable[str]]) -> Fixer:
    """Makes the fixer that writes the nearest of the Regions in an ARN."""

    def change(arn: Arn) -> Arn | None:
        region = nearest(arn.region, regions())
        return arn._replace(region=region) if region else None

    return _changed(change)


def missing_prefix(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes `arn:` before a partition, or in lower case."""

    def correct(text: str) -> str | None:
        if text.lower().startswith(PREFIX):
            return PREFIX + text[len(PREFIX) :]
        fields = fields_of(text)
        is_rest = len(fields) == FIELDS - 1 and fields[0] in URL_SUFFIXES
        return PREFIX + text if is_rest else None

    return corrected(policy, places, correct)


def missing_fields(policy: PolicyView, places: Sequence[Place]) -> Fix | None:
    """Writes the colons of empty fields, where that alone makes an ARN of the service."""

    def correct(text: str) -> str | None:
        fields = fields_of(text)
        if not 3 < len(fields) < FIELDS or len(text) > _LONGEST:
            return None
        _, partition, service, *given, resource = fields
        known = [fields_of(kind.arn) for kind in policy.catalog.resource_types(service).values()]
        region, account = _filled(given)
        if not any(_is_like([region, account, resource], kind[3:]) for kind in known):
            return None
        return written(Arn(partition, service, region, account, resource))

    return corrected(policy, places, correct)


def _filled(given: Sequence[str]) -> tuple[str, str]:
    """Region and account, of which what is not given is empty."""
    name = next((field for field in given if field), "")
    is_account = name == "*" or _ACCOUNT.fullmatch(name)
    return ("", name) if is_account else (name, "")


def _is_like(fields: Sequence[str], kind: Sequence[str]) -> bool:
    """Whether Region, account and resource are as an ARN of the catalogue has them."""
    if len(kind) != len(fields) or any(
        bool(own) != bool(expected) for own, expected in zip(fields[:2], kind, strict=False)
    ):
        return False
    pieces = map(re.escape, _PLACEHOLDER.split(kind[2]))
    return re.fullmatch("[^:]+".join(pieces), fields[2]) is not None
