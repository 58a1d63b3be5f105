"""Clients that are slow, wrong or hostile."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from policy_gate.server.connection import MAX_BODY
from policy_gate.server.wire import Reply
from tests.local_aws import serving
from tests.reasoning.documents import IDENTITY, policy
from tests.server.raw import connect, post, read_answer, rest_of, serving_embedded

VALIDATION = json.dumps({"policyDocument": policy(), "policyType": IDENTITY}).encode()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving_embedded() as address:
        yield address


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "fieldValidationFailed"),
        (b"{", "cannotParse"),
        (b"[]", "cannotParse"),
        (b"\xff", "cannotParse"),
        (b'{"policyDocument": "", "policyDocument": ""}', "cannotParse"),
        (b"[" * 100_000, "cannotParse"),
        (b"[0" + b"0" * 5000, "cannotParse"),
        (b'{"policyDocument": 7, "resourceType": "AWS::S3::Bucket"}', "fieldValidationFailed"),
        (b'{"policyDocument": "{}", "resourceType": []}', "fieldValidationFailed"),
        (b'{"policyDocument": "\\ud800", "resourceType": "AWS::S3::Bucket"}',
         "fieldValidationFailed"),
        (b'{"policyDocument": "{}", "resourceType": "\\ud800\\u202e<b>"}',
         "fieldValidationFailed"),
    ],
)  # fmt: skip
def test_bodies_that_no_sdk_sends(url: str, body: bytes, reason: str) -> None:
    status, headers, answer = post(url, "/policy/check-no-public-access", body)
    assert (status, answer["reason"]) == (400, reason)
    assert headers["x-amzn-ErrorType"] == "ValidationException"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/policy/nothing", 404),
        ("/policy/../policy/validation", 404),
        ("/policy/validation/", 404),
        ("//[", 404),
        ("*", 404),
        ("/%00", 404),
        ("/policy/validation?" + "a=b&" * 50, 400),
        ("/policy/validation?maxResults=%32", 200),
        ("/policy/validation?maxResults=1e1", 400),
        ("/policy/validation?maxResults=1001", 400),
        ("/policy/validation?nextToken=%ff", 400),
        ("/" + "x" * 70_000, 414),
    ],
)
def test_paths(url: str, path: str, status: int) -> None:
    assert post(url, path, VALIDATION)[0] == status


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_the_operations_take_nothing_but_post(url: str, method: str) -> None:
    status, headers, _ = post(url, "/policy/validation", VALIDATION, method=method)
    assert (status, headers["x-amzn-ErrorType"]) == (404, "UnknownOperationException")


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Content-Length: -1", 400),
        ("Content-Length: x", 400),
        ("Content-Length: " + "9" * 5000, 413),
        (f"Content-Length: {MAX_BODY + 1}", 413),
        ("Content-Length: 2\r\nContent-Length: 3", 400),
        ("Content-Length: 900", 400),
        ("Transfer-Encoding: chunked", 411),
        ("Content-Type: text/html", 415),
        ("Content-Type: application/json; charset=utf-8", 200),
        ("X: " + "x" * 70_000, 431),
        ("\r\n".join(f"X-{number}: 1" for number in range(200)), 431),
    ],
)
def test_headers(url: str, header: str, status: int) -> None:
    assert post(url, "/policy/validation", VALIDATION, header)[0] == status


def test_a_method_that_is_none_is_refused_in_json_without_a_word_of_it(url: str) -> None:
    status, headers, answer = post(url, "/", b"", method="<script>")
    assert (status, headers["Content-Type"]) == (501, "application/json")
    assert "script" not in json.dumps(answer)


def test_a_body_beyond_the_limit_is_refused_after_it_was_sent(url: str) -> None:
    status, _, answer = post(url, "/policy/validation", b" " * (MAX_BODY + 1))
    assert status == 413
    assert f"{MAX_BODY:,}" in answer["message"]


def test_a_connection_serves_one_request_after_the_other(url: str) -> None:
    head = f"POST /policy/validation HTTP/1.1\r\nContent-Length: {len(VALIDATION)}\r\n".encode()
    with connect(url) as connection:
        connection.sendall(head + b"\r\n" + VALIDATION)
        connection.sendall(head + b"Connection: close\r\n\r\n" + VALIDATION)
        answers = rest_of(connection).split(b"HTTP/1.1 ")[1:]
    assert [read_answer(b"HTTP/1.1 " + answer)[0] for answer in answers] == [200, 200]


@pytest.mark.parametrize(
    "beginning", [b"", b"POST /pol", b"POST / HTTP/1.1\r\nX: ", b"POST / HTTP/1.1\r\n\r\n"]
)
def test_who_does_not_go_on_is_left(beginning: bytes) -> None:
    with serving_embedded(patience=0.05) as url, connect(url) as connection:
        connection.sendall(beginning)
        assert b"200" not in rest_of(connection)


def test_who_drips_is_left() -> None:
    head = f"POST /policy/validation HTTP/1.1\r\nContent-Length: {MAX_BODY}\r\n\r\n".encode()
    with serving_embedded(patience=0.1) as url, connect(url) as connection:
        connection.sendall(head)
        with pytest.raises(OSError, match=r"reset|pipe"):
            _drip(connection, MAX_BODY - 1)


def _drip(connection: socket.socket, times: int) -> None:
    for _ in range(times):
        connection.send(b" ")


def test_who_does_not_take_the_answer_is_left() -> None:
    answer = Reply(200, b" " * 30_000_000)
    with ExitStack() as stack:
        with serving(lambda _request: answer, patience=0.1) as url:
            connection = stack.enter_context(connect(url))
            connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert connection.recv(12) == b"HTTP/1.1 200"
        # The server has ended, so this one is either answered or left.
        taken = 0
        with suppress(ConnectionError):
            while piece := connection.recv(65536):
                taken += len(piece)
    assert taken < len(answer.content)


def test_connections_at_a_time_are_bounded() -> None:
    with serving_embedded(connections=1) as url:
        with connect(url) as first:
            first.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert first.recv(12) == b"HTTP/1.1 404"
            with connect(url) as second:
                assert rest_of(second) == b""
        # The server takes a moment to see that the first one has gone.
        assert any(_is_served(url) for _ in range(10_000))


def _is_served(url: str) -> bool:
    with suppress(ConnectionError), connect(url) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return rest_of(connection).startswith(b"HTTP/1.1 404")
    return False
