"""Typed access to the configuration file; every error names file, line and key."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from policy_gate.model import Location
from policy_gate.syntax.node import Node, ReadError
from policy_gate.syntax.source import Source, decode, shown

MAX_BYTES = 1_000_000
"""Bytes of the configuration and of each file that it names, unless the reader says otherwise."""

Locate = Callable[[str], Path]
"""Where a file that the user names is."""


class ConfigError(Exception):
    """What is wrong with the configuration or a file it names, and where."""

    def __init__(self, message: str, source: Source | None = None, offset: int = 0) -> None:
        self.location: Location | None = source.location(offset, offset) if source else None
        super().__init__(f"{self.location}: {message}" if self.location else message)


def read_source(path: Path, section: Section | None = None, limit: int = MAX_BYTES) -> Source:
    """The text of a file that the user names, of `limit` bytes at most. Raises ConfigError."""
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except (OSError, ValueError) as error:
        message = f"cannot read {shown(path)}: {getattr(error, 'strerror', None) or error}"
        raise section.error(message) if section else ConfigError(message) from error
    return source_of(shown(path), data, limit)


def source_of(name: str, data: bytes, limit: int = MAX_BYTES) -> Source:
    """The text of the first `limit` + 1 bytes of what the user names. Raises ConfigError."""
    if len(data) > limit:
        raise ConfigError(f"{name} is larger than {limit // 1_000_000} MB")
    try:
        return Source(name, decode(data))
    except ReadError as error:
        raise ConfigError(f"{name}: {error.message}") from error


class Section:
    """One value of the configuration, with the key that leads to it."""

    def __init__(
        self, source: Source, node: Node, key: str, folder: Path, root: Section | None = None
    ) -> None:
        self.source = source
        self.node = node
        self.key = key
        self.folder = folder
        self.root = root or self
        """The whole file."""

        self.located: Locate = root.located if root else Path

    def error(self, message: str, key: str = "", hint: str = "") -> ConfigError:
        """An error about this section, or about one of its keys."""
        name = ".".join(part for part in (self.key, key) if part)
        place = self.node.entries.get(key, self.node)
        offset = self.node.keys.get(key, (place.start, place.end))[0]
        return ConfigError(f"{name}: {message}{hint}" if name else message, self.source, offset)

    def suggestion(self, given: str, known: Iterable[str]) -> str:
        """`; did you mean x?`, or what is known."""
        from difflib import get_close_matches

        names = sorted(known)
        close = get_close_matches(given, names, 1, 0.5)
        if close:
            return f"; did you mean {close[0]!r}?"
        return f"; known are {', '.join(names)}" if names else "; it takes no keys"

    def settings(self, *keys: str) -> None:
        """Refuses other keys, and anything but a mapping or `true`, which sets none of them."""
        if self.node.value is not True:
            self.only(*keys)

    def only(self, *keys: str) -> None:
        """Refuses other keys, and anything but a mapping."""
        if not isinstance(self.node.value, dict):
            raise self.error("a mapping is expected here")
        for key in self.node.value:
            if key not in keys:
                raise self.error("unknown key", key, self.suggestion(key, keys))

    def has(self, key: str) -> bool:
        return key in self.node.entries and self.node.entries[key].value is not None

    def section(self, key: str) -> Section:
        name = f"{self.key}.{key}" if self.key else key
        return Section(self.source, self.node.entries[key], name, self.folder, self.root)

    def sections(self, least: int = 1) -> list[Section]:
        """The entries of a list of mappings; `least` is 0 or 1."""
        if not isinstance(self.node.value, list):
            raise self.error("a list is expected here")
        if len(self.node.value) < least:
            raise self.error("at least one entry is expected here")
        return [
            Section(self.source, node, f"{self.key}[{index}]", self.folder, self.root)
            for index, node in enumerate(self.node.value)
        ]

    def required_text(self, key: str) -> str:
        if not self.has(key):
            raise self.error(f"the key {key!r} is missing")
        value = self.node.entries[key].value
        if not isinstance(value, str):
            raise self.error("a text is expected here", key)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; nothing where the key is absent."""
        if not self.has(key):
            return ()
        value = self.node.entries[key].value
        if not isinstance(value, list):
            raise self.error("a list of texts is expected here", key)
        texts = [item.value for item in value if isinstance(item.value, str)]
        if len(texts) < len(value):
            raise self.error("a list of texts is expected here", key)
        return tuple(texts)

    def flag(self, key: str) -> bool:
        """True or false; false where the key is absent."""
        value = self.node.entries[key].value if self.has(key) else False
        if not isinstance(value, bool):
            raise self.error("`true` or `false` is expected here", key)
        return value

    def count(self, key: str, default: int, least: int = 0, most: int | None = None) -> int:
        """A whole number from `least` to `most`; the default where the key is absent."""
        value = self.node.entries[key].value if self.has(key) else default
        bound = f" to {most}" if most is not None else ""
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if not isinstance(value, int) or not is_number or not least <= value <= (most or value):
            raise self.error(f"a whole number from {least}{bound} is expected here", key)
        return value

    def choice(self, key: str, options: tuple[str, ...]) -> str:
        """One of the options; the first is the default."""
        if not self.has(key):
            return options[0]
        return self._chosen(self.required_text(key), key, options)

    def choices(self, key: str, options: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(self._chosen(name, key, options) for name in self.texts(key))

    def _chosen(self, name: str, key: str, options: tuple[str, ...]) -> str:
        if name not in options:
            hint = self.suggestion(name, options)
            raise self.error(f"{name!r} is not one of {', '.join(options)}", key, hint)
        return name

    def path(self, name: str) -> Path:
        """A file or folder, relative to the configuration file's folder."""
        return self.located(str(self.folder / name))

    def file(self, key: str) -> Path:
        """A file, relative to the configuration file's folder."""
        return self.existing_file(self.required_text(key), key)

    def existing_file(self, name: str, key: str) -> Path:
        """A file that one of the texts under a key names."""
        path = self.path(name)
        if not path.is_file():
            raise self.error(f"there is no file {shown(path)}", key)
        return path

    def directory(self, key: str) -> Path:
        """A folder, relative to the configuration file's folder."""
        return self._existing(self.required_text(key), key)

    def directories(self, key: str) -> tuple[Path, ...]:
        """A list of folders, relative to the configuration file's folder."""
        return tuple(self._existing(name, key) for name in self.texts(key))

    def _existing(self, name: str, key: str) -> Path:
        path = self.path(name)
        if not path.is_dir():
            raise self.error(f"there is no folder {shown(path)}", key)
        return path
