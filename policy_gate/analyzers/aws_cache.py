"""Answers of AWS that are kept on disk: one small JSON file for each question.

A question is known by its content: who is asked where, the operation, and its parameters.
"""

from __future__ import annotations

import json
import os
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
"""Of one file."""

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
        try:
            with self._file(question).open("rb") as file:
                kept = json.loads(file.read(MAX_BYTES))
        except (OSError, ValueError, RecursionError):
            return None
        if not isinstance(kept, dict) or not isinstance(kept.get("answer"), dict):
            return None
        kept_at = kept.get("kept_at")
        if not isinstance(kept_at, int) or not 0 <= time.time() - kept_at < MAX_AGE:
            return None
        answer: Mapping[str, Any] = kept["answer"]
        return answer

    def keep(self, question: str, answer: Mapping[str, Any]) -> None:
        """Keeps an answer, for its user's eyes only; a disk that is full or locked is no fault."""
        content = {"kept_at": int(time.time()), "answer": answer}
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._prune()
            # Made with mode 0600; the name changes last, so that nobody reads a part.
            with NamedTemporaryFile("w", dir=self._folder, suffix=_SUFFIX, delete=False) as file:
                json.dump(content, file)
            os.replace(file.name, self._file(question))

    def _file(self, question: str) -> Path:
        asked = json.dumps([_FORMAT, _API, self._scope, question])
        return self._folder / f"{sha256(asked.encode()).hexdigest()}{_SUFFIX}"

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
