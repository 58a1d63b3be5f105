"""A change that anybody may have made says nothing about how it is judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Ran, allow, gate, template
from tests.repositories import Repository

BAD = template(allow("iam:CreateUser"))
STRICT = "checks: {access-not-granted: {actions: ['iam:CreateUser']}}\n"
LAX = "checks: {access-not-granted: {actions: ['s3:DeleteBucket']}}\n"
EVERYTHING = json.dumps({"Version": "2012-10-17", "Statement": allow("*")})
NOTHING_OF_IAM = json.dumps({"Version": "2012-10-17", "Statement": allow("s3:*")})
REFERENCE = "checks: {no-new-access: [{name: ours, reference: ours.json}]}\n"
OURS, FORK = "octocat/ours", "mallory/ours"


class Change:
    """A repository with a base, and a pull request that is checked out."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.repository = Repository(folder / "ours")
        self.folder = self.repository.folder
        self.event_file = folder / "event.json"
        self.patch = monkeypatch
        self.base = ""
        monkeypatch.chdir(self.folder)

    def put(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def is_based(self) -> None:
        """What is there is the base; what comes then is the change."""
        self.base = self.repository.commit("base")

    def proposed(self, fork: str = FORK, name: str = "pull_request") -> None:
        """What is there is the change, and the job is about it."""
        self.put("role.json", BAD)
        head = self.repository.commit("change")
        sides = {
            "head": {"sha": head, "repo": {"full_name": fork}},
            "base": {"sha": self.base, "repo": {"full_name": OURS}},
        }
        self.event({"pull_request": {"number": 7, **sides}}, name)

    def event(self, content: Any, name: str = "pull_request") -> None:
        self.event_file.write_text(json.dumps(content))
        self.patch.setenv("GITHUB_EVENT_PATH", str(self.event_file))
        self.patch.setenv("GITHUB_EVENT_NAME", name)


@pytest.fixture
def change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Change:
    return Change(tmp_path, monkeypatch)


def run(*arguments: str, paths: str = ".") -> Ran:
    return gate("run", paths, "--format", "json", *arguments)


def told(ran: Ran) -> bool:
    """Does the report say whose configuration it is?"""
    return any("the configuration is that of the base" in note for note in ran.report["notes"])


def test_the_configuration_is_that_of_the_base(change: Change) -> None:
    change.put(".policy-gate.yml", STRICT)
    change.is_based()
    change.put(".policy-gate.yml", LAX)
    change.proposed()
    ran = run()
    assert ran.status == 2
    assert told(ran)
    assert "/tmp" not in ran.out


def test_a_change_of_our_own_brings_its_configuration(change: Change) -> None:
    change.put(".policy-gate.yml", STRICT)
    change.is_based()
    change.put(".policy-gate.yml", LAX)
    change.proposed(fork=OURS)
    ran = run()
    assert ran.status == 0
    assert not told(ran)


def test_a_job_for_the_base_trusts_no_pull_request(change: Change) -> None:
    change.put(".policy-gate.yml", STRICT)
    change.is_based()
    change.put(".policy-gate.yml", LAX)
    change.proposed(fork=OURS, name="pull_request_target")
    assert run().status == 2


def test_the_event_alone_says_that_it_is_a_fork(change: Change) -> None:
    change.put(".policy-gate.yml", STRICT)
    change.is_based()
    change.put(".policy-gate.yml", LAX)
    change.proposed()
    change.patch.delenv("GITHUB_EVENT_NAME")
    assert run().status == 2


def test_a_configuration_that_the_change_removes_counts(change: Change) -> None:
    change.put(".policy-gate.yml", REFERENCE)
    change.put("ours.json", NOTHING_OF_IAM)
    change.is_based()
    (change.folder / ".policy-gate.yml").unlink()
    (change.folder / "ours.json").unlink()
    change.proposed()
    assert run().verdicts()[("app", "no-new-access (ours)")] == "FAIL"


def test_a_configuration_that_the_change_adds_below_does_not_count(change: Change) -> None:
    change.put(".policy-gate.yml", STRICT)
    change.is_based()
    change.put("infra/.policy-gate.yml", LAX)
    change.put("infra/role.json", BAD)
    change.proposed()
    change.patch.chdir(change.folder / "infra")
    assert run().status == 2


@pytest.mark.parametrize("named", ["relative", "absolute"])
def test_a_configuration_that_is_named_is_that_of_the_base(change: Change, named: str) -> None:
    change.put("gate/ours.yml", STRICT)
    change.is_based()
    change.put("gate/ours.yml", LAX)
    change.proposed()
    name = "gate/ours.yml" if named == "relative" else str(change.folder / "gate/ours.yml")
    assert run("--config", name).status == 2


@pytest.mark.parametrize("link", [True, False])
def test_a_reference_policy_is_that_of_the_base(change: Change, link: bool) -> None:
    change.put(".policy-gate.yml", REFERENCE)
    change.put("ours.json", NOTHING_OF_IAM)
    change.is_based()
    change.put("mine.json", EVERYTHING)
    (change.folder / "ours.json").unlink()
    if link:
        (change.folder / "ours.json").symlink_to("mine.json")
    else:
        change.put("ours.json", EVERYTHING)
    change.proposed()
    assert run(paths="role.json").status == 2


def test_a_reference_policy_that_a_configuration_elsewhere_names_too(
    change: Change, tmp_path: Path
) -> None:
    change.put("ours.json", NOTHING_OF_IAM)
    change.is_based()
    change.put("ours.json", EVERYTHING)
    change.proposed()
    elsewhere = tmp_path / "elsewhere.yml"
    elsewhere.write_text(REFERENCE.replace("ours.json", str(change.folder / "ours.json")))
    assert run("--config", str(elsewhere), paths="role.json").status == 2


def waivers(code: str = "CHECK_ACCESS_NOT_GRANTED") -> str:
    return f"- {{code: {code}, resource: '*', reason: mine, owner: me, expires: 2999-01-01}}\n"


@pytest.mark.parametrize("has_configuration", [True, False])
def test_waivers_are_those_of_the_base(change: Change, has_configuration: bool) -> None:
    if has_configuration:
        change.put(".policy-gate.yml", STRICT)
    change.is_based()
    change.put(".policy-gate/waivers.yml", waivers())
    change.proposed()
    assert run().status == 2


def test_waivers_of_the_base_count_and_are_told_by_their_place(change: Change) -> None:
    change.put(".policy-gate.yml", STRICT)
    change.put(".policy-gate/waivers.yml", waivers())
    change.is_based()
    (change.folder / ".policy-gate/waivers.yml").unlink()
    change.proposed()
    ran = run()
    assert ran.status == 0
    assert '".policy-gate/waivers.yml"' in ran.out


def test_waivers_in_the_code_of_the_change_do_not_count(change: Change) -> None:
    change.put(".policy-gate.yml", f"{STRICT}inline-waivers: true\n")
    change.is_based()
    document = json.loads(BAD)
    waiver = {
        "code": "CHECK_ACCESS_NOT_GRANTED",
        "reason": "mine",
        "owner": "me",
        "expires": "2999-01-01",
    }
    document["Resources"]["Policy"]["Metadata"] = {"policy-gate": {"waivers": [waiver]}}
    change.proposed()
    change.put("role.json", json.dumps(document))
    assert run().status == 2


@pytest.mark.parametrize("how", ["configured", "named"])
def test_a_baseline_is_that_of_the_base(change: Change, how: str) -> None:
    change.put("role.json", BAD)
    change.put(".policy-gate.yml", STRICT)
    run("--write-baseline", "old.json")
    held = (change.folder / "old.json").read_text()
    change.put("role.json", template(allow("s3:GetObject")))
    (change.folder / "old.json").unlink()
    run("--write-baseline", "old.json")
    if how == "configured":
        change.put(".policy-gate.yml", f"{STRICT}baseline: old.json\n")
    change.is_based()
    change.put("old.json", held)
    change.proposed()
    options = ["--baseline", "old.json"] if how == "named" else []
    assert run(*options, paths="role.json").status == 2


@pytest.mark.parametrize("how", ["configured", "named"])
def test_values_of_parameters_are_those_of_the_base(change: Change, how: str) -> None:
    parameters = {"Action": {"Type": "String"}}
    text = template(allow({"Ref": "Action"}), parameters=parameters)
    if how == "configured":
        change.put(".policy-gate.yml", f"{STRICT}parameters-file: prod.json\n")
    else:
        change.put(".policy-gate.yml", STRICT)
    change.put("prod.json", '["Action=iam:CreateUser"]')
    change.is_based()
    change.put("prod.json", '["Action=s3:GetObject"]')
    change.proposed()
    change.put("role.json", text)
    options = ["--parameters-file", "prod.json"] if how == "named" else []
    assert run(*options, paths="role.json").status == 2


@pytest.mark.parametrize("how", ["configured", "named"])
def test_a_template_of_reports_is_that_of_the_base(change: Change, how: str) -> None:
    if how == "configured":
        change.put(".policy-gate.yml", f"{STRICT}markdown-template: ours.md\n")
    else:
        change.put(".policy-gate.yml", STRICT)
    change.put("ours.md", "base: {{ status }}\n")
    change.is_based()
    change.put("ours.md", "PASSED\n")
    change.proposed()
    options = ["--markdown-template", "ours.md"] if how == "named" else []
    ran = gate("run", "role.json", "--format", "markdown", *options)
    assert (ran.status, ran.out) == (2, "base: failed\n")


def test_inputs_are_those_of_the_change(change: Change) -> None:
    change.put(".policy-gate.yml", f"inputs: [templates/*.json]\n{STRICT}")
    change.put("templates/old.json", template(allow("s3:GetObject")))
    change.is_based()
    change.put("templates/new.json", BAD)
    change.proposed()
    ran = gate("run", "--format", "json")
    assert ran.status == 2
    files = {result["policy"]["file"] for result in ran.report["results"]}
    assert files == {"templates/new.json", "templates/old.json"}


def test_what_is_wrong_in_the_base_is_told_with_its_place(change: Change) -> None:
    change.put(".policy-gate.yml", "checks: {no-such: true}\n")
    change.is_based()
    change.put(".policy-gate.yml", LAX)
    change.proposed()
    ran = run()
    assert ran.status == 1
    assert f"in the base {change.base[:12]}: .policy-gate.yml:1:" in ran.err
    assert "/tmp" not in ran.err


def test_a_base_that_is_not_here_is_an_error(change: Change, tmp_path: Path) -> None:
    """As in a shallow clone, which is what actions/checkout makes unless told otherwise."""
    change.put(".policy-gate.yml", STRICT)
    change.is_based()
    change.put(".policy-gate.yml", LAX)
    change.proposed()
    change.repository.clone(tmp_path / "shallow", "--depth", "1")
    change.patch.chdir(tmp_path / "shallow")
    ran = run()
    assert (ran.status, ran.out) == (1, "")
    assert "must be that of the base, and that cannot be read" in ran.err
    assert "fetch-depth: 0" in ran.err


@pytest.mark.parametrize(
    "content", [{}, [], {"pull_request": None}, {"pull_request": {"head": {"repo": None}}}]
)
def test_an_event_that_names_no_base_is_an_error(change: Change, content: object) -> None:
    change.put(".policy-gate.yml", STRICT)
    change.is_based()
    change.put(".policy-gate.yml", LAX)
    change.proposed()
    change.patch.setenv("GITHUB_SHA", change.repository.git("rev-parse", "HEAD"))
    change.event(content)
    ran = run()
    assert ran.status == 1
    assert "the event does not say which commit that is" in ran.err


@pytest.mark.parametrize(
    ("name", "status"), [("", 2), (".policy-gate.yml", 1), (".policy-gate/waivers.yml", 1)]
)
def test_outside_of_a_repository_the_defaults_count_or_nothing(
    change: Change, tmp_path: Path, name: str, status: int
) -> None:
    """As in a job that has only what another one made."""
    change.is_based()
    change.proposed()
    (tmp_path / "made").mkdir()
    change.patch.chdir(tmp_path / "made")
    Path("role.json").write_text(BAD)
    if name:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(LAX if name.endswith("gate.yml") else waivers())
    assert run().status == status


@pytest.mark.parametrize("content", [{"pull_request": {"head": {"sha": "a" * 40}}}, {}, "odd"])
def test_an_event_that_no_runner_gave_is_a_fork_only_where_it_says_so(
    change: Change, content: object
) -> None:
    change.put(".policy-gate.yml", LAX)
    change.proposed()
    change.event(content)
    change.patch.delenv("GITHUB_EVENT_NAME")
    assert run().status == 0


def test_a_branch_of_the_fork_is_not_taken_for_the_base(change: Change, tmp_path: Path) -> None:
    """Where the fork was cloned, `origin/main` is what somebody pushed there."""
    change.put(".policy-gate.yml", LAX)
    change.base = "f" * 40
    change.proposed()
    change.repository.clone(tmp_path / "clone")
    change.patch.chdir(tmp_path / "clone")
    change.patch.setenv("GITHUB_BASE_REF", "main")
    assert run().status == 1


def test_the_first_parent_of_the_merge_of_the_platform_is_the_base(change: Change) -> None:
    """With `fetch-depth: 2` there is no more."""
    change.put(".policy-gate.yml", LAX)
    change.is_based()
    change.repository.git("checkout", "-q", "-b", "theirs")
    change.put(".policy-gate/waivers.yml", waivers())
    change.proposed()
    change.repository.git("checkout", "-q", "main")
    change.put(".policy-gate.yml", STRICT)
    change.repository.commit("newer base")
    change.repository.git("merge", "-q", "--no-edit", "theirs")
    event = json.loads(change.event_file.read_text())
    event["pull_request"]["base"]["sha"] = "f" * 40
    change.event(event)
    change.patch.setenv("GITHUB_SHA", change.repository.git("rev-parse", "HEAD"))
    assert run().status == 2


def test_after_the_workflow_of_a_fork_the_commit_of_the_job_is_the_base(change: Change) -> None:
    change.put(".policy-gate.yml", STRICT)
    change.is_based()
    change.put(".policy-gate.yml", LAX)
    change.proposed()
    run_of = {"head_repository": {"full_name": FORK}}
    change.event({"workflow_run": run_of, "repository": {"full_name": OURS}}, "workflow_run")
    change.patch.setenv("GITHUB_SHA", change.base)
    assert run().status == 2


def test_a_merge_request_of_a_fork_on_gitlab(change: Change) -> None:
    change.put(".policy-gate.yml", STRICT)
    change.is_based()
    change.put(".policy-gate.yml", LAX)
    change.proposed()
    for name in ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH"):
        change.patch.delenv(name)
    change.patch.setenv("CI_MERGE_REQUEST_IID", "7")
    change.patch.setenv("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "8")
    change.patch.setenv("CI_MERGE_REQUEST_PROJECT_ID", "7")
    change.patch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", change.base)
    assert run().status == 2
