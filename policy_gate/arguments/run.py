"""The arguments of `policy-gate run`."""

from __future__ import annotations

import argparse

from policy_gate.arguments.options import (
    add_allow_empty,
    add_analyzer,
    add_approximate,
    add_format,
    add_paths,
    add_reports,
)
from policy_gate.arguments.values import shard, tag
from policy_gate.executors.registry import EXECUTORS
from policy_gate.publishers.registry import PLATFORMS
from policy_gate.reporters.registry import REPORTERS


def add(parser: argparse.ArgumentParser) -> None:
    add_paths(parser)
    add_format(parser, tuple(REPORTERS))
    add_reports(parser)
    add_analyzer(parser)
    add_approximate(parser)
    add_allow_empty(parser)
    parser.add_argument(
        "--base",
        metavar="REF",
        default="",
        help="say what access is added since this revision, or since a cloud assembly in this"
        " folder (default: in a pull request, the branch that it is made to)",
    )
    parser.add_argument(
        "--create-analyzer",
        action="store_true",
        help="with AWS: where the account has no analyzer for the access previews of the check"
        " no-external-access, create one (type ACCOUNT, name policy-gate)",
    )
    baseline = parser.add_mutually_exclusive_group()
    baseline.add_argument(
        "--baseline",
        metavar="FILE",
        help="findings that this file lists do not block; base takes those of the base revision",
    )
    baseline.add_argument(
        "--write-baseline",
        metavar="FILE",
        help="write the baseline: what this run finds blocks no more",
    )
    _add_publish(parser)
    parser.add_argument(
        "--shard",
        type=shard,
        metavar="I/N",
        help="check the share I of N of the inputs, the same whatever the order of the paths;"
        " `policy-gate merge` makes one report of the JSON reports of all shares",
    )
    parser.add_argument(
        "--executor",
        choices=EXECUTORS,
        default="local",
        help="who does the work: local (all cores of this machine where there is enough work, the"
        " default) or dask (the cluster behind --scheduler)",
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        default="",
        help="scheduler of a Dask cluster, as tls://scheduler.example:8786",
    )


def _add_publish(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--publish",
        choices=(*PLATFORMS, "none"),
        help="where people see the report, after the verdict (default: the platform that the job"
        " runs on, if any)",
    )
    parser.add_argument(
        "--publish-tag",
        type=tag,
        metavar="TAG",
        help="tells what parallel jobs publish apart (default: the configuration's tag)",
    )
