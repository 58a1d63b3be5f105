"""The arguments of `policy-gate waive`."""

from __future__ import annotations

import argparse


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("fingerprint", metavar="FINGERPRINT", help="as reports show it after id")
    parser.add_argument("--reason", required=True, help="why it is accepted")
    parser.add_argument("--expires", required=True, metavar="DATE", help="last day, as 2026-12-31")
    parser.add_argument("--owner", default="", help="who accepts it")
    parser.add_argument("--ticket", default="", help="where that was decided")
    parser.add_argument(
        "--config", metavar="FILE", help="configuration (default: .policy-gate.yml)"
    )
