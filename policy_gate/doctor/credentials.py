"""Which AWS credentials the SDK would find, told without a call: nothing is asked, run or shown.

The order is that of botocore:
https://docs.aws.amazon.com/boto3/latest/guide/credentials.html
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from policy_gate.analyzers.aws_client import Connection
from policy_gate.analyzers.settings import AwsSettings
from policy_gate.doctor.fact import Fact, State

_TOPIC = "AWS"
_PROFILES = (
    ("role_arn", "a role that the profile {} assumes"),
    ("sso_session", "single sign-on of the profile {}"),
    ("sso_start_url", "single sign-on of the profile {}"),
    ("login_session", "the login session of the profile {}"),
    ("aws_access_key_id", "keys of the profile {}"),
    ("credential_process", "a program that the profile {} names"),
)
_CONTAINER = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")


def aws_facts(settings: AwsSettings, analyzer: str) -> Iterator[Fact]:
    """Credentials and Region, which only some of the analyzers need."""
    from botocore.exceptions import BotoCoreError

    is_needed = analyzer in ("aws", "both")
    connection = Connection(settings)
    try:
        profile = connection.session.profile
        source = _source(connection.session.get_scoped_config(), profile)
        region = connection.region
    except BotoCoreError as error:
        yield Fact(_TOPIC, State.PROBLEM if is_needed else State.NOTE, str(error))
        return
    role = " to assume the configured role" if settings.role_arn else ""
    if source:
        yield Fact(_TOPIC, State.OK, f"credentials: {source}{role}; whether they work is not asked")
    else:
        yield Fact(
            _TOPIC,
            State.NOTE,
            "no credentials found in the environment or in profiles; the instance metadata service"
            f" is not asked. {_unneeded(is_needed)}",
        )
    if region:
        yield Fact(_TOPIC, State.OK, f"Region {region}")
    else:
        state = State.PROBLEM if is_needed else State.NOTE
        yield Fact(_TOPIC, state, f"no Region is set (AWS_REGION). {_unneeded(is_needed)}")


def _unneeded(is_needed: bool) -> str:
    return "The analyzer needs it." if is_needed else "The embedded analyzer needs none."


def _source(profile: Mapping[str, object], name: str | None) -> str:
    """Where the credentials come from; empty where none are in sight."""
    environment = os.environ
    # A profile that the configuration names goes before the variables.
    is_chosen = bool(name) and name != environment.get("AWS_PROFILE")
    has_keys = environment.get("AWS_ACCESS_KEY_ID") and environment.get("AWS_SECRET_ACCESS_KEY")
    if has_keys and not is_chosen:
        return "keys in the environment (AWS_ACCESS_KEY_ID)"
    called = f"{name or 'default'!r}"
    if "role_arn" not in profile and environment.get("AWS_WEB_IDENTITY_TOKEN_FILE"):
        return "a role by web identity (AWS_WEB_IDENTITY_TOKEN_FILE)"
    for key, text in _PROFILES:
        if key in profile:
            return text.format(called)
    if any(environment.get(variable) for variable in _CONTAINER):
        return "the role of the container"
    return ""
