"""The decision procedure on AWS managed policies, side by side with z3's theory of strings.

`make bench` runs it. The policies are those that moto ships, or a file of JSON lines with a
`document` each that is named as the argument. Documents are read beforehand; CPU time is measured.
"""

from __future__ import annotations

import gzip
import json
import random
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from moto.iam.aws_managed_policies import aws_managed_policies_data

from policy_gate.catalog.iam_data import catalog
from policy_gate.reasoning import policy as policies
from policy_gate.reasoning.access_by_action import access_by_action
from policy_gate.reasoning.answer import PolicyDocumentError
from policy_gate.reasoning.checks import check_access_not_granted, check_no_new_access
from policy_gate.reasoning.evaluator import evaluator_of

REFERENCES = ("PowerUserAccess", "ReadOnlyAccess")
Z3_SAMPLE = 50
Z3_TIMEOUT_MS = 5000
IDENTITY = "IDENTITY_POLICY"
PROCESS = """
from policy_gate.reasoning.checks import check_no_new_access
policy = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*",'
print(check_no_new_access(policy + '"Resource": "*"}}', policy + '"Resource": "*"}}',
                          "IDENTITY_POLICY").result)
# What the resource module says would count the process that this one was forked from.
print(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
"""


def main() -> None:
    shipped = {
        name: json.dumps(entry["Document"])
        for name, entry in json.loads(aws_managed_policies_data).items()
    }
    documents = _given(Path(sys.argv[1])) if len(sys.argv) > 1 else list(shipped.values())
    documents = [document for document in documents if _is_read(document)]
    print(f"{len(documents)} policies; CPU milliseconds")
    print(f"{'question':<44}{'n':>6}{'decided':>9}{'median':>9}{'p90':>9}{'p99':>9}{'max':>9}")
    ours = {}
    for name in REFERENCES:
        reference = shipped[name]
        evaluator_of(reference)
        ours[name] = _row(
            f"no new access, {name}",
            documents,
            lambda document, reference=reference: (
                check_no_new_access(document, reference, IDENTITY).result
            ),
        )
    for title, actions, resources in _sensitive():
        _row(
            f"access not granted, {title}",
            documents,
            lambda document, actions=actions, resources=resources: (
                check_access_not_granted(document, actions, resources, IDENTITY).result
            ),
        )
    _by_action(shipped)
    sample = random.Random(1).sample(documents, min(Z3_SAMPLE, len(documents)))
    _against_z3(sample, shipped, ours)
    _process()


def _given(path: Path) -> list[str]:
    content = path.read_bytes()
    content = gzip.decompress(content) if path.suffix == ".gz" else content
    documents = [json.loads(line)["document"] for line in content.splitlines()]
    return [item if isinstance(item, str) else json.dumps(item) for item in documents]


def _is_read(document: str) -> bool:
    """Whether it is a policy; from then on it is read already."""
    try:
        policies.compile_policy(document, IDENTITY)
    except PolicyDocumentError:
        return False
    return True


def _sensitive() -> list[tuple[str, list[str], list[str]]]:
    names = [name for service in catalog().services() for name in catalog().action_names(service)]
    chance = random.Random(2)
    actions = chance.sample(names, 100)
    resources = [f"arn:aws:s3:::bucket-{i}/*" for i in range(50)]
    resources += [f"arn:aws:dynamodb:us-east-1:111122223333:table/table-{i}" for i in range(50)]
    return [
        ("16 actions", actions[:16], []),
        ("100 actions", actions, []),
        ("100 resources", [], resources),
        ("100 actions x 100 resources", actions, resources),
    ]


def _row(title: str, documents: list[str], ask: Callable[[str], str]) -> float:
    """Prints what a question to each policy takes, and gives the median in milliseconds."""
    times, results = [], Counter[str]()
    for document in documents:
        policies.compile_policy(document, IDENTITY)
        start = time.process_time()
        results[ask(document)] += 1
        times.append((time.process_time() - start) * 1000)
    times.sort()
    undecided = results["UNKNOWN"] + results["unknown"]
    shown = [statistics.median(times), *(times[int(len(times) * share)] for share in (0.9, 0.99))]
    figures = "".join(f"{value:>9.2f}" for value in (*shown, times[-1]))
    print(f"{title:<44}{len(times):>6}{1 - undecided / len(times):>9.1%}{figures}", flush=True)
    return shown[0]


def _by_action(shipped: dict[str, str]) -> None:
    names = [name for service in catalog().services() for name in catalog().action_names(service)]
    nothing = json.dumps({"Version": "2012-10-17", "Statement": []})
    for title, existing in (("nothing", nothing), ("ReadOnlyAccess", shipped["ReadOnlyAccess"])):
        start = time.process_time()
        access = access_by_action(shipped["AdministratorAccess"], existing, IDENTITY, names)
        took = (time.process_time() - start) * 1000
        print(
            f"access by action, AdministratorAccess to {title}: {len(access.possible):,} of"
            f" {len(names):,} actions in {took:.0f} ms"
        )


def _against_z3(sample: list[str], shipped: dict[str, str], ours: dict[str, float]) -> None:
    from direct_z3 import compare

    for name in REFERENCES:
        median = _row(
            f"z3 strings, {name}",
            sample,
            lambda document, name=name: compare(document, shipped[name], Z3_TIMEOUT_MS),
        )
        print(f"  the median of z3 is {median / ours[name]:,.0f} times ours")


def _process() -> None:
    """A check as a whole process, against a Python that does nothing."""
    measured = {}
    for title, code in (("python -c pass", "pass"), ("one check", PROCESS)):
        best = float("inf")
        for _ in range(20):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            ran = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            best = min(best, used * 1000)
        measured[title] = best
    ratio = measured["one check"] / measured["python -c pass"]
    memory = int(ran.stdout.split()[1]) / 1024
    print(f"one check as a process: {ratio:.1f} times python -c pass, {memory:.0f} MB")


if __name__ == "__main__":
    main()
