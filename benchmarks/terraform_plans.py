"""Policies found in Terraform plans, beside tf-policy-validator; and the speed of large plans.

    python benchmarks/terraform_plans.py [PLAN ...]

Without arguments it reads the plans under tests/data/terraform. The peer's search for policies is
asked directly: nothing is sent to AWS. `configured` is what policy-gate finds after the plan.
"""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from policy_gate.extractors.discover import extract_paths
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import DeferredText

_DATA = Path(__file__).parent.parent / "tests/data/terraform"
_LARGE = 50_000_000
_PEAK = (
    "import resource, sys; from policy_gate.cli import main; status = main(sys.argv[1:]);"
    " print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
)


def main(names: list[str]) -> None:
    plans = [Path(name) for name in names] or sorted(_DATA.glob("*/plan*.json"))
    print("| plan | configured | known or rebuilt | peer finds | peer misses | peer's words |")
    print("| --- | --- | --- | --- | --- | --- |")
    for path in plans:
        found = extract_paths([path], [], ExtractSettings()).policies
        rebuilt = sum(not isinstance(policy.document, DeferredText) for policy in found)
        theirs, words = _peer(path)
        missed = len(found) - theirs if theirs is not None else len(found)
        name = f"{path.parent.name}/{path.stem}"
        shown = "crashes" if theirs is None else theirs
        print(f"| {name} | {len(found)} | {rebuilt} | {shown} | {missed} | {words} |")
    _large(plans)


def _peer(path: Path) -> tuple[int | None, str]:
    """How many policies tf-policy-validator finds; None where it raises, and what."""
    from iam_check import config  # type: ignore[import-not-found,unused-ignore] # only in the bench extra
    from iam_check.lib.tfPlan import TerraformPlan  # type: ignore[import-not-found,unused-ignore] # as above

    config.load_config_yaml(str(Path(config.__file__).parent / "config" / "default.yaml"))
    try:
        plan = TerraformPlan(**json.loads(path.read_text(encoding="utf-8")))
        found: Any = plan.findPolicies()
    except Exception as error:  # noqa: BLE001 - whatever it raises is its answer
        return None, f"{type(error).__name__}: {error}"[:60].replace("|", "/")
    return len(found), ""


def _large(plans: list[Path]) -> None:
    """A plan of 50 MB: every resource of the plans many times, most without policies."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "plan.json"
        file.write_text(json.dumps(_repeated(plans)), encoding="utf-8")
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", _PEAK, "extract", str(file), "--format", "console"],
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - start
        megabytes = file.stat().st_size / 1e6
        peak = int(done.stderr.split()[-1]) / 1e3
        start = time.perf_counter()
        json.loads(file.read_text(encoding="utf-8"))
        plain = time.perf_counter() - start
        print(
            f"\n{megabytes:.0f} MB: {seconds:.1f} s, {peak:.0f} MB at most,"
            f" {seconds / plain:.1f} times json.loads ({plain:.2f} s);"
            f" {done.stdout.splitlines()[-1]}"
        )


def _repeated(plans: list[Path]) -> dict[str, Any]:
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in plans]
    base: dict[str, Any] = contents[0]
    resources = [change for content in contents for change in content.get("resource_changes", [])]
    with_policies = Counter(change["type"] for change in resources)
    filler = {"values": ["x" * 40] * 50, "kinds": dict.fromkeys(map(str, range(50)), "y" * 20)}
    size = len(json.dumps(resources)) + len(resources) * 4 * len(json.dumps(filler))
    changes: list[dict[str, Any]] = []
    for number in range(_LARGE // size):
        for change in resources:
            repeated = copy.copy(change)
            repeated["address"] = f"module.copy[{number}].{change['address']}"
            changes.append(repeated)
            changes += [
                {
                    "address": f"module.copy[{number}].aws_instance.i[{index}]",
                    "mode": "managed",
                    "type": "aws_instance",
                    "name": "i",
                    "index": index,
                    "change": {"actions": ["create"], "before": None, "after": filler},
                }
                for index in range(4)
            ]
    print(f"\n{len(changes)} changes of {len(with_policies) + 1} types", end="")
    return {**base, "resource_changes": changes}


if __name__ == "__main__":
    main(sys.argv[1:])
