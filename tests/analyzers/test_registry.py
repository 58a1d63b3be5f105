from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from policy_gate.analyzers.interface import AnalyzerError
from policy_gate.analyzers.registry import ANALYZERS, make_analyzer
from tests.local_aws import no_aws, only_this_aws, running

POLICY = '{"Version": "2012-10-17", "Statement": []}'


@pytest.fixture(autouse=True)
def nothing_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    no_aws(monkeypatch, tmp_path)


def test_the_names_that_users_know() -> None:
    assert ANALYZERS == ("embedded", "aws", "auto", "both")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("embedded", "answers offline, with 149 of the 153 checks of ValidatePolicy"),
        ("aws", "IAM Access Analyzer answers, or nothing does"),
    ],
)
def test_a_chosen_analyzer_is_the_one_that_answers(name: str, reason: str) -> None:
    analyzer, why = make_analyzer(name)

    assert (analyzer.name, why) == (name, reason)


def test_auto_is_aws_where_credentials_and_region_resolve(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with running() as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        analyzer, reason = make_analyzer("auto")

        assert analyzer.name == "aws"
        assert reason == "auto: AWS credentials resolve (env) in eu-central-1"
        assert analyzer.check_no_public_access(POLICY, "AWS::S3::Bucket").result == "PASS"
        assert len(server.calls) == 1


def test_auto_reads_a_profile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "config").write_text("[profile ci]\nregion = eu-west-3\n")
    (tmp_path / "credentials").write_text("[ci]\naws_access_key_id=A\naws_secret_access_key=B\n")
    monkeypatch.setenv("AWS_PROFILE", "ci")

    analyzer, reason = make_analyzer("auto")

    assert analyzer.name == "aws"
    assert reason == "auto: AWS credentials resolve (shared-credentials-file) in eu-west-3"


def test_auto_is_embedded_without_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")

    analyzer, reason = make_analyzer("auto")

    assert analyzer.name == "embedded"
    assert reason == "auto: no AWS credentials resolve, so the embedded analyzer answers"


def test_auto_is_embedded_without_a_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "A")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "B")

    analyzer, reason = make_analyzer("auto")

    assert analyzer.name == "embedded"
    assert "no AWS region is set" in reason


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ("[profile ci]\ncredential_process = /nonexistent/program\n", "FileNotFoundError"),
        ("[profile ci]\nrole_arn = arn:aws:iam::111122223333:role/x\n", "PartialCredentialsError"),
        ("[profile other]\n", "ProfileNotFound"),
        ("no configuration at all", "ConfigParseError"),
    ],
)
def test_auto_is_embedded_where_the_credentials_are_broken_and_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, config: str, code: str
) -> None:
    (tmp_path / "config").write_text(config)
    monkeypatch.setenv("AWS_PROFILE", "ci")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")

    analyzer, reason = make_analyzer("auto")

    assert analyzer.name == "embedded"
    assert f"({code})" in reason


def test_aws_never_falls_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")

    analyzer, _ = make_analyzer("aws")

    assert analyzer.name == "aws"
    with pytest.raises(AnalyzerError):
        analyzer.validate_policy(POLICY, "IDENTITY_POLICY")


def test_the_embedded_analyzer_never_loads_the_aws_sdk() -> None:
    program = (
        "import sys; from policy_gate.analyzers.registry import make_analyzer; "
        "make_analyzer('embedded'); print({'boto3', 'botocore'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "set()\n"
