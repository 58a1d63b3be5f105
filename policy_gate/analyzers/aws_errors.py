"""What the AWS SDK raises, as AnalyzerError: a code and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any

from policy_gate.analyzers.interface import AnalyzerError

MAX_MESSAGE = 500
"""Characters that are kept of a message of the service or the SDK."""

_OFFLINE = "or let the embedded analyzer answer"
_NO_CREDENTIALS = f"Give the job AWS credentials, {_OFFLINE}."
_RENEW = "Renew the AWS credentials."
_LATER = "Run the gate again later."
_NETWORK = "Check the network, the region and any AWS_ENDPOINT_URL."
_QUESTION = "Access Analyzer does not accept this policy or this question: check the policy first."
_CLOCK = "Set the clock of this machine."
_PROTOCOL = "Check that AWS_ENDPOINT_URL, if set, leads to AWS."
_THROTTLED = "Run the gate again later, or raise AWS_MAX_ATTEMPTS."

_ADVICE = {
    # Error codes of the service:
    # https://docs.aws.amazon.com/access-analyzer/latest/APIReference/CommonErrors.html
    "AccessDeniedException": "Allow access-analyzer:{operation} for these credentials.",
    "ThrottlingException": _THROTTLED,
    "ValidationException": _QUESTION,
    "InvalidParameterException": _QUESTION,
    "UnprocessableEntityException": _QUESTION,
    "InternalServerException": _LATER,
    "ServiceUnavailable": _LATER,
    "ExpiredToken": _RENEW,
    "ExpiredTokenException": _RENEW,
    "IncompleteSignature": _RENEW,
    "InvalidClientTokenId": _RENEW,
    "InvalidSignatureException": _RENEW,
    "RequestExpired": _CLOCK,
    "RequestTimeTooSkewed": _CLOCK,
    "UnrecognizedClientException": _RENEW,
    # Error codes of IAM: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
    "AccessDenied": "Allow iam:{operation} for these credentials.",
    "NoSuchEntity": "Check the ARN, and that the credentials are of the account that it names.",
    "Throttling": _THROTTLED,
    "ServiceFailure": _LATER,
    # Exceptions of the SDK, by the name of the class or of one it derives from:
    "NoRegionError": f"Set AWS_REGION, {_OFFLINE}.",
    "NoCredentialsError": _NO_CREDENTIALS,
    "PartialCredentialsError": _NO_CREDENTIALS,
    "CredentialRetrievalError": _NO_CREDENTIALS,
    "TokenRetrievalError": _NO_CREDENTIALS,
    "SSOError": _RENEW,
    "LoginError": _RENEW,
    "ConnectionError": _NETWORK,
    "HTTPClientError": _NETWORK,
    "ParamValidationError": _QUESTION,
    "PaginationError": _PROTOCOL,
}
OF_THE_RUN = frozenset(
    {
        "ConnectTimeoutError",
        "CredentialRetrievalError",
        "EndpointConnectionError",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "NoCredentialsError",
        "PartialCredentialsError",
        "ProxyConnectionError",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "SSOTokenLoadError",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
        "UnrecognizedClientException",
    }
)
"""What is wrong with who asks, or with the way to AWS, and so with every other question."""

_THROTTLES = frozenset({"429", "Throttling", "ThrottlingException", "TooManyRequestsException"})
_WRONG_CLOCK = ("Signature expired", "Signature not yet current")
_CONFIGURATION = "Check the AWS configuration and credentials."


@contextmanager
def sdk_errors(
    service: str = "Access Analyzer", advice: Mapping[str, str] = MappingProxyType({})
) -> Iterator[None]:
    """Raises AnalyzerError for all that the AWS SDK raises inside, asking the service.

    `advice` says by code what to do, where that is not what Access Analyzer or IAM need.
    """
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    known = {**_ADVICE, **advice}
    try:
        yield
    except ClientError as error:
        reply = error.response.get("Error", {})
        raise _refused(error.operation_name, reply, service, known) from error
    # The SDK's parser and ours end like this in JSON that is not the shape the API promises.
    except (AttributeError, KeyError, TypeError, UnicodeDecodeError, ResponseParserError) as error:
        raise malformed_answer(f"{type(error).__name__}: {error}", service) from error
    # OSError: a token file or a credential process is missing. ValueError: AWS_MAX_ATTEMPTS=x.
    except (BotoCoreError, OSError, ValueError) as error:
        names = [kind.__name__ for kind in type(error).__mro__]
        what_to_do = next((known[name] for name in names if name in known), _CONFIGURATION)
        raise AnalyzerError(names[0], _sentences(str(error), what_to_do)) from error


def malformed_answer(detail: str, service: str = "Access Analyzer") -> AnalyzerError:
    """For an answer that is not what the API of the service promises."""
    message = f"This is no answer of {service} ({detail})"
    return AnalyzerError("MalformedAnswer", _sentences(message, _PROTOCOL))


def is_throttled(response: Mapping[str, Any] | None) -> bool:
    """Does the service, in a response as botocore parses it, take no more for now?"""
    error = (response or {}).get("Error")
    return isinstance(error, dict) and str(error.get("Code")) in _THROTTLES


def _refused(
    operation: str, error: dict[str, Any], service: str, known: Mapping[str, str]
) -> AnalyzerError:
    code = str(error.get("Code") or "Unknown")
    message = str(error.get("Message") or code)
    advice = known.get(code, _LATER if code.startswith("5") else _CONFIGURATION)
    if service == "STS" and code == "AccessDenied":
        advice = "Let the trust policy of the role, and the credentials, allow sts:{operation}."
    if message.startswith(_WRONG_CLOCK):
        advice = _CLOCK
    return AnalyzerError(
        code, _sentences(f"AWS refused {operation}: {message}", advice.format(operation=operation))
    )


def _sentences(message: str, advice: str) -> str:
    line = " ".join(message.split())
    if len(line) > MAX_MESSAGE:
        line = line[:MAX_MESSAGE] + "..."
    return f"{line.rstrip('.')}. {advice}"
