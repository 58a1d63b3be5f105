"""The arguments of `policy-gate check`."""

from __future__ import annotations

import argparse

from policy_gate.arguments.options import TWO_FORMATS, add_analyzer, add_approximate, add_format
from policy_gate.arguments.values import assignment


def add(parser: argparse.ArgumentParser) -> None:
    checks = parser.add_subparsers(title="checks", required=True, metavar="CHECK")
    validate = checks.add_parser("validate-policy", help="is the policy valid?")
    _add_document(validate, ("identity", "resource", "scp", "rcp"))
    validate.add_argument("--resource-type", metavar="TYPE", help="as AWS::S3::Bucket")
    add_approximate(validate)
    _add_fix(validate)
    compare = checks.add_parser("no-new-access", help="does it allow more than a reference?")
    _add_document(compare, ("identity", "resource"))
    compare.add_argument(
        "--reference", required=True, metavar="FILE", help="reference policy, or builtin:NAME"
    )
    compare.add_argument(
        "--parameter",
        action="append",
        type=assignment,
        default=[],
        metavar="NAME=VALUE",
        help="parameter of the reference policy; may be repeated, a name too for a list",
    )
    granted = checks.add_parser("access-not-granted", help="does it grant sensitive access?")
    _add_document(granted, ("identity", "resource"))
    granted.add_argument("--actions", metavar="A,B", default="", help="actions, comma-separated")
    granted.add_argument(
        "--actions-file", metavar="FILE", help="actions, one a line, or builtin:NAME"
    )
    granted.add_argument("--resources", metavar="ARN,ARN", default="", help="resource ARNs")
    public = checks.add_parser("no-public-access", help="does it grant public access?")
    _add_document(public, ())
    public.add_argument("--resource-type", required=True, metavar="TYPE", help="as AWS::S3::Bucket")
    external = checks.add_parser("no-external-access", help="who outside can use it?")
    _add_document(external, ())
    external.add_argument(
        "--zone-of-trust",
        metavar="FILE",
        help="YAML or JSON with what the configuration has under zone-of-trust (default: the"
        " account of the policy, whichever that is)",
    )
    for name, check in checks.choices.items():
        add_format(check, TWO_FORMATS)
        add_analyzer(check)
        check.set_defaults(check=name, parser=check, approximate=False)


def _add_fix(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fix",
        action="store_true",
        help="apply the fixes that change nothing of what the policy means to the JSON file, after"
        " showing them on stderr and asking; the report is about the policy after that",
    )
    parser.add_argument(
        "--unsafe-fixes",
        action="store_true",
        help="with --fix, also those that are a guess, as the nearest action for one that does not"
        " exist",
    )
    parser.add_argument("--yes", action="store_true", help="with --fix, do not ask")


def _add_document(parser: argparse.ArgumentParser, policy_types: tuple[str, ...]) -> None:
    parser.add_argument("policy", metavar="POLICY_FILE", help="a policy document, JSON or YAML")
    if policy_types:
        parser.add_argument("--policy-type", required=True, choices=policy_types)
