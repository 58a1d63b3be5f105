"""STS: who asks.

Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

from __future__ import annotations

from policy_gate.server.caller import Caller
from policy_gate.server.query import answer
from policy_gate.server.wire import Reply, Request

_USER_ID = "AIDAIOSFODNN7EXAMPLE0"


def get_caller_identity(request: Request, caller: Caller) -> Reply:
    """An IAM user of the account, whoever asks."""
    identity = {"Arn": caller.arn, "UserId": _USER_ID, "Account": caller.account}
    return answer("GetCallerIdentity", identity, request.id)
