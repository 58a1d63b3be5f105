"""Where the sources of a plan are: the folder of the root module."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from policy_gate.extractors.files import project_root
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.extractors.terraform.hcl.sources import ModuleSources, SourceTree
from policy_gate.extractors.terraform.planned import Plan

_SAMPLE = 20
"""Declarations of the root module that are looked for."""


def source_tree(plan: Plan, path: str, settings: ExtractSettings) -> SourceTree | None:
    """The sources in the folder that declares the most of the root module; None without any.

    It is one that the user names, or else the plan's folder, one above it in the same project, or
    the working directory.
    """
    folders = dict.fromkeys(settings.terraform_roots or _around(Path(path)))
    trees = [SourceTree(folder) for folder in folders]
    counted = [(_declared(tree.module(()), plan), tree) for tree in trees]
    best = max(counted, key=lambda item: item[0], default=(0, None))
    return best[1] if best[0] else None


def _around(path: Path) -> Iterator[Path]:
    folder = path.parent
    root = project_root(path)
    while True:
        yield folder
        real = folder.resolve()
        if real == root or not real.is_relative_to(root) or real.parent == real:
            break
        folder = real.parent
    yield Path()


def _declared(sources: ModuleSources | None, plan: Plan) -> int:
    """How much of the root module the sources declare."""
    if sources is None:
        return 0
    configuration = plan.configuration(())
    resources = list(configuration.resources)[:_SAMPLE]
    calls = configuration.calls[:_SAMPLE]
    found = sum(sources.resource(*resource) is not None for resource in resources)
    return found + sum(sources.module_call(name) is not None for name in calls)
