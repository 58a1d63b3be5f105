"""What was accepted before, in shards: their reports make that of the whole, or the run refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import Ran, allow, gate, gate_json, template
from tests.repositories import Repository
from tests.shards.sharded import BAD, GOOD, shards

WORSE = template(allow("iam:CreateAccessKey"))
LATER = "2999-12-31"
INLINE = """\
Resources:
  Maker:
    Type: AWS::IAM::ManagedPolicy
    Metadata:
      policy-gate: {waivers: [%s]}
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Action: "iam:CreateUser", Resource: "*"}]
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    for number, text in enumerate((BAD, GOOD, WORSE, BAD), 1):
        Path(f"{number}.json").write_text(text)


def same(count: int = 2) -> Ran:
    """The report of the whole, which that of the shards is."""
    whole, merged = gate_json("run", "."), gate_json("merge", *shards(count, "."))
    assert merged.report == whole.report
    assert merged.status == whole.status
    return merged


def codes(ran: Ran) -> list[str]:
    return [finding["code"] for result in ran.report["results"] for finding in result["findings"]]


def waive(*waivers: str) -> None:
    Path(".policy-gate").mkdir()
    Path(".policy-gate/waivers.yml").write_text("".join(f"- {item}\n" for item in waivers))


def waiver(resource: str, expires: str = LATER) -> str:
    return (
        f"{{check: access-not-granted, resource: {resource}, reason: because, expires: {expires}}}"
    )


def test_a_waiver_that_is_used_in_one_shard_is_used() -> None:
    waive(waiver("1.json"), waiver("4.json"), waiver("3.json"))

    ran = same()

    assert ran.status == 0
    assert ran.report["waived"] == 3
    for report in shards(2, "."):
        assert "WAIVER_UNUSED" not in report.read_text()


def test_a_waiver_that_no_shard_uses_is_told_once() -> None:
    waive(waiver("1.json"), waiver("nowhere.json"))
    assert codes(same(3)).count("WAIVER_UNUSED") == 1


def test_a_waiver_that_expired_tells_what_it_no_longer_accepts_in_all_shards() -> None:
    waive(waiver("'*.json'", "2020-01-01"), waiver("nowhere.json", "2020-01-01"))

    ran = same()

    assert ran.status == 2
    assert "it no longer accepts 3 findings of this run" in ran.out
    assert codes(ran).count("WAIVER_EXPIRED") == 2


def test_a_waiver_that_expires_between_two_shards_makes_no_whole() -> None:
    waive(waiver("1.json", "2999-05-01"), waiver("3.json"))
    one, two = shards(2, ".")
    for day, status in (("2999-05-01", 2), ("2999-05-02", 1)):
        for part, now in ((one, "2999-04-30"), (two, day)):
            root = json.loads(part.read_text())
            root["shard"]["day"] = now
            part.write_text(json.dumps(root))

        ran = gate("merge", one, two)

        assert ran.status == status
    assert "waivers.yml:1 expired between the shards" in ran.err
    assert "2999-04-30 and 2999-05-02: run all of them on one day" in ran.err


def test_waivers_in_the_code_count_in_shards_too() -> None:
    settings = "checks: {access-not-granted: {actions: ['iam:*']}}\n"
    what = f"{{code: %s, reason: r, expires: {LATER}}}"
    Path("5.yaml").write_text(INLINE % (what % "CHECK_ACCESS_NOT_GRANTED"))
    Path("6.yaml").write_text(INLINE % (what % "NOTHING"))
    Path("7.yaml").write_text(INLINE % "{code: X}")
    Path(".policy-gate.yml").write_text(settings)
    assert "count for nothing" in "".join(same().report["notes"])

    Path(".policy-gate.yml").write_text(f"{settings}inline-waivers: true\n")
    ran = same()

    assert ran.report["waived"] == 1
    assert {"WAIVER_INVALID", "WAIVER_UNUSED"} <= set(codes(ran))


def test_the_counts_of_a_baseline_are_those_of_the_whole() -> None:
    Path(".policy-gate.yml").write_text("checks: {access-not-granted: {actions: ['iam:*']}}\n")
    gate("run", ".", "--write-baseline", "baseline.json")
    with Path(".policy-gate.yml").open("a") as file:
        file.write("baseline: baseline.json\n")
    assert same().status == 0
    Path("1.json").write_text(GOOD)
    Path("2.json").write_text(BAD)

    ran = same()

    counts = ran.report["baseline"]
    assert (counts["old"], counts["new"], counts["fixed"]) == (2, 1, 1)
    for report in shards(2, "."):
        assert json.loads(report.read_text())["baseline"]["fixed"] == 0


def test_a_deleted_file_of_the_baseline_is_fixed_and_a_renamed_one_is_refused() -> None:
    gate("run", ".", "--write-baseline", "../baseline.json")
    Path(".policy-gate.yml").write_text(
        "checks: {access-not-granted: {actions: ['iam:*']}, validate-policy: true}\n"
        "baseline: ../baseline.json\n"
    )
    Path("3.json").unlink()
    assert same().status == 0

    Path("4.json").rename("5.json")
    refused = [gate("run", ".", "--shard", f"{number}/2") for number in (1, 2)]

    assert [ran.status for ran in refused] == [1, 0]
    assert "a finding in 5.json may be one that the baseline has in 4.json" in refused[0].err


@pytest.mark.parametrize(
    ("arguments", "settings", "status", "complaint"),
    [
        (["--base", "main"], "", 1, "--base needs the whole run"),
        ([], "new-access: block\n", 1, "new-access: block needs the whole run"),
        ([], "baseline: base\n", 1, "a baseline that is that of the base needs the whole run"),
        (["--baseline", "base"], "", 1, "a baseline that is that of the base needs the whole"),
        (["--write-baseline", "b.json"], "", 64, "--write-baseline needs the whole run"),
        (["--publish", "github"], "", 64, "a shard is no report to publish"),
    ],
)
def test_what_only_the_whole_can_tell_is_refused(
    arguments: list[str], settings: str, status: int, complaint: str
) -> None:
    Path(".policy-gate.yml").write_text(f"checks: {{validate-policy: true}}\n{settings}")
    ran = gate("run", ".", "--shard", "1/2", *arguments)
    assert (ran.status, ran.out) == (status, "")
    assert complaint in ran.err


def test_in_a_pull_request_a_shard_compares_nothing_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CI_MERGE_REQUEST_IID", "7")
    monkeypatch.setenv("CI_MERGE_REQUEST_PROJECT_ID", "7")
    monkeypatch.setenv("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "7")
    monkeypatch.setenv("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")

    ran = gate_json("merge", *shards(2, "."))

    assert any(note.startswith("What the change adds is not told") for note in ran.report["notes"])
    assert ran.report["comparison"] is None


def test_the_configuration_of_the_base_is_the_same_for_each_shard(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The files of the base are written to another folder by each job."""
    gate("run", ".", "--write-baseline", "baseline.json")
    waive(waiver("1.json"))
    Path("documents").mkdir()
    Path("documents/notes.txt").write_text("words")
    Path(".policy-gate.yml").write_text(
        "checks: {validate-policy: true}\nbaseline: baseline.json\n"
        "managed-policy-documents: documents\n"
    )
    base = Repository(Path.cwd()).commit("base")
    monkeypatch.setenv("CI_MERGE_REQUEST_IID", "7")
    monkeypatch.setenv("CI_MERGE_REQUEST_DIFF_BASE_SHA", base)
    monkeypatch.setenv("CI_MERGE_REQUEST_PROJECT_ID", "7")
    monkeypatch.setenv("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "8")

    ran = gate_json("merge", *shards(2, "."))

    assert ran.err == ""
    assert any("the configuration is that of the base" in note for note in ran.report["notes"])
    assert ran.report["comparison"] is None


def test_a_shard_is_not_published(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    shards(2, ".")
    assert not summary.exists()
    gate("run", ".")
    assert summary.exists()


def test_merge_writes_reports_to_files_too() -> None:
    reports = shards(2, ".")
    ran = gate("merge", *reports, "--report", "json=whole.json", "--report", "sarif=whole.sarif")
    assert ran.status == 2
    assert Path("whole.json").read_text() == gate_json("merge", *reports).out
    assert Path("whole.sarif").exists()

    ran = gate("merge", reports[0], "--report", "json=whole.json")

    assert ran.status == 1
    assert not Path("whole.json").exists()
