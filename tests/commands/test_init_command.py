"""`policy-gate init` writes what a first run needs, and never replaces a file unasked."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from policy_gate.config.gate import SENSITIVE_ACTIONS, load_config
from tests.command_line import allow, gate, gate_json, template
from tests.repositories import Repository

ROOT = Path(__file__).parents[2]
FILES = (
    ".policy-gate.yml",
    ".policy-gate/reference-policy.yml",
    ".policy-gate/sensitive-actions.txt",
)
CONFIG, REFERENCE, SENSITIVE = map(Path, FILES)
WORKFLOW = Path(".github/workflows/policy-gate.yml")
PLAN = ROOT / "tests" / "data" / "terraform" / "identity"
CDK = ROOT / "tests" / "data" / "cdk-app"


@pytest.fixture(autouse=True)
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = Repository(tmp_path / "repository")
    monkeypatch.chdir(made.folder)
    return made


def init(*arguments: str | Path) -> str:
    """What init says where all goes well."""
    ran = gate("init", "--yes", *arguments)
    assert (ran.status, ran.err) == (0, "")
    return ran.out


def test_the_first_run_after_it_is_green_where_nothing_is_beyond_the_default_checks() -> None:
    read = allow(["s3:Get*", "sqs:SendMessage"], "arn:aws:s3:::b/*")
    pass_on = allow("iam:PassRole", "arn:aws:iam::111122223333:role/app/*")
    Path("t.json").write_text(template(read, pass_on))

    said = init()

    assert "1 CloudFormation template; 1 policy" in said
    assert all(f"written  {name}" in said for name in FILES)
    assert "`policy-gate run`" in said
    ran = gate_json("run")
    assert ran.status == 0
    assert ran.verdicts() == {
        ("app", check): "PASS"
        for check in ("validate-policy", "access-not-granted", "no-new-access (agreed)")
    }


def test_what_is_added_afterwards_is_found() -> None:
    Path("t.json").write_text(template(allow("s3:GetObject")))
    init()
    Path("t.json").write_text(template(allow(["s3:GetObject", "s3:PutObject"])))
    assert [code for code, _ in gate_json("run").findings()] == ["CHECK_NO_NEW_ACCESS"]


@pytest.mark.parametrize("action", ["iam:CreateUser", "iam:*", "*", "IAM:Put*Policy"])
def test_it_accepts_nothing_that_the_default_checks_find(action: str) -> None:
    Path("t.json").write_text(template(allow(["s3:GetObject", action])))
    before = {code for code, _ in gate_json("run").findings()}

    init()

    assert "CHECK_ACCESS_NOT_GRANTED" in before
    assert before | {"CHECK_NO_NEW_ACCESS"} == {code for code, _ in gate_json("run").findings()}
    assert f"#   {action}  t.json:" in REFERENCE.read_text()


def test_what_not_action_allows_is_found() -> None:
    statement = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    Path("t.json").write_text(template(allow("s3:GetObject"), statement))
    init()
    assert "CHECK_NO_NEW_ACCESS" in {code for code, _ in gate_json("run").findings()}


def test_the_list_says_which_of_its_actions_are_granted_today_and_where() -> None:
    Path("t.json").write_text(template(allow(["lambda:Update*", "iam:CreateUser"])))
    init()
    lines = {
        line.lstrip("# ").partition(" ")[0]: line for line in SENSITIVE.read_text().split("\n")
    }

    used = lines["lambda:UpdateFunctionCode"]
    assert used.startswith("# lambda:UpdateFunctionCode ")
    assert "granted today by t.json:" in used
    assert "(lambda:Update*)" in used
    # A default check finds this one, and goes on doing so.
    assert lines["iam:CreateUser"].startswith("iam:CreateUser ")
    assert "granted today by t.json:" in lines["iam:CreateUser"]
    assert lines["cloudtrail:StopLogging"].startswith("cloudtrail:StopLogging ")
    assert set(SENSITIVE_ACTIONS) <= lines.keys()


def test_where_there_is_nothing_it_writes_a_configuration_that_can_be_read() -> None:
    said = init()
    assert "Found: nothing; 0 policies" in said
    assert "--platform" in said
    assert len(load_config(CONFIG).checks) == 4
    assert "builtin:privilege-escalation" in REFERENCE.read_text()
    Path("t.json").write_text(template(allow("iam:CreatePolicyVersion")))
    assert gate("run").status == 2
    assert not Path(".github").exists()


def test_a_cdk_app_or_a_root_module_that_is_not_made_is_no_green(repository: Repository) -> None:
    repository.write("app/cdk.json", "{}")
    repository.write("infra/main.tf", 'module "m" {\n  source = "../modules/m"\n}\n')
    repository.write("modules/m/main.tf", "")
    repository.write("t.json", template(allow("s3:GetObject")))

    said = init("--platform", "github")

    assert "run `cdk synth` and `terraform plan" in said
    assert yaml.safe_load(CONFIG.read_text())["inputs"] == [".", "app/cdk.out", "infra/plan.json"]
    ran = gate("run")
    assert ran.status == 1
    assert "No such file or directory; `cdk synth` makes it" in ran.out
    assert "terraform show -json tfplan > plan.json` makes it" in " ".join(ran.out.split())
    steps = yaml.safe_load(WORKFLOW.read_text())["jobs"]["policy-gate"]["steps"]
    runs = {step.get("working-directory"): step["run"] for step in steps if "run" in step}
    assert runs["app"] == "npx --yes aws-cdk@2 synth --quiet\n"
    assert runs["infra"].endswith("terraform show -json tfplan > plan.json\n")


def test_what_a_plan_allows_is_where_the_reference_starts(repository: Repository) -> None:
    for name in ("main.tf", "policy/main.tf", "plan.json"):
        repository.write(name, (PLAN / name).read_text())
    assert "1 Terraform plan, 1 Terraform root module" in init()
    assert '- "s3:GetObject"  # main.tf:' in REFERENCE.read_text()
    # The bucket that anybody may read.
    assert [code for code, _ in gate_json("run").findings()] == ["CHECK_NO_PUBLIC_ACCESS"]


def test_an_input_that_is_in_no_revision_is_no_obstacle_to_a_comparison(
    repository: Repository,
) -> None:
    repository.write(".gitignore", "plan.json\n")
    for name in ("main.tf", "policy/main.tf"):
        repository.write(name, (PLAN / name).read_text())
    repository.write("plan.json", (PLAN / "plan.json").read_text())
    init()
    repository.commit("first")
    assert '- "plan.json"' in CONFIG.read_text()
    ran = gate("run", "--base", "HEAD")
    assert ran.status == 2
    assert "cannot be told" not in ran.out


@pytest.mark.parametrize(
    ("marker", "text", "written"),
    [
        (".github/CODEOWNERS", "", ".github/workflows/policy-gate.yml"),
        (".gitlab-ci.yml", "stages: [test]\n", ".gitlab/policy-gate.yml"),
        ("buildspec.yml", "version: 0.2\n", "buildspec-policy-gate.yml"),
    ],
)
def test_the_workflow_is_that_of_the_platform_found(
    repository: Repository, marker: str, text: str, written: str
) -> None:
    repository.write(marker, text)
    assert f"written  {written}" in init()
    assert yaml.safe_load(Path(written).read_text())
    assert Path(marker).read_text() == text


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("git@github.com:acme/x.git", ".github/workflows/policy-gate.yml"),
        ("https://user:secret@gitlab.example.com/acme/x", ".gitlab-ci.yml"),
        ("https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/x", "buildspec.yml"),
    ],
)
def test_or_that_of_where_it_was_cloned_from(
    repository: Repository, address: str, written: str
) -> None:
    repository.git("remote", "add", "origin", address)
    said = init()
    assert f"written  {written}" in said
    assert "secret" not in said


def test_without_steps_the_workflow_is_the_example_itself(repository: Repository) -> None:
    init("--platform", "github")
    init("--platform", "codebuild")
    examples = ROOT / "examples"
    assert WORKFLOW.read_text() == (examples / "github" / "policy-gate.yml").read_text()
    buildspec = (examples / "codebuild" / "buildspec.yml").read_text()
    assert Path("buildspec.yml").read_text() == buildspec


def test_the_steps_are_those_of_each_platform(repository: Repository) -> None:
    repository.write("app/cdk.json", "{}")
    repository.write("app/package-lock.json", "{}")
    repository.write("main.tf", "")
    init("--platform", "gitlab")
    init("--platform", "codebuild")

    jobs = yaml.safe_load(Path(".gitlab-ci.yml").read_text())
    first, second = jobs["policy-gate-input-1"], jobs["policy-gate-input-2"]
    assert first["script"] == ["cd app", "npm ci", "npx cdk synth --quiet"]
    assert first["artifacts"]["paths"] == ["app/cdk.out"]
    assert second["script"][-1] == "terraform show -json tfplan > plan.json"
    phases = yaml.safe_load(Path("buildspec.yml").read_text())["phases"]
    commands = phases["pre_build"]["commands"]
    assert commands[:4] == ["cd app", "npm ci", "npx cdk synth --quiet", 'cd "$CODEBUILD_SRC_DIR"']
    assert commands[4:] == second["script"]


def test_the_branch_is_that_of_the_remote(repository: Repository) -> None:
    repository.commit("first")
    repository.git("update-ref", "refs/remotes/origin/1.0", "HEAD")
    repository.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/1.0")
    init("--platform", "github")
    assert yaml.safe_load(WORKFLOW.read_text())[True]["push"]["branches"] == ["1.0"]


def test_it_writes_at_the_top_of_the_repository(repository: Repository) -> None:
    repository.write("a/b/t.json", template(allow("s3:GetObject")))
    init("a/b")
    assert CONFIG.is_file()
    assert "# a/b/t.json:" in REFERENCE.read_text()


def test_nothing_is_written_where_nobody_says_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        ran = gate("init")
    assert ran.status == 1
    assert "there is no terminal to ask at. Pass --yes to write " in ran.err
    assert all(name in ran.err for name in FILES)
    assert [path.name for path in Path().iterdir()] == [".git"]


def test_yes_replaces_nothing() -> None:
    Path("t.json").write_text(template(allow("s3:GetObject")))
    own = "checks: {no-public-access: true}  # ours\n"
    CONFIG.write_text(own)

    said = init("--platform", "github")

    assert "left     .policy-gate.yml, which is there already" in said
    assert CONFIG.read_text() == own
    assert WORKFLOW.is_file()
    # Nothing would refer to these.
    assert not REFERENCE.exists()


def test_what_is_missing_comes_back_and_what_was_edited_stays() -> None:
    Path("t.json").write_text(template(allow("s3:GetObject")))
    init()
    CONFIG.write_text("# ours\n" + CONFIG.read_text())
    SENSITIVE.write_text("iam:*\n")
    REFERENCE.unlink()

    said = init()

    assert f"written  {REFERENCE}" in said
    assert f"left     {SENSITIVE}, which is there already" in said
    assert CONFIG.read_text().startswith("# ours\n")
    assert SENSITIVE.read_text() == "iam:*\n"


def test_a_configuration_that_is_broken_is_told(repository: Repository) -> None:
    CONFIG.write_text("checks: {no-public-acces: true}\n")
    ran = gate("init", "--yes")
    assert ran.status == 1
    assert ".policy-gate.yml:1:10: checks.no-public-acces: unknown key" in ran.err


def at_a_terminal(answers: bytes) -> tuple[int, str]:
    """Exit status of init, and what the terminal shows, with these answers to its questions."""
    main, terminal = pty.openpty()
    command = [sys.executable, "-m", "policy_gate", "init"]
    with subprocess.Popen(
        command,
        stdin=terminal,
        stderr=terminal,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as process:
        os.close(terminal)
        os.write(main, answers)
        shown = b""
        try:
            while data := os.read(main, 10_000):
                shown += data
        except OSError:
            pass
    os.close(main)
    return process.wait(), shown.decode()


def test_at_a_terminal_each_replacement_is_asked_for_with_its_difference() -> None:
    Path("t.json").write_text(template(allow("s3:GetObject")))
    init()
    REFERENCE.write_text("# edited\n" + REFERENCE.read_text())
    SENSITIVE.write_text("iam:*  # ours\n")

    status, shown = at_a_terminal(b"y\nn\n")

    assert status == 0
    assert "-# edited" in shown
    assert f"Replace {REFERENCE}? [y/N]" in shown
    assert "-iam:*  # ours" in shown
    assert not REFERENCE.read_text().startswith("# edited")
    assert SENSITIVE.read_text() == "iam:*  # ours\n"


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        (".policy-gate", "is a link out of the repository"),
        (".policy-gate.yml", "it is a symbolic link"),
        (".github", "is a link out of the repository"),
    ],
)
def test_nothing_is_written_through_links(tmp_path: Path, link: str, reason: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    Path(link).symlink_to(outside, target_is_directory=True)

    ran = gate("init", "--yes", "--platform", "github")

    assert ran.status == 1
    assert reason in ran.err
    assert list(outside.iterdir()) == []
    assert {path.name for path in Path().iterdir()} == {".git", link}


@pytest.mark.parametrize("name", [".policy-gate", ".github"])
def test_a_file_in_place_of_a_folder_is_told(name: str) -> None:
    Path(name).write_text("")
    ran = gate("init", "--yes", "--platform", "github")
    assert ran.status == 1
    assert f"{name} is no folder" in ran.err
    assert not CONFIG.exists()


def test_hostile_names_stay_comments_and_reach_no_script(repository: Repository) -> None:
    name = "a\n- '::error::'\x1b[31m"
    repository.write(f"{name}/t.json", template(allow("s3:GetObject")))
    repository.write("$(touch x)/cdk.json", "{}")
    repository.write("${{ github.token }}/main.tf", "")

    said = init("--platform", "github")

    assert "add the steps for the others" in said
    assert "\x1b" not in said + REFERENCE.read_text()
    (statement,) = yaml.safe_load(REFERENCE.read_text())["Statement"]
    assert statement["Action"] == ["s3:GetObject"]
    assert "touch" not in WORKFLOW.read_text()
    assert "github.token" not in WORKFLOW.read_text()
    inputs = yaml.safe_load(CONFIG.read_text())["inputs"]
    assert inputs == [".", "$(touch x)/cdk.out", "${{ github.token }}/plan.json"]
    assert len(load_config(CONFIG).checks) == 4


def test_a_hostile_action_is_left_out(repository: Repository) -> None:
    statement = allow(["s3:GetObject", 's3:x"\n    Resource: "*', "nonsense"])
    repository.write("t.json", template(statement))
    init()
    (only,) = yaml.safe_load(REFERENCE.read_text())["Statement"]
    assert only["Action"] == ["s3:GetObject"]


def test_a_folder_that_is_not_there() -> None:
    ran = gate("init", "nosuch")
    assert (ran.status, ran.out) == (1, "")
    assert "there is no folder nosuch" in ran.err


def test_without_a_repository_it_writes_into_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "apart"
    folder.mkdir()
    monkeypatch.chdir(folder)
    init()
    assert (folder / CONFIG).is_file()


def test_a_cloud_assembly_is_where_the_reference_starts(repository: Repository) -> None:
    manifest = json.loads((CDK / "cdk.out" / "manifest.json").read_text())
    assert manifest["artifacts"]
    for path in sorted(CDK.rglob("*")):
        if path.is_file() and path.name != "README.md":
            repository.write(path.relative_to(CDK).as_posix(), path.read_text())
    said = init()
    assert "1 CDK cloud assembly, 1 CDK app; 12 policies" in said
    assert "# lib/service.js:" in REFERENCE.read_text()
