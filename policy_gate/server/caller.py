"""Who asks: the account that the server plays, in the region that a request is signed for."""

from __future__ import annotations

import re
from typing import NamedTuple

from policy_gate.partitions import partition_of_region
from policy_gate.server.wire import Request

_NO_REGION = "us-east-1"

_SCOPE = re.compile(r"Credential=[^/,\s]+/\d{8}/([a-z0-9-]{1,32})/([a-z0-9-]{1,64})/", re.ASCII)
"""Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"""


class Caller(NamedTuple):
    account: str
    region: str
    service: str
    """By the name that requests are signed for, as `access-analyzer`; empty where unsigned."""

    @property
    def partition(self) -> str:
        return partition_of_region(self.region)

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:user/policy-gate-serve"


def caller_of(request: Request, account: str) -> Caller:
    """The caller of a request. No signature is checked: the server has no secrets to guard."""
    scope = _SCOPE.search(request.headers.get("Authorization", ""))
    return Caller(account, *scope.groups()) if scope else Caller(account, _NO_REGION, "")
