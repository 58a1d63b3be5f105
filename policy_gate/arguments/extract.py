"""The arguments of `policy-gate extract`."""

from __future__ import annotations

import argparse

from policy_gate.arguments.options import TWO_FORMATS, add_analyzer, add_format, add_paths


def add(parser: argparse.ArgumentParser) -> None:
    add_paths(parser)
    add_format(parser, TWO_FORMATS, "json")
    add_analyzer(parser)
    parser.set_defaults(approximate=False, create_analyzer=False)
