"""Where a run would publish its report, and what is missing for that. No token is shown."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from typing import Any

from policy_gate import ci
from policy_gate.doctor.fact import Fact, State
from policy_gate.publishers.interface import PublishSettings
from policy_gate.publishers.registry import PLATFORMS, recognised_platform

_TOPIC = "platform"
_PARTS = (
    "comment", "review_comments", "check_run", "commit_status", "sarif", "approval",
    "close_pull_request",
)  # fmt: skip


def platform_facts(settings: PublishSettings) -> Iterator[Fact]:
    name = recognised_platform()
    if name is None:
        where = "a CI job, but none of" if ci.is_ci() else "no CI job of"
        yield Fact(
            _TOPIC,
            State.NOTE if ci.is_ci() else State.OK,
            f"{where} {', '.join(PLATFORMS)}, so nothing is published",
        )
        return
    yield from _of_job(name, settings)
    if ci.trusted_commits() is not None:
        yield Fact(
            _TOPIC,
            State.NOTE,
            "the change may be anybody's, so configuration, waivers and references are those of the"
            " base",
        )


def _of_job(name: str, settings: PublishSettings) -> Iterator[Fact]:
    # Each platform's module of that name says what its jobs know.
    job: Any = import_module(f"{PLATFORMS[name].module}_job").current_job()
    wanted = ", ".join(part.replace("_", "-") for part in _PARTS if getattr(settings, part))
    yield Fact(_TOPIC, State.OK, f"{name}; the configuration wants: {wanted or 'nothing'}")
    if job.obstacle:
        yield Fact(_TOPIC, State.NOTE, f"not published by calls: {job.obstacle}")
    number = getattr(job, "merge_request", None) or getattr(job, "pull_request", None)
    if not number:
        yield Fact(_TOPIC, State.NOTE, "the job is about no pull request, so there are no comments")
