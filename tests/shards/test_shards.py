"""Shards of a run, and the one report that is made of theirs: never of less than everything."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from policy_gate.config.gate import load_config
from policy_gate.extractors.discover import extract_files, find_files
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.extractors.shares import share_of
from policy_gate.reporters.registry import REPORTERS
from policy_gate.shards.sharding import configuration_digest
from tests.command_line import allow, gate, gate_json, template

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "iac" / "cloudformation"
GOOD = template(allow("s3:GetObject", "arn:aws:s3:::data/*"))
BAD = template(allow("iam:CreateUser"))


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def write(name: str, text: str = GOOD) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def nesting(child: str) -> str:
    stack = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": child}}
    return json.dumps({"Resources": {"Child": stack}})


def shards(count: int, *arguments: str) -> list[Path]:
    """The files with the reports of all shards of a run."""
    reports = []
    for number in range(1, count + 1):
        ran = gate_json("run", *arguments, "--shard", f"{number}/{count}")
        assert ran.err == ""
        reports.append(Path(f"../report-{number}.json"))
        reports[-1].write_text(ran.out)
    return reports


def checked(reports: Iterable[Path]) -> list[set[str]]:
    """The files that each report is about."""
    return [
        {result["policy"]["file"] for result in json.loads(report.read_text())["results"]}
        for report in reports
    ]


def refused(*reports: str | Path) -> str:
    """Why nothing is made of the reports."""
    ran = gate("merge", *reports)
    assert (ran.status, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 1
    return ran.err


def changed(report: Path, **values: object) -> Path:
    """A copy of a report with other values in its `shard`."""
    root = json.loads(report.read_text())
    root["shard"].update(values)
    copy = Path("../changed.json")
    copy.write_text(json.dumps(root))
    return copy


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


def test_less_than_all_shards_is_refused() -> None:
    for number in range(3):
        write(f"{number}.json")
    one, two, three = shards(3, ".")

    assert "shard 2 of 3 is missing (2 of them are here)" in refused(one, three)
    assert "shard 1 of 3 is missing (1 of them are here)" in refused(three)
    assert "both shard 3 of 3" in refused(one, two, three, three)
    assert gate("merge", three, one, two).status == 0


def test_what_is_not_the_report_of_a_shard_is_refused() -> None:
    write("1.json")
    (one,) = shards(1, ".")
    Path("whole.json").write_text(gate_json("run", ".").out)

    assert "whole.json is not the report of a shard" in refused(one, "whole.json")
    assert "says that it is shard 3 of 1" in refused(changed(one, number=3))
    assert "says that it is shard 0 of 1" in refused(changed(one, number=0))
    assert gate("merge").status == 64


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"count": 3}, "are of different numbers of shards (2, 3)"),
        ({"commit": "c0ffee"}, "are of different commits (no commit, c0ffee)"),
        ({"contents": "00"}, "are of different inputs: run all shards anew"),
        ({"inputs": 7}, "are of different inputs"),
        ({"configuration": "00"}, "are of different configurations"),
        ({"versions": {"policy-gate": "9.9"}}, "are of different versions (policy-gate "),
    ],
)
def test_shards_of_different_runs_are_refused(values: dict[str, object], complaint: str) -> None:
    write("1.json")
    write("2.json")
    one, two = shards(2, ".")
    assert complaint in refused(one, changed(two, **values))


def test_shards_of_different_analyzers_or_data_are_refused() -> None:
    write("1.json")
    write("2.json")
    one, two = shards(2, ".")
    for key, value, complaint in (
        ("name", "aws", "analyzers (embedded, aws)"),
        ("service_data", "2020-01-01", "days of service data"),
    ):
        root = json.loads(two.read_text())
        root["analyzer"][key] = value
        Path("other.json").write_text(json.dumps(root))
        assert f"are of different {complaint}" in refused(one, "other.json")


def commit(message: str) -> None:
    for arguments in (["add", "-A"], ["commit", "-q", "-m", message]):
        identity = ["-c", "user.name=x", "-c", "user.email=x@example.com"]
        subprocess.run(["git", *identity, *arguments], check=True)


def test_shards_of_different_commits_and_of_changed_files_are_refused() -> None:
    subprocess.run(["git", "init", "-q"], check=True)
    write("1.json")
    write("2.json")
    commit("first")
    one, two = shards(2, ".")
    assert gate("merge", one, two).status == 0
    kept = Path("../kept.json")
    kept.write_text(two.read_text())

    write("2.json", BAD)
    one, _ = shards(2, ".")
    assert "are of different inputs" in refused(one, kept)
    commit("second")
    one, _ = shards(2, ".")
    assert "are of different commits" in refused(one, kept)


def test_shards_of_different_settings_are_refused() -> None:
    write("1.json")
    write("2.json")
    one, two = shards(2, ".")
    for option in (["--parameter", "Env=prod"], ["--approximate"], ["--allow-empty"]):
        Path("other.json").write_text(gate_json("run", ".", "--shard", "2/2", *option).out)
        assert "are of different configurations" in refused(one, "other.json")
    write(".policy-gate.yml", "checks: {validate-policy: true}")
    Path("other.json").write_text(gate_json("run", ".", "--shard", "2/2").out)
    assert "are of different configurations" in refused(one, "other.json")
    assert gate("merge", one, two).status == 0


def test_the_configuration_of_another_checkout_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        "embedded: {approximate: true}\nunknown: report\nmanaged-policy-documents: m\n"
        "terraform-roots: [m]\nparameters: {A: [x, y], B: 1}\n"
        "aws: {cache: c, price-per-call: 1.5}\n"
        "checks:\n  validate-policy: {fail-on: [ERROR]}\n  no-public-access: true\n"
        "  no-new-access: [{name: r, reference: r.json}]\n"
        "  no-external-access: {zone-of-trust: {accounts: ['111122223333']}}\n"
    )
    digests = set()
    for folder, action in (("a", "s3:*"), ("b", "s3:*"), ("c", "sqs:*")):
        (tmp_path / folder / "m").mkdir(parents=True)
        monkeypatch.chdir(tmp_path / folder)
        write(".policy-gate.yml", text)
        write("r.json", json.dumps({"Version": "2012-10-17", "Statement": [allow(action)]}))
        digests.add(configuration_digest(load_config(Path(".policy-gate.yml").absolute())))
    assert len(digests) == 2


def test_reports_that_cannot_be_read_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    write("1.json")
    (one,) = shards(1, ".")
    text = one.read_text()

    assert "cannot read absent.json: No such file or directory" in refused("absent.json")
    assert "cannot read a: Is a directory" in refused(_directory("a"))
    write("cut.json", text[:-40])
    assert "cut.json: it is not JSON, or not all of it" in refused("cut.json")
    write("other.json", '{"Resources": {}}')
    assert "other.json: it is not a report" in refused("other.json")
    write("later.json", text.replace('"schema_version": "1.0"', '"schema_version": "3.0"'))
    assert "later.json: its schema_version is '3.0'" in refused("later.json")
    monkeypatch.setattr("policy_gate.commands.merge.MAX_BYTES", 100)
    monkeypatch.setattr("policy_gate.reporters.json_reader.MAX_BYTES", 100)
    assert f"{one.resolve()}: it is larger than" in refused(one)


def _directory(name: str) -> Path:
    Path(name).mkdir()
    return Path(name)


@pytest.mark.parametrize(
    ("key", "value"), [("status", "passed"), ("results", []), ("coverage", {"found": 0})]
)
def test_a_report_whose_sums_are_wrong_is_refused(key: str, value: object) -> None:
    write("1.json", BAD)
    (one,) = shards(1, ".")
    root = json.loads(one.read_text())
    root[key] = {**root[key], **value} if isinstance(value, dict) else value
    Path("other.json").write_text(json.dumps(root))

    assert "other.json does not add up" in refused("other.json")


def test_a_result_that_no_run_gives_is_refused() -> None:
    write("1.json", BAD)
    write("2.json")
    (one,) = shards(1, ".")
    for number, values in enumerate(
        (
            {"blocking": False},
            {"verdict": "PASS"},
            {"reason": "not-applicable"},
            {"verdict": "NOT_CHECKED", "reason": None},
        )
    ):
        root = json.loads(one.read_text())
        (failed,) = [result for result in root["results"] if result["verdict"] == "FAIL"]
        failed.update(values)
        root.update(status="passed", exit_status=0)
        root["coverage"].update(passed=2, failed=0)
        Path(f"../{number}.json").write_text(json.dumps(root))

        assert f"{number}.json does not add up" in refused(f"../{number}.json")


def test_a_report_shows_no_line_of_a_file_of_elsewhere() -> None:
    write("1.json", BAD)
    write("../secret", "hunter2\n" * 100)
    (one,) = shards(1, ".")
    for name in (str(Path("../secret").resolve()), "../secret", "1.json\0"):
        root = json.loads(one.read_text())
        forged = json.dumps(root).replace('"1.json"', json.dumps(name))
        Path("../forged.json").write_text(forged)

        assert "hunter2" not in gate("merge", "../forged.json").out
    Path("1.json").unlink()
    Path("1.json").symlink_to("../secret")
    assert "hunter2" not in gate("merge", one).out
