"""Which analyzers there are, and which one answers. Each is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from policy_gate.analyzers.settings import (
    DEFAULT_AWS_SETTINGS,
    DEFAULT_SETTINGS,
    AwsSettings,
    EmbeddedSettings,
)

if TYPE_CHECKING:
    from policy_gate.analyzers.interface import Analyzer

CERTAIN_CHECKS = 149
"""Checks of ValidatePolicy that are on without `approximate`."""


def make_analyzer(
    name: str,
    settings: EmbeddedSettings = DEFAULT_SETTINGS,
    aws: AwsSettings = DEFAULT_AWS_SETTINGS,
) -> tuple[Analyzer, str]:
    """The analyzer that answers for `name`, one of ANALYZERS, and one sentence why it is that one.

    Raises KeyError for another name.
    """
    return _MAKERS[name](settings, aws)


def _embedded(settings: EmbeddedSettings, aws: AwsSettings) -> tuple[Analyzer, str]:
    del aws
    from policy_gate.analyzers.embedded import EmbeddedAnalyzer

    checks = "the 153" if settings.approximate else f"{CERTAIN_CHECKS} of the 153"
    return EmbeddedAnalyzer(settings), f"answers offline, with {checks} checks of ValidatePolicy"


def _aws(settings: EmbeddedSettings, aws: AwsSettings) -> tuple[Analyzer, str]:
    del settings
    from policy_gate.analyzers.aws import AwsAnalyzer

    return AwsAnalyzer(aws), "IAM Access Analyzer answers, or nothing does"


def _both(settings: EmbeddedSettings, aws: AwsSettings) -> tuple[Analyzer, str]:
    from policy_gate.analyzers.aws import AwsAnalyzer

    reason = "IAM Access Analyzer answers, and where the embedded analyzer disagrees is noted"
    return AwsAnalyzer(aws, _embedded(settings, aws)[0]), reason


def _auto(settings: EmbeddedSettings, aws: AwsSettings) -> tuple[Analyzer, str]:
    """AWS where credentials and a region resolve.

    The search for credentials ends at the instance metadata service, to which botocore gives one
    try and one second for each of two requests.
    """
    from policy_gate.analyzers.aws import AwsAnalyzer
    from policy_gate.analyzers.aws_errors import sdk_errors
    from policy_gate.analyzers.interface import AnalyzerError

    analyzer = AwsAnalyzer(aws)
    try:
        with sdk_errors():
            credentials = analyzer.connection.session.get_credentials()
            if credentials is not None:
                # The role or the single sign-on behind them is only asked now.
                credentials.get_frozen_credentials()
            region = analyzer.connection.region
    except AnalyzerError as error:
        return _instead_of_aws(settings, aws, f"AWS credentials do not resolve ({error.code})")
    if credentials is None:
        return _instead_of_aws(settings, aws, "no AWS credentials resolve")
    if region is None:
        fact = "AWS credentials resolve, but no AWS region is set"
        return _instead_of_aws(settings, aws, fact)
    return analyzer, f"auto: AWS credentials resolve ({credentials.method}) in {region}"


def _instead_of_aws(
    settings: EmbeddedSettings, aws: AwsSettings, fact: str
) -> tuple[Analyzer, str]:
    return _embedded(settings, aws)[0], f"auto: {fact}, so the embedded analyzer answers"


_MAKERS: dict[str, Callable[[EmbeddedSettings, AwsSettings], tuple[Analyzer, str]]] = {
    "embedded": _embedded,
    "aws": _aws,
    "auto": _auto,
    "both": _both,
}

ANALYZERS = tuple(_MAKERS)
"""The names that a user can choose."""
