"""From the base that a change is made to, to what the change adds."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from policy_gate import ci
from policy_gate.accepting.baseline import Baseline, baseline_of
from policy_gate.analyzers.interface import Analyzer
from policy_gate.changes.compare import Base, compare, has_past
from policy_gate.config.gate import GateConfig
from policy_gate.config.section import ConfigError
from policy_gate.extractors.cdk.assembly import extract_assembly, is_assembly
from policy_gate.inputs import with_attached
from policy_gate.model import Comparison, Extraction, Note
from policy_gate.revisions.extraction import extract_revision
from policy_gate.revisions.revision import Revision, RevisionError, base_revision, open_revision
from policy_gate.runner import run_checks

_CONFLICT = re.compile(rb"^<{7} .*^>{7} ", re.MULTILINE | re.DOTALL)
_MAX_NAMED = 3
_PAST = Base("what the plan says was there before", None)


def compared(
    extraction: Extraction, paths: Sequence[str], config: GateConfig, analyzer: Analyzer
) -> Extraction:
    """With what the change adds to its base: the one that is named, or that of the pull request."""
    has_to_be = bool(config.base) or config.new_access == "block"
    comparison: Comparison | None = None
    try:
        base, notes = _base(extraction, paths, config, analyzer)
    except RevisionError as error:
        told = f"What this change adds cannot be told: {error.message}"
        if all(policy.change for policy in extraction.policies) and has_past(extraction):
            comparison, notes = compare(extraction, _PAST)
        elif has_to_be:
            comparison, notes = Comparison(config.base or "the base", error=told), ()
        else:
            notes = (f"{told}.",)
    else:
        if base is not None:
            comparison, unclear = compare(extraction, base)
            notes = (*notes, *unclear)
    return replace(extraction, notes=(*extraction.notes, *notes), comparison=comparison)


def baseline_of_base(paths: Sequence[str], config: GateConfig, analyzer: Analyzer) -> Baseline:
    """What the same checks find in the base. Raises ConfigError where there is none to read."""
    config = replace(config, baseline_of_base=False, new_access="")
    try:
        if config.base and (folder := _assembly_folder(config.base)):
            name = f"the assembly in {config.base}"
            held = with_attached(extract_assembly(folder, config.settings), config, analyzer)
        elif revision := _revision(config):
            name, held = str(revision), extract_revision(revision, paths, config, analyzer)
        else:
            raise RevisionError("this is no pull request, and --base names no revision")
    except RevisionError as error:
        message = f"the baseline is what the base has, which cannot be read: {error.message}"
        raise ConfigError(message) from error
    return baseline_of(run_checks(held, config, analyzer, ""), name)


def base_name(config: GateConfig) -> str:
    """What a run compares with; empty where nothing names it. Raises RevisionError."""
    if config.base and _assembly_folder(config.base):
        return f"the assembly in {config.base}"
    revision = _revision(config)
    return str(revision) if revision else ""


def _base(
    extraction: Extraction, paths: Sequence[str], config: GateConfig, analyzer: Analyzer
) -> tuple[Base | None, tuple[Note, ...]]:
    """None where nothing names one. Raises RevisionError."""
    if config.base and (folder := _assembly_folder(config.base)):
        held = with_attached(extract_assembly(folder, config.settings), config, analyzer)
        return Base(f"the assembly in {config.base}", held, lambda _: True), ()
    revision = _revision(config)
    if revision is None:
        if has_past(extraction):
            return _PAST, ()
        note = (
            "new-access compares with nothing here: this is no pull request, and --base names no"
            " revision."
        )
        return None, (note,)
    held = extract_revision(revision, paths, config, analyzer)
    base = Base(str(revision), held, _is_same(revision), _why_unread(revision))
    return base, (*revision.notes, *held.notes, *_not_in_git(revision, extraction))


def _assembly_folder(name: str) -> Path | None:
    """A cloud assembly that is no part of what is checked out, and no name of a revision."""
    folder = Path(name)
    if not folder.is_dir() or not is_assembly(folder):
        return None
    try:
        checked_out = open_revision(Path.cwd(), "HEAD")
    except RevisionError:
        return folder
    inside = checked_out.path_of(folder)
    if inside is None or not any(path.startswith(f"{inside}/") for path in checked_out.files):
        return folder
    # A pull request could bring a folder that is called like the base.
    return None


def _revision(config: GateConfig) -> Revision | None:
    """The base by name, or that of the pull request. Raises RevisionError."""
    here = Path.cwd()
    if config.base:
        return base_revision(here, config.base)
    proposed = ci.proposed_base()
    if proposed is None:
        return None
    if proposed.merge_commit and _is_merge(here, proposed.merge_commit):
        # The platform has merged the change: its first parent is what the change is made to.
        parent = open_revision(here, "HEAD^1")
        return replace(parent, name=proposed.names[-1])
    problem: RevisionError | None = None
    for name in proposed.names:
        try:
            return base_revision(here, name)
        except RevisionError as error:
            problem = problem or error
    raise problem or RevisionError("the job does not say what the change is made to")


def _is_merge(here: Path, commit: str) -> bool:
    try:
        return open_revision(here, "HEAD").commit == commit and bool(open_revision(here, "HEAD^2"))
    except RevisionError:
        return False


def _is_same(revision: Revision) -> Callable[[str], bool]:
    def is_same(file: str) -> bool:
        try:
            return Path(file).read_bytes() == revision.read(Path(file))
        except (OSError, ValueError, RevisionError):
            return False

    return is_same


def _why_unread(revision: Revision) -> Callable[[str], str]:
    def why_unread(file: str) -> str:
        inside = revision.path_of(Path(file)) or ""
        for module in sorted(revision.submodules):
            if inside == module or inside.startswith(f"{module}/"):
                return f"it is in the submodule {module}, whose files are in another repository"
        try:
            content = revision.read(Path(file))
        except RevisionError:
            return ""
        has_conflict = content is not None and _CONFLICT.search(content)
        return "it holds the marks of a merge conflict" if has_conflict else ""

    return why_unread


def _not_in_git(revision: Revision, extraction: Extraction) -> Iterable[str]:
    """Inputs that no revision has: what is in them is compared with nothing."""
    files = {policy.identity.file for policy in extraction.policies if policy.change is None}
    try:
        tracked = {*revision.files, *open_revision(revision.top, "HEAD").files}
    except RevisionError:
        tracked = set(revision.files)
    apart = sorted(file for file in files if file and revision.path_of(Path(file)) not in tracked)
    if apart:
        named = ", ".join(apart[:_MAX_NAMED])
        more = f" and {len(apart) - _MAX_NAMED} more" if len(apart) > _MAX_NAMED else ""
        yield (
            f"Not in git, and so compared with nothing: {named}{more}. Of a cloud assembly,"
            " --base names the folder of the assembly that the base makes."
        )
