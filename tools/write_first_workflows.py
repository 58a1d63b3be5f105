"""Writes what `policy-gate init` makes of the examples, for `make lint-ci` to judge.

python -m tools.write_first_workflows FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from policy_gate.model import Extraction
from policy_gate.starting.survey import Survey
from policy_gate.starting.workflows import workflow

NAMES = {
    "github": ".github/workflows/policy-gate-init.yml",
    "gitlab": "init-gitlab.yml",
    "codebuild": "init-buildspec.yml",
}


def main(folder: Path) -> None:
    """One workflow a platform, with all the steps that there are."""
    apps = (".", "services/orders")
    found = Survey(folder, Extraction(), cdk_apps=apps, terraform_roots=(".", "infra"))
    for platform, name in NAMES.items():
        (folder / name).write_text(workflow(found, platform).text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
