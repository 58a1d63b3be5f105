"""What is in a repository, as far as the first files of the gate depend on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from policy_gate.extractors.discover import extract_files, find_files
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.extractors.one_file import ASSEMBLY
from policy_gate.extractors.terraform.plan import TerraformPlanExtractor
from policy_gate.extractors.terraform.root_modules import is_terraform_source, root_modules
from policy_gate.model import Extraction
from policy_gate.reporters.wording import count
from policy_gate.revisions import git
from policy_gate.revisions.folder import working_in

_FILES = {
    ".github": "github",
    ".gitlab-ci.yml": "gitlab",
    "buildspec.yml": "codebuild",
    "buildspec.yaml": "codebuild",
}
_HOSTS = {"github": "github", "gitlab": "gitlab", "git-codecommit": "codebuild"}
_HOST = re.compile(r"(?:[a-z+]+://)?(?:[^/@]*@)?([^/:]+)")
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}", re.ASCII)


@dataclass(frozen=True)
class Survey:
    """Paths are relative to the root, `/` between their parts, `.` for the root itself."""

    root: Path
    extraction: Extraction
    cdk_apps: tuple[str, ...] = ()
    """Folders with a cdk.json."""

    terraform_roots: tuple[str, ...] = ()
    """Folders of root modules."""

    plans: tuple[str, ...] = ()
    """Plans that are there already."""

    platform: str = "none"
    """One of PLATFORMS."""

    branch: str = "main"
    """What changes are merged into."""

    def found(self) -> str:
        """As `2 CloudFormation templates, 1 Terraform root module; 7 policies`."""
        formats = Counter(item.format for item in self.extraction.inputs)
        parts = [count(number, name) for name, number in sorted(formats.items())]
        if self.cdk_apps:
            parts.append(count(len(self.cdk_apps), "CDK app"))
        if self.terraform_roots:
            parts.append(count(len(self.terraform_roots), "Terraform root module"))
        policies = len({policy.identity for policy in self.extraction.policies})
        return f"{', '.join(parts) or 'nothing'}; {count(policies, 'policy', 'policies')}"


def survey(root: Path) -> Survey:
    """Reads the repository as a run does. Nothing of it is executed."""
    with working_in(root):
        met = find_files((), (Path(),))
        extraction = extract_files(met, ExtractSettings())
        paths = [file.path for file in met.files if not file.is_assembly]
        made = [item.path for item in extraction.inputs if item.format == ASSEMBLY]
        apps = {_folder(path) for path in paths if path.name == "cdk.json"}
        roots = root_modules(path for path in paths if is_terraform_source(path))
    return Survey(
        root,
        extraction,
        # What `cdk synth` copied is no app.
        tuple(sorted(app for app in apps if not any(_is_below(app, folder) for folder in made))),
        tuple(folder.as_posix() for folder in roots),
        tuple(
            item.path for item in extraction.inputs if item.format == TerraformPlanExtractor.name
        ),
        _platform(root),
        _branch(root),
    )


def _folder(path: Path) -> str:
    return path.parent.as_posix()


def _is_below(path: str, folder: str) -> bool:
    return PurePosixPath(path).is_relative_to(folder) and folder != "."


def _platform(root: Path) -> str:
    """By the files of a platform, else by where the repository was cloned from."""
    for name, platform in _FILES.items():
        if (root / name).exists():
            return platform
    for host in _hosts(root):
        for part, platform in _HOSTS.items():
            if part in host:
                return platform
    return "none"


def _hosts(root: Path) -> Iterator[str]:
    for line in _asked(root, "config", "--get-regexp", r"^remote\..*\.url$").splitlines():
        if host := _HOST.match(line.partition(" ")[2]):
            yield host[1].lower()


def _branch(root: Path) -> str:
    """The default branch of the remote; without one, `master` where that is checked out."""
    remote = _asked(root, "symbolic-ref", "--short", "refs/remotes/origin/HEAD")
    name = remote.strip().removeprefix("origin/")
    if not name and _asked(root, "symbolic-ref", "--short", "HEAD").strip() == "master":
        name = "master"
    return name if _BRANCH.fullmatch(name) else "main"


def _asked(root: Path, *arguments: str) -> str:
    try:
        return git.ask(root, *arguments).decode("utf-8", "replace")
    except git.GitError:
        return ""
