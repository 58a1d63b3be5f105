"""Commands of the pages that need more than this process, and what runs them instead."""

from __future__ import annotations

import re

from tests.docs.pages import ROOT

# The beginning of a command, and the test file or the make target that runs it.
ELSEWHERE = {
    "make run": "make run",
    "pip install policy-gate": "tests/ways/test_buildspec.py",
    "pip install 'policy-gate[dask]'": "make test-dask",
    "dask ": "make test-dask",
    "export DASK_": "make test-dask",
    "policy-gate run --executor dask": "make test-dask",
    "docker ": "make test-image",
    "terraform ": "tools/make_terraform_plans.py",
    "policy-gate init": "tests/commands/test_init_command.py",
    "policy-gate serve": "tests/server/test_command.py",
    "export AWS_": "tests/server/test_command.py",
    "aws accessanalyzer": "tests/server/test_operations.py",
    "aws iam simulate-custom-policy": "tests/docs/test_simulator.py",
    "aws sts": "tests/server/test_sts.py",
    "cfn-policy-validator": "tests/server/test_peers.py",
    "tf-policy-validator": "benchmarks/runs.py",
}


def runner(command: str) -> str:
    """What runs a command elsewhere; empty where it is run here."""
    found = [where for start, where in ELSEWHERE.items() if command.startswith(start)]
    return found[0] if found else ""


def exists(where: str) -> bool:
    """Is there that file, or that target in the Makefile?"""
    if not where.startswith("make "):
        return (ROOT / where).is_file()
    target = re.escape(where.removeprefix("make "))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return re.search(rf"^{target}:", makefile, re.MULTILINE) is not None
