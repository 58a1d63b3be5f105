"""Addresses of module instances. An address is never split on dots: keys of instances hold them.

Source: https://developer.hashicorp.com/terraform/cli/state/resource-addressing
"""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

InstanceKey: TypeAlias = int | str | None
"""The index of `count`, the key of `for_each`, or None for the only instance."""

_STEP = re.compile(r'module\.([^\W\d][\w-]*)(?:\[(?:(\d+)|"((?:[^"\\]|\\.)*)")\])?(?:\.|\Z)')
_ESCAPE = re.compile(r'\\(["\\nrt]|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8})|([$%])\2\{')
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


class ModuleStep(NamedTuple):
    """One module call on the way to a module instance."""

    name: str
    key: InstanceKey = None


ModulePath: TypeAlias = tuple[ModuleStep, ...]
"""The way from the root module, which is the empty path, to a module instance."""


def module_path(address: str) -> ModulePath | None:
    """The path of `module.a["b.c"].module.d[0]`; None for what is no address of a module."""
    steps: list[ModuleStep] = []
    end = 0
    while end < len(address):
        match = _STEP.match(address, end)
        if match is None:
            return None
        name, index, key = match.groups()
        steps.append(ModuleStep(name, int(index) if index else None if key is None else _key(key)))
        end = match.end()
    return tuple(steps)


def _key(written: str) -> str:
    def plain(match: re.Match[str]) -> str:
        escape, sign = match.groups()
        if sign:
            return f"{sign}{{"
        return _PLAIN.get(escape) or chr(min(int(escape[1:], 16), 0x10FFFF))

    return _ESCAPE.sub(plain, written)


_REFERENCE_STEP = re.compile(
    r'(?:\A|\.)([^\W\d][\w-]*)|(?:\A|\.)(\d+)|\[(?:(\d+)|"((?:[^"\\]|\\.)*)")\]'
)


def reference_steps(reference: str) -> tuple[str | int, ...] | None:
    """The steps of `module.a["b.c"].out[0].arn`; None for what is no such reference."""
    steps: list[str | int] = []
    end = 0
    while end < len(reference):
        match = _REFERENCE_STEP.match(reference, end)
        if match is None or match.end() == end:
            return None
        name, *indexes, key = match.groups()
        index = next((digits for digits in indexes if digits is not None), None)
        if name is not None:
            steps.append(name)
        elif index is not None:
            steps.append(int(index[:18]))
        else:
            steps.append(_key(key))
        end = match.end()
    return tuple(steps) or None


def written_reference(steps: tuple[str | int, ...]) -> str:
    """As `aws_sqs_queue.q[0].arn`."""
    written = ""
    for step in steps:
        if isinstance(step, int):
            written += f"[{step}]"
        elif step.replace("-", "_").isidentifier():
            written += f".{step}" if written else step
        else:
            written += f'["{step}"]'
    return written
