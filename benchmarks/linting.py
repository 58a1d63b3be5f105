"""The offline ValidatePolicy on AWS managed policies, side by side with parliament.

`make bench` runs it. The policies are those that moto ships, or a file of JSON lines with a
`document` each that is named as the argument; where a line has the `findings` that AWS answered,
the answers are compared: code, type, path and span. Both tools are in one process and read their
service data beforehand; CPU time is measured.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import parliament
from moto.iam.aws_managed_policies import aws_managed_policies_data

from policy_gate.catalog.iam_data import catalog
from policy_gate.linting.interface import ValidatePolicyFinding
from policy_gate.linting.validate import validate_policy

IDENTITY = "IDENTITY_POLICY"


def main() -> None:
    policies = _given(Path(sys.argv[1])) if len(sys.argv) > 1 else _shipped()
    documents = [policy["document"] for policy in policies]
    _warm_up(documents)
    ours, seconds = _timed(lambda document: validate_policy(document, IDENTITY), documents)
    theirs, their_seconds = _timed(_parliament, documents)
    print(f"{len(documents)} policies; service data of {catalog().data_date}")
    print(f"{'':<14}{'CPU s':>8}{'findings':>10}{'policies with findings':>24}{'crashed':>9}")
    _row("policy-gate", seconds, ours)
    _row("parliament", their_seconds, theirs)
    print(f"parliament takes {their_seconds / seconds:.1f} times the time")
    if all("findings" in policy for policy in policies):
        recorded = [policy["findings"] for policy in policies]
        found, reported = sum(map(len, recorded)), sum(map(bool, recorded))
        print(f"{'AWS, recorded':<14}{'':>8}{found:>10}{reported:>24}")
        _compare(ours, recorded)


def _given(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _shipped() -> list[dict[str, Any]]:
    entries = json.loads(aws_managed_policies_data).values()
    return [{"document": json.dumps(entry["Document"])} for entry in entries]


def _warm_up(documents: list[str]) -> None:
    """Has every service read that the policies name."""
    for document in documents:
        validate_policy(document, IDENTITY)
    _parliament(documents[0])


def _parliament(document: str) -> list[Any]:
    return list(parliament.analyze_policy_string(document).findings)


def _timed(
    ask: Callable[[str], list[Any]], documents: list[str]
) -> tuple[list[list[Any] | None], float]:
    """The answers, None where there was an exception, and the CPU seconds."""
    answers: list[list[Any] | None] = []
    start = time.process_time()
    for document in documents:
        try:
            answers.append(ask(document))
        except Exception:  # noqa: BLE001 - a peer's crash is a result
            answers.append(None)
    return answers, time.process_time() - start


def _row(name: str, seconds: float, answers: list[list[Any] | None]) -> None:
    found = sum(len(answer or ()) for answer in answers)
    print(
        f"{name:<14}{seconds:>8.2f}{found:>10,}{sum(map(bool, answers)):>24}"
        f"{answers.count(None):>9}"
    )


def _compare(
    ours: list[list[ValidatePolicyFinding] | None], recorded: list[list[ValidatePolicyFinding]]
) -> None:
    same = extra = missed = 0
    codes: Counter[str] = Counter()
    for answer, expected in zip(ours, recorded, strict=True):
        found, wanted = Counter(map(_comparable, answer or ())), Counter(map(_comparable, expected))
        same += found == wanted
        extra += (found - wanted).total()
        missed += (wanted - found).total()
        codes.update(code for code, *_ in (*(found - wanted), *(wanted - found)))
    share = 100 * same / len(recorded)
    print(f"exactly the recorded answer: {same} of {len(recorded)} policies ({share:.2f} %)")
    print(f"findings more than recorded: {extra}, fewer: {missed} {dict(codes)}")


def _comparable(finding: ValidatePolicyFinding) -> tuple[str, str, str]:
    locations = json.dumps(finding["locations"], sort_keys=True)
    return finding["issueCode"], finding["findingType"], locations


if __name__ == "__main__":
    main()
