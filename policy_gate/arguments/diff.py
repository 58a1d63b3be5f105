"""The arguments of `policy-gate diff`."""

from __future__ import annotations

import argparse

from policy_gate.arguments.options import add_settings


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help="a policy, a template, a plan or a folder")
    parser.add_argument("new", metavar="NEW", help="the same after the change")
    parser.add_argument(
        "--policy-type",
        choices=("identity", "resource"),
        help="of two policies (default: resource where they name principals)",
    )
    parser.add_argument("--format", choices=("console", "json"), default="console")
    add_settings(parser)
    parser.set_defaults(
        analyzer="embedded",
        endpoint_url="",
        approximate=False,
        create_analyzer=False,
    )
