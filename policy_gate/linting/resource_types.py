"""What the ValidatePolicyResourceTypes of the API stand for: their ARNs, actions and quotas.

Sources: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-service-api-support.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-restrictions-limitations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html
"""

from __future__ import annotations

import re
from typing import NamedTuple

from policy_gate.linting.arns import arn_of, is_open

BUCKET = "AWS::S3::Bucket"
ACCESS_POINT = "AWS::S3::AccessPoint"

_OPEN = re.compile(r"[*?]|\$\{")
_MAX_CHARACTERS = 20_480


class ArnShape(NamedTuple):
    """The ARNs of a type of resource and of what it holds, as buckets and their objects."""

    service: str
    has_region: bool
    has_account: bool
    start: str
    """How their last field begins."""

    example: str

    def fits(self, text: str) -> bool:
        """Whether a text that has the six fields of an ARN can match one of them."""
        arn = arn_of(text)
        if not arn:
            return True
        literal = _OPEN.split(arn.resource, maxsplit=1)[0]
        return (
            (is_open(arn.service) or arn.service.lower() == self.service)
            and (is_open(arn.region) or bool(arn.region) == self.has_region)
            and (is_open(arn.account) or bool(arn.account) == self.has_account)
            and (
                literal.startswith(self.start)
                or (literal != arn.resource and self.start.startswith(literal))
            )
        )


class ResourcePolicyType(NamedTuple):
    """A type of resource that has a policy."""

    name: str
    service: str
    """The prefix of the actions on it."""

    action_resources: frozenset[str] = frozenset()
    """The resource types of those actions in the catalog; empty where any action will do."""

    more_actions: frozenset[str] = frozenset()
    """Actions on it of which the catalog does not say so, in lower case."""

    arns: ArnShape | None = None
    """None for a role, whose policy names no resource."""

    takes_star: bool = True
    """Whether Resource `*` will do."""

    quota: int | None = None
    """How many characters its policy may have, where AWS documents it."""


_ACCESS_POINT_ACTIONS = frozenset({"accesspoint", "accesspointobject"})
_MORE_ACCESS_POINT_ACTIONS = frozenset({"s3:listbucketmultipartuploads"})

RESOURCE_TYPES = {
    BUCKET: ResourcePolicyType(
        "an S3 bucket",
        "s3",
        frozenset({"bucket", "object"}),
        arns=ArnShape("s3", False, False, "", "arn:aws:s3:::logs/*"),
        takes_star=False,
        quota=_MAX_CHARACTERS,
    ),
    ACCESS_POINT: ResourcePolicyType(
        "an S3 access point",
        "s3",
        _ACCESS_POINT_ACTIONS,
        _MORE_ACCESS_POINT_ACTIONS,
        ArnShape(
            "s3",
            True,
            True,
            "accesspoint",
            "arn:aws:s3:us-east-1:111122223333:accesspoint/logs/object/*",
        ),
        quota=_MAX_CHARACTERS,
    ),
    "AWS::S3::MultiRegionAccessPoint": ResourcePolicyType(
        "an S3 Multi-Region Access Point",
        "s3",
        _ACCESS_POINT_ACTIONS | {"multiregionaccesspoint"},
        _MORE_ACCESS_POINT_ACTIONS,
        ArnShape(
            "s3",
            False,
            True,
            "accesspoint",
            "arn:aws:s3::111122223333:accesspoint/example.mrap/object/*",
        ),
    ),
    "AWS::S3ObjectLambda::AccessPoint": ResourcePolicyType(
        "an S3 Object Lambda Access Point",
        "s3-object-lambda",
        arns=ArnShape(
            "s3-object-lambda",
            True,
            True,
            "accesspoint",
            "arn:aws:s3-object-lambda:us-east-1:111122223333:accesspoint/logs",
        ),
    ),
    "AWS::DynamoDB::Table": ResourcePolicyType(
        "a DynamoDB table",
        "dynamodb",
        arns=ArnShape(
            "dynamodb",
            True,
            True,
            "table/",
            "arn:aws:dynamodb:us-east-1:111122223333:table/orders",
        ),
        quota=_MAX_CHARACTERS,
    ),
    "AWS::IAM::AssumeRolePolicyDocument": ResourcePolicyType("a role", "sts", frozenset({"role"})),
}
