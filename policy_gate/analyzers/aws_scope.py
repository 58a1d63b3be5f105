"""Where an answer of AWS holds: the region, the account and the endpoint that gave it."""

from __future__ import annotations

import os
from base64 import b32decode
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from policy_gate.analyzers.aws_client import Connection, region_of_environment

_BEYOND_KEYS = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
)
_FILES = {
    "AWS_CONFIG_FILE": "~/.aws/config",
    "AWS_SHARED_CREDENTIALS_FILE": "~/.aws/credentials",
}


_KEY_LENGTH = 20


class Scope(NamedTuple):
    """What tells the answers of one AWS from those of another."""

    region: str
    account: str
    """Its number; or what stands for it where only its keys are known."""

    endpoint: str


def scope_of_environment(connection: Connection) -> Scope | None:
    """The scope where the environment alone decides it, as in most CI jobs; else None.

    It is what makes a run that asks nothing fast: loading the AWS SDK takes longer than the rest.
    """
    settings = connection.settings
    if settings.profile or settings.role_arn or any(map(os.environ.get, _BEYOND_KEYS)):
        return None
    files = (os.environ.get(name) or default for name, default in _FILES.items())
    if any(Path(file).expanduser().exists() for file in files):
        return None
    key, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    region = settings.region or region_of_environment()
    if not (key and secret and region):
        return None
    account = os.environ.get("AWS_ACCOUNT_ID") or account_of_key(key)
    from_environment = os.environ.get("AWS_ENDPOINT_URL_ACCESSANALYZER") or os.environ.get(
        "AWS_ENDPOINT_URL", ""
    )
    return Scope(region, account, settings.endpoint_url or from_environment)


def scope_of_client(connection: Connection, client: Any) -> Scope:
    """The scope of a client that is set up. Raises what the AWS SDK raises."""
    account = connection.settings.role_arn.split(":")[4:5]
    if not account:
        credentials = connection.session.get_credentials()
        frozen = credentials.get_frozen_credentials() if credentials else None
        if frozen is not None:
            account = [frozen.account_id or account_of_key(frozen.access_key)]
    return Scope(client.meta.region_name, "".join(account), client.meta.endpoint_url)


def account_of_key(key: str) -> str:
    """The account that an access key belongs to, or another text that only this key has.

    Keys hold their account in bits 1 to 40 of what follows the first four letters. AWS does not
    document that: it serves to tell accounts apart without a call, and for nothing else.
    """
    try:
        if len(key) != _KEY_LENGTH:
            raise ValueError
        return f"{int.from_bytes(b32decode(key[4:])[:6]) >> 7 & (1 << 40) - 1:012d}"
    except ValueError:
        return sha256(key.encode()).hexdigest()
