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
from policy_gate.publishers.registry import PLATFORMS
from policy_gate.reporters.registry import REPORTERS

ERROR, USAGE, INTERRUPTED = 1, 64, 130
_TWO_FORMATS = ("console", "json")


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
    _add_diff(commands.add_parser("diff", help="say what access is added between two policies"))
    _add_waive(commands.add_parser("waive", help="accept a finding, for a reason and until a day"))
    _add_explain(commands.add_parser("explain", help="say what the code of a finding means"))
    _add_test_references(
        commands.add_parser("test-references", help="hold reference policies to their examples")
    )
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
    _add_settings(parser)


def _add_settings(parser: argparse.ArgumentParser) -> None:
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


def _add_format(
    parser: argparse.ArgumentParser, formats: tuple[str, ...], default: str = "console"
) -> None:
    parser.add_argument("--format", choices=formats, default=default, help="of what is printed")


def _add_common(parser: argparse.ArgumentParser) -> None:
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


def _add_reports(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--report",
        action="append",
        type=_report,
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
        type=_category,
        help="category of the reports of the kind sarif (default: policy-gate): jobs of one"
        " workflow that upload them each need their own",
    )


def _report(text: str) -> tuple[str, str]:
    kind, equals, path = text.partition("=")
    if not equals or not path:
        raise argparse.ArgumentTypeError(f"expected KIND=PATH, not {text!a}")
    if kind not in REPORTERS:
        kinds = ", ".join(REPORTERS)
        raise argparse.ArgumentTypeError(f"{kind!a} is no kind of report; there are {kinds}")
    if path == "-":
        raise argparse.ArgumentTypeError(f"for stdout pass --format {kind}")
    return kind, path


def _category(text: str) -> str:
    if not text.isascii() or not text.isprintable() or not 0 < len(text) <= 100:
        raise argparse.ArgumentTypeError(f"expected up to 100 ASCII characters, not {text!a}")
    return text


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
    _add_format(parser, tuple(REPORTERS))
    _add_reports(parser)
    _add_common(parser)
    _add_approximate(parser)
    _add_allow_empty(parser)
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
        number, count = (int(part[:6]) for part in parts)
        if 1 <= number <= count < 100_000:
            return number, count
    raise argparse.ArgumentTypeError(f"expected I/N with I from 1 to N, as 2/5, not {text[:40]!a}")


def _add_merge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "reports",
        nargs="+",
        metavar="REPORT",
        help="what `policy-gate run --shard I/N --format json` printed, for each I",
    )
    _add_format(parser, tuple(REPORTERS))
    _add_reports(parser)
    _add_allow_empty(parser)
    parser.set_defaults(command=_merge)


def _add_publish(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--publish",
        choices=(*PLATFORMS, "none"),
        help="where people see the report, after the verdict (default: the platform that the job"
        " runs on, if any)",
    )
    parser.add_argument(
        "--publish-tag",
        type=_tag,
        metavar="TAG",
        help="tells what parallel jobs publish apart (default: the configuration's tag)",
    )


def _tag(text: str) -> str:
    from policy_gate.publishers.marker import is_tag

    if not is_tag(text):
        raise argparse.ArgumentTypeError("expected up to 64 letters, digits, dots, - and _")
    return text


def _add_extract(parser: argparse.ArgumentParser) -> None:
    _add_paths(parser)
    _add_format(parser, _TWO_FORMATS, "json")
    _add_common(parser)
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
    compare.add_argument(
        "--reference", required=True, metavar="FILE", help="reference policy, or builtin:NAME"
    )
    compare.add_argument(
        "--parameter",
        action="append",
        type=_assignment,
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
        _add_format(check, _TWO_FORMATS)
        _add_common(check)
        check.set_defaults(command=_check, check=name, parser=check, approximate=False)


def _add_diff(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("old", metavar="OLD", help="a policy, a template, a plan or a folder")
    parser.add_argument("new", metavar="NEW", help="the same after the change")
    parser.add_argument(
        "--policy-type",
        choices=("identity", "resource"),
        help="of two policies (default: resource where they name principals)",
    )
    parser.add_argument("--format", choices=("console", "json"), default="console")
    _add_settings(parser)
    parser.set_defaults(
        command=_diff,
        parser=parser,
        analyzer="embedded",
        endpoint_url="",
        approximate=False,
        create_analyzer=False,
    )


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


def _add_waive(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("fingerprint", metavar="FINGERPRINT", help="as reports show it after id")
    parser.add_argument("--reason", required=True, help="why it is accepted")
    parser.add_argument("--expires", required=True, metavar="DATE", help="last day, as 2026-12-31")
    parser.add_argument("--owner", default="", help="who accepts it")
    parser.add_argument("--ticket", default="", help="where that was decided")
    parser.add_argument(
        "--config", metavar="FILE", help="configuration (default: .policy-gate.yml)"
    )
    parser.set_defaults(command=_waive, parser=parser)


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "code", nargs="?", metavar="CODE", help="as REDUNDANT_ACTION (default: list all codes)"
    )
    parser.set_defaults(command=_explain, parser=parser)


def _add_test_references(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "path",
        nargs="?",
        metavar="PATH",
        help="a reference, or a folder of them (default: the library that policy-gate brings)",
    )
    parser.add_argument("--format", choices=("console", "json"), default="console")
    parser.set_defaults(command=_test_references)


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


def _diff(arguments: argparse.Namespace) -> int:
    from policy_gate.commands import diff

    return diff.main(arguments)


def _waive(arguments: argparse.Namespace) -> int:
    from policy_gate.commands import waive

    return waive.main(arguments)


def _explain(arguments: argparse.Namespace) -> int:
    from policy_gate.commands import explain

    return explain.main(arguments)


def _test_references(arguments: argparse.Namespace) -> int:
    from policy_gate.commands import test_references

    return test_references.main(arguments)


def _serve(arguments: argparse.Namespace) -> int:
    from policy_gate.commands import serve

    return serve.main(arguments)
