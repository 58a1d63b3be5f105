"""Options that several commands take."""

from __future__ import annotations

import argparse

from policy_gate.analyzers.registry import ANALYZERS
from policy_gate.arguments.values import assignment, category, report
from policy_gate.reporters.registry import REPORTERS

TWO_FORMATS = ("console", "json")


def add_paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="files and folders, - for standard input"
        " (default: the configured inputs, else the working directory)",
    )
    add_settings(parser)


def add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", metavar="FILE", help="configuration (default: .policy-gate.yml)"
    )
    parser.add_argument(
        "--parameter",
        action="append",
        type=assignment,
        default=[],
        metavar="NAME=VALUE",
        help="value of a template parameter or pseudo parameter; may be repeated",
    )
    parser.add_argument(
        "--parameters-file",
        action="append",
        default=[],
        metavar="FILE",
        help="values as CodePipeline or the CLI of CloudFormation takes them, JSON or YAML;"
        " --parameter goes before it, and it before the configuration; may be repeated",
    )
    parser.add_argument(
        "--terraform-root",
        action="append",
        default=[],
        metavar="DIR",
        help="folder of the root module whose plan is read (default: found by itself); goes before"
        " the configuration; may be repeated",
    )


def add_format(
    parser: argparse.ArgumentParser, formats: tuple[str, ...], default: str = "console"
) -> None:
    parser.add_argument("--format", choices=formats, default=default, help="of what is printed")


def add_analyzer(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--analyzer",
        choices=ANALYZERS,
        help="who answers: embedded (offline, the default), aws (IAM Access Analyzer), auto, or"
        " both (AWS answers, and where the embedded analyzer disagrees is noted)",
    )
    parser.add_argument(
        "--endpoint-url",
        metavar="URL",
        default="",
        help="where IAM Access Analyzer is (default: AWS_ENDPOINT_URL, else that of the Region)",
    )


def add_reports(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--report",
        action="append",
        type=report,
        default=[],
        metavar="KIND=PATH",
        help=f"write the report to a file too, KIND is one of {', '.join(REPORTERS)};"
        " may be repeated",
    )
    parser.add_argument(
        "--markdown-template",
        metavar="FILE",
        help="jinja2 template of the reports of the kind markdown; goes before the configuration",
    )
    parser.add_argument(
        "--sarif-category",
        metavar="NAME",
        type=category,
        help="category of the reports of the kind sarif (default: policy-gate): jobs of one"
        " workflow that upload them each need their own",
    )


def add_allow_empty(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow-empty", action="store_true", help="finding no policy is no failure"
    )


def add_approximate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--approximate",
        action="store_true",
        help="the embedded analyzer also runs the checks of ValidatePolicy that report too much"
        " without tables which AWS keeps to itself",
    )
