"""Rules about the fields of resource ARNs, held against the formats of the service's ARNs.

What an ARN can be is every format whose last field can be the same text, wildcards and policy
variables counted. A field is reported where all of them agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from policy_gate.catalog.interface import ArnFormat, Catalog
from policy_gate.catalog.regions import partitions, regions
from policy_gate.linting.arns import Arn, arn_of, is_open
from policy_gate.linting.fixers.arns import (
    misspelled_partition,
    misspelled_region,
    without_account,
    without_region,
)
from policy_gate.linting.patterns import overlap, without_variables
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import PolicyView, Text

_ACCOUNT_DIGITS = 12
_READ = 256
_BUCKET = example(
    '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}'
)
_QUEUE = example(
    '{"Effect": "Allow", "Action": "sqs:SendMessage",\n'
    '     "Resource": "arn:aws:sqs:eu-west-1:111122223333:jobs"}'
)
_WITHOUT_ACCOUNT = frozenset({"kms", "resource-explorer-2"})
"""Services whose ARNs ValidatePolicy takes without an account, whatever the reference says."""


class _Resource(NamedTuple):
    text: Text
    arn: Arn


@rule(
    "INVALID_PARTITION",
    "ERROR",
    bad=_BUCKET.replace("arn:aws:", "arn:amazon:"),
    good=_BUCKET,
    fix=misspelled_partition,
)
def invalid_partition(policy: PolicyView) -> Iterator[Problem]:
    """Reports an ARN whose partition does not exist.

    Why is this bad? The statement matches nothing.

    Use instead: `aws`, `aws-cn`, `aws-us-gov` or the partition of another cloud of AWS; in a
    template, the pseudo parameter or data source that gives it.
    """
    for text, arn in _resources(policy):
        if not is_open(arn.partition) and arn.partition not in partitions():
            yield Problem(
                f"The partition {quoted(arn.partition)} of {quoted(text.value)} does not exist: "
                f"use one of {', '.join(sorted(partitions()))}.",
                (text.place,),
            )


@rule(
    "INVALID_ARN_REGION",
    "ERROR",
    bad=_QUEUE.replace("eu-west-1", "eu-west-11"),
    good=_QUEUE,
    fix=misspelled_region,
)
def invalid_arn_region(policy: PolicyView) -> Iterator[Problem]:
    """Reports an ARN whose Region does not exist.

    Why is this bad? The statement matches nothing.

    Use instead: the code of a Region, as `eu-west-1`, or `*` for all.
    """
    for text, arn in _resources(policy):
        if arn.region and not is_open(arn.region) and arn.region not in regions():
            yield Problem(
                f"The Region {quoted(arn.region)} of {quoted(text.value)} does not exist: write "
                'the code of a Region, as "eu-west-1".',
                (text.place,),
            )


@rule(
    "ARN_REGION_NOT_ALLOWED",
    "ERROR",
    bad=_BUCKET.replace("s3:::", "s3:eu-west-1::"),
    good=_BUCKET,
    fix=without_region,
)
def arn_region_not_allowed(policy: PolicyView) -> Iterator[Problem]:
    """Reports an ARN with a Region where the service's ARNs have none, as those of IAM.

    Why is this bad? The statement matches nothing.

    Use instead: the ARN with an empty Region, its two colons kept.
    """
    for text, arn in _resources(policy):
        if arn.region in regions() and _all(policy.catalog, arn, lambda form: not form.region):
            yield Problem(
                f"ARNs of {arn.service} such as {quoted(text.value)} have no Region: leave the "
                f"field of {quoted(arn.region)} empty.",
                (text.place,),
            )


@rule(
    "ARN_ACCOUNT_NOT_ALLOWED",
    "ERROR",
    bad=_BUCKET.replace("s3:::", "s3::111122223333:"),
    good=_BUCKET,
    fix=without_account,
)
def arn_account_not_allowed(policy: PolicyView) -> Iterator[Problem]:
    """Reports an ARN with an account where the service's ARNs have none, as those of S3 buckets.

    Why is this bad? The statement matches nothing.

    Use instead: the ARN with an empty account, its two colons kept.
    """
    for text, arn in _resources(policy):
        if _is_account(arn.account) and _all(policy.catalog, arn, lambda form: not form.account):
            yield Problem(
                f"ARNs of {arn.service} such as {quoted(text.value)} have no account: leave the "
                f"field of {quoted(arn.account)} empty.",
                (text.place,),
            )


@rule("MISSING_ARN_REGION", "ERROR", bad=_QUEUE.replace("eu-west-1", ""), good=_QUEUE)
def missing_arn_region(policy: PolicyView) -> Iterator[Problem]:
    """Reports an ARN without a Region where the service's ARNs have one.

    Why is this bad? The statement matches nothing.

    Use instead: the code of the Region, as `eu-west-1`, or `*` for all.
    """
    for text, arn in _resources(policy):
        if not arn.region and _all(policy.catalog, arn, lambda form: _is_filled(form.region)):
            yield Problem(
                f"ARNs of {arn.service} have a Region, and {quoted(text.value)} has none: write "
                'its code, as "eu-west-1", or "*" for all.',
                (text.place,),
            )


@rule(
    "MISSING_ARN_ACCOUNT",
    "ERROR",
    bad=_QUEUE.replace("111122223333", ""),
    good=_QUEUE,
    approximate=True,
)
def missing_arn_account(policy: PolicyView) -> Iterator[Problem]:
    """Reports an ARN without an account where the service's ARNs have one.

    Why is this bad? The statement matches nothing.

    Use instead: the twelve digits of the account, or `*` for all.
    """
    for text, arn in _resources(policy):
        if (
            not arn.account
            and arn.service not in _WITHOUT_ACCOUNT
            and _all(policy.catalog, arn, lambda form: _is_filled(form.account))
        ):
            yield Problem(
                f"ARNs of {arn.service} have an account, and {quoted(text.value)} has none: write "
                'its twelve digits, or "*" for all.',
                (text.place,),
            )


@rule(
    "INVALID_ARN_RESOURCE",
    "ERROR",
    bad=example(
        '{"Effect": "Allow", "Action": "ec2:StartInstances",\n'
        '     "Resource": "arn:aws:ec2:eu-west-1:111122223333:machine/i-0123456789abcdef0"}'
    ),
    good=example(
        '{"Effect": "Allow", "Action": "ec2:StartInstances",\n'
        '     "Resource": "arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0"}'
    ),
    approximate=True,
)
def invalid_arn_resource(policy: PolicyView) -> Iterator[Problem]:
    """Reports an ARN whose last field has the form of no resource of the service.

    Why is this bad? The statement matches nothing.

    Use instead: a format that the Service Authorization Reference gives for the service, as
    `instance/i-0123456789abcdef0` for ec2.
    """
    for text, arn in _resources(policy):
        catalog = policy.catalog
        if (
            catalog.arn_formats(arn.service)
            and not _formats(catalog, arn)
            and not _formats(catalog, arn, of_others=True)
        ):
            yield Problem(
                f"{quoted(arn.resource)} has the form of no resource of {arn.service}.",
                (text.place,),
            )


def _resources(policy: PolicyView) -> Iterator[_Resource]:
    for statement in policy.statements:
        for text in statement.resources:
            if arn := arn_of(text.value):
                yield _Resource(text, arn)


def _is_account(field: str) -> bool:
    return len(field) == _ACCOUNT_DIGITS and field.isascii() and field.isdigit()


def _is_filled(field: str) -> bool:
    return field not in ("", "*")


def _all(catalog: Catalog, arn: Arn, holds: Callable[[ArnFormat], bool]) -> bool:
    """Does it hold of each format that the ARN can have, of which the service has one?"""
    # Most ARNs are settled by the formats alone, without comparing resources, and other services
    # are read only for what would be a finding.
    if not any(map(holds, catalog.arn_formats(arn.service))):
        return False
    own = _formats(catalog, arn)
    return (
        own != ()
        and all(map(holds, own))
        and all(map(holds, _formats(catalog, arn, of_others=True)))
    )


def _formats(catalog: Catalog, arn: Arn, *, of_others: bool = False) -> tuple[ArnFormat, ...]:
    """The formats whose last field can be that of the ARN."""
    resource = arn.resource
    # Of a longer text the beginning says enough, and whatever follows is taken for possible.
    read = resource if len(resource) <= _READ else f"{resource[:_READ]}*"
    return _formats_of(catalog, arn.service, read, of_others)


@lru_cache(maxsize=4096)
def _formats_of(
    catalog: Catalog, service: str, resource: str, of_others: bool
) -> tuple[ArnFormat, ...]:
    formats = catalog.foreign_arn_formats if of_others else catalog.arn_formats
    written = without_variables(resource).lower()
    return tuple(form for form in formats(service) if overlap(written, form.resource.lower()))
