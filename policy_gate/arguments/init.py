"""The arguments of `policy-gate init`."""

from __future__ import annotations

import argparse

from policy_gate.starting.platforms import PLATFORMS


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        nargs="?",
        metavar="PATH",
        default=".",
        help="a folder of the repository (default: the working directory); the files are written at"
        " the top of the repository, or here where there is none",
    )
    parser.add_argument(
        "--platform",
        choices=PLATFORMS,
        help="whose workflow is written (default: what the repository has, or was cloned from)",
    )
    parser.add_argument(
        "--yes",
        action="store_true",
        help="write what is missing without asking; what is there already stays as it is",
    )
