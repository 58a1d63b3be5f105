"""Whose configuration counts: that of the base, where anybody may have made the change.

Else a pull request could waive itself: with a configuration, waivers, a baseline, a template of
reports or a reference policy of its own. docs/github.md says which changes that are.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from policy_gate import ci
from policy_gate.config.gate import GateConfig
from policy_gate.config.section import ConfigError
from policy_gate.revisions.folder import working_in
from policy_gate.revisions.revision import Revision, RevisionError, open_revision


@dataclass(frozen=True)
class TrustedBase:
    """The files of the base, in a folder that is there until the process ends."""

    revision: Revision
    folder: Path
    here: Path
    """The working directory."""

    def located(self, name: str | Path) -> Path:
        """The file of the base for one of the checkout, and any other file itself."""
        inside = self.revision.path_of(self.here / name)
        return self.here / name if inside is None else self.folder / inside

    @contextmanager
    def reading(self) -> Iterator[None]:
        """With the base as working directory. Raises ConfigError for what is wrong there."""
        inside = self.revision.path_of(self.here) or "."
        try:
            with working_in(self.folder / inside):
                yield
        except ConfigError as error:
            message = str(error).replace(f"{self.folder}{os.sep}", "")
            raise ConfigError(f"in the base {self.revision}: {message}") from error

    def applied(self, config: GateConfig) -> GateConfig:
        """The configuration of the base, for the inputs of the checkout."""
        roots = tuple(map(self._in_checkout, config.settings.terraform_roots))
        note = (
            f"The change may be anybody's, so the configuration is that of the base"
            f" {self.revision}, with all the files that it names."
        )
        return replace(
            config,
            folder=self._in_checkout(config.folder),
            settings=replace(config.settings, terraform_roots=roots),
            inline_waivers=False,
            located=self.located,
            notes=(*config.notes, note),
        )

    def _in_checkout(self, path: Path) -> Path:
        if not path.is_relative_to(self.folder):
            return path
        return self.revision.top / path.relative_to(self.folder)


def trusted_base(here: Path, commits: Sequence[str]) -> TrustedBase:
    """The files of the first commit that is in the repository of a folder.

    Raises ConfigError where none is there: the checkout never takes the place of the base.
    """
    files = ExitStack()
    try:
        revision = _first(here, commits)
        folder = files.enter_context(revision.written())
    except RevisionError as error:
        raise ConfigError(
            "the change may be anybody's, so the configuration must be that of the base, and that"
            f" cannot be read: {error.message}"
        ) from error
    atexit.register(files.close)
    return TrustedBase(revision, folder, here)


def _first(here: Path, commits: Sequence[str]) -> Revision:
    """The first of the commits that is here. Raises RevisionError."""
    problem = RevisionError("the event does not say which commit that is")
    for commit in commits:
        try:
            return open_revision(here, commit)
        except RevisionError as error:
            problem = error
    if (merge := ci.merge_commit()) and open_revision(here, "HEAD").commit == merge:
        # The platform has merged the change: its first parent is what the change is made to.
        try:
            open_revision(here, f"{merge}^2")
            return open_revision(here, f"{merge}^1")
        except RevisionError:
            raise problem from None
    raise problem
