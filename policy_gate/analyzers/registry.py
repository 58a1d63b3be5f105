"""Which analyzers there are, and which one answers. Each is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policy_gate.analyzers.interface import Analyzer


def make_analyzer(name: str) -> tuple[Analyzer, str]:
    """The analyzer that answers for `name`, one of ANALYZERS, and one sentence why it is that one.

    Raises KeyError for another name.
    """
    return _MAKERS[name]()


def _embedded() -> tuple[Analyzer, str]:
    from policy_gate.analyzers.embedded import EmbeddedAnalyzer

    return EmbeddedAnalyzer(), "answers offline, with 47 of the 153 checks of ValidatePolicy"


def _aws() -> tuple[Analyzer, str]:
    from policy_gate.analyzers.aws import AwsAnalyzer

    return AwsAnalyzer(), "IAM Access Analyzer answers, or nothing does"


def _auto() -> tuple[Analyzer, str]:
    """AWS where credentials and a region resolve.

    The search for credentials ends at the instance metadata service, to which botocore gives one
    try and one second for each of two requests.
    """
    from botocore.session import get_session

    from policy_gate.analyzers.aws import AwsAnalyzer
    from policy_gate.analyzers.aws_client import region_of
    from policy_gate.analyzers.aws_errors import sdk_errors
    from policy_gate.analyzers.interface import AnalyzerError

    session = get_session()
    try:
        with sdk_errors():
            credentials = session.get_credentials()
            if credentials is not None:
                # The role or the single sign-on behind them is only asked now.
                credentials.get_frozen_credentials()
            region = region_of(session)
    except AnalyzerError as error:
        return _instead_of_aws(f"AWS credentials do not resolve ({error.code})")
    if credentials is None:
        return _instead_of_aws("no AWS credentials resolve")
    if region is None:
        return _instead_of_aws("AWS credentials resolve, but no AWS region is set")
    return AwsAnalyzer(session), f"auto: AWS credentials resolve ({credentials.method}) in {region}"


def _instead_of_aws(fact: str) -> tuple[Analyzer, str]:
    return _embedded()[0], f"auto: {fact}, so the embedded analyzer answers"


_MAKERS: dict[str, Callable[[], tuple[Analyzer, str]]] = {
    "embedded": _embedded,
    "aws": _aws,
    "auto": _auto,
}

ANALYZERS = tuple(_MAKERS)
"""The names that a user can choose."""
