"""The arguments of `policy-gate explain`."""

from __future__ import annotations

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "code", nargs="?", metavar="CODE", help="as REDUNDANT_ACTION (default: list all codes)"
    )
