"""Writes tests/data/terraform/*/plan.json: what a real Terraform says of the .tf files beside it.

    python tools/make_terraform_plans.py SCHEMA.json [--applied FOLDER] [NAME ...]

SCHEMA.json is that of fake_terraform_provider.py, and the Python that runs this needs what that
needs; `terraform` is the one of PATH. A fixture is a folder with

    *.tf, ...      what the user edits
    before/        the configuration that is applied first, where the plan is not the first one
    make.json      `arguments` of the plan, `remote` (FAKE_REMOTE, what AWS has when it is planned),
                   `terraform` (the name of another binary), `errored` (the plan has to fail),
                   `edited` (why nobody can make this plan: it was written by hand, and stays)
    plan.json      `terraform show -json`, as it is
    expected.json  what there is to find, see tests/extractors/terraform/plans.py

With --applied the plans are applied too, and the state that comes of it is written to FOLDER: that
is what the documents in expected.json were checked against.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
FIXTURES = HERE.parent / "tests" / "data" / "terraform"
NOT_CONFIGURATION = ("plan.json", "expected.json", "make.json", "before")


class TerraformError(Exception):
    """What Terraform printed when it did not do what it was told."""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("schema", type=Path)
    parser.add_argument("--applied", type=Path)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_intermixed_args()
    failed = 0
    for folder in sorted(path for path in FIXTURES.iterdir() if path.is_dir()):
        if arguments.names and folder.name not in arguments.names:
            continue
        try:
            make(folder, arguments.schema, arguments.applied)
        except TerraformError as error:
            failed += 1
            print(f"{folder.name}: {error}", file=sys.stderr)
    return 1 if failed else 0


def make(folder: Path, schema: Path, applied: Path | None) -> None:
    settings = _settings(folder)
    if "edited" in settings:
        return
    terraform = settings.get("terraform", "terraform")
    with tempfile.TemporaryDirectory() as name:
        work = Path(name) / "project"
        if (folder / "before").is_dir():
            shutil.copytree(folder / "before", work)
            with providers(folder, schema) as environment:
                run(terraform, work, environment, "init")
                run(terraform, work, environment, "apply", "-auto-approve")
            _remove_configuration(work)
        ignore = shutil.ignore_patterns(*NOT_CONFIGURATION)
        shutil.copytree(folder, work, ignore=ignore, dirs_exist_ok=True)
        with providers(folder, schema, remote=settings.get("remote")) as environment:
            run(terraform, work, environment, "init")
            plan = ("plan", "-out=plan.bin", *settings.get("arguments", ()))
            try:
                run(terraform, work, environment, *plan)
            except TerraformError:
                if not settings.get("errored"):
                    raise
            shown = run(terraform, work, environment, "show", "-json", "plan.bin")
            (folder / "plan.json").write_text(shown, encoding="utf-8")
        if applied and not settings.get("errored"):
            with providers(folder, schema) as environment:
                run(terraform, work, environment, "apply", "plan.bin")
                state = run(terraform, work, environment, "show", "-json")
            applied.mkdir(exist_ok=True)
            (applied / f"{folder.name}.json").write_text(state, encoding="utf-8")
    print(folder.name, len(shown))


def _settings(folder: Path) -> dict[str, Any]:
    try:
        settings: dict[str, Any] = json.loads((folder / "make.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return settings


def _remove_configuration(work: Path) -> None:
    for path in work.iterdir():
        if path.suffix != ".tfstate" and path.name != ".terraform.lock.hcl":
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def run(terraform: str, work: Path, environment: dict[str, str], *arguments: str) -> str:
    options = [] if arguments[0] == "show" else ["-no-color", "-input=false"]
    command = [terraform, arguments[0], *options, *arguments[1:]]
    done = subprocess.run(  # noqa: S603
        command, cwd=work, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise TerraformError(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def providers(
    folder: Path, schema: Path, remote: dict[str, Any] | None = None
) -> Iterator[dict[str, str]]:
    """The environment in which Terraform finds the providers that the fixture uses."""
    written = "".join(
        path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in NOT_CONFIGURATION
    )
    types = set(re.findall(r"\baws(?:cc)?_\w+", written))
    environment = {
        **os.environ,
        "TF_CLI_CONFIG_FILE": os.devnull,
        "CHECKPOINT_DISABLE": "1",
        "FAKE_TYPES": ",".join(sorted(types)),
        "FAKE_REMOTE": json.dumps(remote or {}),
    }
    with contextlib.ExitStack() as stack:
        sockets = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        reattach = {}
        for provider in ("aws", "awscc"):
            if not any(name.startswith(f"{provider}_") for name in types):
                continue
            socket = sockets / provider
            server = stack.enter_context(_server(schema, provider, socket, environment))
            reattach[f"registry.terraform.io/hashicorp/{provider}"] = {
                "Protocol": "grpc",
                "ProtocolVersion": 6,
                "Pid": server.pid,
                "Test": True,
                "Addr": {"Network": "unix", "String": str(socket)},
            }
        yield {**environment, "TF_REATTACH_PROVIDERS": json.dumps(reattach)}


@contextlib.contextmanager
def _server(
    schema: Path, provider: str, socket: Path, environment: dict[str, str]
) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(HERE / "fake_terraform_provider.py"), str(schema)]
    with subprocess.Popen(  # noqa: S603
        [*command, provider, str(socket)], env=environment, stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            if server.stdout is None or not server.stdout.readline():
                raise TerraformError(f"the provider {provider} did not start")
            yield server
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main())
