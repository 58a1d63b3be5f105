"""CPU time of whole commands, as ratios to `python -c pass` in the same run.

`.venv/bin/python benchmarks/startup.py` measures the policy-gate of that environment.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

REPETITIONS = 20
EXAMPLE = Path(__file__).parent.parent / "examples" / "getting-started" / "template.yaml"

POLICY = Path(__file__).parent.parent / "reference-policies" / "sensitive-roles" / "policy.json"
CHECK = ["check", "no-new-access", str(POLICY), "--reference", str(POLICY)]

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "policy-gate --version": ["-m", "policy_gate", "--version"],
    "policy-gate check (one policy)": [
        *("-m", "policy_gate", *CHECK, "--policy-type", "identity"),
    ],
    "policy-gate run (one small template)": ["-m", "policy_gate", "run", str(EXAMPLE)],
}


def cpu_seconds(arguments: list[str]) -> float:
    """The least user and system time of a command over the repetitions, in seconds."""
    best = float("inf")
    for _ in range(REPETITIONS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=False)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = min(best, used)
    return best


def main() -> None:
    measured = {name: cpu_seconds(arguments) for name, arguments in COMMANDS.items()}
    base = measured["python -c pass"]
    print(f"{'command':<40}{'CPU ms':>8}{'ratio':>8}")
    for name, seconds in measured.items():
        print(f"{name:<40}{seconds * 1000:>8.1f}{seconds / base:>8.1f}")


if __name__ == "__main__":
    main()
