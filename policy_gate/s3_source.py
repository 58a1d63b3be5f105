"""Files that the configuration or the command line names, in S3 or beside it.

`s3://bucket/key` may end in `?versionId=` with a version and in `#sha256=` with what the content
must hash to. Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from policy_gate.analyzers.settings import DEFAULT_AWS_SETTINGS, AwsSettings
from policy_gate.config.section import MAX_BYTES, ConfigError, Section, read_source, source_of

if TYPE_CHECKING:
    from policy_gate.syntax.source import Source

SCHEME = "s3://"

MAX_SECONDS = 60.0
"""Seconds that an object of S3 may take."""

_FORM = "s3://bucket/key, then ?versionId=VERSION and #sha256=HASH if you like"
_NAME = re.compile(
    r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(?P<key>[^?#]{1,1024})"
    r"(?:\?versionId=(?P<version>[^?#&\s]{1,1024}))?(?:#sha256=(?P<sha256>[0-9A-Fa-f]{64}))?"
)
_CREDENTIALS = "Give the job AWS credentials that may read it."
_LATER = "Run the gate again later."
_ADVICE = {
    "AccessDenied": "Allow {permission} on this object, and kms:Decrypt where a key of KMS encrypts"
    " it. S3 says the same of an object that is missing, to who may not list the bucket.",
    "InvalidArgument": "Check the version after ?versionId=.",
    "NoCredentialsError": _CREDENTIALS,
    "NoSuchBucket": "Check the name of the bucket.",
    "NoSuchKey": "Check the key after the name of the bucket.",
    "NoSuchVersion": "Check the version after ?versionId=.",
    "PartialCredentialsError": _CREDENTIALS,
    "CredentialRetrievalError": _CREDENTIALS,
    "TokenRetrievalError": _CREDENTIALS,
    "InvalidAccessKeyId": "Renew the AWS credentials.",
    "InternalError": _LATER,
    "SlowDown": _LATER,
}


class _Object(NamedTuple):
    bucket: str
    key: str
    version: str
    sha256: str
    """In lower case; empty where any content will do, as `version` is for the newest."""

    @property
    def name(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.key}"


def named_source(section: Section, key: str, name: str) -> Source:
    """The text of the file or S3 object that the configuration names under a key.

    Raises ConfigError.
    """
    if not is_in_s3(name):
        return read_source(section.existing_file(name, key), section)
    from policy_gate.config.aws import aws_settings

    settings = aws_settings(section.root)
    try:
        return s3_source(name, settings)
    except ConfigError as error:
        raise section.error(str(error), key) from error


def given_source(name: str) -> Source:
    """The text of the file or S3 object that the command line names. Raises ConfigError."""
    return s3_source(name) if is_in_s3(name) else read_source(Path(name))


def is_in_s3(name: str) -> bool:
    return name.startswith(SCHEME)


def s3_source(name: str, settings: AwsSettings = DEFAULT_AWS_SETTINGS) -> Source:
    """The text of an S3 object. Raises ConfigError where it is not what the name promises.

    No more than MAX_BYTES are read, within MAX_SECONDS.
    """
    found = _NAME.fullmatch(name)
    if found is None:
        raise ConfigError(f"{name[:200]!r} is no name of an S3 object: write {_FORM}")
    parts = found.groupdict(default="")
    wanted = _Object(**{**parts, "sha256": parts["sha256"].lower()})
    data = _read(wanted, settings)
    digest = hashlib.sha256(data).hexdigest()
    if wanted.sha256 and digest != wanted.sha256 and len(data) <= MAX_BYTES:
        raise ConfigError(
            f"{wanted.name} is not what #sha256= says: its SHA-256 is {digest}. Somebody has"
            " changed it: look at it before you write down this hash."
        )
    return source_of(wanted.name, data)


def _read(wanted: _Object, settings: AwsSettings) -> bytes:
    """Up to MAX_BYTES + 1 bytes. Raises ConfigError."""
    from policy_gate.analyzers.interface import AnalyzerError
    from policy_gate.publishers.bounded import OutOfTimeError, WorkError, within

    def read() -> bytes | AnalyzerError:
        try:
            return _content(wanted, settings)
        except AnalyzerError as error:
            return error

    try:
        answer = within(MAX_SECONDS, read)
    except OutOfTimeError as error:
        message = f"cannot read {wanted.name}: it took more than {MAX_SECONDS:.0f} seconds"
        raise ConfigError(f"{message}. {_LATER}") from error
    except WorkError as error:
        message = f"cannot read {wanted.name}: internal error, please report it: {error}"
        raise ConfigError(message) from error
    if isinstance(answer, AnalyzerError):
        raise ConfigError(f"cannot read {wanted.name}: {answer}") from answer
    return answer


def _content(wanted: _Object, settings: AwsSettings) -> bytes:
    from policy_gate.analyzers.aws_client import Connection
    from policy_gate.analyzers.aws_errors import sdk_errors

    client = Connection(settings).client("s3")
    version = {"VersionId": wanted.version} if wanted.version else {}
    with sdk_errors("S3", _advice(wanted)):
        answer = client.get_object(Bucket=wanted.bucket, Key=wanted.key, **version)
        # Not `with answer["Body"]`, which gives the stream below it, that checks no length.
        with closing(answer["Body"]) as body:
            return _read_up_to(MAX_BYTES + 1, body)


def _read_up_to(most: int, body: Any) -> bytes:
    """To the end: only there does the SDK see that a connection broke before it."""
    data = b""
    while len(data) < most and (chunk := body.read(most - len(data))):
        data += chunk
    return data


def _advice(wanted: _Object) -> Mapping[str, str]:
    permission = "s3:GetObjectVersion" if wanted.version else "s3:GetObject"
    return {code: text.replace("{permission}", permission) for code, text in _ADVICE.items()}
