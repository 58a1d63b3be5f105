"""Texts of the command line as values: what is wrong with one is an ArgumentTypeError."""

from __future__ import annotations

import argparse

from policy_gate.reporters.registry import REPORTERS


def assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, not {text!a}")
    return name, value


def report(text: str) -> tuple[str, str]:
    kind, equals, path = text.partition("=")
    if not equals or not path:
        raise argparse.ArgumentTypeError(f"expected KIND=PATH, not {text!a}")
    if kind not in REPORTERS:
        kinds = ", ".join(REPORTERS)
        raise argparse.ArgumentTypeError(f"{kind!a} is no kind of report; there are {kinds}")
    if path == "-":
        raise argparse.ArgumentTypeError(f"for stdout pass --format {kind}")
    return kind, path


def category(text: str) -> str:
    if not text.isascii() or not text.isprintable() or not 0 < len(text) <= 100:
        raise argparse.ArgumentTypeError(f"expected up to 100 ASCII characters, not {text!a}")
    return text


def shard(text: str) -> tuple[int, int]:
    parts = text.split("/")
    if len(parts) == 2 and all(part.isascii() and part.isdigit() for part in parts):
        number, count = (int(part[:6]) for part in parts)
        if 1 <= number <= count < 100_000:
            return number, count
    raise argparse.ArgumentTypeError(f"expected I/N with I from 1 to N, as 2/5, not {text[:40]!a}")


def tag(text: str) -> str:
    from policy_gate.publishers.marker import is_tag

    if not is_tag(text):
        raise argparse.ArgumentTypeError("expected up to 64 letters, digits, dots, - and _")
    return text


def port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, not {text!a}")
    return int(text)


def host(text: str) -> str:
    # An empty one, of a variable that is not set, would be every address of the machine.
    if not text:
        raise argparse.ArgumentTypeError("expected a name or an address")
    return text
