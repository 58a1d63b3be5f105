"""The name that a misspelled one was meant to be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

from policy_gate.catalog.interface import Catalog
from policy_gate.linting.operators import OPERATORS, Operator
from policy_gate.linting.patterns import has_wildcard, wildcard_pattern

_LONGEST = 64
_CLOSE = 0.8
_SERVICES_TRIED = 5
_QUALIFIERS = ("ForAllValues", "ForAnyValue")
_IF_EXISTS = re.compile(r"(?<=.)(ifexists?)+$")

_ACTIONS_OF_OPERATIONS = {
    "lambda:invoke": "lambda:InvokeFunction",
    "s3:completemultipartupload": "s3:PutObject",
    "s3:createmultipartupload": "s3:PutObject",
    "s3:deleteobjects": "s3:DeleteObject",
    "s3:getbucketaccelerateconfiguration": "s3:GetAccelerateConfiguration",
    "s3:getbucketencryption": "s3:GetEncryptionConfiguration",
    "s3:getbucketlifecycle": "s3:GetLifecycleConfiguration",
    "s3:getbucketlifecycleconfiguration": "s3:GetLifecycleConfiguration",
    "s3:getbucketnotificationconfiguration": "s3:GetBucketNotification",
    "s3:getbucketreplication": "s3:GetReplicationConfiguration",
    "s3:getpublicaccessblock": "s3:GetBucketPublicAccessBlock",
    "s3:headbucket": "s3:ListBucket",
    "s3:headobject": "s3:GetObject",
    "s3:listbuckets": "s3:ListAllMyBuckets",
    "s3:listmultipartuploads": "s3:ListBucketMultipartUploads",
    "s3:listobjects": "s3:ListBucket",
    "s3:listobjectsv2": "s3:ListBucket",
    "s3:listobjectversions": "s3:ListBucketVersions",
    "s3:listparts": "s3:ListMultipartUploadParts",
    "s3:putbucketaccelerateconfiguration": "s3:PutAccelerateConfiguration",
    "s3:putbucketencryption": "s3:PutEncryptionConfiguration",
    "s3:putbucketlifecycle": "s3:PutLifecycleConfiguration",
    "s3:putbucketlifecycleconfiguration": "s3:PutLifecycleConfiguration",
    "s3:putbucketnotificationconfiguration": "s3:PutBucketNotification",
    "s3:putbucketreplication": "s3:PutReplicationConfiguration",
    "s3:putpublicaccessblock": "s3:PutBucketPublicAccessBlock",
    "s3:uploadpart": "s3:PutObject",
}
"""Operations of an API that no action is called after, and the action that they need.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
"""

_PREFIXES_OF_SERVICES = {
    "cloudwatchlogs": "logs",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "eventbridge": "events",
    "msk": "kafka",
    "mwaa": "airflow",
    "sfn": "states",
    "stepfunctions": "states",
}
"""What services are called elsewhere, as in the AWS CLI, and the prefix of their actions."""


def nearest(name: str, names: Iterable[str], cutoff: float = _CLOSE) -> str | None:
    """The name that is spelled like this one, case apart; None where none is."""
    close = _nearest(name, names, 1, cutoff)
    return close[0] if close else None


def _nearest(name: str, names: Iterable[str], count: int, cutoff: float = _CLOSE) -> list[str]:
    wanted = name.strip().lower()
    folded = {known.lower(): known for known in names}
    if wanted in folded:
        return [folded[wanted]]
    if len(wanted) > _LONGEST:
        return []
    return [folded[close] for close in get_close_matches(wanted, folded, count, cutoff)]


def nearest_action(catalog: Catalog, action: str) -> str | None:
    """The action of the same service that was meant by one that does not exist."""
    action = "".join(action.split())
    if meant := _ACTIONS_OF_OPERATIONS.get(action.lower()):
        return meant
    service, _, name = action.partition(":")
    if not name or has_wildcard(name):
        return None
    names = (known.partition(":")[2] for known in catalog.action_names(service))
    close = nearest(name, names)
    return f"{service.lower()}:{close}" if close else None


def nearest_service(catalog: Catalog, service: str) -> str | None:
    """The prefix of the service that was meant by one that does not exist."""
    close = _services_like(catalog, service)
    return close[0] if close else None


def nearest_service_of_action(catalog: Catalog, action: str) -> str | None:
    """The action with the prefix of the one service like it that has such an action."""
    service, _, name = "".join(action.split()).partition(":")
    if len(name) > _LONGEST or not name:
        return None
    matches = wildcard_pattern(name.lower()).fullmatch
    fitting = [
        prefix
        for prefix in _services_like(catalog, service)
        if any(matches(known.partition(":")[2].lower()) for known in catalog.action_names(prefix))
    ]
    return f"{fitting[0]}:{name}" if len(fitting) == 1 else None


def _services_like(catalog: Catalog, service: str) -> list[str]:
    name = service.strip().lower()
    known = _PREFIXES_OF_SERVICES.get(name.replace("-", ""))
    return [known] if known else _nearest(name, catalog.services(), _SERVICES_TRIED)


def nearest_operator(name: str) -> Operator | None:
    """The condition operator that was meant by one that does not exist."""
    qualifier, colon, base = name.rpartition(":")
    known = nearest(qualifier, _QUALIFIERS) if colon else ""
    folded = base.strip().lower()
    stem = _IF_EXISTS.sub("", folded[:_LONGEST])
    close = nearest(stem, OPERATORS)
    if known is None or close is None:
        return None
    return Operator(known, close, if_exists=stem != folded[:_LONGEST] and close != "Null")
