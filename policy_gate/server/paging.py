"""Answers in pages.

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from policy_gate.server.defaults import MAX_PAGE
from policy_gate.server.question import Question
from policy_gate.server.wire import invalid

PAGE = 50
"""Items a page, where the request does not say."""


class Page:
    """The page that a question asks for; `asked` is what the whole list is about.

    Raises RefusedError.
    """

    def __init__(self, question: Question, asked: str, most: int) -> None:
        self._asked = zlib.crc32(asked.encode("utf-8", "surrogatepass"))
        self._size = min(most, question.number("maxResults", PAGE, 1, MAX_PAGE))
        self._start = self._start_of(question.optional_text("nextToken"))

    def of(self, name: str, items: Sequence[object]) -> Mapping[str, Any]:
        """The members of the answer: the items of the page by that name, and a token for more."""
        end = self._start + self._size
        page: dict[str, Any] = {name: items[self._start : end]}
        return page | ({"nextToken": self._token(end)} if end < len(items) else {})

    def _token(self, start: int) -> str:
        """The position of a page and what it is a page of."""
        return f"{start:x}-{self._asked:08x}"

    def _start_of(self, token: str | None) -> int:
        if token is None:
            return 0
        try:
            start = int(token.partition("-")[0], 16)
        except ValueError:
            start = -1
        if start < 0 or token != self._token(start):
            problem = "is no token of this question"
            raise invalid(f"nextToken {problem}", "fieldValidationFailed", {"nextToken": problem})
        return start
