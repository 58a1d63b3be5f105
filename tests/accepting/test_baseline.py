"""Baselines: what was found before is listed and counted, and only the rest blocks."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policy_gate.accepting.baseline import baseline_of
from policy_gate.api import run_gate
from policy_gate.config.gate import default_config
from policy_gate.model import BaselineCounts
from tests.command_line import Ran, allow, gate, gate_json, template
from tests.extractors.terraform.plans import copied
from tests.reformatting import reformatted, shifted
from tests.repositories import Repository

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT.parent / "shared" / "iac" / "cloudformation"
SCHEMA = json.loads((ROOT / "policy_gate/reporters/gate-report.schema.json").read_text())
CREATE_USER, CREATE_KEY = allow("iam:CreateUser"), allow("iam:CreateAccessKey")
NO_KEYS = {"Effect": "Deny", "Action": "iam:CreateAccessKey", "Resource": "*"}
STRICT = """
checks:
  validate-policy: {fail-on: [ERROR, SECURITY_WARNING, WARNING, SUGGESTION]}
  no-new-access:
    - {name: nothing, reference: identity.json, applies-to: [identity]}
    - {name: nobody, reference: resource.json, applies-to: [trust, resource]}
  no-public-access: true
  no-external-access: true
unknown: block
"""
NOTHING = {"Effect": "Allow", "Action": "none:None", "Resource": "*"}


pytestmark = pytest.mark.usefixtures("own_folder")


def put(*statements: object, file: str = "t.yaml", **settings: object) -> None:
    Path(file).write_text(template(*statements, **settings))


def strict() -> None:
    """Checks that find something in nearly every statement."""
    Path(".policy-gate.yml").write_text(STRICT)
    Path("identity.json").write_text(json.dumps({"Statement": NOTHING}))
    Path("resource.json").write_text(json.dumps({"Statement": {**NOTHING, "Principal": "*"}}))


def counts(ran: Ran) -> tuple[int, int, int]:
    report = ran.report
    Draft202012Validator(SCHEMA).validate(report)
    baseline = report["baseline"]
    return baseline["old"], baseline["new"], baseline["fixed"]


def baseline(*paths: str) -> Ran:
    ran = gate_json("run", *paths, "--write-baseline", "known.json")
    assert "known.json: " in ran.err
    return ran


def against(*paths: str) -> Ran:
    return gate_json("run", *paths, "--baseline", "known.json")


def test_only_new_findings_block() -> None:
    put(CREATE_USER)
    assert gate("run", "t.yaml").status == 2
    assert baseline("t.yaml").status == 0
    again = against("t.yaml")
    assert (again.status, counts(again)) == (0, (1, 0, 0))
    assert again.report["status"] == "passed"
    (result,) = [item for item in again.report["results"] if item["findings"]]
    assert (result["verdict"], result["blocking"]) == ("FAIL", False)
    (finding,) = result["findings"]
    assert (finding["known"], finding["blocking"], finding["waiver"]) == (True, False, None)

    put(CREATE_USER, CREATE_KEY)
    more = against("t.yaml")
    assert (more.status, counts(more)) == (2, (1, 1, 0))
    assert [
        (item["statement_index"], item["blocking"])
        for result in more.report["results"]
        for item in result["findings"]
    ] == [(0, False), (1, True)]

    put(allow("s3:GetObject"))
    fixed = against("t.yaml")
    assert (fixed.status, counts(fixed)) == (0, (0, 0, 1))


def test_the_console_lists_old_findings_in_brief_and_counts_them() -> None:
    put(CREATE_USER)
    baseline("t.yaml")
    put(CREATE_USER, CREATE_KEY)
    ran = gate("run", "t.yaml", "--baseline", "known.json")
    assert "security-warning[CHECK_ACCESS_NOT_GRANTED] (in the baseline): Statement 0" in ran.out
    assert "Baseline: 1 old, 1 new, 0 fixed (known.json)" in ran.out
    assert ran.out.count("witness") == 1
    assert "FAILED: 1 blocking finding;" in ran.out


def test_the_file_is_sorted_and_stable_and_has_a_finding_a_line() -> None:
    put(CREATE_USER, CREATE_KEY, file="b.yaml")
    put(CREATE_USER, file="a.yaml")
    baseline("b.yaml", "a.yaml")
    first = Path("known.json").read_text()
    baseline("a.yaml", "b.yaml")
    assert Path("known.json").read_text() == first
    entries = json.loads(first)["findings"]
    assert [item["file"] for item in entries] == ["a.yaml", "b.yaml", "b.yaml"]
    assert len(first.splitlines()) == len(entries) + 6


def test_an_access_that_grows_is_new() -> None:
    put(allow("iam:*"), NO_KEYS)
    baseline("t.yaml")
    put(NO_KEYS, allow("iam:*"))
    assert against("t.yaml").status == 0
    put(allow("iam:*"))
    without_deny = against("t.yaml")
    assert without_deny.status == 2
    assert counts(without_deny)[1:] == (1, 1)


PARAMETER = {"P": {"Type": "String"}}
TRUSTED = {"Effect": "Allow", "Principal": {"AWS": {"Ref": "P"}}, "Action": "sts:AssumeRole"}


def role(*statements: object) -> str:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    properties = {"AssumeRolePolicyDocument": document}
    resources = {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}}
    return json.dumps({"Parameters": PARAMETER, "Resources": resources})


def external() -> None:
    Path(".policy-gate.yml").write_text(
        "checks: {no-external-access: {zone-of-trust: {accounts: ['111122223333']}}}"
    )


def verdict(ran: Ran, check: str) -> tuple[str, bool]:
    (result,) = [item for item in ran.report["results"] if item["check"].startswith(check)]
    return result["verdict"], result["blocking"]


def test_an_undecided_policy_is_known_as_long_as_it_stays_as_it_is() -> None:
    external()
    Path("t.json").write_text(role(TRUSTED))
    assert verdict(gate_json("run", "t.json"), "no-external-access") == ("UNKNOWN", True)
    baseline("t.json")
    assert verdict(against("t.json"), "no-external-access") == ("UNKNOWN", False)
    assert (
        "does not block: in the baseline" in gate("run", "t.json", "--baseline", "known.json").out
    )

    Path("t.json").write_text(role(TRUSTED, {**TRUSTED, "Action": "sts:TagSession"}))
    changed = against("t.json")
    assert changed.status == 2
    assert verdict(changed, "no-external-access") == ("UNKNOWN", True)


STRANGER = {**TRUSTED, "Principal": {"AWS": "arn:aws:iam::999988887777:root"}}


def test_what_an_old_finding_hid_is_asked_again() -> None:
    """A finding makes a FAIL, beside which the undecided statement does not show."""
    external()
    Path("t.json").write_text(role(STRANGER))
    baseline("t.json")
    assert verdict(against("t.json"), "no-external") == ("FAIL", False)

    Path("t.json").write_text(role(STRANGER, TRUSTED))
    assert verdict(gate_json("run", "t.json"), "no-external") == ("FAIL", True)
    hidden = against("t.json")
    assert verdict(hidden, "no-external") == ("UNKNOWN", True)
    assert hidden.status == 2
    assert hidden.report["results"][0]["findings"][0]["known"]

    assert baseline("t.json").status == 0
    settled = against("t.json")
    assert (settled.status, counts(settled)) == (0, (2, 0, 0))


def test_what_an_old_finding_of_one_world_hid_is_not_hidden() -> None:
    text = template(
        {"Fn::If": ["IsProd", CREATE_USER, {"Fn::Sub": "${P}"}]},
        parameters={"P": {"Type": "String"}, "Env": {"Type": "String", "Default": "prod"}},
    )
    content = json.loads(text)
    content["Conditions"] = {"IsProd": {"Fn::Equals": [{"Ref": "Env"}, "prod"]}}
    Path("t.yaml").write_text(json.dumps(content))
    ran = baseline("t.yaml")
    assert verdict(ran, "access-not-granted")[0] == "FAIL"
    listed = json.loads(Path("known.json").read_text())
    listed["findings"] = [item for item in listed["findings"] if item["code"] != "UNKNOWN"]
    Path("known.json").write_text(json.dumps(listed))
    assert verdict(against("t.yaml"), "access-not-granted") == ("UNKNOWN", True)
    baseline("t.yaml")
    assert against("t.yaml").status == 0


def test_errors_and_what_was_not_analysed_are_in_no_baseline() -> None:
    Path("broken.yaml").write_text("Resources: {A: {Type: AWS::IAM::Role, Properties: [}}")
    put({"Effect": "Sometimes", "Action": "s3:*", "Resource": "*"})
    ran = baseline("broken.yaml", "t.yaml")
    assert ran.status == 1
    assert "not in it: 1 with an ERROR, 1 not analysed" in ran.err
    again = against("broken.yaml", "t.yaml")
    blocking = {item["verdict"] for item in again.report["results"] if item["blocking"]}
    assert (again.status, blocking) == (1, {"ERROR", "NOT_CHECKED"})


def test_a_renamed_file_keeps_its_findings() -> None:
    put(CREATE_USER, CREATE_KEY, CREATE_KEY)
    baseline("t.yaml")
    Path("t.yaml").rename("renamed.yaml")
    ran = against("renamed.yaml")
    assert (ran.status, counts(ran)) == (0, (4, 0, 0))


def test_a_finding_is_not_taken_for_that_of_another_file() -> None:
    put(CREATE_USER, file="dev.yaml")
    baseline("dev.yaml")
    put(CREATE_USER, file="prod.yaml")
    for paths in (["dev.yaml", "prod.yaml"], ["prod.yaml"]):
        ran = against(*paths)
        assert ran.status == 2
        assert counts(ran)[1] == 1
    # Which of the two was renamed, and which is new?
    Path("dev.yaml").rename("test.yaml")
    assert counts(against("test.yaml", "prod.yaml")) == (0, 2, 1)


def test_a_run_elsewhere_in_the_repository_knows_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "infra").mkdir()
    put(CREATE_USER, file="infra/t.yaml")
    baseline("infra")
    monkeypatch.chdir("infra")
    assert gate("run", "--baseline", "../known.json").status == 0


def test_the_configuration_names_the_baseline() -> None:
    Path(".policy-gate.yml").write_text(
        "baseline: known.json\nchecks: {access-not-granted: {actions: ['iam:*']}}"
    )
    put(CREATE_USER)
    missing = gate("run", "t.yaml")
    assert (missing.status, missing.out) == (1, "")
    assert "known.json" in missing.err
    assert gate("run", "t.yaml", "--write-baseline", "known.json").status == 0
    assert gate("run", "t.yaml").status == 0


GOOD = {
    "file": "t.yaml",
    "resource": "Policy",
    "policy": "app",
    "check": "validate-policy",
    "code": "X",
    "fingerprint": "0123456789abcdef01234567",
}


def of(*findings: object, **other: object) -> str:
    return json.dumps(
        {"format": "policy-gate baseline", "version": 1, "findings": findings, **other}
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "known.json:1:1: this is no baseline"),
        ("[]", "it has no"),
        ("{}", "it has no"),
        ('{"findings": []}', "it has no"),
        ("{\n<<<<<<< HEAD\n}", "known.json:2:1: this is no baseline"),
        (of(version=2), "version 2 is of a newer policy-gate"),
        (of(version="1"), "version"),
        (of(version=True), "version"),
        (of(more=1), "unknown key"),
        (of()[:-30], "this is no baseline"),
        ('{"format": "policy-gate baseline", "version": 1}', "'findings' is missing"),
        (of().replace("[]", "{}"), "a list is expected"),
        (of("x"), "a mapping is expected"),
        (of({**GOOD, "line": 3}), "unknown key"),
        (of({key: GOOD[key] for key in GOOD if key != "code"}), "'code' is missing"),
        (of({**GOOD, "fingerprint": "x\n"}), "is no fingerprint"),
        (of(GOOD, GOOD), "is there twice"),
        ('{"format": 1, "format": 2}', "this is no baseline"),
        ("\0", "known.json"),
    ],
)
def test_what_is_no_baseline_is_not_taken_for_an_empty_one(text: str, said: str) -> None:
    put(allow("s3:GetObject"))
    Path("known.json").write_text(text)
    ran = gate("run", "t.yaml", "--baseline", "known.json")
    assert (ran.status, ran.out) == (1, "")
    assert said in ran.err
    assert "known.json" in ran.err


def test_it_cannot_be_read_or_written() -> None:
    put(CREATE_USER)
    Path("folder").mkdir()
    for arguments in (["--baseline", "absent.json"], ["--baseline", "folder"]):
        ran = gate("run", "t.yaml", *arguments)
        assert (ran.status, ran.out) == (1, "")
        assert arguments[1] in ran.err
    for name in ("folder", "absent/known.json"):
        ran = gate("run", "t.yaml", "--write-baseline", name)
        assert ran.status == 1
        assert f"cannot write the baseline {name}" in ran.err
    assert sorted(path.name for path in Path().iterdir()) == ["folder", "t.yaml"]
    both = gate("run", "t.yaml", "--baseline", "a", "--write-baseline", "b")
    assert both.status == 64


CORPUS = [
    ROOT / "examples/getting-started/template.yaml",
    *sorted((ROOT / "tests/data/cdk-app/cdk.out").rglob("*.template.json")),
]


def shared_templates() -> list[Path]:
    found = [path for path in sorted(TEMPLATES.rglob("*")) if path.is_file()]
    return [path for path in found if path.name != "manifest.json"]


def known_again(templates: list[Path], rewritten: Callable[[str, int], str], folder: Path) -> int:
    """How many findings are known after every template is rewritten: all of them."""
    strict()
    texts = {
        folder / f"{number}-{path.name}": path.read_text(encoding="utf-8")
        for number, path in enumerate(templates)
    }
    for file, text in texts.items():
        file.write_text(text, encoding="utf-8")
    before = baseline(".")
    for number, (file, text) in enumerate(texts.items()):
        file.write_text(rewritten(text, number), encoding="utf-8")
    after = against(".")
    found = before.report["baseline"]["old"]
    assert after.report["baseline"] == {"source": "known.json", "old": found, "new": 0, "fixed": 0}
    assert lines(after) != lines(before)
    return int(found)


@pytest.mark.parametrize(
    "rewritten",
    [
        lambda text, _: shifted(text),
        lambda text, _: reformatted(text),
        lambda text, _: reformatted(text, flow=True),
    ],
)
def test_reformatting_makes_no_new_findings(
    rewritten: Callable[[str, int], str], tmp_path: Path
) -> None:
    assert known_again(CORPUS, rewritten, tmp_path) > 20


@pytest.mark.skipif(not TEMPLATES.exists(), reason="the shared templates are not here")
def test_reformatting_real_templates_makes_no_new_findings(tmp_path: Path) -> None:
    found = known_again(
        shared_templates()[::3],
        lambda text, number: reformatted(text, flow=number % 2 == 1),
        tmp_path,
    )
    assert found > 150


def lines(ran: Ran) -> list[Any]:
    return [
        finding["locations"][0]
        for result in ran.report["results"]
        for finding in result["findings"]
    ]


def test_what_another_run_found_can_be_the_baseline() -> None:
    put(CREATE_USER)
    before = baseline_of(run_gate(["t.yaml"]), "main (0123abcd)")
    put(CREATE_USER, CREATE_KEY)
    report = run_gate(["t.yaml"], replace(default_config(), baseline=before))
    assert report.baseline == BaselineCounts("main (0123abcd)", 1, 1, 0)
    assert report.exit_status == 2


def test_findings_of_sensitive_policies_are_in_no_baseline(tmp_path: Path) -> None:
    copied("sensitive", tmp_path)
    plan = "sensitive/plan.json"
    Path(".policy-gate.yml").write_text(
        "checks: {no-new-access: [{name: x, reference: n.json, applies-to: [identity]}]}"
    )
    Path("n.json").write_text(json.dumps({"Statement": NOTHING}))
    ran = baseline(plan)
    hidden = {
        item["fingerprint"]
        for result in ran.report["results"]
        for item in result["findings"]
        if "marked sensitive" in item["message"]
    }
    assert hidden
    written = {
        item["fingerprint"] for item in json.loads(Path("known.json").read_text())["findings"]
    }
    assert not hidden & written
    assert "about sensitive policies" in ran.err
    assert against(plan).status == 2


def test_what_the_base_has_is_a_baseline_without_a_file(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    put(CREATE_USER)
    repository.commit("before")
    put(CREATE_KEY, CREATE_USER)
    ran = gate_json("run", "--base", "HEAD", "--baseline", "base")
    assert (ran.status, counts(ran)) == (2, (1, 1, 0))
    put(CREATE_USER, file="moved.yaml")
    Path("t.yaml").unlink()
    ran = gate_json("run", "--base", "HEAD", "--baseline", "base")
    assert (ran.status, counts(ran)) == (0, (1, 0, 0))
    put(NO_KEYS, file="moved.yaml")
    assert counts(gate_json("run", "--base", "HEAD", "--baseline", "base")) == (0, 0, 1)


def test_new_access_that_blocks_is_never_of_a_baseline(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    put(CREATE_USER)
    Path(".policy-gate.yml").write_text(
        "checks: {access-not-granted: {actions: [iam:CreateUser]}}\nnew-access: block\n"
    )
    repository.commit("before")
    put(CREATE_USER, allow("s3:GetObject"))
    for _ in range(2):
        ran = gate_json("run", "--base", "HEAD", "--baseline", "base")
        assert (ran.status, counts(ran)) == (2, (1, 0, 0))
        assert [code for code, _ in ran.findings() if code == "NEW_ACCESS"] == ["NEW_ACCESS"]
        gate("run", "--base", "HEAD", "--write-baseline", "known.json")
    assert "NEW_ACCESS" not in Path("known.json").read_text()


def test_a_base_that_cannot_be_read_is_no_empty_baseline(tmp_path: Path) -> None:
    put(CREATE_USER)
    for arguments in ((), ("--base", "main")):
        ran = gate("run", *arguments, "--baseline", "base")
        assert (ran.status, ran.out) == (1, "")
        assert "the baseline is what the base has, which cannot be read" in ran.err
