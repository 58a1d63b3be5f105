"""The IAM that tests know: two operations of its query protocol, over HTTP.

Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import parse_qs, quote
from xml.sax.saxutils import escape

from policy_gate.server.wire import Reply, Request
from tests.local_aws import serving

NAMESPACE = 'xmlns="https://iam.amazonaws.com/doc/2010-05-08/"'


class Refusal(NamedTuple):
    """What IAM answers in place of a document."""

    code: str
    status: int


_MISSING = Refusal("NoSuchEntity", 404)


class LocalIam(NamedTuple):
    url: str
    calls: list[tuple[str, str]]
    """Operation and ARN of each request that arrived."""


@contextmanager
def running(policies: Mapping[str, object | Refusal | Reply]) -> Iterator[LocalIam]:
    """IAM with these documents by ARN, or what it answers instead.

    What `Operation ARN` has is answered to that operation only.
    """
    calls: list[tuple[str, str]] = []

    def respond(request: Request) -> Reply:
        question = {name: texts[0] for name, texts in parse_qs(request.body.decode()).items()}
        operation, arn = question["Action"], question["PolicyArn"]
        calls.append((operation, arn))
        found = policies.get(f"{operation} {arn}", policies.get(arn, _MISSING))
        if isinstance(found, Reply):
            return found
        if isinstance(found, Refusal):
            return _refused(found, arn)
        if operation == "GetPolicy":
            content = "<Policy><DefaultVersionId>v7</DefaultVersionId></Policy>"
        else:
            assert question["VersionId"] == "v7"
            text = found if isinstance(found, str) else quote(json.dumps(found))
            content = f"<PolicyVersion><Document>{escape(text)}</Document></PolicyVersion>"
        result = f"<{operation}Result>{content}</{operation}Result>"
        return _xml(200, f"<{operation}Response {NAMESPACE}>{result}</{operation}Response>")

    with serving(respond) as url:
        yield LocalIam(url, calls)


def _refused(refusal: Refusal, arn: str) -> Reply:
    error = f"<Error><Code>{refusal.code}</Code><Message>no to {arn}</Message></Error>"
    return _xml(refusal.status, f"<ErrorResponse {NAMESPACE}>{error}</ErrorResponse>")


def _xml(status: int, text: str) -> Reply:
    return Reply(status, text.encode())
