"""Another revision of the repository, read from git's objects: no file of the checkout is touched.

base = base_revision(Path.cwd(), "origin/main")
text = base.read(Path(".policy-gate.yml"))     # None where that revision has no such file
with base.written() as folder: ...             # its files in a folder of their own
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from policy_gate.extractors.files import MAX_BYTES
from policy_gate.revisions import git
from policy_gate.revisions.git import GitError

MAX_FILES = 500_000
"""Files of a revision that is compared with."""

_FILE, _LINK, _SUBMODULE = ("100644", "100755"), "120000", "160000"


class RevisionError(Exception):
    """A revision that cannot be had: `message` says why and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Entry(NamedTuple):
    """A file of a revision."""

    object: str
    """The hash of its content."""

    size: int
    """Bytes."""

    is_link: bool = False


@dataclass(frozen=True)
class Revision:
    """One commit."""

    name: str
    """As the user writes it, or as it was found."""

    commit: str
    """Its hash."""

    top: Path
    """The top folder of the working tree."""

    notes: tuple[str, ...] = ()
    """Sentences the reader should know about how it was found."""

    def __str__(self) -> str:
        short = self.commit[:12]
        return short if self.name == self.commit else f"{self.name} ({short})"

    @cached_property
    def files(self) -> Mapping[str, Entry]:
        """Every regular file and symbolic link by its path from the top, `/` between its parts.

        Raises RevisionError.
        """
        return self._tree[0]

    @cached_property
    def submodules(self) -> frozenset[str]:
        """The paths of submodules, whose files are in other repositories. Raises RevisionError."""
        return self._tree[1]

    @cached_property
    def _tree(self) -> tuple[Mapping[str, Entry], frozenset[str]]:
        arguments = ("ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", self.commit)
        try:
            listed = git.ask(self.top, *arguments).decode("utf-8", "surrogateescape")
        except GitError as error:
            raise RevisionError(f"{self}: {error.message}") from error
        files: dict[str, Entry] = {}
        submodules = set()
        for line in filter(None, listed.split("\0")):
            about, _, path = line.partition("\t")
            mode, _, name, size = about.split()
            if mode == _SUBMODULE:
                submodules.add(path)
            elif mode in (*_FILE, _LINK) and _is_inside(path):
                files[path] = Entry(name, int(size) if size.isdigit() else 0, mode == _LINK)
            if len(files) > MAX_FILES:
                raise RevisionError(f"{self}: it has more than {MAX_FILES} files")
        return files, frozenset(submodules)

    def path_of(self, path: Path) -> str | None:
        """A path of the working tree from the top, None for one outside of it; `.` is the top."""
        absolute = Path(os.path.abspath(path))
        for top in (self.top, Path(os.path.realpath(self.top))):
            for candidate in (absolute, Path(os.path.realpath(absolute.parent)) / absolute.name):
                if candidate.is_relative_to(top):
                    return candidate.relative_to(top).as_posix()
        return None

    def read(self, path: Path, limit: int = MAX_BYTES) -> bytes | None:
        """A file of the working tree as it is in this revision, as it is stored (no filters).

        None where the revision has no such file. A symbolic link is followed inside the revision.
        Raises RevisionError, also for a file of more than `limit` bytes.
        """
        name = self.path_of(path)
        for _ in range(_MAX_LINKS):
            entry = None if name is None else self.files.get(name)
            if name is None or entry is None:
                return None
            if entry.size > limit:
                raise RevisionError(f"{name} at {self} is larger than {limit // 1_000_000} MB")
            with self._contents([entry], limit) as contents:
                content = next(contents)
            if not entry.is_link:
                return content
            target = os.fsdecode(content)
            name = os.path.normpath(PurePosixPath(name).parent / target)
        return None

    @contextmanager
    def _contents(self, entries: list[Entry], limit: int) -> Iterator[Iterator[bytes]]:
        """At most `limit` + 1 bytes of each, in order. Raises RevisionError."""
        try:
            process = subprocess.Popen(  # noqa: S603 - as in policy_gate.revisions.git
                git.command(self.top, "cat-file", "--batch"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=git.environment(),
            )
        except (GitError, OSError) as error:
            raise RevisionError(f"git cannot be run: {error}") from error
        with process:
            try:
                yield self._answers(process, entries, limit)
            finally:
                process.kill()

    def _answers(
        self, process: subprocess.Popen[bytes], entries: list[Entry], limit: int
    ) -> Iterator[bytes]:
        asked, answered = process.stdin, process.stdout
        if asked is None or answered is None:
            raise RevisionError("git cannot be run: it has no input or output")
        try:
            for entry in entries:
                asked.write(f"{entry.object}\n".encode())
                asked.flush()
                yield self._answer(answered, limit)
        except OSError as error:
            raise RevisionError(f"{self}: git ended before its answer") from error

    def _answer(self, stream: IO[bytes], limit: int) -> bytes:
        """One answer: a line with hash, kind and size, the content and a newline."""
        about = stream.readline().decode("ascii", "replace").split()
        if len(about) != 3 or not about[2].isdigit():
            raise RevisionError(
                f"{self}: a part of it is missing here, as in a partial clone:"
                " fetch it whole (`git fetch --refetch --no-filter`)"
            )
        size = int(about[2])
        content = stream.read(min(size, limit + 1))
        left = size + 1 - len(content)
        while left > 0 and (skipped := stream.read(min(left, 1 << 20))):
            left -= len(skipped)
        return content

    @contextmanager
    def written(self, limit: int = MAX_BYTES) -> Iterator[Path]:
        """Its files as they are stored, in a folder that is gone afterwards.

        Of files larger than `limit` only so much is there as shows it. Links that lead out of the
        folder are left out. Raises RevisionError.
        """
        from policy_gate.revisions.folder import written

        entries = self.files
        with (
            self._contents(list(entries.values()), limit) as contents,
            written(zip(entries.items(), contents, strict=True), self.name) as folder,
        ):
            yield folder


_MAX_LINKS = 10


def _is_inside(path: str) -> bool:
    """Could the path be one of a checkout? A hostile tree may hold others."""
    parts = path.split("/")
    return not any(part in ("", ".", "..") or part.lower() == ".git" for part in parts)


def top_folder(folder: Path) -> Path:
    """The top of the working tree that a folder is in. Raises RevisionError."""
    try:
        answer = git.ask(folder, "rev-parse", "--show-toplevel")
    except GitError as error:
        message = error.message
        if "not a git repository" in message:
            message = f"{folder} is in no git repository"
        raise RevisionError(message) from error
    return Path(os.fsdecode(answer.removesuffix(b"\n")))


def open_revision(folder: Path, name: str) -> Revision:
    """The commit that a name means in the repository of a folder.

    A branch that is only there as one of `origin` is that one. Raises RevisionError.
    """
    top = top_folder(folder)
    for candidate in (name, f"refs/remotes/origin/{name.removeprefix('refs/heads/')}"):
        if commit := _commit(top, candidate):
            notes: tuple[str, ...] = ()
            if candidate != name:
                notes = (f"{name} is not here, so the one of origin was taken.",)
            return Revision(name, commit, top, notes)
    raise RevisionError(f"there is no revision {name!r} here: {_advice(top, name)}")


def base_revision(folder: Path, name: str) -> Revision:
    """Where what is checked out and a named revision part: what a change is compared with.

    What came to that branch since then is no part of the change. Raises RevisionError.
    """
    named = open_revision(folder, name)
    head = _commit(named.top, "HEAD")
    if head is None:
        raise RevisionError("there is no commit yet, so there is no change to look at")
    if head == named.commit:
        return named
    try:
        answer = git.ask(named.top, "merge-base", "--all", "--end-of-options", named.commit, head)
    except GitError as error:
        raise RevisionError(
            f"{named} and what is checked out have no common commit: {_advice(named.top, name)}"
        ) from error
    commits = answer.decode("ascii", "replace").split()
    notes = named.notes
    if len(commits) > 1:
        notes = (
            *notes,
            f"There are {len(commits)} merge bases with {name}: one of them was taken.",
        )
    return Revision(name, commits[0], named.top, notes)


def _commit(top: Path, name: str) -> str | None:
    arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    try:
        return git.ask(top, *arguments).decode("ascii", "replace").strip()
    except GitError:
        return None


def _advice(top: Path, name: str) -> str:
    try:
        is_shallow = git.ask(top, "rev-parse", "--is-shallow-repository").strip() == b"true"
    except GitError:
        is_shallow = False
    if is_shallow:
        return (
            "this clone is shallow: fetch its history (`fetch-depth: 0` of actions/checkout,"
            " GIT_DEPTH: 0 in GitLab, or `git fetch --unshallow origin`)"
        )
    branch = name.removeprefix("refs/heads/").removeprefix("origin/")
    return f"`git fetch origin {branch}` may bring it"
