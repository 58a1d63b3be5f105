"""The first minute in four repositories, as docs/first-minute.md shows it.

python -m tests.first_minute writes the page.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest import mock

from policy_gate.revisions.folder import working_in
from tests.command_line import gate
from tests.repositories import Repository

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "first-minute.md"
DATA = ROOT / "tests" / "data"
_CDK, _PLAN = DATA / "cdk-app", DATA / "terraform" / "identity"


class Step(NamedTuple):
    """A command of policy-gate, or of another program, whose outcome is copied then."""

    command: str
    says: str
    copied: tuple[tuple[Path, str], ...] = ()


class Story(NamedTuple):
    title: str
    intro: str
    files: tuple[tuple[Path, str], ...]
    steps: tuple[Step, ...]


_RUN, _INIT = "policy-gate run", "policy-gate init --yes"

STORIES = (
    Story(
        "Templates",
        "Two templates of CloudFormation, one of them for SAM, in a repository on GitHub.",
        (
            (ROOT / "examples" / "getting-started" / "template.yaml", "template.yaml"),
            (DATA / "first-minute" / "orders.yaml", "orders.yaml"),
            (DATA / "first-minute" / "CODEOWNERS", ".github/CODEOWNERS"),
        ),
        (
            Step("policy-gate doctor", "What would be checked, and with what?"),
            Step(_RUN, "The default checks need no configuration."),
            Step("policy-gate explain CHECK_ACCESS_NOT_GRANTED", "What does the finding mean?"),
            Step(_INIT, "A configuration to edit, and a workflow."),
            Step(
                f"{_RUN} --format concise",
                "What is allowed today is the reference from now on, but for what the default"
                " checks find.",
            ),
        ),
    ),
    Story(
        "A CDK app",
        "The app as it is checked out: `cdk.out` is in no repository.",
        ((_CDK / "cdk.json", "cdk.json"), (_CDK / "bin", "bin"), (_CDK / "lib", "lib")),
        (
            Step(_RUN, "There is nothing to check yet, and the status is 3."),
            Step("npx cdk synth --quiet", "", ((_CDK / "cdk.out", "cdk.out"),)),
            Step(f"{_RUN} --format concise", "The lines are those of the app."),
            Step(f"{_INIT} --platform github", "The workflow synthesizes the app, too."),
            Step("rm -r cdk.out", ""),
            Step(
                _RUN, "The configuration names `cdk.out`, so that a run without it is never green."
            ),
        ),
    ),
    Story(
        "Terraform",
        "The sources as they are checked out: a plan is in no repository.",
        ((_PLAN / "main.tf", "main.tf"), (_PLAN / "policy", "policy")),
        (
            Step(_RUN, "There is nothing to check yet, and the status is 3."),
            Step("terraform plan -out tfplan", ""),
            Step(
                "terraform show -json tfplan > plan.json",
                "",
                ((_PLAN / "plan.json", "plan.json"),),
            ),
            Step(_RUN, "The lines are those of the sources."),
            Step(f"{_INIT} --platform gitlab", "The pipeline makes the plan, too."),
            Step(f"{_RUN} --format concise", ""),
        ),
    ),
    Story(
        "Nothing",
        "A repository without any infrastructure code.",
        ((DATA / "first-minute" / "CODEOWNERS", "CODEOWNERS"),),
        (
            Step("policy-gate", "Without a command there is help, and the status is 64."),
            Step("policy-gate rnu", "So it is with a word that is no command."),
            Step(_RUN, "Nothing to check is never green."),
            Step(_INIT, "The files are a starting point even so."),
            Step(_RUN, ""),
        ),
    ),
)


def page() -> str:
    """The page as it is up to the first story, then what the commands print now."""
    head, _, _ = PAGE.read_text(encoding="utf-8").partition(f"\n## {STORIES[0].title}\n")
    with _nobody():
        return head + "".join(map(_told, STORIES))


def normal(text: str) -> str:
    """The text without line breaks, versions and days, which differ from day to day."""
    text = re.sub(r"\d{4}-\d\d-\d\d, \d+ days", "DAY, N days", " ".join(text.split()))
    text = re.sub(r"(service data of |of )\d{4}-\d\d-\d\d", r"\1DAY", text)
    return re.sub(r"(?<=[a-zA-Z] )\d+(?:\.\d+)+(?=[, ])", "VERSION", text)


def _told(story: Story) -> str:
    text = f"\n## {story.title}\n\n{story.intro}\n"
    with TemporaryDirectory() as folder:
        repository = Repository(Path(folder).resolve() / "repository")
        _copy(story.files, repository.folder)
        with working_in(repository.folder):
            for step in story.steps:
                says = f"\n{step.says}\n" if step.says else ""
                text += f"{says}\n```text\n$ {step.command}\n{_printed(step)}```\n"
    return text


def _printed(step: Step) -> str:
    program, *arguments = shlex.split(step.command)
    if program == "policy-gate":
        ran = gate(*arguments)
        status = f"[exit status {ran.status}]\n" if ran.status else ""
        return f"{ran.out}{ran.err}{status}"
    if program == "rm":
        shutil.rmtree(arguments[-1])
    _copy(step.copied, Path())
    return ""


def _copy(files: tuple[tuple[Path, str], ...], folder: Path) -> None:
    for source, name in files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)


@contextmanager
def _nobody() -> Iterator[None]:
    """Without a platform or credentials, at a terminal of 80 columns."""
    apart = ("AWS_", "CI", "CODEBUILD_", "GITHUB_", "GITLAB_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(apart)}
    files = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    with mock.patch.dict(os.environ, {**kept, **files, "COLUMNS": "80"}, clear=True):
        yield


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
