"""The first configuration, with a comment at each of its keys."""

from __future__ import annotations

import glob
import json
from collections.abc import Iterator

from policy_gate.starting.survey import Survey

REFERENCE = ".policy-gate/reference-policy.yml"
SENSITIVE = ".policy-gate/sensitive-actions.txt"

_MAX_NAMED = 5
"""Inputs of a kind that the configuration names."""

_TEXT = f"""\
# What `policy-gate run` checks in this repository. Paths are relative to this file.
#
# A starting point, made by `policy-gate init` where it found:
#   FOUND
# Edit it. `policy-gate doctor` says what would be checked with it and why; every
# key is in docs/configuration.md of policy-gate.

inputs:
INPUTS
checks:
  # Is it valid, and written as AWS advises? WARNING and SUGGESTION are told and do not block.
  validate-policy: {{fail-on: [ERROR, SECURITY_WARNING]}}
  # Does it let anyone in?
  no-public-access: true
  # Does an identity policy grant one of these actions? One action a line.
  access-not-granted: {{actions-file: {SENSITIVE}, applies-to: [identity]}}
  # Does an identity policy allow anything that this one does not?
  no-new-access:
    - {{name: agreed, reference: {REFERENCE}, applies-to: [identity]}}
  # Who outside of the zone of trust is let in? Write the accounts that are yours to ask that too.
  # no-external-access: {{zone-of-trust: {{accounts: ["111122223333"]}}}}

# Access that a pull request adds is told; block makes it fail.
# new-access: inform

# What could not be decided fails; report tells it only.
# unknown: block

# Values of template parameters.
# parameters: {{Stage: prod}}

# Findings that are there already: `policy-gate run --write-baseline .policy-gate/baseline.json`,
# and only new ones block.
# baseline: .policy-gate/baseline.json
"""


def configuration(survey: Survey) -> str:
    """The text of `.policy-gate.yml`."""
    inputs = "".join(f"  {line}\n" for line in _inputs(survey))
    return _TEXT.replace("FOUND", survey.found(), 1).replace("INPUTS\n", f"{inputs}\n", 1)


def _inputs(survey: Survey) -> Iterator[str]:
    yield '- "."  # every template, cloud assembly and plan in the repository'
    assemblies = [_below(app, "cdk.out") for app in survey.cdk_apps]
    for paths, before in (
        (assemblies, "before `cdk synth`"),
        (list(planned(survey).values()), "without the plan"),
    ):
        for path in paths[:_MAX_NAMED]:
            if path.isprintable():
                yield f"- {_quoted(path)}  # named, so that a run {before} is never green"
        if len(paths) > _MAX_NAMED:
            yield f"# There are {len(paths) - _MAX_NAMED} more of these: name them too."


def planned(survey: Survey) -> dict[str, str]:
    """Where the plan of each root module is or will be, by the folder of the module."""
    roots = survey.terraform_roots
    if len(roots) == 1 and survey.plans:
        return {roots[0]: survey.plans[0]}
    plans = {}
    for folder in roots:
        inside = [plan for plan in survey.plans if _folder(plan) == folder]
        plans[folder] = inside[0] if inside else _below(folder, "plan.json")
    return plans


def _folder(path: str) -> str:
    return path.rpartition("/")[0] or "."


def _below(folder: str, name: str) -> str:
    return name if folder == "." else f"{folder}/{name}"


def _quoted(path: str) -> str:
    """A path as a pattern that means itself, in YAML."""
    return json.dumps(glob.escape(path), ensure_ascii=path.isascii())
