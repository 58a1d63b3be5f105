"""Reports that are not those of all shards of one run make no report: never of less than all."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from policy_gate.config.gate import load_config
from policy_gate.shards.sharding import configuration_digest
from tests.command_line import allow, gate, gate_json
from tests.shards.sharded import BAD, changed, refused, shards, write


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


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
