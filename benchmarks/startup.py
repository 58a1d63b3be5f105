"""CPU time of whole commands, as ratios to `python -c pass` and to a peer in the same run.

`.venv/bin/python benchmarks/startup.py [BIN]` measures the policy-gate of that environment, and the
cfn-policy-validator in the folder BIN, by default that of the environment. The peer asks STS for
the account before it reads a template: `policy-gate serve` answers.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

REPETITIONS = 20
EXAMPLE = Path(__file__).parent.parent / "examples" / "getting-started" / "template.yaml"

POLICY = Path(__file__).parent.parent / "reference-policies" / "sensitive-roles" / "policy.json"
CHECK = ["check", "no-new-access", str(POLICY), "--reference", str(POLICY)]
GATE = [sys.executable, "-m", "policy_gate"]
RUN = "policy-gate run (a role)"
PEER = "cfn-policy-validator parse (a role)"
ROLE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - {Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: sts:AssumeRole}
      Policies:
        - PolicyName: read
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - {Effect: Allow, Action: s3:GetObject, Resource: "arn:aws:s3:::artifacts/*"}
"""

COMMANDS = {
    "python -c pass": [sys.executable, "-c", "pass"],
    "policy-gate --version": [*GATE, "--version"],
    "policy-gate check (one policy)": [*GATE, *CHECK, "--policy-type", "identity"],
    "policy-gate run (one small template)": [*GATE, "run", str(EXAMPLE)],
}


def cpu_seconds(command: Sequence[str], **environment: str) -> float:
    """The least user and system time of a command over the repetitions, in seconds."""
    best = float("inf")
    for _ in range(REPETITIONS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            command, stdout=subprocess.DEVNULL, check=False, env={**os.environ, **environment}
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, used)
    return best


def beside_the_peer(peer: Path) -> dict[str, float]:
    """Seconds for one template without parameters, which the peer cannot default."""
    with (
        TemporaryDirectory() as folder,
        subprocess.Popen(
            [*GATE, "serve", "--port", "0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        ) as server,
    ):  # fmt: skip
        assert server.stdout is not None
        template = Path(folder, "template.yaml")
        template.write_text(ROLE)
        address = server.stdout.readline().strip()
        parse = [str(peer), "parse", "--template-path", str(template), "--region", "eu-central-1"]
        try:
            subprocess.run(parse, env=_asking(address), stdout=subprocess.DEVNULL, check=True)
            return {
                RUN: cpu_seconds([*GATE, "run", str(template)]),
                PEER: cpu_seconds(parse, **_asking(address)),
            }
        finally:
            server.terminate()


def _asking(address: str) -> dict[str, str]:
    return {
        **os.environ,
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "x",
    }


def main() -> None:
    measured = {name: cpu_seconds(command) for name, command in COMMANDS.items()}
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(sys.executable).parent
    peer = folder / "cfn-policy-validator"
    if peer.exists():
        measured |= beside_the_peer(peer)
    base = measured["python -c pass"]
    print(f"{'command':<40}{'CPU ms':>8}{'ratio':>8}")
    for name, seconds in measured.items():
        print(f"{name:<40}{seconds * 1000:>8.1f}{seconds / base:>8.1f}")
    if peer.exists():
        print(f"parse takes {measured[PEER] / measured[RUN]:.1f} times the time of run")


if __name__ == "__main__":
    main()
