"""Makes plan.json anew in the folders under tests/data/terraform, by a real terraform.

    python tools/make_terraform_plans.py fake_provider.py tf_schema.json [FOLDER ...]

The provider is one that serves the schemas of hashicorp/aws over tfplugin6 on a Unix socket and
knows no AWS; it needs `tf`, `grpcio` and `msgpack`. A folder `before` is applied first.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DATA = Path(__file__).parent.parent / "tests/data/terraform"
_TYPE = re.compile(r'(?:resource|data)"?\s*:?\s*\{?\s*"(aws_\w+)"')
_STEPS = ("init", "plan -out plan.bin", "show -json plan.bin")


def main(provider: str, schema: str, *names: str) -> None:
    folders = [_DATA / name for name in names] or sorted(_DATA.iterdir())
    for folder in folders:
        if list(folder.glob("*.tf")) + list(folder.glob("*.tf.json")):
            with _served(provider, schema, folder) as environment:
                plan = _planned(folder, environment)
            (folder / "plan.json").write_text(plan, encoding="utf-8")
            print(folder.name, len(plan))


def _planned(folder: Path, environment: dict[str, str]) -> str:
    with tempfile.TemporaryDirectory() as name:
        here = Path(name) / "work"
        ignored = shutil.ignore_patterns("plan.json", "before", "expected.json")
        before = folder / "before"
        if before.is_dir():
            shutil.copytree(before, here)
            _run("init", here, environment)
            _run("apply -auto-approve", here, environment)
            kept = {file.name for file in here.glob("*.tfstate")} | {".terraform.lock.hcl"}
            for file in here.iterdir():
                if file.name not in kept:
                    shutil.rmtree(file) if file.is_dir() else file.unlink()
        shutil.copytree(folder, here, ignore=ignored, dirs_exist_ok=True)
        return [_run(step, here, environment) for step in _STEPS][-1]


def _run(step: str, folder: Path, environment: dict[str, str]) -> str:
    command = ["terraform", *step.split()]
    if command[1] in ("init", "plan", "apply"):
        command += ["-no-color", "-input=false"]
    done = subprocess.run(  # noqa: S603 - the command is ours
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return done.stdout


@contextmanager
def _served(provider: str, schema: str, folder: Path) -> Iterator[dict[str, str]]:
    """The environment in which terraform talks to the provider."""
    texts = [file.read_text(encoding="utf-8") for file in folder.rglob("*.tf*") if file.is_file()]
    types = sorted({found for text in texts for found in _TYPE.findall(text)})
    with tempfile.TemporaryDirectory() as name:
        socket = Path(name) / "aws.sock"
        server = subprocess.Popen(  # noqa: S603 - the script is the one named
            [sys.executable, provider, schema, str(socket)],
            env={**os.environ, "FAKE_TYPES": ",".join(types)},
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            if server.stdout is None or "ready" not in server.stdout.readline():
                sys.exit("the provider did not start")
            attached = {
                "Protocol": "grpc",
                "ProtocolVersion": 6,
                "Pid": server.pid,
                "Test": True,
                "Addr": {"Network": "unix", "String": str(socket)},
            }
            yield {
                **os.environ,
                "TF_CLI_CONFIG_FILE": "/dev/null",
                "CHECKPOINT_DISABLE": "1",
                "TF_REATTACH_PROVIDERS": json.dumps(
                    {"registry.terraform.io/hashicorp/aws": attached}
                ),
            }
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
