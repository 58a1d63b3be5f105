"""Files of Terraform's configuration language to blocks and expressions, by tree-sitter.

What is broken in a file costs only itself: blocks around it are read.

Source: https://developer.hashicorp.com/terraform/language/syntax/configuration
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import TYPE_CHECKING

from policy_gate.extractors.terraform.values import Place
from policy_gate.syntax.source import Source

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

MAX_DEPTH = 50
"""Blocks inside each other."""

MAX_BYTES = 1_000_000
"""Bytes of one text that is parsed: a hostile one takes hundreds of times its size."""

_SHOWN = 80


class File:
    """A parsed text, whose tree counts in bytes where the text counts in characters."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.data = source.text.encode("utf-8", "surrogatepass")
        self.root = _parser().parse(self.data).root_node

    @cached_property
    def _characters(self) -> array[int] | None:
        """The character that each byte belongs to; None where each is its own."""
        if len(self.data) == len(self.source.text):
            return None
        characters = array("L")
        for index, char in enumerate(self.source.text):
            characters.extend([index] * len(char.encode("utf-8", "surrogatepass")))
        characters.append(len(self.source.text))
        return characters

    def offset(self, position: int) -> int:
        """The character at a byte."""
        return position if self._characters is None else self._characters[position]

    def place(self, node: Node) -> Place:
        return self.between(node.start_byte, node.end_byte)

    def between(self, start: int, end: int) -> Place:
        """The range between two bytes."""
        return Place(self.source, self.offset(start), self.offset(end))

    def text(self, node: Node) -> str:
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")


@dataclass(frozen=True, eq=False)
class Expression:
    """An expression, not evaluated yet."""

    file: File
    node: Node

    @property
    def place(self) -> Place:
        return self.file.place(self.node)

    @property
    def text(self) -> str:
        """As it is written, cut for messages."""
        written = " ".join(self.file.text(self.node).split())
        return written if len(written) <= _SHOWN else f"{written[: _SHOWN - 3]}..."


@dataclass(frozen=True, eq=False)
class Block:
    """A block, as `resource "aws_sqs_queue" "q" { ... }`."""

    type: str
    labels: tuple[str, ...]
    place: Place
    header: Place
    """Up to the brace that opens it."""

    attributes: dict[str, Expression] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    """Those inside it, in order."""


def read_blocks(source: Source) -> list[Block]:
    """The blocks of a file; none of what cannot be parsed."""
    file = File(source)
    return list(_blocks(file, file.root, 0))


def read_expression(source: Source) -> Expression | None:
    """The one expression of a file `x = ...`, as that of a template in a heredoc."""
    file = File(source)
    for body in file.root.children:
        for child in body.children:
            if child.type == "attribute":
                return _attribute(file, child)[1]
    return None


def _blocks(file: File, node: Node, depth: int) -> Iterator[Block]:
    """The blocks in a body; in broken files they are found below the fault."""
    for child in node.children:
        if child.type == "block" and depth < MAX_DEPTH:
            yield _block(file, child, depth + 1)
        elif child.type in ("body", "ERROR") and depth < MAX_DEPTH:
            yield from _blocks(file, child, depth + 1)


def _block(file: File, node: Node, depth: int) -> Block:
    names = [file.text(child) for child in node.children if child.type == "identifier"]
    labels = [
        file.text(child).strip('"')
        for child in node.children[1:]
        if child.type in ("string_lit", "identifier")
    ]
    opening = next((child for child in node.children if child.type == "block_start"), node)
    header = file.between(node.start_byte, max(opening.start_byte, node.start_byte + 1))
    written = header.source.text[header.start : header.end].rstrip()
    header = Place(header.source, header.start, header.start + len(written))
    block = Block(names[0] if names else "", tuple(labels), file.place(node), header)
    for body in node.children:
        if body.type in ("body", "ERROR"):
            for child in body.children:
                if child.type == "attribute":
                    name, expression = _attribute(file, child)
                    if expression is not None:
                        block.attributes.setdefault(name, expression)
            block.blocks.extend(_blocks(file, body, depth))
    return block


def _attribute(file: File, node: Node) -> tuple[str, Expression | None]:
    name = next((file.text(child) for child in node.children if child.type == "identifier"), "")
    values = [child for child in node.children if child.type == "expression"]
    return name, Expression(file, values[0]) if values else None


@cache
def _parser() -> Parser:
    import tree_sitter_hcl
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_hcl.language()))
