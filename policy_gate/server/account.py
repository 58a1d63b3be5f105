"""The analyzer for external access that the account has: its zone of trust is the account.

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_AnalyzerSummary.html
"""

from __future__ import annotations

from policy_gate.server.caller import Caller
from policy_gate.server.context import Body, Context
from policy_gate.server.paging import Page
from policy_gate.server.question import Question
from policy_gate.server.wire import RefusedError

NAME = "policy-gate-serve"
ANALYZER_TYPES = (
    "ACCOUNT", "ORGANIZATION", "ACCOUNT_UNUSED_ACCESS", "ORGANIZATION_UNUSED_ACCESS",
    "ACCOUNT_INTERNAL_ACCESS", "ORGANIZATION_INTERNAL_ACCESS",
)  # fmt: skip

_TYPE = "ACCOUNT"
_CREATED = "2024-01-01T00:00:00Z"


def list_analyzers(question: Question, context: Context) -> Body:
    """The one analyzer, unless another type is asked for."""
    asked = question.optional_text("type", ANALYZER_TYPES)
    analyzer = {
        "arn": _arn(context.caller),
        "name": NAME,
        "type": _TYPE,
        "createdAt": _CREATED,
        "status": "ACTIVE",
    }
    page = Page(question, asked or "", context.page_size)
    return page.of("analyzers", [analyzer] if asked in (None, _TYPE) else [])


def analyzer_of(question: Question, caller: Caller) -> str:
    """The ARN that a question names, which is that of the one analyzer. Raises RefusedError."""
    asked = question.text("analyzerArn")
    if asked != _arn(caller):
        raise not_found("analyzer", asked)
    return asked


def not_found(kind: str, asked: str) -> RefusedError:
    return RefusedError(
        "ResourceNotFoundException",
        404,
        f"there is no such {kind}",
        resourceId=asked[:200],
        resourceType=kind,
    )


def _arn(caller: Caller) -> str:
    return (
        f"arn:{caller.partition}:access-analyzer:{caller.region}:{caller.account}:analyzer/{NAME}"
    )
