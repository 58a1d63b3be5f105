"""Shards of a run, and the one report that is made of theirs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from policy_gate.extractors.discover import extract_files, find_files
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.extractors.shares import share_of
from policy_gate.reporters.registry import REPORTERS
from tests.command_line import gate, gate_json, template
from tests.shards.sharded import BAD, GOOD, checked, nesting, shards, write

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "iac" / "cloudformation"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def test_each_input_is_in_one_shard_whatever_the_order_of_the_paths() -> None:
    for number in range(4):
        write(f"a/{number}.json")
        write(f"a/{number}.md", "words")
        write(f"b/{number}.json")

    files = checked(shards(3, "a", "b"))

    assert [len(part) for part in files] == [3, 3, 2]
    assert len(set().union(*files)) == 8
    assert checked(shards(3, "b", "a/3.json", "a")) == files


def test_the_report_of_all_shards_is_that_of_the_whole() -> None:
    for number in range(7):
        write(f"{number}.json", [GOOD, BAD][number % 2])
    write("cut.json", BAD[:-20])
    write("words.txt", "words")

    whole, merged = gate_json("run", "."), gate_json("merge", *shards(3, "."))

    assert (whole.status, merged.status) == (2, 2)
    assert merged.report == whole.report
    assert gate("merge", *shards(4, ".")) == gate("run", ".")


def test_of_templates_assemblies_and_plans_every_format_is_the_same_byte_for_byte(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def all_formats(name: str) -> list[str]:
        named = [["--report", f"{kind}={tmp_path / name}.{kind}"] for kind in REPORTERS]
        return [argument for pair in named for argument in pair]

    monkeypatch.chdir(ROOT)
    plans = [f"tests/data/terraform/{name}" for name in ("deletions", "lifecycle", "organizations")]
    paths = ["examples", "tests/data/aws-role", "tests/data/cdk-weak", *plans]
    reports = []
    for number in (1, 2, 3):
        reports.append(tmp_path / f"{number}.json")
        reports[-1].write_text(gate_json("run", *paths, "--shard", f"{number}/3").out)

    merged = gate("merge", *reports, *all_formats("merged"))

    assert merged == gate("run", *paths, *all_formats("whole"))
    for kind in REPORTERS:
        same = [(tmp_path / f"{name}.{kind}").read_bytes() for name in ("merged", "whole")]
        assert same[0] == same[1], kind


def test_an_assembly_stays_together() -> None:
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.json"}}
    write("out/manifest.json", json.dumps({"artifacts": {"S": stack}}))
    for name in ("S", "T", "U", "inner/V"):
        write(f"out/{name}.json")
    write("z.json")

    files = checked(shards(2, "."))

    assert files == [{"out/S.json", "out/T.json", "out/U.json", "out/inner/V.json"}, {"z.json"}]


def test_a_template_that_another_shard_nests_is_checked_there_and_only_there() -> None:
    write("1.json", nesting("2.json"))
    write("2.json", nesting("deep/3.json"))
    write("deep/3.json", BAD)
    write("4.json", nesting("1.json"))

    reports = shards(4, ".")

    assert checked(reports) == [set(), set(), {"deep/3.json"}, set()]
    assert gate("merge", *reports) == gate("run", ".")


def test_a_template_that_two_shards_nest_is_as_in_the_whole() -> None:
    write("1.json", nesting("3.json"))
    write("2.json", nesting("3.json"))
    write("3.json", BAD)

    reports = shards(2, ".")

    assert checked(reports) == [{"3.json"}, {"3.json"}]
    assert gate_json("merge", *reports) == gate_json("run", ".")


ESCAPED = nesting("2.json").replace("::Stack", r"::\u0053tack")
FOLDED = r"""
AWSTemplateFormatVersion: 2010-09-09
Resources:
  Child:
    Type: "AWS::\
      CloudFormation::\x53tack"
    Properties: {TemplateURL: 2.json}
"""
LOOP = """
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Loop:
    - Name
    - [Stack]
    - ${Name}:
        Type: AWS::CloudFormation::${Name}
        Properties: {TemplateURL: 2.json}
"""


@pytest.mark.parametrize("text", [ESCAPED, FOLDED, LOOP], ids=["escaped", "folded", "loop"])
def test_a_type_that_is_written_otherwise_nests_too(text: str) -> None:
    write("1.yaml", text)
    write("2.json", BAD)

    merged, whole = gate_json("merge", *shards(2, ".")), gate_json("run", ".")

    assert merged.report["results"] == whole.report["results"]
    assert {item["policy"]["resource_address"] for item in whole.report["results"]} != {"Policy"}


@pytest.mark.skipif(not REAL.is_dir(), reason="the real templates are not here")
def test_real_templates_in_shards_hold_what_they_hold_together() -> None:
    met = find_files([REAL], [])
    met = met._replace(files=met.files[::3])
    whole = extract_files(met, ExtractSettings())
    shares = [share_of(met, number, 2) for number in (1, 2)]
    parts = [extract_files(share.met, ExtractSettings()) for share in shares]

    assert shares[0].inputs - shares[1].inputs in (0, 1)
    assert sum(share.inputs for share in shares) == shares[0].total > 30
    policies = {policy.identity: policy for part in parts for policy in part.policies}
    assert sum(len(part.policies) for part in parts) == len(whole.policies)
    assert policies == {policy.identity: policy for policy in whole.policies}
    assert sum(len(part.not_checked) for part in parts) == len(whole.not_checked)
    assert sum(part.skipped_files for part in parts) == whole.skipped_files
    # That others may be nested is known at little cost.
    assert all(len(share.met.leading) < 10 for share in shares)


@pytest.mark.parametrize(
    "shard",
    ["0/2", "3/2", "2", "1/0", "/", "a/b", "-1/2", "1/2/3", "1.0/2", "", "²/3", " 1/2", "1/100000"],
)
def test_a_shard_that_cannot_be_is_wrong_usage(shard: str) -> None:
    write("t.json")
    ran = gate("run", ".", f"--shard={shard}")
    assert (ran.status, ran.out) == (64, "")
    assert "expected I/N with I from 1 to N" in ran.err


def test_a_shard_says_what_it_is_a_part_of() -> None:
    write("1.json")
    write("2.json")

    ran = gate("run", ".", "--shard", "2/2")

    assert "This is shard 2 of 2, with 1 of 2 inputs: `policy-gate merge` tells" in " ".join(
        ran.out.split()
    )


def test_standard_input_is_not_divided() -> None:
    ran = gate("run", "-", "--shard", "1/2")
    assert (ran.status, ran.out) == (1, "")
    assert "standard input is one input and cannot be divided" in ran.err


def test_a_shard_without_policies_is_no_failure_and_all_without_are_nothing_to_check() -> None:
    write("1.json")
    write("2.json", '{"Resources": {}}')
    reports = shards(3, ".")

    alone = [json.loads(report.read_text()) for report in reports]
    assert [item["status"] for item in alone] == ["passed", "empty", "empty"]
    assert [item["exit_status"] for item in alone] == [0, 0, 0]
    assert (merged := gate_json("merge", *reports)).status == 0
    assert merged.report["status"] == "passed"

    write("1.json", '{"Resources": {}}')
    reports = shards(3, ".")
    assert gate_json("merge", *reports).status == 3
    assert gate_json("merge", *reports, "--allow-empty").status == 0


def test_where_there_is_no_input_at_all_no_shard_succeeds() -> None:
    write("words.txt", "words")
    assert [gate("run", ".", "--shard", f"{number}/2").status for number in (1, 2)] == [3, 3]


def test_one_shard_that_fails_makes_the_whole_fail() -> None:
    write("1.json")
    write("2.json", BAD)
    assert gate("merge", *shards(2, ".")).status == 2


def test_a_path_that_is_missing_is_an_error_of_the_whole() -> None:
    write("1.json")
    reports = shards(2, ".", "absent.json")
    merged = gate_json("merge", *reports)
    assert (merged.status, merged.report["status"]) == (1, "error")
    assert merged.report == gate_json("run", ".", "absent.json").report


def test_a_check_that_is_used_in_one_shard_is_used() -> None:
    write(
        ".policy-gate.yml",
        "checks: {access-not-granted: {actions: ['iam:*'], applies-to: [identity]}}",
    )
    write("1.json")
    write("2.json", template().replace("AWS::IAM::Policy", "AWS::SQS::QueuePolicy"))
    reports = shards(2, ".")

    assert sum("applies to none" in report.read_text() for report in reports) == 1
    assert gate_json("merge", *reports).report["notes"] == []
