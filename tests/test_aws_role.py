"""The role in examples/aws-role: two languages, one role, that opens to the jobs it is for.

tests/data/aws-role holds variables and what Terraform plans for them, made by
tools/make_aws_role_plans.py.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from policy_gate.reasoning.answer import Witness
from policy_gate.reasoning.evaluator import decide
from policy_gate.syntax.yaml_reader import read_yaml
from tests.command_line import Ran, gate_json

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "aws-role"
CONFIG = EXAMPLE / ".policy-gate.yml"
DATA = ROOT / "tests" / "data" / "aws-role"
NAMES = sorted(path.name.removesuffix(".tfvars.json") for path in DATA.glob("*.tfvars.json"))
LANGUAGES = ("cloudformation", "terraform")

GITHUB = "token.actions.githubusercontent.com"
GITLAB = "gitlab.com"
FEATURES = frozenset({"merge-requests", "gov", "pull-requests"})
OPEN_SUBJECT = "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED"
FINDINGS = {"environment": [OPEN_SUBJECT], "pull-requests": [OPEN_SUBJECT]}


def variables(name: str) -> Mapping[str, object]:
    values: Mapping[str, object] = json.loads((DATA / f"{name}.tfvars.json").read_text())
    return values


def parameters(name: str) -> list[str]:
    """The variables of Terraform as options that give the parameters of the template."""
    values = {"AWS::AccountId": "111122223333", "AWS::Partition": "aws"}
    if name == "gov":
        values["AWS::Partition"] = "aws-us-gov"
    for variable, value in variables(name).items():
        parameter = variable.title().replace("_", "")
        values[parameter] = str(value).lower() if isinstance(value, bool) else str(value)
    return [f"--parameter={key}={value}" for key, value in values.items()]


def sources(name: str, language: str) -> list[str | Path]:
    if language == "terraform":
        return [DATA / f"{name}.plan.json", "--terraform-root", EXAMPLE, "--config", CONFIG]
    return [EXAMPLE / "role.yaml", *parameters(name), "--config", CONFIG]


def documents(name: str, language: str) -> dict[str, Any]:
    """The documents by kind, lists of one as their item and others in order."""
    policies = gate_json("extract", *sources(name, language)).report["policies"]
    return {policy["kind"]: ordered(policy["document"]) for policy in policies}


def ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: ordered(item) for key, item in value.items()}
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value[0] if len(value) == 1 else sorted(value)
    return [ordered(item) for item in value] if isinstance(value, list) else value


def codes(ran: Ran) -> list[str]:
    return [code for code, _ in ran.findings()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in NAMES if name not in {*FEATURES, *FINDINGS}])
def test_the_gate_passes_the_role_without_a_finding(name: str, language: str) -> None:
    ran = gate_json("run", *sources(name, language))

    assert (ran.status, ran.findings()) == (0, [])
    assert ran.report["coverage"]["found"] == ran.report["coverage"]["passed"] == 2
    assert {result["check"] for result in ran.report["results"]} == {
        "validate-policy",
        "access-not-granted",
        "no-public-access",
    }


def test_the_gate_passes_the_template_as_it_is() -> None:
    ran = gate_json("run", "--config", CONFIG)
    assert (ran.status, ran.findings()) == (0, [])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_validate_policy_finds_what_the_documentation_says(
    name: str, language: str, tmp_path: Path
) -> None:
    config = tmp_path / ".policy-gate.yml"
    config.write_text("parameter-defaults: trust\nchecks: {validate-policy: true}\n")

    ran = gate_json("run", *sources(name, language)[:-1], config)

    assert (ran.status, codes(ran)) == (0, FINDINGS.get(name, []))
    assert OPEN_SUBJECT in (ROOT / "docs" / "aws.md").read_text()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", sorted(FEATURES))
def test_what_a_feature_adds_of_iam_is_found(name: str, language: str) -> None:
    ran = gate_json("run", *sources(name, language))
    assert ran.status == 2
    assert "CHECK_ACCESS_NOT_GRANTED" in codes(ran)


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_make_the_same_documents(name: str) -> None:
    template, plan = (documents(name, language) for language in LANGUAGES)

    if "provider_arn" not in variables(name):
        # A provider that is only made has a name of its own in each extractor.
        for trust in (template["TRUST"], plan["TRUST"]):
            assert list(trust["Statement"][0].pop("Principal")) == ["Federated"]
    assert template == plan
    assert set(template) == {"TRUST", "IDENTITY"}


def test_a_provider_that_is_made_is_the_one_that_is_trusted() -> None:
    for name, issuer, audience in (
        ("github", GITHUB, "sts.amazonaws.com"),
        ("gitlab", GITLAB, "https://gitlab.com"),
    ):
        changes = json.loads((DATA / f"{name}.plan.json").read_text())["resource_changes"]
        made = [change["change"]["after"] for change in changes if "provider" in change["type"]]
        assert [(one["url"], one["client_id_list"]) for one in made] == [
            (f"https://{issuer}", [audience])
        ]


class Token:
    """What a job of a repository shows to take the role."""

    def __init__(self, issuer: str, sub: str, aud: str = "") -> None:
        default = "sts.amazonaws.com" if issuer == GITHUB else "https://gitlab.com"
        self.context = {f"{issuer}:aud": (aud or default,), f"{issuer}:sub": (sub,)}

    def takes(self, trust: dict[str, Any]) -> bool:
        principal = trust["Statement"][0]["Principal"]["Federated"]
        action, resource = "sts:AssumeRoleWithWebIdentity", "arn:aws:iam::111122223333:role/x"
        request = Witness(action, resource, f"Federated:{principal}", self.context)
        return decide(json.dumps(trust), request) == "ALLOW"


ANOTHER_AUDIENCE = "https://vault.example.com"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("name", "issuer", "admitted", "refused"),
    [
        (
            "github",
            GITHUB,
            ["repo:octo-org/octo-repo:ref:refs/heads/main"],
            [
                "repo:octo-org/octo-repo:pull_request",
                "repo:octo-org/octo-repo:ref:refs/heads/main2",
                "repo:octo-org/octo-repo:ref:refs/tags/main",
                "repo:octo-org/octo-repo:environment:main",
                "repo:octo-org/other:ref:refs/heads/main",
                "repo:octo-org@1234/octo-repo@5678:ref:refs/heads/main",
            ],
        ),
        (
            "pull-requests",
            GITHUB,
            [
                "repo:octo-org@1234/octo-repo@5678:pull_request",
                "repo:octo-org@1234/octo-repo@5678:ref:refs/heads/release/1.x",
            ],
            [
                "repo:octo-org/octo-repo:pull_request",
                "repo:octo-org@9/octo-repo@5678:pull_request",
                "repo:octo-org@1234/octo-repo@5678:ref:refs/heads/main",
            ],
        ),
        (
            "environment",
            GITHUB,
            ["repo:octo-org/octo-repo:environment:iam-review"],
            [
                "repo:octo-org/octo-repo:ref:refs/heads/main",
                "repo:octo-org/octo-repo:pull_request",
                "repo:octo-org/octo-repo:environment:production",
            ],
        ),
        (
            "gitlab",
            GITLAB,
            ["project_path:group/subgroup/project:ref_type:branch:ref:main"],
            [
                "project_path:group/subgroup/project:ref_type:branch:ref:feature",
                "project_path:group/subgroup/project:ref_type:tag:ref:main",
                "project_path:group/project:ref_type:branch:ref:main",
            ],
        ),
        (
            "merge-requests",
            GITLAB,
            [
                "project_path:group/project:ref_type:branch:ref:main",
                "project_path:group/project:ref_type:branch:ref:feature",
            ],
            [
                "project_path:group/project:ref_type:tag:ref:v1",
                "project_path:fork/project:ref_type:branch:ref:main",
                "project_path:group/project2:ref_type:branch:ref:main",
            ],
        ),
    ],
)
def test_only_the_jobs_that_are_meant_take_the_role(
    name: str, issuer: str, admitted: list[str], refused: list[str], language: str
) -> None:
    trust = documents(name, language)["TRUST"]

    assert [sub for sub in admitted if not Token(issuer, sub).takes(trust)] == []
    assert [sub for sub in refused if Token(issuer, sub).takes(trust)] == []
    assert [sub for sub in admitted if Token(issuer, sub, ANOTHER_AUDIENCE).takes(trust)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_another_partition_every_arn_is_of_it(language: str) -> None:
    arns = re.findall(r'"(arn:[^:]*):', json.dumps(documents("gov", language)))
    assert set(arns) == {"arn:aws-us-gov"}


def actions(document: Mapping[str, Any]) -> set[str]:
    return {
        action
        for statement in document["Statement"]
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
    }


PAGE = (ROOT / "docs" / "aws.md").read_text()


def test_the_page_shows_the_permissions_of_a_run() -> None:
    shown = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert shown
    assert ordered(json.loads(shown.group(1))) == documents("github", "terraform")["IDENTITY"]


def test_the_table_of_features_has_each_action_that_they_add() -> None:
    table = "\n".join(line for line in PAGE.splitlines() if line.startswith("|"))
    added = actions(documents("merge-requests", "terraform")["IDENTITY"])
    added -= actions(documents("github", "terraform")["IDENTITY"])
    prefixes = "|".join({action.partition(":")[0] for action in added})
    assert set(re.findall(rf"`((?:{prefixes}):[A-Z]\w+)`", table)) - added <= {"iam:AWSServiceName"}
    assert added <= set(re.findall(r"`([\w-]+:\w+)`", table))


def test_the_page_names_the_parameters_of_both() -> None:
    template = (EXAMPLE / "role.yaml").read_text()
    section = template[template.index("Parameters:\n") : template.index("Rules:\n")]
    names = set(re.findall(r"^  (\w+):$", section, re.MULTILINE))
    declared = re.findall(
        r'^variable "(\w+)"', (EXAMPLE / "variables.tf").read_text(), re.MULTILINE
    )

    assert {name.title().replace("_", "") for name in declared} == names
    table = PAGE[PAGE.index("| parameter |") :].split("\n\n")[0]
    assert set(re.findall(r"`([A-Z]\w+)`", table)) == names


@pytest.mark.parametrize("block", re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
def test_the_jobs_of_the_page_are_yaml(block: str) -> None:
    assert isinstance(read_yaml(block).value, dict)


def test_cfn_lint_accepts_the_template() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from cfnlint import runner; runner.main()", EXAMPLE / "role.yaml"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (0, "")


def terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "TF_REGISTRY_DISCOVERY_RETRY": "0", "CHECKPOINT_DISABLE": "1"}
    return subprocess.run(
        ["terraform", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def configuration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("terraform"):
        pytest.skip("there is no terraform on this machine")
    return Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("work") / "aws-role"))


def test_terraform_would_format_nothing(configuration: Path) -> None:
    done = terraform(configuration, "fmt", "-check", "-diff")
    assert (done.returncode, done.stdout) == (0, "")


def test_terraform_accepts_the_configuration(configuration: Path) -> None:
    initialized = terraform(configuration, "init", "-backend=false", "-input=false")
    if initialized.returncode:
        pytest.skip("terraform does not reach the provider hashicorp/aws")
    done = terraform(configuration, "validate")
    assert (done.returncode, done.stderr) == (0, "")
