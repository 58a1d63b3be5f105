"""The first workflow of a platform: that of examples/, with the steps that make the inputs.

`make lint-ci` judges the examples, and all that is made of them here.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from policy_gate.starting.configuration import planned
from policy_gate.starting.survey import Survey

_PACKAGE = Path(__file__).parent.parent
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*|\.", re.ASCII)
"""What a path may be like in a script: no word of it is taken for anything else there."""

_TERRAFORM_ACTION = "hashicorp/setup-terraform@b9cd54a3c349d3f38e8881555d616ced269862dd # v3.1.2"
_NODE_IMAGE, _TERRAFORM_IMAGE = "node:24-slim", "hashicorp/terraform:1.14"
_BACK = ('cd "$CODEBUILD_SRC_DIR"',)
_ROLE = "The plan reads what is deployed: give the job a role (docs/aws.md of policy-gate)."


class Workflow(NamedTuple):
    path: str
    """From the root of the repository."""

    text: str
    advice: tuple[str, ...]
    """What is left to do, in sentences."""


class _Step(NamedTuple):
    """What makes an input."""

    folder: str
    commands: tuple[str, ...]
    makes: str
    """A file or folder, from the root of the repository."""

    is_plan: bool


def examples_folder() -> Path:
    """A wheel has it inside the package, a checkout beside it."""
    inside = _PACKAGE / "examples"
    return inside if inside.is_dir() else _PACKAGE.parent / "examples"


def workflow(survey: Survey, platform: str) -> Workflow:
    """The workflow of one of PLATFORMS but `none`. Raises OSError where the example is missing."""
    steps = _steps(survey)
    plain = [step for step in steps if _PLAIN.fullmatch(step.folder) and _is_plain(step.makes)]
    made = _MAKERS[platform](survey, plain)
    if len(plain) == len(steps):
        return made
    left = "Not every folder has a name that a script may hold: add the steps for the others."
    return made._replace(advice=(*made.advice, left))


def _is_plain(path: str) -> bool:
    return _PLAIN.fullmatch(path) is not None and ".." not in path


def _steps(survey: Survey) -> list[_Step]:
    cdk = [_synthesis(survey.root, app) for app in survey.cdk_apps]
    return [*cdk, *(_plan(folder, plan) for folder, plan in planned(survey).items())]


def _synthesis(root: Path, app: str) -> _Step:
    folder = root / app
    if (folder / "package-lock.json").is_file():
        commands: tuple[str, ...] = ("npm ci", "npx cdk synth --quiet")
    elif (folder / "package.json").is_file():
        commands = ("npm install", "npx cdk synth --quiet")
    elif (folder / "requirements.txt").is_file():
        install = "python3 -m pip install --requirement requirements.txt"
        commands = (install, "npx --yes aws-cdk@2 synth --quiet")
    else:
        commands = ("npx --yes aws-cdk@2 synth --quiet",)
    return _Step(app, commands, f"{app}/cdk.out".removeprefix("./"), is_plan=False)


def _plan(folder: str, plan: str) -> _Step:
    name = posixpath.relpath(plan, folder)
    return _Step(
        folder,
        (
            "terraform init -input=false",
            "terraform plan -input=false -out=tfplan",
            f"terraform show -json tfplan > {name}",
        ),
        plan,
        is_plan=True,
    )


def _github(survey: Survey, steps: Sequence[_Step]) -> Workflow:
    text = _example("github/policy-gate.yml")
    if survey.branch != "main":
        text = text.replace("[main]", f'["{survey.branch}"]', 1)
    added = ""
    if any(step.is_plan for step in steps):
        added += f"      - uses: {_TERRAFORM_ACTION}\n        with: {{terraform_wrapper: false}}\n"
        added += f"      # {_ROLE}\n"
    for step in steps:
        where = f'working-directory: "{step.folder}"\n        ' if step.folder != "." else ""
        added += f"      - {where}run: |\n"
        added += "".join(f"          {command}\n" for command in step.commands)
    before = "      - id: gate\n"
    path = ".github/workflows/policy-gate.yml"
    advice = f"In {path}, write the commit of a release of policy-gate in place of the zeros."
    return Workflow(path, text.replace(before, added + before, 1), (advice,))


def _gitlab(survey: Survey, steps: Sequence[_Step]) -> Workflow:
    text = re.sub(r"^ *paths:.*\n", "", _example("gitlab/.gitlab-ci.yml"), flags=re.MULTILINE)
    for number, step in enumerate(steps, 1):
        image = _TERRAFORM_IMAGE if step.is_plan else _NODE_IMAGE
        text += f"\n# {_ROLE}" if step.is_plan else ""
        text += (
            f"\npolicy-gate-input-{number}:\n"
            "  stage: build\n"
            f'  image: {{name: "{image}", entrypoint: [""]}}\n'
            "  rules:\n"
            '    - if: $CI_PIPELINE_SOURCE == "merge_request_event"\n'
            "    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH\n"
            "  script:\n"
        )
        text += "".join(f"    - {command}\n" for command in _in_folder(step))
        text += f'  artifacts: {{paths: ["{step.makes}"], expire_in: 1 day, access: developer}}\n'
    advice = ["Write the image and the version of policy-gate that you have into PATH."]
    if any(command.startswith("python3") for step in steps for command in step.commands):
        advice.append("Write an image with Node and Python into PATH, for `cdk synth`.")
    path = ".gitlab-ci.yml"
    if (survey.root / path).exists():
        path = ".gitlab/policy-gate.yml"
        advice.append(f"Add to .gitlab-ci.yml: include: [{{local: {path}}}]")
    return Workflow(path, text, tuple(line.replace("PATH", path) for line in advice))


def _codebuild(survey: Survey, steps: Sequence[_Step]) -> Workflow:
    text = _example("codebuild/buildspec.yml")
    if steps:
        added = "  pre_build:\n    on-failure: ABORT\n    commands:\n"
        for step in steps:
            for command in (*_in_folder(step), *_BACK[: step.folder != "."]):
                added += f"      - {command}\n"
        text = text.replace("  build:\n", f"{added}  build:\n", 1)
    advice: list[str] = []
    if any(not step.is_plan for step in steps):
        text = text.replace("      python: 3.13\n", "      python: 3.13\n      nodejs: 22\n", 1)
    if any(step.is_plan for step in steps):
        advice.append("The image of the build needs terraform, its role what the plan reads.")
    path = "buildspec.yml"
    if (survey.root / path).exists() or (survey.root / "buildspec.yaml").exists():
        path = "buildspec-policy-gate.yml"
    advice.append(f"Name {path} as the buildspec of a CodeBuild project for pull requests.")
    return Workflow(path, text, tuple(advice))


def _in_folder(step: _Step) -> tuple[str, ...]:
    return step.commands if step.folder == "." else (f"cd {step.folder}", *step.commands)


def _example(name: str) -> str:
    return (examples_folder() / name).read_text(encoding="utf-8")


_MAKERS = {"github": _github, "gitlab": _gitlab, "codebuild": _codebuild}
