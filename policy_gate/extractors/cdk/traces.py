"""From the frames of a stack trace to lines of the app, inside the project and nowhere else.

What a frame names is written by whoever wrote the assembly. A line is told only of a file with the
name of source code, and a report never shows a file that is outside of the project.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from policy_gate.extractors.cdk.constructs import Trace
from policy_gate.extractors.files import check_size, read_bytes
from policy_gate.model import Location
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import decode, shown

_FRAME = re.compile(
    r"(?:.*[ (])?(?:file://)?([^ ():]*[/\\][^():]*|[A-Za-z]:[^():]+):(\d+)(?::(\d+))?\)?"
)
_MAX_FRAME = 1_000
_MAX_PATHS = 500
_MAX_DEPTH = 20
_LIBRARIES = frozenset({"node_modules", "site-packages", "dist-packages", ".venv", ".git"})
_SCRIPTS = frozenset({".cjs", ".cts", ".js", ".jsx", ".mjs", ".mts", ".ts", ".tsx"})
_SOURCE_CODE = _SCRIPTS | {".cs", ".fs", ".go", ".java", ".kt", ".py", ".scala", ".vb"}


class AppSources:
    """The source files of one app, as the traces of its assembly name them."""

    def __init__(self, project: Path, app: Path, traces: Iterable[Trace]) -> None:
        """`app` is the folder in the project that the assembly is in."""
        self._project = project.resolve()
        self._app = app.resolve()
        self._lines: dict[Path, list[str]] = {}
        paths = {path for trace in traces for path, _, _ in _frames(trace)}
        self._moved = self._moved_from(sorted(paths)[:_MAX_PATHS])

    @property
    def moved(self) -> str:
        """Where the app stood when it was synthesized, if that was somewhere else."""
        return "" if self._moved is None else str(self._moved[0])

    def locate(self, trace: Trace) -> Location | None:
        """The first frame that is a line of the app."""
        for path, line, column in _frames(trace):
            file = self._file(path)
            if file is not None and (found := self._location(file, line, column)) is not None:
                return found
        return None

    def _file(self, path: str) -> Path | None:
        file = Path(path)
        if self._moved is not None:
            before, now = self._moved
            if PurePosixPath(path).is_relative_to(before):
                file = now / PurePosixPath(path).relative_to(before)
        return file if self._is_ours(file) else None

    def _is_ours(self, file: Path) -> bool:
        try:
            real = file.resolve(strict=True)
        except (OSError, RuntimeError, ValueError):
            return False
        if not real.is_relative_to(self._project) or real.suffix not in _SOURCE_CODE:
            return False
        return _LIBRARIES.isdisjoint(real.relative_to(self._project).parts)

    def _moved_from(self, paths: Iterable[str]) -> tuple[PurePosixPath, Path] | None:
        """The folder of the traces, and the folder that the same files are in here.

        An app is often synthesized in one place, as a container, and checked in another: where no
        file of the traces is here, most of them are in one folder that has moved.
        """
        if any(self._is_ours(Path(path)) for path in paths):
            return None
        votes: Counter[tuple[PurePosixPath, Path]] = Counter()
        for path in paths:
            before = PurePosixPath(path)
            for folder in before.parents[:_MAX_DEPTH]:
                for now in dict.fromkeys((self._app, self._project)):
                    if self._is_ours(now / before.relative_to(folder)):
                        votes[folder, now] += 1
        if not votes:
            return None
        return min(votes, key=lambda moved: (-votes[moved], len(moved[0].parts), moved))

    def _location(self, file: Path, line: int, column: int) -> Location | None:
        """None where the file has no such line: it has changed since."""
        if file not in self._lines:
            self._lines[file] = _lines_of(file)
        lines = self._lines[file]
        if not 1 <= line <= len(lines):
            return None
        text = lines[line - 1].rstrip()
        first = column if 1 <= column <= len(text) else len(text) - len(text.lstrip()) + 1
        return Location(shown(file), line, first, line, max(len(text), first) + 1)


def _frames(trace: Trace) -> Iterator[tuple[str, int, int]]:
    """The path, line and column of the frames of user code; a column of 0 where there is none."""
    for frame in trace:
        if len(frame) > _MAX_FRAME or "node:" in frame or "node_modules" in frame:
            continue
        match = _FRAME.fullmatch(frame)
        if match and len(match[2]) < 9 and len(match[3] or "") < 9:
            yield match[1].replace("\\", "/"), int(match[2]), int(match[3] or 0)


def _lines_of(file: Path) -> list[str]:
    try:
        data = read_bytes(file)
        check_size(data)
        return decode(data).split("\n")
    except (OSError, ReadError):
        return []
