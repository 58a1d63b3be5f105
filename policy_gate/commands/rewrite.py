"""A policy file that is replaced at one go: as it was or as it shall be, and nothing between."""

from __future__ import annotations

import codecs
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from policy_gate.config.section import MAX_BYTES, ConfigError, source_of
from policy_gate.syntax.source import shown

_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
"""Those of UTF-32 begin with those of UTF-16."""


@dataclass(frozen=True)
class PolicyFile:
    """A file and what it held when it was read."""

    path: Path
    name: str
    """As the user would write it."""

    data: bytes
    text: str

    @classmethod
    def read(cls, path: Path) -> PolicyFile:
        """Raises ConfigError."""
        name = shown(path)
        data = _read(path, name)
        return cls(path, name, data, source_of(name, data).text)

    def check(self) -> None:
        """Raises ConfigError where the file cannot or should not be replaced."""
        try:
            status = self.path.lstat()
        except OSError as error:
            raise self._error(error.strerror or str(error)) from error
        if stat.S_ISLNK(status.st_mode):
            target = os.path.realpath(self.path)
            raise self._error(f"it is a symbolic link: name the file itself, {target}")
        if not stat.S_ISREG(status.st_mode):
            raise self._error("it is no regular file")
        if not os.access(self.path, os.W_OK):
            raise self._error("it is read-only")

    def write(self, text: str) -> None:
        """Replaces the text and keeps encoding, owner and mode. Raises ConfigError."""
        self.check()
        if _read(self.path, self.name) != self.data:
            raise self._error("somebody else has changed it")
        try:
            self._replace(self._encoded(text))
        except OSError as error:
            raise self._error(error.strerror or str(error)) from error

    def _replace(self, data: bytes) -> None:
        status = self.path.stat()
        descriptor, name = tempfile.mkstemp(prefix=f".{self.path.name}.", dir=self.path.parent)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            with suppress(OSError):
                os.chown(temporary, status.st_uid, status.st_gid)
            temporary.chmod(stat.S_IMODE(status.st_mode))
            temporary.replace(self.path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise

    def _encoded(self, text: str) -> bytes:
        bom, encoding = next(
            (item for item in _ENCODINGS if self.data.startswith(item[0])), (b"", "utf-8")
        )
        return bom + text.encode(encoding)

    def _error(self, reason: str) -> ConfigError:
        return ConfigError(f"{self.name} is not changed: {reason}")


def _read(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"cannot read {name}: {error.strerror or error}") from error
