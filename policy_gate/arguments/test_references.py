"""The arguments of `policy-gate test-references`."""

from __future__ import annotations

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        nargs="?",
        metavar="PATH",
        help="a reference, or a folder of them (default: the library that policy-gate brings)",
    )
    parser.add_argument("--format", choices=("console", "json"), default="console")
