"""What an answer of GitHub means that is none of the wished ones, in words that hold no token.

Source: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

import json
import time
from typing import Any, NamedTuple

from policy_gate.publishers.parts import RefusalError
from policy_gate.reporters.visible import visible

ATTEMPTS = 3
"""How often a call is made that met a server error, a broken connection or a rate limit."""

PAUSE = 1.0
"""Seconds before the second attempt; twice as many before the third."""

LIMIT_PAUSE = 60.0
"""Seconds to wait at a rate limit that does not say how long it lasts."""

_MAX_TOLD = 200


class Answer(NamedTuple):
    status: int
    headers: dict[str, Any]
    """By lower-case name."""

    text: str

    @property
    def data(self) -> Any:
        """What the body holds as JSON, None where it is none."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None


class Judged(NamedTuple):
    refusal: RefusalError
    wait: float | None = None
    """Seconds after which another attempt may succeed, None where none will."""


def judged(answer: Answer, attempt: int, token: str) -> Judged:
    """What to make of an answer that is not of the kind 2xx, at the first, second... attempt."""
    told = _told(answer, token)
    if answer.status < 400:
        return Judged(RefusalError(f"GitHub redirects to another place ({told})", is_final=True))
    if answer.status == 401:
        message = f"GITHUB_TOKEN is not valid, or not any more ({told})"
        return Judged(RefusalError(message, 401, is_final=True))
    if answer.status >= 500:
        refusal = RefusalError(f"GitHub is at fault ({told})", answer.status, is_final=True)
        return Judged(refusal, PAUSE * attempt)
    if _is_limit(answer):
        refusal = RefusalError(f"the rate limit is reached ({told})", answer.status, is_final=True)
        return Judged(refusal, _limit_lasts(answer))
    if answer.status == 403:
        message = f"GITHUB_TOKEN may not do this, as in a pull request of a fork ({told})"
        return Judged(RefusalError(message, 403))
    return Judged(RefusalError(told, answer.status))


def _is_limit(answer: Answer) -> bool:
    headers = answer.headers
    is_spent = str(headers.get("x-ratelimit-remaining", "")) == "0"
    says_so = "rate limit" in _message(answer).lower()
    is_forbidden = answer.status == 403 and ("retry-after" in headers or is_spent or says_so)
    return answer.status == 429 or is_forbidden


def _limit_lasts(answer: Answer) -> float:
    after = str(answer.headers.get("retry-after", ""))
    reset = str(answer.headers.get("x-ratelimit-reset", ""))
    if _is_number(after):
        return float(after)
    return max(0.0, float(reset) - time.time()) + 1 if _is_number(reset) else LIMIT_PAUSE


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 15


def _told(answer: Answer, token: str) -> str:
    """As `403: Resource not accessible by integration`."""
    message = visible(_message(answer)[:_MAX_TOLD], "utf-8").replace(token, "***")
    return f"{answer.status}: {message}" if message else str(answer.status)


def _message(answer: Answer) -> str:
    data = answer.data
    message = data.get("message") if isinstance(data, dict) else None
    return message if isinstance(message, str) else ""
