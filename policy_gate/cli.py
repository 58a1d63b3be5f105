"""Arguments in, exit status out."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from policy_gate import __version__
from policy_gate.analyzers.registry import ANALYZERS
from policy_gate.commands.serve_options import add_options
from policy_gate.executors.registry import EXECUTORS
from policy_gate.fault import fault
from policy_gate.reporters.registry import REPORTERS

ERROR, USAGE, INTERRUPTED = 1, 64, 130


class _Parser(argparse.ArgumentParser):
    """Ends with 64 for wrong usage (2 means that the gate failed), takes no abbreviated options."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, allow_abbrev=False)

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        print(f"{self.prog}: error: {message}", file=sys.stderr)
        raise SystemExit(USAGE)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs policy-gate and returns its exit status."""
    try:
        arguments = _parser().parse_args(argv)
        command: Callable[[argparse.Namespace], int] = arguments.command
        status = command(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone; without this, flushing at exit would fail once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR
    except Exception as error:  # noqa: BLE001 - whatever the input, nobody is shown a traceback
        print(f"policy-gate: internal error, please report it: {fault(error)}", file=sys.stderr)
        return ERROR
    return status


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="policy-gate",
        description="Checks the IAM policies of infrastructure code before they are deployed.",
        epilog="Exit status: 0 passed, 2 failed, 1 the gate could not do its work,"
        " 3 nothing to check, 64 wrong usage.",
    )
    parser.add_argument("--version", action="version", version=f"policy-gate {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_run(commands.add_parser("run", help="check every policy found in the paths"))
    _add_extract(commands.add_parser("extract", help="print the policies found in the paths"))
    _add_merge(commands.add_parser("merge", help="make one report of those of all shards"))
    _add_check(commands.add_parser("check", help="ask one question about one policy document"))
    _add_explain(commands.add_parser("explain", help="say what the code of a finding means"))
    _add_serve(commands.add_parser("serve", help="answer as IAM Access Analyzer does, over HTTP"))
    return parser


def _add_paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATH",
        help="files and folders, - for standard input"
        " (default: the configured inputs, else the working directory)",
    )
    parser.add_argument(
        "--config", metavar="FILE", help="configuration (default: .policy-gate.yml)"
    )
    parser.add_argument(
        "--parameter",
        action="append",
        type=_assignment,
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


def _assignment(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"expected NAME=VALUE, not {text!a}")
    return name, value


def _add_common(parser: argparse.ArgumentParser, output: str = "console") -> None:
    _add_format(parser, output)
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


def _add_format(parser: argparse.ArgumentParser, output: str) -> None:
    parser.add_argument("--format", choices=tuple(REPORTERS), default=output, help="of the report")


def _add_allow_empty(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--allow-empty", action="store_true", help="finding no policy is no failure"
    )


def _add_approximate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--approximate",
        action="store_true",
        help="the embedded analyzer also runs the checks of ValidatePolicy that report too much"
        " without tables which AWS keeps to itself",
    )


def _add_run(parser: argparse.ArgumentParser) -> None:
    _add_paths(parser)
    _add_common(parser)
    _add_approximate(parser)
    _add_allow_empty(parser)
    parser.add_argument(
        "--create-analyzer",
        action="store_true",
        help="with AWS: where the account has no analyzer for the access previews of the check"
        " no-external-access, create one (type ACCOUNT, name policy-gate)",
    )
    parser.add_argument(
        "--shard",
        type=_shard,
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
    parser.set_defaults(command=_run, parser=parser)


def _shard(text: str) -> tuple[int, int]:
    parts = text.split("/")
    if len(parts) == 2 and all(part.isascii() and part.isdigit() for part in parts):
        number, count = (int(part[:9]) for part in parts)
        if 1 <= number <= count:
            return number, count
    raise argparse.ArgumentTypeError(f"expected I/N with I from 1 to N, as 2/5, not {text[:40]!a}")


def _add_merge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "reports",
        nargs="+",
        metavar="REPORT",
        help="what `policy-gate run --shard I/N --format json` printed, for each I",
    )
    _add_format(parser, "console")
    _add_allow_empty(parser)
    parser.set_defaults(command=_merge)


def _add_extract(parser: argparse.ArgumentParser) -> None:
    _add_paths(parser)
    _add_common(parser, "json")
    parser.set_defaults(command=_extract, approximate=False, create_analyzer=False)


def _add_check(parser: argparse.ArgumentParser) -> None:
    checks = parser.add_subparsers(title="checks", required=True, metavar="CHECK")
    validate = checks.add_parser("validate-policy", help="is the policy valid?")
    _add_document(validate, ("identity", "resource", "scp", "rcp"))
    validate.add_argument("--resource-type", metavar="TYPE", help="as AWS::S3::Bucket")
    _add_approximate(validate)
    _add_fix(validate)
    compare = checks.add_parser("no-new-access", help="does it allow more than a reference?")
    _add_document(compare, ("identity", "resource"))
    compare.add_argument("--reference", required=True, metavar="FILE", help="reference policy")
    granted = checks.add_parser("access-not-granted", help="does it grant sensitive access?")
    _add_document(granted, ("identity", "resource"))
    granted.add_argument("--actions", metavar="A,B", default="", help="actions, comma-separated")
    granted.add_argument("--actions-file", metavar="FILE", help="actions, one a line")
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
        _add_common(check)
        check.set_defaults(command=_check, check=name, parser=check, approximate=False)


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


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "code", nargs="?", metavar="CODE", help="as REDUNDANT_ACTION (default: list all codes)"
    )
    parser.set_defaults(command=_explain, parser=parser)


def _add_serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=_port, required=True, help="0 takes one that is free")
    parser.add_argument(
        "--host",
        type=_host,
        default="127.0.0.1",
        help="address to listen on (default: %(default)s)",
    )
    add_options(parser)
    parser.set_defaults(command=_serve)


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"expected a port from 0 to 65535, not {text!a}")
    return int(text)


def _host(text: str) -> str:
    # An empty one, of a variable that is not set, would be every address of the machine.
    if not text:
        raise argparse.ArgumentTypeError("expected a name or an address")
    return text


def _run(arguments: argparse.Namespace) -> int:
    from policy_gate.commands import run

    return run.main(arguments)


def _merge(arguments: argparse.Namespace) -> int:
    from policy_gate.commands import merge

    return merge.main(arguments)


def _extract(arguments: argparse.Namespace) -> int:
    from policy_gate.commands import extract

    return extract.main(arguments)


def _check(arguments: argparse.Namespace) -> int:
    from policy_gate.commands import check

    return check.main(arguments)


def _explain(arguments: argparse.Namespace) -> int:
    from policy_gate.commands import explain

    return explain.main(arguments)


def _serve(arguments: argparse.Namespace) -> int:
    from policy_gate.commands import serve

    return serve.main(arguments)
