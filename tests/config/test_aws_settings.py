"""Whole runs that ask AWS: what of the configuration and the command line they keep to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import Ran, allow, gate_json
from tests.extractors.terraform.plans import copied
from tests.local_aws import only_this_aws, running
from tests.repositories import Repository

CHECKS = """\
checks:
  validate-policy: {}
  no-public-access: {}
  access-not-granted:
    actions: [iam:CreateUser]
  no-new-access:
    - {name: reference, reference: reference.json}
"""


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_EVENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    reference = {"Version": "2012-10-17", "Statement": [allow("*")]}
    Path("reference.json").write_text(json.dumps(reference))
    write_template("A")


def configure(aws: str = "{}", checks: str = CHECKS) -> None:
    Path(".policy-gate.yml").write_text(f"analyzer: aws\naws: {aws}\n{checks}")


def write_template(*names: str) -> None:
    """A template with a policy of each name, all of the same content, and a bucket policy."""
    document = {
        "Version": "2012-10-17",
        "Statement": [allow("s3:GetObject", "arn:aws:s3:::bucket/*")],
    }
    policies = {
        name: {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
        for name in names
    }
    statement = allow(
        "s3:GetObject", "arn:aws:s3:::bucket/*", Principal={"AWS": "arn:aws:iam::111122223333:root"}
    )
    bucket = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": "bucket",
            "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        },
    }
    Path("t.json").write_text(json.dumps({"Resources": {**policies, "Bucket": bucket}}))


def verdicts(ran: Ran) -> set[str]:
    return {result["verdict"] for result in ran.report["results"]}


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_every_check_passes_and_none_does_where_answers_are_cut(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configure()
    with running() as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        whole = gate_json("run", "t.json")
    with running(faults=["truncate"]) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        cut = gate_json("run", "t.json")

    assert (whole.status, verdicts(whole)) == (0, {"PASS"})
    assert {call.operation for call in server.calls} == {
        "ValidatePolicy",
        "CheckNoNewAccess",
        "CheckAccessNotGranted",
        "CheckNoPublicAccess",
    }
    assert (cut.status, verdicts(cut)) == (1, {"ERROR"})
    assert len(cut.report["results"]) == len(whole.report["results"])
    assert all("MalformedAnswer" in result["message"] for result in cut.report["results"])
    assert len(kept(tmp_path / "cache")) == whole.report["analyzer"]["calls"]["made"]


@pytest.mark.parametrize(
    "question",
    [
        ("validate-policy", "reference.json", "--policy-type", "identity"),
        ("no-new-access", "reference.json", "--policy-type", "identity", "--reference", "n.json"),
        ("access-not-granted", "n.json", "--policy-type", "identity", "--actions", "iam:*"),
        ("no-public-access", "bucket.json", "--resource-type", "AWS::S3::Bucket"),
    ],
    ids=lambda question: question[0],
)
@pytest.mark.parametrize("analyzer", ["aws", "both"])
def test_check_prints_no_result_of_half_an_answer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, question: tuple[str, ...], analyzer: str
) -> None:
    Path("n.json").write_text(
        json.dumps({"Version": "2012-10-17", "Statement": [allow("s3:GetObject")]})
    )
    template = json.loads(Path("t.json").read_text())
    bucket = template["Resources"]["Bucket"]["Properties"]["PolicyDocument"]
    Path("bucket.json").write_text(json.dumps(bucket))
    with running(faults=["truncate"]) as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        ran = gate_json("check", *question, "--analyzer", analyzer)

    assert len(server.calls) == 1
    assert (ran.status, ran.out) == (1, "")
    assert "MalformedAnswer" in ran.err


def test_answers_that_drip_are_errors_at_the_deadline_of_the_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configure("{deadline: 1}")
    with running(faults=["slow:for=60s"]) as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        ran = gate_json("run", "t.json", "--endpoint-url", server.url)

    assert (ran.status, verdicts(ran)) == (1, {"ERROR"})
    assert all("RunDeadline" in result["message"] for result in ran.report["results"])


def test_the_same_policy_twice_is_asked_about_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configure("{cache: false}", "checks: {access-not-granted: {actions: [iam:CreateUser]}}\n")
    write_template("A", "B", "C")
    with running() as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        ran = gate_json("run", "t.json")

    # The three of the same content, and the bucket policy.
    assert len(ran.report["results"]) == 4
    assert verdicts(ran) == {"PASS"}
    assert len(server.calls) == 2
    calls = ran.report["analyzer"]["calls"]
    assert (calls["made"], calls["saved"], calls["charged"]) == (2, 2, 2)
    assert calls["estimated_cost"] == 0.004


def test_an_error_about_the_same_policy_twice_is_one_of_both(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configure("{cache: false}", "checks: {access-not-granted: {actions: [iam:CreateUser]}}\n")
    write_template("A", "B")
    with running(faults=["denied"]) as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        ran = gate_json("run", "t.json")

    assert verdicts(ran) == {"ERROR"}
    assert len(server.calls) == 2


def test_without_a_cache_nothing_is_written_and_everything_asked_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configure("{cache: false}")
    with running() as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        before = kept(tmp_path)
        first, second = gate_json("run", "t.json"), gate_json("run", "t.json")

    assert second.report == first.report
    assert len(server.calls) == 2 * first.report["analyzer"]["calls"]["made"]
    assert kept(tmp_path) == before


def test_a_fork_of_gitlab_neither_reads_nor_fills_the_cache(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configure()
    with running() as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        made = gate_json("run", "t.json").report["analyzer"]["calls"]["made"]
        before = kept(tmp_path / "cache")
        base = Repository(Path.cwd()).commit("base")
        monkeypatch.setenv("CI_MERGE_REQUEST_IID", "7")
        monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)
        monkeypatch.setenv("CI_MERGE_REQUEST_PROJECT_ID", "7")
        monkeypatch.setenv("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "8")
        again = gate_json("run", "t.json")

    assert again.report["analyzer"]["calls"]["made"] == made
    assert kept(tmp_path / "cache") == before


def test_what_aws_answers_about_sensitive_policies_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(copied("sensitive", tmp_path))
    configure("{send-sensitive: true}", "checks: {access-not-granted: {actions: ['iam:*']}}\n")
    with running() as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        first, second = gate_json("run", "plan.json"), gate_json("run", "plan.json")

    assert second.report["results"] == first.report["results"]
    made = first.report["analyzer"]["calls"]["made"]
    again = [call.question["policyDocument"] for call in server.calls[made:]]
    assert len(kept(tmp_path / "cache")) == made - len(again)
    assert [document for document in again if "hunter2" in document] == again != []


def test_profile_and_region_come_from_the_configuration(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with running() as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"):
            monkeypatch.delenv(name)
        (tmp_path / "config").write_text(
            "[profile gate]\nregion = eu-north-1\n"
            "aws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = secret\n"
        )
        configure("{profile: gate}")
        gate_json("run", "t.json")
        asked = len(server.calls)
        configure("{profile: gate, region: ap-south-1}")
        gate_json("run", "t.json")

    signed = [call.headers["Authorization"] for call in server.calls]
    assert all("Credential=AKIAI44QH8DHBEXAMPLE/" in text for text in signed)
    assert {"/eu-north-1/access-analyzer/" in text for text in signed[:asked]} == {True}
    # Another region is another question, whatever the cache holds.
    assert {"/ap-south-1/access-analyzer/" in text for text in signed[asked:]} == {True}
    assert len(signed) == 2 * asked


def test_a_profile_that_is_not_there_is_an_error_of_every_policy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    configure("{profile: absent}")
    with running() as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        ran = gate_json("run", "t.json")

    assert (ran.status, verdicts(ran), server.calls) == (1, {"ERROR"}, [])
    assert all("absent" in result["message"] for result in ran.report["results"])


@pytest.mark.parametrize(
    "question",
    [
        ("run", "t.json"),
        ("check", "validate-policy", "reference.json", "--policy-type", "identity"),
    ],
    ids=["run", "check"],
)
def test_the_endpoint_of_the_command_line_goes_before_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, question: tuple[str, ...]
) -> None:
    configure()
    with running() as elsewhere, running() as server:
        only_this_aws(monkeypatch, tmp_path, elsewhere.url)
        gate_json(*question, "--analyzer", "aws", "--endpoint-url", server.url)

    assert server.calls
    assert elsewhere.calls == []


@pytest.mark.parametrize("key", ["endpoint", "endpoint-url"])
def test_an_endpoint_in_the_configuration_is_refused_where_it_stands(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, key: str
) -> None:
    with running() as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        configure(f"\n  region: eu-central-1\n  {key}: {server.url}")
        ran = gate_json("run", "t.json")

    assert (ran.status, ran.out, server.calls) == (1, "", [])
    assert f".policy-gate.yml:4:3: aws.{key}: an endpoint comes from AWS_ENDPOINT_URL" in ran.err
