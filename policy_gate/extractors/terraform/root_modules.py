"""Which folders of Terraform sources are root modules, of which plans are made."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

from policy_gate.extractors.files import read_bytes
from policy_gate.syntax.node import ReadError

_SOURCES = (".tf", ".tf.json", ".tofu", ".tofu.json")
_LOCAL_MODULE = re.compile(r'^\s*source\s*=\s*"(\.{1,2}/[^"]{0,500})"', re.MULTILINE)


def is_terraform_source(path: Path) -> bool:
    return path.name.endswith(_SOURCES)


def root_modules(sources: Iterable[Path]) -> list[Path]:
    """The folders of the sources that no other of them calls as a module, in order."""
    folders: set[Path] = set()
    called: set[Path] = set()
    for path in sources:
        folders.add(path.parent)
        called.update(Path(os.path.normpath(path.parent / name)) for name in _calls(path))
    return sorted(folders - called)


def _calls(path: Path) -> list[str]:
    try:
        text = read_bytes(path).decode("utf-8", "replace")
    except (OSError, ReadError):
        return []
    return _LOCAL_MODULE.findall(text)
