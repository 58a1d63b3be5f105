"""What the inputs of a run hold in another revision, with the paths as the user writes them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from policy_gate.analyzers.interface import Analyzer
from policy_gate.config.gate import GateConfig
from policy_gate.config.section import ConfigError
from policy_gate.extractors.discover import extract_paths
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.inputs import Inputs, find_inputs, with_attached
from policy_gate.model import (
    Extraction,
    Gone,
    InvalidWaiver,
    Location,
    NotChecked,
    Policy,
    SourceMap,
    Waiver,
)
from policy_gate.revisions.folder import working_in
from policy_gate.revisions.revision import Revision, RevisionError

T = TypeVar("T", bound=NotChecked)


def extract_revision(
    revision: Revision, paths: Sequence[str], config: GateConfig, analyzer: Analyzer
) -> Extraction:
    """What the inputs hold in a revision of the repository that the working directory is in.

    What they are is said now; the parameters are those of the configuration of that revision. Plans
    are left out, for they say themselves what was before them, and so is what is outside of the
    repository. Raises RevisionError.
    """
    here = Path.cwd()
    inside = revision.path_of(here)
    if inside is None:
        raise RevisionError(f"{here} is not in the repository of {revision}")
    with revision.written() as folder:
        moved = _Moved(revision, folder, here)
        named = [moved.path(Path(name)) for name in paths if name != "-"]
        config = moved.config(config)
        with working_in(folder / inside):
            settings, notes = _settings(config, moved)
            config = replace(config, settings=settings)
            inputs = Inputs(tuple(filter(None, named))) if paths else find_inputs((), config)
            # What is new, or in no revision, as a cloud assembly, was not there before.
            there = filter(os.path.lexists, inputs.named)
            found = extract_paths(
                filter(moved.is_inside, there),
                filter(moved.is_inside, inputs.matched),
                settings,
            )
            held = with_attached(found, config, analyzer)
    for path, message in held.unreadable:
        raise RevisionError(f"{path} at {revision} cannot be read: {message}")
    return replace(_without_plans(moved.as_written(held)), notes=notes)


def _settings(config: GateConfig, moved: _Moved) -> tuple[ExtractSettings, tuple[str, ...]]:
    """The values of parameters that the revision has in its configuration."""
    if config.reread is None:
        return config.settings, ()
    try:
        return config.reread(lambda name: moved.path(Path(name)) or Path(name)).settings, ()
    except ConfigError as error:
        note = (
            f"The configuration at {moved.revision} cannot be read ({moved.text(str(error))}), so"
            " that the values of parameters are those of now."
        )
        return config.settings, (note,)


@dataclass(frozen=True)
class _Moved:
    """Paths of the working tree in the folder that holds the revision, and back."""

    revision: Revision
    folder: Path
    here: Path
    """The working directory."""

    def path(self, path: Path) -> Path | None:
        """None for what is outside of the repository."""
        inside = self.revision.path_of(self.here / path)
        if inside is None:
            return None
        return self.folder / inside if path.is_absolute() else path

    def is_inside(self, path: Path) -> bool:
        """Nothing of the working tree itself may be read."""
        return Path(os.path.realpath(path)).is_relative_to(self.folder)

    def config(self, config: GateConfig) -> GateConfig:
        documents = config.managed_policy_documents
        moved = self.path(self.here / documents) if documents else None
        if moved is not None:
            documents = moved if moved.is_dir() else None
        folder = self.path(self.here / config.folder) or config.folder
        return replace(config, folder=folder, managed_policy_documents=documents)

    def as_written(self, held: Extraction) -> Extraction:
        return replace(
            held,
            policies=tuple(map(self._policy, held.policies)),
            not_checked=tuple(map(self._not_checked, held.not_checked)),
            boundaries=tuple(map(self._not_checked, held.boundaries)),
            waivers=tuple(map(self._waiver, held.waivers)),
        )

    def text(self, text: str) -> str:
        return text.replace(str(self.folder), str(self.revision.top))

    def _location(self, location: Location) -> Location:
        return location._replace(path=self.text(location.path))

    def _policy(self, policy: Policy) -> Policy:
        file = self.text(policy.identity.file)
        if file == policy.identity.file:
            return policy
        places = {path: self._location(place) for path, place in policy.sources.values.items()}
        keys = {path: self._location(place) for path, place in policy.sources.keys.items()}
        identity = policy.identity._replace(file=file)
        return replace(policy, identity=identity, sources=SourceMap(places, keys))

    def _waiver(self, waiver: Waiver | InvalidWaiver) -> Waiver | InvalidWaiver:
        location = self._location(waiver.location)
        if isinstance(waiver, InvalidWaiver):
            return waiver._replace(location=location)
        places = tuple(place._replace(file=self.text(place.file)) for place in waiver.places)
        return replace(waiver, location=location, places=places)

    def _not_checked(self, item: T) -> T:
        return replace(
            item,
            identity=item.identity._replace(file=self.text(item.identity.file)),
            message=self.text(item.message),
            location=item.location and self._location(item.location),
        )


def _without_plans(held: Extraction) -> Extraction:
    return replace(
        held,
        policies=tuple(policy for policy in held.policies if policy.change is None),
        not_checked=tuple(item for item in held.not_checked if not isinstance(item, Gone)),
    )
