"""Whole runs against `policy-gate serve`, beside cfn-policy-validator and tf-policy-validator.

`.venv/bin/python benchmarks/runs.py [FOLDER]` takes the peers from a bin folder, by default that
of its own environment. A proxy delays each answer; every tool is a process of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import NamedTuple

SIZES = (1, 10, 50, 500)
LATENCIES = (0.0, 0.15)
REPETITIONS = 2
PEERS_FROM = 50
"""Beyond so many policies the peers are asked once: they take a minute and more."""

CONFIG = (
    "analyzer: aws\naws: {cache: %s}\nchecks:\n  access-not-granted: {actions: [iam:CreateUser]}\n"
)


class Used(NamedTuple):
    wall: float
    cpu: float
    megabytes: float


def statement(index: int) -> dict[str, object]:
    resource_arn = f"arn:aws:s3:::bucket-{index}/*"
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": resource_arn}


def write_inputs(folder: Path, number: int) -> None:
    """The same policies as a template and as a plan."""
    documents = [
        {"Version": "2012-10-17", "Statement": [statement(index)]} for index in range(number)
    ]
    resources: dict[str, object] = {
        f"P{index}": {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "PolicyName": f"p{index}",
                "Roles": [{"Ref": "Role"}],
                "PolicyDocument": document,
            },
        }
        for index, document in enumerate(documents)
    }
    trust: dict[str, object] = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    trust |= {"Principal": {"Service": "ec2.amazonaws.com"}}
    # A peer leaves out what is attached to no role of the template.
    resources["Role"] = {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]}},
    }
    (folder / "t.json").write_text(json.dumps({"Resources": resources}))
    planned = [
        {
            "address": f"aws_iam_policy.p{index}",
            "mode": "managed",
            "type": "aws_iam_policy",
            "name": f"p{index}",
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "schema_version": 0,
            "values": {"name": f"p{index}", "policy": json.dumps(document)},
        }
        for index, document in enumerate(documents)
    ]
    plan = {
        "format_version": "1.0",
        "terraform_version": "1.1.0",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": [],
        "configuration": {"root_module": {}},
    }
    (folder / "plan.json").write_text(json.dumps(plan))


async def _delay(upstream: int, latency: float, ready: list[int]) -> None:
    loop = asyncio.get_running_loop()

    async def pump(source: asyncio.StreamReader, target: asyncio.StreamWriter, late: float) -> None:
        # Each piece is late by as much, however many pieces a message comes in.
        while data := await source.read(65536):
            loop.call_later(late, target.write, data)
        loop.call_later(late, target.close)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, ahead = await asyncio.open_connection("127.0.0.1", upstream)
        await asyncio.gather(pump(reader, ahead, latency), pump(behind, writer, 0))

    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=256)
    ready.append(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def delaying(upstream: int, latency: float) -> int:
    """The port of a proxy that passes requests on `latency` seconds later."""
    ready: list[int] = []
    Thread(target=lambda: asyncio.run(_delay(upstream, latency, ready)), daemon=True).start()
    while not ready:
        pass
    return ready[0]


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Used | None:
    """None where the command fails."""
    start = perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = perf_counter() - start
    if os.waitstatus_to_exitcode(status) != 0:
        print(errors.decode()[-300:], file=sys.stderr)
        return None
    return Used(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _tf_config(peers: Path) -> Path:
    """Which attributes hold policies: what the peer ships."""
    return next(peers.parent.glob("lib/python3*/site-packages/iam_check/config/default.yaml"))


def commands(peers: Path) -> dict[str, list[str]]:
    gate = [sys.executable, "-m", "policy_gate", "run", "t.json", "--config"]
    region = ["--region", "eu-central-1", "--actions", "iam:CreateUser"]
    return {
        "policy-gate": [*gate, "fresh.yml"],
        "policy-gate, from the cache": [*gate, "cached.yml"],
        "cfn-policy-validator": [
            str(peers / "cfn-policy-validator"), "check-access-not-granted",
            "--template-path", "t.json", *region,
        ],
        "tf-policy-validator": [
            str(peers / "tf-policy-validator"), "check-access-not-granted",
            "--template-path", "plan.json", "--config", str(_tf_config(peers)), *region,
        ],
    }  # fmt: skip


def compare(peers: Path, port: int, number: int, latency: float) -> None:
    url = f"http://127.0.0.1:{delaying(port, latency)}"
    environment = {name: text for name, text in os.environ.items() if not name.startswith("AWS_")}
    environment |= {
        "AWS_ENDPOINT_URL": url, "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1", "PYTHONPATH": str(Path(__file__).parent.parent),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_inputs(folder, number)
        (folder / "fresh.yml").write_text(CONFIG % "false")
        (folder / "cached.yml").write_text(CONFIG % "cache")
        for variable in ("CI", "PYTHONDONTWRITEBYTECODE"):
            environment.pop(variable, None)
        rows = commands(peers)
        measure(rows["policy-gate, from the cache"], folder, environment)
        measured: dict[str, Used | None] = {}
        for tool, command in rows.items():
            once = number > PEERS_FROM and tool not in (
                "policy-gate",
                "policy-gate, from the cache",
            )
            runs = [
                measure(command, folder, environment) for _ in range(1 if once else REPETITIONS)
            ]
            measured[tool] = min((run for run in runs if run), default=None)
    base = measured["policy-gate"]
    print(f"\n{number} policies, {latency * 1000:.0f} ms")
    print(f"{'tool':<30}{'wall s':>8}{'ratio':>8}{'CPU s':>8}{'MB':>8}")
    for tool, used in measured.items():
        if used is None or base is None:
            print(f"{tool:<30}  failed")
            continue
        ratio = used.wall / base.wall
        print(f"{tool:<30}{used.wall:>8.2f}{ratio:>8.2f}{used.cpu:>8.2f}{used.megabytes:>8.0f}")
    sys.stdout.flush()


def main(peers: Path, sizes: Sequence[int]) -> None:
    serve = [sys.executable, "-m", "policy_gate", "serve", "--port", "0"]
    with subprocess.Popen(
        serve, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    ) as server:  # fmt: skip
        assert server.stdout is not None
        port = int(server.stdout.readline().strip().rpartition(":")[2])
        try:
            for number in sizes:
                for latency in LATENCIES:
                    compare(peers, port, number, latency)
        finally:
            server.terminate()


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(sys.executable).parent
    main(folder, [int(text) for text in sys.argv[2:]] or SIZES)
