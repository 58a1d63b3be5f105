"""The commands by name. What a command does is in `policy_gate.commands`, under the same name."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NamedTuple

from policy_gate.arguments import (
    check,
    completion,
    diff,
    doctor,
    explain,
    extract,
    init,
    merge,
    run,
    serve,
    test_references,
    waive,
)


class Command(NamedTuple):
    """A command as `policy-gate --help` lists it."""

    help: str
    add: Callable[[argparse.ArgumentParser], None]
    """Adds its arguments to its parser."""


COMMANDS = {
    "run": Command("check every policy found in the paths", run.add),
    "doctor": Command("say what would be checked here, with what, and why", doctor.add),
    "init": Command("write a first configuration and a workflow", init.add),
    "extract": Command("print the policies found in the paths", extract.add),
    "merge": Command("make one report of those of all shards", merge.add),
    "check": Command("ask one question about one policy document", check.add),
    "diff": Command("say what access is added between two policies", diff.add),
    "waive": Command("accept a finding, for a reason and until a day", waive.add),
    "explain": Command("say what the code of a finding means", explain.add),
    "test-references": Command("hold reference policies to their examples", test_references.add),
    "serve": Command("answer as IAM Access Analyzer does, over HTTP", serve.add),
    "completion": Command("print what completes commands and options in a shell", completion.add),
}
