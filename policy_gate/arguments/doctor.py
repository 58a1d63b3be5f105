"""The arguments of `policy-gate doctor`: those of `run` that say what it would read."""

from __future__ import annotations

import argparse

from policy_gate.arguments.options import TWO_FORMATS, add_analyzer, add_format, add_paths


def add(parser: argparse.ArgumentParser) -> None:
    add_paths(parser)
    add_format(parser, TWO_FORMATS)
    add_analyzer(parser)
    parser.add_argument(
        "--base", metavar="REF", default="", help="the revision that `run --base` would be given"
    )
    # What `run` may be told besides changes nothing of what is said here.
    parser.set_defaults(approximate=False, create_analyzer=False)
