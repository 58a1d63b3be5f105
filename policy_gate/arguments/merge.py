"""The arguments of `policy-gate merge`."""

from __future__ import annotations

import argparse

from policy_gate.arguments.options import add_allow_empty, add_format, add_reports
from policy_gate.reporters.registry import REPORTERS


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "reports",
        nargs="+",
        metavar="REPORT",
        help="what `policy-gate run --shard I/N --format json` printed, for each I",
    )
    add_format(parser, tuple(REPORTERS))
    add_reports(parser)
    add_allow_empty(parser)
