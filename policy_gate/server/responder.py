"""What answers each request: the operation that it is for, or a refusal in its protocol."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from threading import BoundedSemaphore
from typing import NamedTuple

from policy_gate.analyzers.interface import Analyzer
from policy_gate.fault import fault
from policy_gate.server.caller import Caller, caller_of
from policy_gate.server.context import Context
from policy_gate.server.defaults import ACCOUNT, MAX_PAGE
from policy_gate.server.faults import Fault, with_faults
from policy_gate.server.operations import OPERATIONS
from policy_gate.server.preview_store import PreviewStore
from policy_gate.server.query import refusal
from policy_gate.server.question import read_question
from policy_gate.server.routes import form_of, is_query, operation_of
from policy_gate.server.sts import get_caller_identity
from policy_gate.server.wire import RefusedError, Reply, Request, Respond, reply

_AT_ONCE = 4
"""Questions that are decided at a time. More would gain nothing but memory: it is computation."""


class Settings(NamedTuple):
    """What a user can set about the answers."""

    account: str = ACCOUNT
    page_size: int = MAX_PAGE
    """The most items that a page has, however many are asked for."""

    latency: float = 0.0
    """Seconds by which every answer is late."""

    faults: Sequence[Fault] = ()


DEFAULT_SETTINGS = Settings()


def responder(analyzer: Analyzer, settings: Settings = DEFAULT_SETTINGS) -> Respond:
    """What answers each request, by asking the analyzer."""
    turn = BoundedSemaphore(_AT_ONCE)
    previews = PreviewStore()

    def respond(request: Request) -> Reply:
        with turn:
            try:
                return _answer(request, analyzer, previews, settings)
            except RefusedError as refused:
                return refusal(request, refused)
            except Exception as error:  # noqa: BLE001 - whatever the question, the server goes on
                print(
                    f"policy-gate: internal error, please report it: {fault(error)}",
                    file=sys.stderr,
                )
                internal = RefusedError("InternalServerException", 500, "internal error")
                return refusal(request, internal)

    return with_faults(respond, settings.faults, settings.latency, settings.account)


def _answer(
    request: Request, analyzer: Analyzer, previews: PreviewStore, settings: Settings
) -> Reply:
    caller = caller_of(request, settings.account)
    operation = operation_of(request)
    if operation is None:
        raise _unknown(request, caller)
    if operation == "GetCallerIdentity":
        return get_caller_identity(request, caller)
    context = Context(analyzer, caller, previews, request.id, settings.page_size)
    return reply(OPERATIONS[operation](read_question(request, operation), context))


def _unknown(request: Request, caller: Caller) -> RefusedError:
    """Says what is not answered, for whoever points more tools at the server than it can serve."""
    if is_query(request):
        action = form_of(request).get("Action", "")[:100]
        asked = f"{action!a}{f' of {caller.service}' if caller.service else ''}"
        return RefusedError("InvalidAction", 400, f"policy-gate serve does not answer {asked}")
    return RefusedError("UnknownOperationException", 404, "there is no such operation")
