"""The calls of one run: each question once, so many at a time, each with a deadline."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from threading import Lock, Thread
from time import monotonic
from typing import Any, NamedTuple, TypeVar

from policy_gate.analyzers.aws_cache import AnswerCache, open_cache, question_of
from policy_gate.analyzers.aws_client import Connection
from policy_gate.analyzers.aws_errors import OF_THE_RUN, is_throttled, sdk_errors
from policy_gate.analyzers.aws_limiter import Limiter
from policy_gate.analyzers.interface import AnalyzerError
from policy_gate.model import CallCount

Body = Mapping[str, Any]
A = TypeVar("A")
Send = Callable[[str, Body], Body]
"""Makes one call of an operation, a method of the client, and gives all pages of its answer."""

_PAGED = frozenset({"validate_policy", "list_analyzers", "list_access_preview_findings"})
"""The operations whose answers come in pages."""


class _Question(NamedTuple):
    operation: str
    parameters: Body
    read: Callable[[Body], object]
    """Raises AnalyzerError for an answer that is none."""

    key: str
    may_be_kept: bool


class Calls:
    """Asks Access Analyzer. Any thread may ask; a question that was asked before is not sent."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._patience = connection.settings.call_deadline
        self._limiter = Limiter(connection.settings.max_concurrency)
        self._lock = Lock()
        self._asked: dict[str, Future[Body]] = {}
        self._count = CallCount(price_per_call=connection.settings.price_per_call)
        self._setting_up = Lock()
        self._client: Any = None
        self._cache: AnswerCache | None = None
        self._is_cache_open = False
        self._broken: AnalyzerError | None = None

    @property
    def count(self) -> CallCount:
        """What was asked so far."""
        with self._lock:
            return self._count

    def ask(
        self,
        operation: str,
        questions: Sequence[Body],
        read: Callable[[Body], A],
        may_be_kept: bool = True,
    ) -> list[A]:
        """What `read` makes of the answers to questions of one operation, in their order.

        `operation` is a method of the client, as `check_no_new_access`. Only what may be kept is
        looked for, and put, in the cache on disk. Raises AnalyzerError for the first question
        without an answer.
        """
        asked = [
            _Question(operation, question, read, question_of(operation, question), may_be_kept)
            for question in questions
        ]
        started = [self._start(question.key, partial(self._begin, question)) for question in asked]
        # All of them, so that no call stays in its place because one before it was refused.
        for _, give_up in started:
            give_up()
        return [read(future.result()) for future, _ in started]

    def together(self, key: str, work: Callable[[Send], Body]) -> Body:
        """What comes of calls that belong together, with one deadline; done once for a key.

        It is not kept for other runs, as it is about what the account has now. Raises
        AnalyzerError.
        """
        future, give_up = self._start(key, partial(self._in_flight, lambda: self._done(work)))
        give_up()
        return future.result()

    def _start(
        self, key: str, begin: Callable[[Future[Body]], Callable[[], None]]
    ) -> tuple[Future[Body], Callable[[], None]]:
        """The answer to come, and what waits for it and gives it up where it is late."""
        with self._lock:
            known = self._asked.get(key)
            future = self._asked[key] = known or Future()
            if known:
                self._add(saved=1)
        if known is None:
            try:
                return future, begin(future)
            except Exception as error:  # noqa: BLE001 - for whoever waits for the answer
                future.set_exception(error)
        return future, _nothing

    def _begin(self, question: _Question, future: Future[Body]) -> Callable[[], None]:
        cache = self._open_cache() if question.may_be_kept else None
        kept = _kept(cache, question)
        if kept is not None:
            with self._lock:
                self._add(saved=1)
            future.set_result(kept)
            return _nothing
        return self._in_flight(lambda: self._send(question, cache), future)

    def _in_flight(self, send: Callable[[], Body], future: Future[Body]) -> Callable[[], None]:
        if not self._limiter.take(self._patience):
            raise self._too_late()
        call = _Call(future, self._limiter.give_back)
        # A thread of its own, so that one that never ends keeps nobody from giving it up.
        Thread(target=call.run, args=[send], daemon=True).start()
        until = monotonic() + self._patience
        return lambda: call.wait(until - monotonic(), self._too_late())

    def _send(self, question: _Question, cache: AnswerCache | None) -> Body:
        def work(send: Send) -> Body:
            answer = send(question.operation, question.parameters)
            question.read(answer)
            return answer

        answer = self._done(work)
        if cache is not None:
            cache.keep(question.key, answer)
        return answer

    def _done(self, work: Callable[[Send], Body]) -> Body:
        client = self._the_client()

        def send(operation: str, question: Body) -> Body:
            pages = list(self._pages(client, operation, question))
            return pages[0] if len(pages) == 1 else _joined(pages)

        try:
            with sdk_errors():
                return work(send)
        except AnalyzerError as error:
            if error.code in OF_THE_RUN:
                self._broken = error
            raise

    def _pages(self, client: Any, operation: str, question: Body) -> Iterator[Body]:
        """Every page, without what is said about its transport. Each is a call of its own."""
        if operation in _PAGED:
            responses = iter(client.get_paginator(operation).paginate(**question))
        else:
            responses = iter([getattr(client, operation)(**question)])
        for response in responses:
            with self._lock:
                self._add(made=1, charged=int(operation.startswith("check_")))
            yield {key: value for key, value in response.items() if key != "ResponseMetadata"}

    def _add(self, made: int = 0, charged: int = 0, saved: int = 0) -> None:
        count = self._count
        self._count = count._replace(
            made=count.made + made, charged=count.charged + charged, saved=count.saved + saved
        )

    def _too_late(self) -> AnalyzerError:
        return AnalyzerError(
            "CallDeadline",
            f"Access Analyzer gave no answer within {self._patience:g} seconds."
            " Run the gate again later.",
        )

    def _open_cache(self) -> AnswerCache | None:
        with self._setting_up:
            self._raise_if_broken()
            if not self._is_cache_open:
                try:
                    self._cache = open_cache(self._connection, self._made_client)
                except AnalyzerError as error:
                    self._broken = error
                    raise
                self._is_cache_open = True
            return self._cache

    def _the_client(self) -> Any:
        with self._setting_up:
            self._raise_if_broken()
            try:
                return self._made_client()
            except AnalyzerError as error:
                self._broken = error
                raise

    def _made_client(self) -> Any:
        if self._client is None:
            client = self._connection.client("accessanalyzer")
            service = client.meta.service_model.service_id.hyphenize()
            client.meta.events.register(f"response-received.{service}", self._watch)
            self._client = client
        return self._client

    def _raise_if_broken(self) -> None:
        if self._broken is not None:
            raise self._broken

    def _watch(self, parsed_response: Mapping[str, Any] | None, **_: object) -> None:
        """Sees every attempt of every call, also those that botocore repeats by itself."""
        if is_throttled(parsed_response):
            self._limiter.throttled()
        elif parsed_response is not None:
            self._limiter.answered()


class _Call:
    """A call in flight. It ends once: by its answer, or by being given up."""

    def __init__(self, future: Future[Body], end: Callable[[], None]) -> None:
        self._future = future
        self._end = end
        self._lock = Lock()

    def run(self, send: Callable[[], Body]) -> None:
        try:
            answer = send()
        except Exception as error:  # noqa: BLE001 - for whoever waits for the answer
            refused = error
            self._finish(lambda: self._future.set_exception(refused))
        else:
            self._finish(lambda: self._future.set_result(answer))

    def wait(self, seconds: float, too_late: AnalyzerError) -> None:
        try:
            self._future.exception(max(0.0, seconds))
        except TimeoutError:
            self._finish(lambda: self._future.set_exception(too_late))

    def _finish(self, settle: Callable[[], None]) -> None:
        with self._lock:
            if self._future.done():
                return
            settle()
        self._end()


def _kept(cache: AnswerCache | None, question: _Question) -> Body | None:
    """The answer of an earlier run, if there is one that still reads as one."""
    kept = cache.find(question.key) if cache else None
    try:
        if kept is not None:
            question.read(kept)
    except AnalyzerError:
        return None
    return kept


def _joined(pages: Sequence[Body]) -> Body:
    lists = [name for name, value in pages[0].items() if isinstance(value, list)]
    return {name: [item for page in pages for item in page[name]] for name in lists}


def _nothing() -> None:
    """There is nothing to wait for."""
