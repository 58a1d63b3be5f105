"""Answers of AWS that are kept on disk: one small JSON file for each question.

A question is known by its content: who is asked where, the operation, and its parameters.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from policy_gate.analyzers.aws_client import Connection
from policy_gate.analyzers.aws_errors import sdk_errors
from policy_gate.analyzers.aws_scope import Scope, scope_of_client, scope_of_environment
from policy_gate.ci import is_ci, is_in_checkout, is_untrusted_change

MAX_AGE = 7 * 24 * 3600
"""Seconds that an answer is good for: AWS adds checks, actions and services without notice."""

MAX_BYTES = 5_000_000
"""Bytes of one answer that is kept."""

_FORMAT = 1
_API = "2019-11-01"
_SUFFIX = ".json"
_DOCUMENTS = ("policyDocument", "newPolicyDocument", "existingPolicyDocument")


class AnswerCache:
    """The answers in one folder that hold in one scope. What cannot be read is not there."""

    def __init__(self, folder: Path, scope: Scope) -> None:
        # A folder of its own, for what is old in it goes.
        self._folder = folder / "answers"
        self._scope = scope
        self._is_pruned = False

    def find(self, question: str) -> Mapping[str, Any] | None:
        """What was kept for the question, None where there is nothing or it is too old."""
        name = self._name(question)
        try:
            kept = json.loads(_content(self._folder / name))
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(kept, dict) or kept.get("question") != name:
            return None
        kept_at, answer, now = kept.get("kept_at"), kept.get("answer"), time.time()
        if not isinstance(kept_at, int) or not now - MAX_AGE < kept_at <= now:
            return None
        return answer if isinstance(answer, dict) else None

    def keep(self, question: str, answer: Mapping[str, Any]) -> None:
        """Keeps an answer, for its user's eyes only; a disk that is full or locked is no fault."""
        name = self._name(question)
        content = {"question": name, "kept_at": int(time.time()), "answer": answer}
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._prune()
            # Made with mode 0600; the name changes last, so that nobody reads a part.
            with NamedTemporaryFile("w", dir=self._folder, suffix=_SUFFIX, delete=False) as file:
                json.dump(content, file)
            os.replace(file.name, self._folder / name)

    def _name(self, question: str) -> str:
        asked = json.dumps([_FORMAT, _API, self._scope, question])
        return f"{sha256(asked.encode()).hexdigest()}{_SUFFIX}"

    def _prune(self) -> None:
        """Once a run: what is too old goes."""
        if self._is_pruned:
            return
        self._is_pruned = True
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.name.endswith(_SUFFIX):
                    with suppress(OSError):
                        if time.time() - entry.stat().st_mtime > MAX_AGE:
                            os.unlink(entry.path)


def _content(path: Path) -> bytes:
    """That of a file of the cache. Raises OSError for what the cache did not make.

    A link could lead anywhere, and a pipe keeps its reader waiting.
    """
    # Windows has neither of the flags.
    flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    with open(path, "rb", opener=lambda name, mode: os.open(name, mode | flags)) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
            raise OSError(errno.EINVAL, "no file of the cache", str(path))
        return file.read(MAX_BYTES)


def open_cache(connection: Connection, client: Callable[[], Any]) -> AnswerCache | None:
    """The cache of a run, None where it is off, as for pull requests from another repository.

    Raises AnalyzerError where it does not show who asks.
    """
    chosen = connection.settings.cache
    folder = folder_of_user() if chosen is True else chosen or None
    is_committed = folder is not None and is_ci() and is_in_checkout(folder)
    if folder is None or is_committed or is_untrusted_change():
        return None
    scope = scope_of_environment(connection)
    if scope is None:
        with sdk_errors():
            scope = scope_of_client(connection, client())
    return AnswerCache(folder, scope)


def question_of(operation: str, parameters: Mapping[str, Any]) -> str:
    """The question as one text, the same for documents that only differ in how they are written.

    But for ValidatePolicy, whose findings say where in the text they are.
    """
    asked = dict(parameters)
    if operation != "validate_policy":
        for name in _DOCUMENTS:
            if name in asked:
                asked[name] = _canonical(asked[name])
    return json.dumps([operation, asked], sort_keys=True)


@lru_cache(maxsize=64)
def _canonical(document: str) -> str:
    """Without white space and order of keys, where the document is JSON with distinct keys."""
    try:
        value = json.loads(document, object_pairs_hook=_distinct)
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    except (ValueError, RecursionError):
        return document


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a key stands twice")
    return members


def folder_of_user() -> Path | None:
    """Where programs of this user keep what they can make again; None where that is nowhere.

    Source: https://specifications.freedesktop.org/basedir-spec/latest/
    """
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        parent = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        parent = home / "Library" / "Caches"
    else:
        parent = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return parent / "policy-gate" if parent.is_absolute() else None
