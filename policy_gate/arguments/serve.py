"""The arguments of `policy-gate serve`; most change its answers, for tests of clients of AWS."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from policy_gate.arguments.values import host, port
from policy_gate.server.defaults import ACCOUNT, MAX_PAGE

if TYPE_CHECKING:
    from policy_gate.server.faults import Fault

_FAULTS = """\
faults:
  throttle     "Rate exceeded": ThrottlingException 429, of STS Throttling 400
  error        an internal error of the service, 500
  unavailable  503 with a page in HTML, as load balancers answer
  denied       the caller may not ask this: AccessDeniedException, 403
  expired      the token of the credentials is expired, 403
  skew         the clock of the client is 20 minutes behind: "Signature expired", 403
  reset        the connection is reset in place of an answer
  truncate     the connection ends half-way through the answer
  delay        the answer comes after for=DURATION (default: 1s)
  slow         the answer comes a little at a time over for=DURATION (default: 1s)

settings of a fault, after a colon and between commas:
  every=N       every N-th call meets it (default: 1)
  burst=N       and the N-1 calls after it (default: 1)
  times=N       it happens to N calls, and then no more (default: no end)
  on=OPERATION  only the calls of this operation are counted, as on=ValidatePolicy
  for=DURATION  of delay and slow

Calls are counted as they arrive. Where faults meet in a call, the first one happens.

  policy-gate serve --port 8765 --latency 150ms --fault throttle:every=5
  policy-gate serve --port 8765 --fault error:every=20,burst=5 --fault reset:every=7
"""


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=port, required=True, help="0 takes one that is free")
    parser.add_argument(
        "--host",
        type=host,
        default="127.0.0.1",
        help="address to listen on (default: %(default)s)",
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _FAULTS
    parser.add_argument(
        "--fault",
        action="append",
        type=_fault,
        default=[],
        metavar="KIND[:SETTING=VALUE,...]",
        help="what goes wrong, and when, as throttle:every=5; see below; may be repeated",
    )
    parser.add_argument(
        "--latency",
        type=_duration,
        default=0.0,
        metavar="DURATION",
        help="by which every answer is late, as 150ms or 2s (default: 0ms)",
    )
    parser.add_argument(
        "--page-size",
        type=_page_size,
        default=MAX_PAGE,
        metavar="N",
        help="the most findings that an answer has, whatever is asked for"
        f" (default: {MAX_PAGE}, the limit of the service)",
    )
    parser.add_argument(
        "--account",
        type=_account,
        default=ACCOUNT,
        metavar="ID",
        help="the account that callers are in (default: %(default)s)",
    )


def _fault(text: str) -> Fault:
    from policy_gate.server.faults import parse_fault

    try:
        return parse_fault(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _duration(text: str) -> float:
    from policy_gate.server.faults import seconds_of

    try:
        return seconds_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _page_size(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= MAX_PAGE):
        raise argparse.ArgumentTypeError(f"expected a number from 1 to {MAX_PAGE}, not {text!a}")
    return int(text)


def _account(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) == 12):
        raise argparse.ArgumentTypeError(f"expected 12 digits, not {text!a}")
    return text
