"""Faults on purpose, for tests of clients of AWS.

Nothing is left to chance: calls are counted as they arrive, so the same calls meet the same faults.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import NamedTuple

from policy_gate.server.caller import Caller, caller_of
from policy_gate.server.defaults import ACCOUNT
from policy_gate.server.query import refusal
from policy_gate.server.routes import OPERATIONS, QUERY, operation_of
from policy_gate.server.wire import Manner, RefusedError, Reply, Request, Respond

_MANNERS: dict[str, Callable[[float], Manner]] = {
    "delay": lambda seconds: Manner(delay=seconds),
    "slow": lambda seconds: Manner(spread=seconds),
    "truncate": lambda _seconds: Manner(cut=True),
    "reset": lambda _seconds: Manner(reset=True),
}
"""The faults in which an answer is sent."""

_DURATION = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)(ms|s)", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_AMZ_DATE = "%Y%m%dT%H%M%SZ"


class Fault(NamedTuple):
    """What happens to which calls: each `every`-th call begins a burst of `burst` of them."""

    kind: str
    every: int = 1
    burst: int = 1
    times: int | None = None
    """The most calls that it happens to, None for no end."""

    on: str | None = None
    """The operation whose calls are counted, None for all calls."""

    seconds: float = 1.0
    """That a `delay` or `slow` takes."""


def seconds_of(text: str) -> float:
    """A duration such as `150ms` or `1.5s`, in seconds. Raises ValueError."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise ValueError(f"expected a duration as 150ms or 2s, not {text!a}")
    return float(match[1]) / (1000 if match[2] == "ms" else 1)


def parse_fault(text: str) -> Fault:
    """A fault such as `throttle:every=5` or `slow:for=2s,on=ValidatePolicy`.

    Raises ValueError with a message for who wrote it.
    """
    kind, _, rest = text.partition(":")
    if kind not in KINDS:
        raise ValueError(f"expected one of {', '.join(KINDS)}, not {kind!a}")
    fault = Fault(kind)
    for setting in rest.split(",") if rest else ():
        name, _, value = setting.partition("=")
        fault = _with_setting(fault, name, value)
    if fault.burst > fault.every:
        raise ValueError(f"burst={fault.burst} is more than every={fault.every}")
    return fault


def _with_setting(fault: Fault, name: str, value: str) -> Fault:
    match name:
        case "every":
            return fault._replace(every=_number(name, value))
        case "burst":
            return fault._replace(burst=_number(name, value))
        case "times":
            return fault._replace(times=_number(name, value))
        case "on":
            if value in OPERATIONS:
                return fault._replace(on=value)
            raise ValueError(f"on= takes one of {', '.join(OPERATIONS)}, not {value!a}")
        case "for" if fault.kind in ("delay", "slow"):
            return fault._replace(seconds=seconds_of(value))
    raise ValueError(f"{fault.kind} takes no setting {name!a}")


def _number(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{name}= takes a number from 1, not {text!a}")
    return int(text)


def with_faults(
    respond: Respond, faults: Sequence[Fault], latency: float = 0.0, account: str = ACCOUNT
) -> Respond:
    """What responds likewise, but for the faults; every answer is sent `latency` seconds later.

    Where several faults meet in a call, the first of them happens.
    """
    counters = [_Counter(fault) for fault in faults]
    lock = Lock()

    def faulty(request: Request) -> Reply:
        operation = operation_of(request)
        with lock:
            meeting = [counter.fault for counter in counters if counter.meets(operation)]
        reply = _faulted(meeting[0], request, respond, account) if meeting else respond(request)
        manner = reply.manner
        return reply._replace(manner=manner._replace(delay=latency + manner.delay))

    return faulty


class _Counter:
    """Counts the calls that may meet a fault, and those that have."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self._calls = 0
        self._met = 0

    def meets(self, operation: str | None) -> bool:
        """Does the next call, which is of that operation, meet the fault?"""
        fault = self.fault
        if fault.on not in (None, operation):
            return False
        self._calls += 1
        since = self._calls - fault.every
        meets = since >= 0 and since % fault.every < fault.burst
        meets = meets and (fault.times is None or self._met < fault.times)
        self._met += meets
        return meets


def _faulted(fault: Fault, request: Request, respond: Respond, account: str) -> Reply:
    if fault.kind in _MANNERS:
        return respond(request)._replace(manner=_MANNERS[fault.kind](fault.seconds))
    if fault.kind == "unavailable":
        # What answers in front of a service speaks no protocol of it.
        page = b"<html><body><b>Http/1.1 Service Unavailable</b></body> </html>"
        return Reply(503, page, media_type="text/html")
    row = _REFUSALS[fault.kind]
    code, status = row.query if operation_of(request) in QUERY else row.rest
    message = row.message(request, caller_of(request, account))
    return refusal(request, RefusedError(code, status, message))


class _Refusal(NamedTuple):
    """Error codes and statuses of Access Analyzer and of STS, and the message of both."""

    rest: tuple[str, int]
    query: tuple[str, int]
    message: Callable[[Request, Caller], str]


def _signature_expired(request: Request, _caller: Caller) -> str:
    """The clock of the client stands 20 minutes behind, of which 5 would be borne."""
    text = request.headers.get("X-Amz-Date", "")
    try:
        signed = datetime.strptime(text, _AMZ_DATE).replace(tzinfo=UTC)
        here = signed + timedelta(minutes=20)
    except (ValueError, OverflowError):
        here = datetime.now(UTC)
        signed = here - timedelta(minutes=20)
    borne = here - timedelta(minutes=5)
    now, then, earliest = (time.strftime(_AMZ_DATE) for time in (here, signed, borne))
    return f"Signature expired: {then} is now earlier than {earliest} ({now} - 5 min.)"


def _not_authorized(request: Request, caller: Caller) -> str:
    service = "sts" if operation_of(request) in QUERY else "access-analyzer"
    action = f"{service}:{operation_of(request)}"
    resource = f"arn:{caller.partition}:{service}:{caller.region}:{caller.account}:*"
    return (
        f"User: {caller.arn} is not authorized to perform: {action} on resource: {resource}"
        f" because no identity-based policy allows the {action} action"
    )


_REFUSALS = {
    "throttle": _Refusal(
        ("ThrottlingException", 429), ("Throttling", 400), lambda *_: "Rate exceeded"
    ),
    "error": _Refusal(
        ("InternalServerException", 500),
        ("InternalFailure", 500),
        lambda *_: "The request processing has failed because of an unknown error.",
    ),
    "denied": _Refusal(
        ("AccessDeniedException", 403), ("AccessDenied", 403), _not_authorized
    ),
    "expired": _Refusal(
        ("ExpiredTokenException", 403),
        ("ExpiredToken", 403),
        lambda *_: "The security token included in the request is expired",
    ),
    "skew": _Refusal(
        ("InvalidSignatureException", 403), ("SignatureDoesNotMatch", 403), _signature_expired
    ),
}  # fmt: skip
"""Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/CommonErrors.html and
https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
"""

KINDS = (*_REFUSALS, "unavailable", *_MANNERS)
