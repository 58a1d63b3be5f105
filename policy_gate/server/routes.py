"""Which operation a request is for: in REST its method and path say, in the query protocol Action.

Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_Operations.html,
https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html and
https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
"""

from __future__ import annotations

from urllib.parse import parse_qs

from policy_gate.server.wire import Request

REST = {
    "ValidatePolicy": ("POST", "/policy/validation"),
    "CheckNoNewAccess": ("POST", "/policy/check-no-new-access"),
    "CheckAccessNotGranted": ("POST", "/policy/check-access-not-granted"),
    "CheckNoPublicAccess": ("POST", "/policy/check-no-public-access"),
    "ListAnalyzers": ("GET", "/analyzer"),
    "CreateAccessPreview": ("PUT", "/access-preview"),
    "GetAccessPreview": ("GET", "/access-preview/{accessPreviewId}"),
    "ListAccessPreviewFindings": ("POST", "/access-preview/{accessPreviewId}"),
}
"""Method and path of the operations of Access Analyzer; a segment in braces is a member."""

QUERY = ("GetCallerIdentity",)
"""The operations of STS."""

OPERATIONS = (*REST, *QUERY)

_FORM = "application/x-www-form-urlencoded"
_MAX_FIELDS = 100


def is_query(request: Request) -> bool:
    """Does the request speak the query protocol, whose answers are XML?"""
    return request.media_type == _FORM


def operation_of(request: Request) -> str | None:
    """One of OPERATIONS, None for another."""
    if is_query(request):
        action = form_of(request).get("Action", "")
        return action if action in QUERY else None
    return next((name for name in REST if path_members(name, request) is not None), None)


def path_members(operation: str, request: Request) -> dict[str, str] | None:
    """The members in the path of a request, None where it is not for that operation."""
    method, path = REST[operation]
    expected, given = path.split("/"), request.path.split("/")
    if request.method != method or len(expected) != len(given):
        return None
    pairs = list(zip(expected, given, strict=True))
    members = {name[1:-1]: text for name, text in pairs if name.startswith("{") and text}
    return members if all(name == text or name[1:-1] in members for name, text in pairs) else None


def form_of(request: Request) -> dict[str, str]:
    """The fields of a query request; none where the body is no form."""
    try:
        text = request.body.decode("ascii")
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}
