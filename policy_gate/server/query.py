"""Answers in the query protocol: XML.

Source: https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape

from policy_gate.server.routes import is_query
from policy_gate.server.wire import RefusedError, Reply, Request

_XML = "text/xml"
_STS = "https://sts.amazonaws.com/doc/2011-06-15/"


def answer(operation: str, result: Mapping[str, str], request_id: str) -> Reply:
    """The result of an operation of STS."""
    members = "".join(_element(name, escape(text)) for name, text in result.items())
    metadata = _element("ResponseMetadata", _element("RequestId", request_id))
    content = _element(f"{operation}Result", members) + metadata
    return _reply(200, f"{operation}Response", content)


def refusal(request: Request, refused: RefusedError) -> Reply:
    """The refusal in the protocol of the request."""
    if not is_query(request):
        return refused.reply
    error = {
        "Type": "Sender" if refused.status < 500 else "Receiver",
        "Code": refused.code,
        "Message": escape(refused.message),
    }
    members = "".join(_element(name, text) for name, text in error.items())
    content = _element("Error", members) + _element("RequestId", request.id)
    return _reply(refused.status, "ErrorResponse", content)


def _reply(status: int, name: str, content: str) -> Reply:
    text = f'<{name} xmlns="{_STS}">{content}</{name}>'
    return Reply(status, text.encode("ascii", "xmlcharrefreplace"), media_type=_XML)


def _element(name: str, content: str) -> str:
    return f"<{name}>{content}</{name}>"
