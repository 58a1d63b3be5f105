"""Waivers: what somebody accepted is listed with who and until when, and does not block."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policy_gate.api import run_gate
from policy_gate.config.gate import load_config
from policy_gate.model import GateReport, Status
from tests.command_line import Ran, allow, gate, gate_json, template

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "policy_gate/reporters/gate-report.schema.json").read_text())
CREATE_USER, CREATE_KEY = allow("iam:CreateUser"), allow("iam:CreateAccessKey")
LATER = "2999-12-31"
PATTERN = "code: CHECK_ACCESS_NOT_GRANTED, resource: Policy, reason: it makes users"
WAIVERS = Path(".policy-gate/waivers.yml")


pytestmark = pytest.mark.usefixtures("own_folder")


def put(*statements: object) -> None:
    Path("t.yaml").write_text(template(*statements))


def waive(text: str) -> None:
    WAIVERS.parent.mkdir(exist_ok=True)
    WAIVERS.write_text(text)


def found(ran: Ran) -> dict[str, dict[str, Any]]:
    Draft202012Validator(SCHEMA).validate(ran.report)
    return {
        finding["code"]: {**finding, "result": result}
        for result in ran.report["results"]
        for finding in result["findings"]
    }


def fingerprint() -> str:
    return str(found(gate_json("run", "t.yaml"))["CHECK_ACCESS_NOT_GRANTED"]["fingerprint"])


def test_a_waiver_marks_and_hides_nothing() -> None:
    put(CREATE_USER)
    waive(
        f"- fingerprint: {fingerprint()}\n  reason: it makes users\n  owner: alice\n"
        f"  expires: {LATER}\n  ticket: SEC-1\n"
    )
    ran = gate_json("run", "t.yaml")
    finding = found(ran)["CHECK_ACCESS_NOT_GRANTED"]
    assert (ran.status, ran.report["status"], ran.report["waived"]) == (0, "passed", 1)
    assert (finding["blocking"], finding["known"]) == (False, False)
    assert finding["result"]["verdict"] == "FAIL"
    location = finding["waiver"].pop("location")
    assert finding["waiver"] == {
        "reason": "it makes users",
        "owner": "alice",
        "expires": LATER,
        "ticket": "SEC-1",
        "fingerprint": fingerprint(),
        "check": "",
        "code": "",
        "resource": "",
        "places": [],
    }
    assert (location["path"], location["line"]) == (".policy-gate/waivers.yml", 1)

    console = gate("run", "t.yaml").out
    assert "[CHECK_ACCESS_NOT_GRANTED] (waived): Statement 0 grants access" in console
    assert f"waived     by alice until {LATER}: it makes users (SEC-1)," in console
    assert "PASSED: 1 waived; 0 of 1 policies passed" in console


def test_only_what_is_waived_does_not_block() -> None:
    put(CREATE_USER)
    waive(f"- {{fingerprint: {fingerprint()}, reason: x, expires: {LATER}}}")
    put(CREATE_USER, CREATE_KEY)
    ran = gate_json("run", "t.yaml")
    findings = [item for result in ran.report["results"] for item in result["findings"]]
    assert [(item["statement_index"], item["blocking"]) for item in findings] == [
        (0, False),
        (1, True),
    ]
    assert (ran.status, ran.report["waived"]) == (2, 1)


def on(today: str) -> GateReport:
    Path(".policy-gate.yml").write_text("checks: {access-not-granted: {actions: ['iam:*']}}")
    from dataclasses import replace

    config = load_config(Path(".policy-gate.yml").absolute())
    return run_gate(["t.yaml"], replace(config, today=date.fromisoformat(today)))


def test_a_waiver_counts_through_its_last_day_and_not_after() -> None:
    put(CREATE_USER)
    waive(f"- {{{PATTERN}, owner: alice, expires: 2026-06-30}}")
    last = on("2026-06-30")
    assert (last.status, last.waived) == (Status.PASSED, 1)
    after = on("2026-07-01")
    assert (after.status, after.exit_status, after.waived) == (Status.FAILED, 2, 0)
    (expired,) = [item for item in after.results if item.check == "waivers"]
    (finding,) = expired.findings
    assert (finding.code, finding.blocking) == ("WAIVER_EXPIRED", True)
    assert "expired after 2026-06-30 (alice): it no longer accepts 1 finding" in finding.message
    assert (finding.locations[0].path, finding.locations[0].line) == (str(WAIVERS), 1)


def test_an_expired_waiver_of_nothing_does_not_block() -> None:
    put(allow("s3:GetObject"))
    waive(f"- {{{PATTERN}, expires: 2020-01-01}}")
    finding = found(gate_json("run", "t.yaml"))["WAIVER_EXPIRED"]
    assert not finding["blocking"]
    assert "nothing that this run found is covered by it" in finding["message"]
    assert gate("run", "t.yaml").status == 0


def test_an_unused_waiver_is_a_note_at_its_line() -> None:
    put(allow("s3:GetObject"))
    waive(f"# A comment\n- {{{PATTERN}, expires: {LATER}}}")
    ran = gate_json("run", "t.yaml")
    finding = found(ran)["WAIVER_UNUSED"]
    assert (ran.status, finding["severity"], finding["blocking"]) == (0, "NOTE", False)
    assert finding["locations"][0]["line"] == 2
    assert ran.report["coverage"]["found"] == 1
    assert "note[WAIVER_UNUSED] (does not block)" in gate("run", "t.yaml").out


def test_a_finding_with_an_expired_and_a_valid_waiver_is_waived() -> None:
    put(CREATE_USER)
    waive(
        f"- {{{PATTERN}, expires: 2020-01-01}}\n"
        f"- {{fingerprint: {fingerprint()}, reason: x, expires: {LATER}}}\n"
    )
    ran = gate_json("run", "t.yaml")
    assert ran.status == 0
    assert not found(ran)["WAIVER_EXPIRED"]["blocking"]


@pytest.mark.parametrize(
    ("what", "is_waived"),
    [
        ("code: CHECK_ACCESS_NOT_GRANTED, resource: Policy", True),
        ("code: CHECK_ACCESS_NOT_GRANTED, resource: 'Pol*'", True),
        ("code: CHECK_ACCESS_NOT_GRANTED, resource: '*'", True),
        ("code: CHECK_ACCESS_NOT_GRANTED, resource: 't.yaml'", True),
        ("code: CHECK_ACCESS_NOT_GRANTED, resource: '*.yaml'", True),
        ("code: CHECK_ACCESS_NOT_GRANTED, resource: 't.yaml:Pol?cy'", True),
        ("check: access-not-granted, resource: Policy", True),
        ("check: access-not-granted, code: CHECK_ACCESS_NOT_GRANTED, resource: Policy", True),
        ("check: validate-policy, code: CHECK_ACCESS_NOT_GRANTED, resource: Policy", False),
        ("check: validate-policy, resource: Policy", False),
        ("code: CHECK_ACCESS_NOT_GRANTED, resource: policy", False),
        ("code: CHECK_ACCESS_NOT_GRANTED, resource: Polic", False),
        ("code: CHECK_ACCESS_NOT_GRANTED, resource: '[P]olicy'", False),
        ("code: CHECK_ACCESS_NOT_GRANTED, resource: 'u.yaml:Policy'", False),
        ("code: check_access_not_granted, resource: Policy", False),
        ("fingerprint: 0123456789abcdef01234567", False),
    ],
)
def test_what_is_waived(what: str, is_waived: bool) -> None:
    put(CREATE_USER)
    waive(f"- {{{what}, reason: x, expires: {LATER}}}")
    ran = gate_json("run", "t.yaml")
    assert ran.status == (0 if is_waived else 2)
    assert ("WAIVER_UNUSED" in found(ran)) is not is_waived


def test_a_check_is_named_with_or_without_its_reference() -> None:
    Path("reference.json").write_text(json.dumps({"Statement": CREATE_KEY}))
    put(CREATE_USER)
    for named, status in (("no-new-access", 0), ("no-new-access (keys)", 0), ("no-new", 2)):
        Path(".policy-gate.yml").write_text(
            "checks: {no-new-access: [{name: keys, reference: reference.json}]}\n"
            f"waivers: [{{check: {named}, resource: Policy, reason: x, expires: {LATER}}}]\n"
        )
        assert gate("run", "t.yaml").status == status


def test_the_configuration_lists_waivers_or_names_their_file() -> None:
    put(CREATE_USER)
    checks = "checks: {access-not-granted: {actions: ['iam:*']}}\n"
    entry = f"{{{PATTERN}, expires: {LATER}}}"
    config = Path(".policy-gate.yml")
    config.write_text(f"{checks}waivers:\n  - {entry}\n")
    ran = gate_json("run", "t.yaml")
    place = found(ran)["CHECK_ACCESS_NOT_GRANTED"]["waiver"]["location"]
    assert (ran.status, place["path"], place["line"]) == (0, ".policy-gate.yml", 3)

    config.write_text(f"{checks}waivers: accepted.yml\n")
    assert gate("run", "t.yaml").status == 1
    Path("accepted.yml").write_text(f"waivers:\n  - {entry}\n")
    assert gate("run", "t.yaml").status == 0

    # The list does not put the usual file out of use.
    waive(f"- {entry}")
    config.write_text(f"{checks}waivers: []\n")
    assert gate("run", "t.yaml").status == 0


def test_an_undecided_policy_is_waived_by_its_fingerprint() -> None:
    parameters = {"P": {"Type": "String"}}
    Path("t.yaml").write_text(template({"Fn::Sub": "${P}"}, parameters=parameters))

    def undecided() -> dict[str, dict[str, Any]]:
        results = gate_json("run", "t.yaml").report["results"]
        return {item["check"]: item for item in results if item["verdict"] == "UNKNOWN"}

    before = undecided()
    assert all(item["blocking"] for item in before.values())
    entries = [
        f"- {{fingerprint: {item['fingerprint']}, reason: x, owner: bob, expires: {LATER}}}"
        for item in before.values()
    ]
    waive("\n".join(entries))
    after = undecided()
    assert after.keys() == before.keys()
    assert not any(item["blocking"] for item in after.values())
    ran = gate("run", "t.yaml")
    assert ran.status == 0
    assert "does not block: waived" in ran.out
    assert f"by bob until {LATER}" in ran.out


def test_an_error_cannot_be_waived() -> None:
    put({"Effect": "Sometimes", "Action": "s3:*", "Resource": "*"})
    waive(
        "\n".join(
            f"- {{check: {check}, resource: Policy, reason: x, expires: {LATER}}}"
            for check in ("access-not-granted", "validate-policy")
        )
    )
    ran = gate_json("run", "t.yaml")
    assert ran.status == 1
    assert "ERROR" in ran.verdicts().values()


def test_a_baseline_leaves_out_what_is_waived() -> None:
    put(CREATE_USER)
    waive(f"- {{{PATTERN}, expires: {LATER}}}")
    ran = gate("run", "t.yaml", "--write-baseline", "known.json")
    assert (ran.status, "not in it: 1 waived" in ran.err) == (0, True)
    assert json.loads(Path("known.json").read_text())["findings"] == []
    waive(f"- {{{PATTERN}, expires: 2020-01-01}}")
    assert gate("run", "t.yaml", "--baseline", "known.json").status == 2


ENTRY = {"code": "X", "resource": "Policy", "reason": "x", "expires": LATER}


def entry(without: str = "", **changes: object) -> str:
    return json.dumps([{key: ENTRY[key] for key in ENTRY if key != without} | changes])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (entry("reason"), "'reason' is missing"),
        (entry(reason="  "), "not an empty one"),
        (entry(reason="x" * 1001), "more than 1,000 characters"),
        (entry(reason=3), "a text is expected"),
        (entry("expires"), "'expires' is missing"),
        (entry(expires="2026-02-30"), "'2026-02-30' is no date such as 2026-12-31"),
        (entry(expires="31.12.2026"), "is no date"),
        (entry(expires="2026-12-31T00:00:00Z"), "is no date"),
        (entry(expires="\uff12026-12-31"), "is no date"),
        (entry(expires=20261231), "a text is expected"),
        (entry(expires="never"), "is no date"),
        (entry(until="2026-12-31"), "unknown key"),
        (entry(expiry="2026-12-31"), "did you mean 'expires'?"),
        (entry("code"), "say what is waived"),
        (entry("resource"), "say what is waived"),
        (entry("code", check="validate-policy", resource="*"), "would waive everything"),
        (entry("code", check="validate-policy", resource="?*"), "would waive everything"),
        (entry(fingerprint="0123456789abcdef01234567"), "a fingerprint says all"),
        (json.dumps([{"fingerprint": "3f2a…", "reason": "x", "expires": LATER}]), "no fingerprint"),
        (json.dumps([ENTRY, {**ENTRY, "reason": "y"}]), "the same is waived in line 1"),
        ("[1]", "a mapping is expected"),
        ("- a: 1\n  a: 2", "duplicate key"),
        ("waivers: 1", "a list is expected"),
        ("allowed: []", "unknown key"),
        ("text", "a list is expected"),
        ("- [", "1"),
        ("- !!python/object:os.system {}", "unknown tag"),
    ],
)
def test_bad_waivers_are_errors_with_their_place(text: str, said: str) -> None:
    put(allow("s3:GetObject"))
    waive(text)
    ran = gate("run", "t.yaml")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.startswith("policy-gate: error: .policy-gate/waivers.yml:")
    assert said in ran.err


@pytest.mark.parametrize("text", ["", "# none yet\n", "[]", "waivers:\n", "waivers: []\n"])
def test_a_file_may_have_no_waivers(text: str) -> None:
    put(allow("s3:GetObject"))
    waive(text)
    assert gate("run", "t.yaml").status == 0


def test_dates_may_be_in_quotes_and_tickets_numbers() -> None:
    put(CREATE_USER)
    waive(f"- {{{PATTERN}, expires: '{LATER}', ticket: 4711}}")
    finding = found(gate_json("run", "t.yaml"))["CHECK_ACCESS_NOT_GRANTED"]
    assert (finding["waiver"]["expires"], finding["waiver"]["ticket"]) == (LATER, "4711")


def test_texts_of_waivers_are_texts_in_the_report() -> None:
    put(CREATE_USER)
    waive(f'- {{{PATTERN}, owner: "\\e[31m\\n::error::x", expires: {LATER}}}')
    out = gate("run", "t.yaml").out
    assert "\x1b" not in out
    assert not any(line.lstrip().startswith("::") for line in out.splitlines())


def test_the_folder_is_no_file() -> None:
    put(CREATE_USER)
    WAIVERS.mkdir(parents=True)
    ran = gate("run", "t.yaml")
    assert (ran.status, "cannot read .policy-gate/waivers.yml" in ran.err) == (1, True)
