"""What a run would check, what it would skip, and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from policy_gate.config.gate import GateConfig
from policy_gate.doctor.fact import Fact, State
from policy_gate.extractors.discover import NEVER_SEARCHED, Met, extract_files, find_files
from policy_gate.extractors.interface import joined
from policy_gate.extractors.one_file import ASSEMBLY
from policy_gate.extractors.terraform.plan import TerraformPlanExtractor
from policy_gate.extractors.terraform.root_modules import is_terraform_source
from policy_gate.inputs import find_inputs
from policy_gate.model import Extraction, Input, ReasonCode
from policy_gate.reporters.wording import count, listed
from policy_gate.syntax.source import shown

_TOPIC = "inputs"
_APP_SOURCES = (".cs", ".go", ".java", ".js", ".mjs", ".py", ".ts")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,10}", re.ASCII)


class Looked(NamedTuple):
    """What was found where a run looks."""

    extraction: Extraction
    skipped: tuple[str, ...]
    """Files that are no input, as the user would write them."""

    facts: tuple[Fact, ...]


def look(paths: Sequence[str], config: GateConfig) -> Looked:
    """Reads the inputs as a run does, but for standard input, and asks nothing about them."""
    inputs = find_inputs([path for path in paths if path != "-"], config)
    if paths and not inputs.named:
        return Looked(Extraction(), (), (Fact(_TOPIC, State.NOTE, "standard input is not read"),))
    met = find_files(inputs.named, inputs.matched)
    found = extract_files(met, config.settings)
    skipped = tuple(_skipped(met, found))
    facts = [
        *_found(found),
        *_not_read(found),
        *_passed_over(skipped, joined(met.others).skipped_files),
        *_never_searched((*inputs.named, *inputs.matched)),
        *(Fact(_TOPIC, State.NOTE, str(note)) for note in (*inputs.notes, *found.notes)),
        *_old(met, found.inputs),
    ]
    return Looked(found, skipped, tuple(facts))


def _found(found: Extraction) -> Iterator[Fact]:
    for name in sorted({item.format for item in found.inputs}):
        paths = sorted(item.path for item in found.inputs if item.format == name)
        yield Fact(_TOPIC, State.OK, f"{count(len(paths), name)}: {listed(paths)}")
    kinds = Counter(identity.kind for identity in {item.identity for item in found.policies})
    if kinds:
        shares = ", ".join(f"{number} {kind}" for kind, number in sorted(kinds.items(), key=str))
        total = count(sum(kinds.values()), "policy", "policies")
        yield Fact(_TOPIC, State.OK, f"{total}: {shares}")
    else:
        yield Fact(_TOPIC, State.NOTE, "no policy is in them")


def _not_read(found: Extraction) -> Iterator[Fact]:
    for item in found.unreadable:
        yield Fact(_TOPIC, State.PROBLEM, f"{item.path}: {item.message}")
    for part in found.not_checked:
        if part.reason is ReasonCode.NOT_ANALYSED:
            place = part.location or part.identity.file
            yield Fact(_TOPIC, State.PROBLEM, f"{place}: not analysed: {part.message}")


def _passed_over(skipped: Sequence[str], links: int) -> Iterator[Fact]:
    if skipped:
        suffixes = Counter(_suffix(path) for path in skipped)
        kinds = listed([f"{number} {name}" for name, number in suffixes.most_common()])
        text = f"{count(len(skipped), 'file')} skipped, neither template nor plan: {kinds}"
        yield Fact(_TOPIC, State.OK, text)
    if links:
        yield Fact(_TOPIC, State.OK, f"{count(links, 'symbolic link')} not followed")


def _never_searched(roots: Iterable[Path]) -> Iterator[Fact]:
    folders = (root / name for root in roots for name in NEVER_SEARCHED - {".git"})
    if names := sorted({shown(folder) for folder in folders if folder.is_dir()}):
        yield Fact(_TOPIC, State.OK, f"never searched: {listed(names)}")


def _suffix(path: str) -> str:
    suffix = Path(path).suffix
    return suffix if _SUFFIX.fullmatch(suffix) else "other"


def _skipped(met: Met, found: Extraction) -> Iterator[str]:
    """The files of which nothing is in what was found."""
    told = {item.path for item in found.inputs}
    told.update(item.path for item in found.unreadable)
    told.update(item.identity.file for item in found.not_checked)
    for file in met.files:
        if file.name not in told and file.real not in found.followed:
            yield file.name


def _old(met: Met, inputs: Iterable[Input]) -> Iterator[Fact]:
    """What was made before its sources were changed last."""
    files = [file.path for file in met.files if not file.is_assembly]
    for item in inputs:
        made = Path(item.path)
        if item.format == TerraformPlanExtractor.name:
            sources = [
                path
                for path in files
                if is_terraform_source(path) and shown(path.parent) == shown(made.parent)
            ]
            command = "terraform plan"
        elif item.format == ASSEMBLY:
            made, command = made / "manifest.json", "cdk synth"
            app = made.parent.parent
            sources = [path for path in files if path.suffix in _APP_SOURCES and _is_of(path, app)]
        else:
            continue
        newer = max(sources, key=_changed, default=made)
        if _changed(newer) > _changed(made):
            text = f"{item.path} is older than {shown(newer)}: `{command}` makes it anew"
            yield Fact(_TOPIC, State.NOTE, text)


def _is_of(path: Path, app: Path) -> bool:
    inside = Path(shown(path))
    return inside.is_relative_to(shown(app)) and "cdk.out" not in inside.parts


def _changed(path: Path) -> float:
    """Seconds since the epoch; 0 for what is gone."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0
