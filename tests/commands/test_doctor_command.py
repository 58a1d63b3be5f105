"""`policy-gate doctor` says what a run would work with, and agrees with the run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Ran, allow, gate, template
from tests.repositories import Repository

ROOT = Path(__file__).parents[2]
PLAN = ROOT / "tests" / "data" / "terraform" / "identity"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
LONG_AGO, LATER = 1_000_000_000, 1_100_000_000


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = Repository(tmp_path / "repository")
    monkeypatch.chdir(made.folder)
    for name in [name for name in os.environ if name.startswith("AWS_") or name == "CI"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "aws-credentials"))
    return made


def doctor(*arguments: str | Path) -> Ran:
    ran = gate("doctor", *arguments, "--format", "json")
    assert ran.err == ""
    assert ran.report["exit_status"] == ran.status
    return ran


def told(ran: Ran, topic: str) -> str:
    """All that is said of a topic, a line a fact, with its state."""
    facts: list[dict[str, Any]] = ran.report["facts"]
    return "\n".join(f"{fact['state']}: {fact['text']}" for fact in facts if fact["topic"] == topic)


def good(name: str = "t.json") -> None:
    Path(name).write_text(template(allow("s3:GetObject", "arn:aws:s3:::b/*")))


def test_what_is_ready() -> None:
    good()
    ran = doctor()
    assert (ran.status, ran.report["status"]) == (0, "ready")
    assert ran.report["inputs"] == [{"path": "t.json", "format": "CloudFormation template"}]
    assert "ok: policy-gate " in told(ran, "versions")
    assert "days old" in told(ran, "service data")
    assert told(ran, "analyzer").startswith("ok: embedded: answers offline")
    assert "there is no .policy-gate.yml" in told(ran, "configuration")
    assert "ok: 1 policy: 1 IDENTITY" in told(ran, "inputs")
    assert "nothing is compared" in told(ran, "base")


def test_the_console_says_the_same() -> None:
    good()
    ran = gate("doctor")
    assert (ran.status, ran.err) == (0, "")
    assert "ok       inputs         1 CloudFormation template: t.json\n" in ran.out
    assert ran.out.endswith("\nREADY: `policy-gate run` checks what is listed above\n")


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"README.md": "text"},
        {"t.json": '{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}'},
        {"t.json": template(allow("s3:GetObject"))},
        {"t.json": '{"Resources": {"T": '},
        {".policy-gate.yml": "checks: {no-public-access: true}\ninputs: [gone.json]\n"},
        {".policy-gate.yml": "checks: {no-public-acces: true}\n"},
        {".policy-gate.yml": "checks: {no-public-access: true}\nbaseline: gone.json\n"},
        {".policy-gate.yml": "checks: {no-new-access: [{name: a, reference: gone.json}]}\n"},
    ],
)
def test_it_agrees_with_the_run(repository: Repository, files: dict[str, str]) -> None:
    for name, text in files.items():
        repository.write(name, text)
    # What is not analysed fails the run, and has to be mended first.
    expected = {0: 0, 2: 1, 1: 1, 3: 3}[gate("run").status]
    assert doctor().status == expected
    assert gate("doctor").status == expected


def test_an_error_of_the_configuration_has_its_line() -> None:
    good()
    Path(".policy-gate.yml").write_text("checks:\n  no-public-acces: true\n")
    ran = doctor()
    assert (ran.status, ran.report["status"]) == (1, "broken")
    assert "problem: .policy-gate.yml:2:3: checks.no-public-acces" in told(ran, "configuration")
    assert "BROKEN: 1 problem above" in gate("doctor").out


def test_what_is_skipped_and_why(repository: Repository) -> None:
    good()
    repository.write("README.md", "text")
    repository.write("src/a.py", "")
    Path("link.json").symlink_to("t.json")
    ran = doctor()
    assert ran.report["skipped"] == ["README.md", "src/a.py"]
    assert "2 files skipped, neither template nor plan: 1 .md, 1 .py" in told(ran, "inputs")
    repository.write("node_modules/t.json", "{}")
    assert "ok: never searched: node_modules" in told(doctor(), "inputs")
    assert "1 symbolic link not followed" in told(ran, "inputs")


def test_what_has_to_be_made_first(repository: Repository) -> None:
    repository.write("app/cdk.json", "{}")
    repository.write("infra/main.tf", "")
    ran = doctor()
    assert ran.status == 3
    assert "note: app/cdk.json: a CDK app is checked after `cdk synth`" in told(ran, "inputs")
    assert "there is none of infra/*.tf: `terraform plan -out tfplan" in told(ran, "inputs")


def test_a_plan_that_is_older_than_its_sources(repository: Repository) -> None:
    for name in ("main.tf", "policy/main.tf", "plan.json"):
        repository.write(name, (PLAN / name).read_text())
    os.utime("plan.json", (LONG_AGO, LONG_AGO))
    os.utime("main.tf", (LATER, LATER))
    assert "plan.json is older than main.tf: `terraform plan`" in told(doctor(), "inputs")
    os.utime("plan.json", (LATER, LATER))
    assert "older" not in told(doctor(), "inputs")


@pytest.mark.parametrize(
    ("variables", "profile", "source"),
    [
        ({"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET}, "",
         "keys in the environment"),
        ({"AWS_PROFILE": "ops"}, f"aws_access_key_id = AKIA\naws_secret_access_key = {SECRET}",
         "keys of the profile 'ops'"),
        ({"AWS_PROFILE": "ops"}, "role_arn = arn:aws:iam::111122223333:role/x\nsource_profile = a",
         "a role that the profile 'ops' assumes"),
        ({"AWS_PROFILE": "ops"}, "sso_session = acme", "single sign-on of the profile 'ops'"),
        ({"AWS_PROFILE": "ops"}, f"credential_process = touch ran {SECRET}",
         "a program that the profile 'ops' names"),
        ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/token", "AWS_ROLE_ARN": "arn"}, "",
         "a role by web identity"),
        ({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"}, "", "the role of the container"),
    ],
)  # fmt: skip
def test_where_credentials_come_from(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    profile: str,
    source: str,
) -> None:
    (tmp_path / "aws-config").write_text(f"[profile ops]\nregion = eu-west-1\n{profile}\n")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ran = doctor()
    assert f"ok: credentials: {source}" in told(ran, "AWS")
    assert SECRET not in ran.out
    assert "AKIA" not in ran.out
    assert not Path("ran").exists()
    assert ("Region eu-west-1" in ran.out) == ("AWS_PROFILE" in variables)


def test_the_embedded_analyzer_needs_none_and_aws_does(monkeypatch: pytest.MonkeyPatch) -> None:
    good()
    assert "note: no credentials found" in told(doctor(), "AWS")
    ran = doctor("--analyzer", "aws")
    assert ran.status == 1
    assert "problem: no Region is set" in told(ran, "AWS")
    monkeypatch.setenv("AWS_PROFILE", "gone")
    assert "note: The config profile (gone) could not be found" in told(doctor(), "AWS")


def test_what_a_job_of_github_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good()
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 7, "head": {"sha": "a" * 40}}}))
    monkeypatch.setenv("GITHUB_API_URL", "https://api.github.com")
    monkeypatch.setenv("GITHUB_REPOSITORY", "acme/x")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    ran = doctor()
    assert "ok: github; the configuration wants: comment, review-comments" in told(ran, "platform")
    assert "GITHUB_TOKEN is not set" in told(ran, "platform")
    monkeypatch.setenv("GITHUB_TOKEN", "ghs_secret")
    ran = doctor()
    assert "TOKEN" not in told(ran, "platform")
    assert "ghs_secret" not in ran.out


@pytest.mark.parametrize(
    ("variables", "lacks"),
    [
        ({"CI_API_V4_URL": "https://gitlab.example.com/api/v4", "CI_PROJECT_ID": "1"}, "CI_COMMIT"),
        ({"CODEBUILD_BUILD_ID": "p:1", "pullRequestId": "x"}, "pullRequestId is not set, or is no"),
    ],
)
def test_other_platforms(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], lacks: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    said = told(doctor(), "platform")
    assert lacks in said
    assert "no pull request" in said


def test_the_base(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good()
    first = repository.commit("first")
    repository.commit("second")
    assert f"ok: {first[:12]}" in told(doctor("--base", first[:12]), "base").replace("HEAD~1", "")
    ran = doctor("--base", "nosuch")
    assert ran.status == 1
    assert "problem: not found: there is no revision 'nosuch'" in told(ran, "base")

    shallow = repository.clone(tmp_path / "shallow", "--depth", "1")
    monkeypatch.chdir(shallow.folder)
    ran = doctor("--base", first)
    assert ran.status == 1
    assert "shallow" in told(ran, "base")


def test_standard_input_is_left_alone() -> None:
    ran = doctor("-")
    assert ran.status == 3
    assert "standard input is not read" in told(ran, "inputs")


def test_hostile_names_are_shown_escaped(repository: Repository) -> None:
    repository.write("a\x1b[31m\n::error::x.json", template(allow("s3:GetObject")))
    ran = gate("doctor")
    assert "\x1b" not in ran.out
    assert not any(line.lstrip().startswith("::") for line in ran.out.splitlines())
