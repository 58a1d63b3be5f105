"""The files of modules: each is parsed once, and only if it holds what is looked for.

Source: https://developer.hashicorp.com/terraform/language/files
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property, reduce
from pathlib import Path

from policy_gate.extractors import files
from policy_gate.extractors.files import project_root
from policy_gate.extractors.terraform.hcl.syntax import MAX_BYTES, Block, Expression, read_blocks
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import Source, decode, shown

MAX_FILES = 2_000
"""Files of one module."""

MAX_MODULES = 50
"""Module calls inside each other."""

_SUFFIXES = (".tf", ".tofu", ".tf.json", ".tofu.json")
_OVERRIDE = re.compile(r"(?:\A|_)override\.(?:tf|tofu)\Z")


class ModuleSources:
    """The files of one folder."""

    def __init__(self, folder: Path, project: Path) -> None:
        self.folder = folder
        self._project = project
        self._blocks: dict[int, dict[tuple[str, ...], list[Block]]] = {}
        """Of each file that is parsed, by type and labels."""

        self._known: dict[tuple[str, ...], Block | None] = {}

    def resource(self, mode: str, type_name: str, name: str) -> Block | None:
        """The block of a resource or, for the mode `data`, of a data source."""
        kind = "data" if mode == "data" else "resource"
        return self._found(kind, (type_name, name), f'"{name}"')

    def variable(self, name: str) -> Block | None:
        return self._found("variable", (name,), name)

    def output(self, name: str) -> Block | None:
        return self._found("output", (name,), name)

    def module_call(self, name: str) -> Block | None:
        return self._found("module", (name,), name)

    def local(self, name: str) -> Expression | None:
        """The last definition: override files come last."""
        found = [block for block in self._with(("locals",), name) if name in block.attributes]
        return found[-1].attributes[name] if found and _is_of_one_tool(found) else None

    def _found(self, kind: str, labels: tuple[str, ...], hint: str) -> Block | None:
        key = (kind, *labels)
        if key not in self._known:
            found = self._with(key, hint)
            is_told = found and _is_of_one_tool(found)
            self._known[key] = reduce(_overridden, found) if is_told else None
        return self._known[key]

    def _with(self, key: tuple[str, ...], hint: str) -> list[Block]:
        """The blocks of one type and labels, in the files that hold a text.

        None where a file may define it in JSON.
        """
        found: list[Block] = []
        for index, source in enumerate(self.files):
            is_json = source.path.endswith(".json")
            if is_json and (hint in source.text or "\\u" in source.text):
                return []
            if hint in source.text and not is_json:
                if index not in self._blocks:
                    self._blocks[index] = _by_key(read_blocks(source))
                found += self._blocks[index].get(key, ())
        return found

    @cached_property
    def files(self) -> tuple[Source, ...]:
        """The files of the module, those that override others last.

        None at all where one can't be read: it may override what the others define.
        """
        try:
            names = sorted(path.name for path in self.folder.iterdir())
        except OSError:
            return ()
        kept = [name for name in names if name.endswith(_SUFFIXES) and not name.startswith(".")]
        if len(kept) > MAX_FILES:
            return ()
        kept.sort(key=lambda name: bool(_OVERRIDE.search(name)))
        sources = [read_source(self.folder / name, self._project, MAX_BYTES) for name in kept]
        return tuple(item for item in sources if item) if None not in sources else ()


def _is_of_one_tool(blocks: Sequence[Block]) -> bool:
    """Terraform passes over the files of OpenTofu, which prefers them; plans do not tell whose
    they are."""
    return len({block.place.source.path.endswith(".tofu") for block in blocks}) == 1


class SourceTree:
    """The root module and those that it calls."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._project = project_root(root / "main.tf")
        self._modules: dict[tuple[str, ...], ModuleSources | None] = {}

    def module(self, names: tuple[str, ...]) -> ModuleSources | None:
        """The module that the calls lead to from the root; None where it is not at hand."""
        if names not in self._modules:
            self._modules[names] = self._find(names) if len(names) <= MAX_MODULES else None
        return self._modules[names]

    def _find(self, names: tuple[str, ...]) -> ModuleSources | None:
        if not names:
            return self._at(self.root)
        caller = self.module(names[:-1])
        call = caller.module_call(names[-1]) if caller else None
        written = (
            call.attributes["source"].text.strip('"')
            if call and "source" in call.attributes
            else ""
        )
        if caller is not None and written.startswith(("./", "../")):
            return self._at(caller.folder / written)
        folder = self._installed.get(".".join(names))
        return self._at(self.root / folder) if folder else None

    def _at(self, folder: Path) -> ModuleSources | None:
        try:
            real = folder.resolve()
        except (OSError, RuntimeError):
            return None
        inside = real.is_relative_to(self._project) and real.is_dir()
        return ModuleSources(folder, self._project) if inside else None

    @cached_property
    def _installed(self) -> dict[str, str]:
        """The folders that `terraform init` put modules into, by the calls that lead to them."""
        source = read_source(self.root / ".terraform" / "modules" / "modules.json", self._project)
        try:
            content = json.loads(source.text) if source else {}
        except (ValueError, RecursionError):
            return {}
        modules = content.get("Modules") if isinstance(content, dict) else None
        return {
            str(item.get("Key")): str(item.get("Dir"))
            for item in (modules if isinstance(modules, list) else [])
            if isinstance(item, dict)
        }

    @property
    def read(self) -> Iterator[Source]:
        """The files of the modules that were looked into."""
        for module in self._modules.values():
            yield from module.files if module else ()

    def file(self, path: str) -> Source | None:
        """A file that an expression names, relative to the root module."""
        return read_source(self.root / path, self._project)


def read_source(path: Path, project: Path, limit: int = files.MAX_BYTES) -> Source | None:
    """A file of the project; None for what is none, is too large, or is no text."""
    try:
        if not path.resolve(strict=True).is_relative_to(project):
            return None
        data = files.read_bytes(path, limit)
        files.check_size(data, limit)
        return Source(shown(path), decode(data))
    except (OSError, RuntimeError, ValueError, ReadError):
        return None


def _by_key(blocks: Iterable[Block]) -> dict[tuple[str, ...], list[Block]]:
    found: dict[tuple[str, ...], list[Block]] = {}
    for block in blocks:
        found.setdefault((block.type, *block.labels), []).append(block)
    return found


def _made(block: Block) -> str:
    """The type of the blocks that a block is, or makes."""
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def _overridden(base: Block, other: Block) -> Block:
    """A block with what an override file has for it: blocks inside it replace those of a type."""
    kinds = set(map(_made, other.blocks))
    kept = [block for block in base.blocks if _made(block) not in kinds]
    return replace(
        base,
        attributes={**base.attributes, **other.attributes},
        blocks=[*kept, *other.blocks],
    )
