"""Extracting policies from CloudFormation templates, side by side with cfn-policy-validator.

`make bench` runs it on templates of this project, `make bench TEMPLATES=folder` on those that a
folder's manifest.json lists. Each tool runs in a process of its own, whose CPU time and peak memory
are measured. Of cfn-policy-validator the parser runs alone, and AWS answers at once; its own
command asks STS first and builds a client for each kind of resource.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from large_template import large_template

from policy_gate.extractors.cloudformation.extract import CloudFormationExtractor
from policy_gate.extractors.cloudformation.template import read_template, short_form
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.source import Source
from policy_gate.syntax.yaml_reader import read_yaml
from tests.cfn_policy_validator import parameters

ROOT = Path(__file__).parent.parent
REPETITIONS = 15

# What is printed last: the policies, the files that failed, CPU seconds and the peak in kilobytes.
_END = """
import json, resource, sys
used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
seconds = sum(part.ru_utime + part.ru_stime for part in used)
peak = int(open("/proc/self/status").read().partition("VmHWM:")[2].split()[0])
print(json.dumps([found, failed, seconds, peak]))
"""

OURS = """
import sys
from pathlib import Path
from policy_gate.extractors.discover import extract_paths
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import ReasonCode
extraction = extract_paths([Path(path) for path in sys.argv[1:]], [], ExtractSettings())
found = len({policy.identity for policy in extraction.policies})
failed = sum(
    not any(item.identity[1:4]) and item.reason is ReasonCode.NOT_ANALYSED
    for item in extraction.not_checked
)
"""

THEIRS = """
import json, sys
from cfn_policy_validator import ApplicationError
from tests.cfn_policy_validator import NeedsAwsError, documents, parse
found = failed = 0
for path, parameters in json.load(sys.stdin).items():
    try:
        found += len(list(documents(parse(open(path, encoding="utf-8").read(), parameters))))
    except (ApplicationError, NeedsAwsError):
        failed += 1
"""


def main() -> None:
    _one_template()
    files = list(_templates())
    print(f"\n{len(files)} templates; whole processes")
    print(f"{'tool':<44}{'CPU s':>8}{'MB':>7}{'policies':>10}{'failed':>8}")
    ours = _process("policy-gate", OURS, *files)
    for title, given in (
        ("as shipped", {file: {} for file in files}),
        ("every parameter given", {file: _parameters(file) for file in files}),
    ):
        theirs = _process(f"cfn-policy-validator, {title}", THEIRS, given=given)
        print(
            f"  {theirs[0] / ours[0]:.1f} times the time, {theirs[1] / ours[1]:.1f} times the"
            " memory of policy-gate"
        )
    _many_templates()


def _templates() -> Iterator[str]:
    """The files that the manifest of the given folder names, or some of this project."""
    if len(sys.argv) < 2:
        yield from map(str, sorted((ROOT / "examples").glob("*/template.yaml")))
        yield from map(str, sorted((ROOT / "tests").rglob("data/peer/*.yaml")))
        return
    folder = Path(sys.argv[1])
    for entry in json.loads((folder / "manifest.json").read_text(encoding="utf-8")):
        yield str(folder / entry["path"])


def _parameters(file: str) -> dict[str, str]:
    return parameters(read_template(Source(file, Path(file).read_text(encoding="utf-8"))))


def _one_template() -> None:
    """A template of 500 resources, against the time that PyYAML's C loader takes to compose it."""
    text = large_template(500)
    as_json = json.dumps(read_yaml(text, short_form).plain(), indent=1)
    rows: dict[str, Callable[[], object]] = {
        "yaml.compose, CSafeLoader": lambda: yaml.compose(text, Loader=yaml.CSafeLoader),
        "read, YAML": lambda: read_yaml(text, short_form),
        "read, JSON": lambda: read_json(as_json),
        "extracted, YAML": lambda: _extract(text),
        "extracted, JSON": lambda: _extract(as_json),
    }
    best = dict.fromkeys(rows, float("inf"))
    for _ in range(REPETITIONS):
        for name, run in rows.items():
            start = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - start)
    lines = text.count("\n")
    print(f"500 resources, {lines:,} lines of YAML, {_extract(text)} policies")
    print(f"{'step':<44}{'CPU ms':>8}{'ratio':>7}")
    for name, seconds in best.items():
        print(f"{name:<44}{seconds * 1000:>8.1f}{seconds / best[next(iter(best))]:>7.1f}")


def _extract(text: str) -> int:
    extraction = CloudFormationExtractor().extract(Source("t", text), ExtractSettings())
    return len(extraction.policies)


def _many_templates() -> None:
    """Folders of 10, 100 and 1,000 templates."""
    print("\nfolders of templates of 20 resources; whole processes")
    print(f"{'templates':<44}{'CPU s':>8}{'MB':>7}{'policies':>10}{'failed':>8}")
    measured = []
    for count in (10, 100, 1000):
        with TemporaryDirectory() as folder:
            for index in range(count):
                Path(folder, f"{index}.yaml").write_text(large_template(20), encoding="utf-8")
            measured.append(_process(f"{count:,}", OURS, folder))
    for (few, _), (many, _) in pairwise(measured):
        print(f"  {many / few:.1f} times the time for 10 times the templates")


def _process(
    title: str, program: str, *arguments: str, given: dict[str, dict[str, str]] | None = None
) -> tuple[float, float]:
    """Runs a program and prints what it took; gives the seconds and the megabytes."""
    start = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-c", program + _END, *arguments],
        input=json.dumps(given),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    wall = time.monotonic() - start
    found, failed, seconds, peak = json.loads(ran.stdout)
    print(
        f"{title:<44}{seconds:>8.2f}{peak / 1024:>7.0f}{found:>10,}{failed:>8}   ({wall:.2f} s)",
        flush=True,
    )
    return seconds, peak / 1024


if __name__ == "__main__":
    main()
