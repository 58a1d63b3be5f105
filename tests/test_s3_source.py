"""Reference policies and lists of actions in S3, that of moto and one that misbehaves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session

from policy_gate import s3_source
from policy_gate.config.section import MAX_BYTES
from policy_gate.server.wire import Manner, Reply, Request
from tests.command_line import allow, gate, gate_json, template
from tests.local_aws import no_aws, only_this_aws, serving
from tests.local_moto import moto

REFERENCE = json.dumps(
    {"Version": "2012-10-17", "Statement": [allow("s3:GetObject", "arn:aws:s3:::orders/*")]}
)
POLICY = {"Version": "2012-10-17", "Statement": [allow("s3:*")]}


class Bucket:
    """A bucket with versions, on moto's server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client: Any = Session().create_client(
            "s3",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
            aws_secret_access_key="secret",
        )
        self.client.create_bucket(Bucket="rules")
        self.client.put_bucket_versioning(
            Bucket="rules", VersioningConfiguration={"Status": "Enabled"}
        )

    def put(self, key: str, content: str | bytes) -> str:
        """The version of the object that it makes."""
        data = content.encode() if isinstance(content, str) else content
        version: str = self.client.put_object(Bucket="rules", Key=key, Body=data)["VersionId"]
        return version


@pytest.fixture(scope="module")
def bucket() -> Iterator[Bucket]:
    with moto() as url:
        yield Bucket(url)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    no_aws(monkeypatch, tmp_path)
    (tmp_path / "policy.json").write_text(json.dumps(POLICY))
    return tmp_path


@pytest.fixture
def aws(bucket: Bucket, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    only_this_aws(monkeypatch, folder, bucket.url)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    return bucket


def compare(name: str) -> tuple[int, str]:
    """The exit status and stderr of a check against a reference policy."""
    ran = gate(
        "check", "no-new-access", "policy.json", "--policy-type", "identity", "--reference", name
    )
    return ran.status, ran.err


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_run_reads_reference_and_actions_from_the_bucket(aws: Bucket, folder: Path) -> None:
    aws.put("teams/reference policy.json", REFERENCE)
    version = aws.put("actions.txt", "iam:CreateUser  # admins\n")
    aws.put("actions.txt", "iam:DeleteUser\n")
    (folder / "template.json").write_text(template(allow(["s3:PutObject", "iam:CreateUser"])))
    (folder / ".policy-gate.yml").write_text(
        "checks:\n"
        "  no-new-access:\n"
        "    - name: team\n"
        f"      reference: s3://rules/teams/reference policy.json#sha256={sha256(REFERENCE)}\n"
        f"  access-not-granted: {{actions-file: 's3://rules/actions.txt?versionId={version}'}}\n"
    )

    ran = gate_json("run", "template.json")

    assert ran.status == 2, ran.err
    assert {code for code, _ in ran.findings()} == {
        "CHECK_NO_NEW_ACCESS",
        "CHECK_ACCESS_NOT_GRANTED",
    }


def test_the_command_line_takes_the_same_names(aws: Bucket) -> None:
    aws.put("reference.json", REFERENCE)
    aws.put("all.json", json.dumps({"Version": "2012-10-17", "Statement": [allow("*")]}))
    aws.put("list.txt", "s3:DeleteBucket\n")

    ran = gate(
        *("check", "access-not-granted", "policy.json", "--policy-type", "identity"),
        *("--actions-file", "s3://rules/list.txt"),
    )

    assert ran.status == 2, ran.err
    assert compare("s3://rules/reference.json") == (2, "")
    assert compare("s3://rules/all.json") == (0, "")


def test_the_version_that_is_named_counts_and_not_the_newest(aws: Bucket) -> None:
    old = aws.put("changed.json", json.dumps({"Statement": [allow("*")]}))
    aws.put("changed.json", REFERENCE)

    assert compare(f"s3://rules/changed.json?versionId={old}") == (0, "")
    assert compare("s3://rules/changed.json")[0] == 2


def test_the_hash_of_what_arrived_must_be_the_one_that_is_named(aws: Bucket) -> None:
    aws.put("reference.json", REFERENCE)
    digest = sha256(REFERENCE)
    wrong = "0" * 64

    assert compare(f"s3://rules/reference.json#sha256={digest.upper()}") == (2, "")
    status, err = compare(f"s3://rules/reference.json#sha256={wrong}")
    assert status == 1
    assert f"s3://rules/reference.json is not what #sha256= says: its SHA-256 is {digest}" in err


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("s3://no-such-bucket/key", "NoSuchBucket"),
        ("s3://rules/missing.json", "NoSuchKey"),
        ("s3://rules/reference.json?versionId=00000000-0000", "?versionId="),
    ],
)
def test_what_is_not_there_is_named(aws: Bucket, name: str, says: str) -> None:
    aws.put("reference.json", REFERENCE)

    status, err = compare(name)

    assert status == 1
    assert name.partition("?")[0] in err
    assert says in err
    assert "Check the" in err


@pytest.mark.parametrize(
    "name",
    [
        "s3://",
        "s3://rules",
        "s3://rules/",
        "s3://Rules/key",
        "s3://rules/key?versionid=1",
        "s3://rules/key?versionId=",
        "s3://rules/key#sha256=12",
        "s3://rules/key#sha256=" + "0" * 64 + "?versionId=1",
        "s3://rules/key#md5=12",
        "s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/own/key",
    ],
)
def test_a_name_that_is_none_reaches_nobody(name: str) -> None:
    status, err = compare(name)

    assert status == 1
    assert "is no name of an S3 object: write s3://bucket/key" in err


def test_an_object_that_is_no_policy_is_told_with_its_line(aws: Bucket) -> None:
    aws.put("broken.json", '{\n  "Statement": [}\n')
    aws.put("binary.json", b"\x00\xff\xfe")

    assert "s3://rules/broken.json:2:" in compare("s3://rules/broken.json")[1]
    assert compare("s3://rules/binary.json")[0] == 1


def test_no_more_than_the_bound_is_read(aws: Bucket) -> None:
    aws.put("large.json", b" " * (MAX_BYTES + 1))

    assert compare("s3://rules/large.json") == (
        1,
        "policy-gate: error: s3://rules/large.json is larger than 1 MB\n",
    )


def test_an_error_of_the_configuration_names_its_line(aws: Bucket, folder: Path) -> None:
    assert aws.url
    (folder / "template.json").write_text(template(allow("s3:GetObject")))
    (folder / ".policy-gate.yml").write_text(
        "checks:\n  no-new-access:\n    - {name: a, reference: s3://rules/none.json}\n"
    )

    ran = gate("run", "template.json")

    assert ran.status == 1
    assert ".policy-gate.yml:3:" in ran.err
    assert "checks.no-new-access[0].reference: cannot read s3://rules/none.json" in ran.err


def test_the_settings_of_the_section_aws_are_those_of_the_bucket(aws: Bucket, folder: Path) -> None:
    assert aws.url
    (folder / "template.json").write_text(template(allow("s3:GetObject")))
    (folder / ".policy-gate.yml").write_text(
        "aws: {profile: none-such}\n"
        "checks: {access-not-granted: {actions-file: 's3://rules/actions.txt'}}\n"
    )

    ran = gate("run", "template.json")

    assert ran.status == 1
    assert "none-such" in ran.err


def refused(code: str, status: int) -> Reply:
    text = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
    return Reply(status, text.encode(), media_type="application/xml")


@pytest.mark.parametrize(
    ("reply", "version", "says"),
    [
        (
            refused("AccessDenied", 403),
            "",
            "AccessDenied: AWS refused GetObject: no. Allow s3:GetO",
        ),
        (refused("AccessDenied", 403), "?versionId=1", "Allow s3:GetObjectVersion on"),
        (refused("ExpiredToken", 400), "", "Renew the AWS credentials."),
        (refused("SlowDown", 503), "", "Run the gate again later."),
        (Reply(200, b"{}", manner=Manner(reset=True)), "", "Check the network"),
        (Reply(200, REFERENCE.encode(), manner=Manner(cut=True)), "", "IncompleteReadError"),
    ],
)
def test_what_s3_does_wrong_is_told_with_what_to_do(
    reply: Reply, version: str, says: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(lambda _: reply) as url:
        only_this_aws(monkeypatch, folder, url)
        monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

        status, err = compare(f"s3://rules/key{version}")

    assert status == 1
    assert "cannot read s3://rules/key: " in err
    assert says in err
    assert "secret" not in err


def test_an_object_that_drips_is_given_up(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3_source, "MAX_SECONDS", 0.2)

    def drip(request: Request) -> Reply:
        del request
        return Reply(200, b"{" * 200, manner=Manner(spread=2.0))

    with serving(drip) as url:
        only_this_aws(monkeypatch, folder, url)

        status, err = compare("s3://rules/key")

    assert status == 1
    assert "cannot read s3://rules/key: it took more than 0 seconds" in err


def test_without_credentials_the_error_says_who_needs_them() -> None:
    status, err = compare("s3://rules/key")

    assert status == 1
    assert "Give the job AWS credentials that may read it." in err
