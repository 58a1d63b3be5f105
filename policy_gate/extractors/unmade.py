"""What an input is made by, for inputs that nobody has made yet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from policy_gate.extractors.files import opened
from policy_gate.extractors.terraform.recognition import is_binary_plan, plan_start
from policy_gate.extractors.terraform.root_modules import is_terraform_source, root_modules
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import decode, shown

MAKE_PLAN = "`terraform plan -out tfplan && terraform show -json tfplan > plan.json`"
SYNTHESIZE = "`cdk synth`"

_HEAD = 100_000
_MAX_NAMED = 3


def maker(missing: Path) -> str:
    """The command that makes a file or folder that is not there, to be added to a message."""
    if missing.name == "cdk.out":
        return f"; {SYNTHESIZE} makes it"
    try:
        has_sources = any(map(is_terraform_source, missing.parent.iterdir()))
    except OSError:
        return ""
    if missing.suffix == ".json" and has_sources:
        command = MAKE_PLAN.replace("plan.json", missing.name)
        return f"; {command} makes it" if missing.name.isprintable() else ""
    return ""


def unplanned(files: Iterable[Path]) -> str:
    """What to do about sources of Terraform without any plan; empty where there is nothing to do.

    A plan holds what the sources come to; they are not checked by themselves.
    """
    met = list(files)
    sources = [path for path in met if is_terraform_source(path)]
    if not sources or any(map(_is_plan, set(met).difference(sources))):
        return ""
    return (
        f"Terraform is checked by its plan, and there is none of {_named(sources)}: {MAKE_PLAN}"
        " makes one (`tofu` likewise)."
    )


def _named(sources: Sequence[Path]) -> str:
    # Those that all others call, in a circle, would leave none.
    folders = root_modules(sources) or [sources[0].parent]
    names = [shown(folder / "*.tf") for folder in folders]
    more = f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else ""
    return f"{', '.join(names[:_MAX_NAMED])}{more}"


def _is_plan(path: Path) -> bool:
    try:
        with opened(path) as stream:
            head = stream.read(_HEAD)
        return is_binary_plan(head) or plan_start(decode(head, "replace")) is not None
    except (OSError, ReadError):
        return False
