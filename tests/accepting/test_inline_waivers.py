"""Waivers in the code: metadata of resources and constructs, comments of Terraform."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import Ran, gate, gate_json
from tests.extractors.terraform.plans import copied

LATER = "2999-12-31"
CODE = "CHECK_NO_NEW_ACCESS"
CONFIG = """
checks:
  no-new-access:
    - {name: none, reference: identity.json, applies-to: [identity]}
    - {name: nobody, reference: resource.json, applies-to: [trust, resource]}
"""
NOTHING = {"Effect": "Allow", "Action": "none:None", "Resource": "*"}
CDK = Path(__file__).parents[1] / "data" / "cdk-app" / "cdk.out"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("identity.json").write_text(json.dumps({"Statement": NOTHING}))
    Path("resource.json").write_text(json.dumps({"Statement": {**NOTHING, "Principal": "*"}}))
    Path(".policy-gate.yml").write_text(f"{CONFIG}inline-waivers: true\n")


def waived(ran: Ran) -> dict[tuple[str, str, int], int]:
    """Address, policy and statement of what is waived, and the line of the waiver."""
    return {
        (
            result["policy"]["resource_address"],
            result["policy"]["policy_name"],
            finding["statement_index"],
        ): finding["waiver"]["location"]["line"]
        for result in ran.report["results"]
        for finding in result["findings"]
        if finding["waiver"]
    }


def own_findings(ran: Ran) -> list[dict[str, Any]]:
    return [
        finding
        for result in ran.report["results"]
        if result["check"] == "waivers"
        for finding in result["findings"]
    ]


TEMPLATE = """
Resources:
  Waived:
    Type: AWS::IAM::ManagedPolicy
    Metadata:
      policy-gate:
        waivers:
          - {code: CHECK_NO_NEW_ACCESS, reason: it deploys, owner: alice, expires: 2999-12-31}
    Properties: &properties
      PolicyDocument:
        Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]
  Other:
    Type: AWS::IAM::ManagedPolicy
    Properties: *properties
"""


def test_metadata_waives_the_policies_of_its_resource() -> None:
    Path("t.yaml").write_text(TEMPLATE)
    ran = gate_json("run", "t.yaml")
    assert waived(ran) == {("Waived", "PolicyDocument", 0): 8}
    assert (ran.status, ran.report["waived"]) == (2, 1)
    assert own_findings(ran) == []
    assert f"by alice until {LATER}: it deploys, t.yaml:8" in gate("run", "t.yaml").out


def test_they_are_off_unless_configured() -> None:
    Path(".policy-gate.yml").write_text(CONFIG)
    Path("t.yaml").write_text(TEMPLATE.replace("reason", "nonsense"))
    ran = gate_json("run", "t.yaml")
    assert (waived(ran), own_findings(ran), ran.report["waived"]) == ({}, [], 0)
    assert any("count for nothing (1 found)" in note for note in ran.report["notes"])


@pytest.mark.parametrize(
    ("waiver", "said"),
    [
        (f"{{code: {CODE}, expires: {LATER}}}", "the key 'reason' is missing"),
        (f"{{code: {CODE}, reason: x}}", "the key 'expires' is missing"),
        (f"{{code: {CODE}, reason: x, expires: 2026-02-30}}", "is no date"),
        (f"{{code: {CODE}, reason: x, expires: {LATER}, resource: '*'}}", "unknown key"),
        (f"{{reason: x, expires: {LATER}}}", "'code' is missing, or a fingerprint"),
        (f"{{code: {CODE}, reason: !Ref P, expires: {LATER}}}", "a text is expected"),
        ("text", "a mapping is expected"),
    ],
)
def test_one_that_cannot_be_read_blocks_and_waives_nothing(waiver: str, said: str) -> None:
    lines = TEMPLATE.splitlines(keepends=True)
    lines[7] = f"          - {waiver}\n"
    Path("t.yaml").write_text("".join(lines))
    ran = gate_json("run", "t.yaml")
    (finding,) = own_findings(ran)
    assert (finding["code"], finding["blocking"], waived(ran)) == ("WAIVER_INVALID", True, {})
    assert said in finding["message"]
    assert (finding["locations"][0]["path"], finding["locations"][0]["line"]) == ("t.yaml", 8)
    assert ran.status == 2


@pytest.mark.parametrize("held", ["[]", "{}", "text", "{waivers: {}}", "{more: 1}", "{waivers: x}"])
def test_metadata_of_another_form_blocks(held: str) -> None:
    text = TEMPLATE.replace("policy-gate:\n        waivers:\n", f"policy-gate: {held}\n")
    Path("t.yaml").write_text(
        "".join(line for line in text.splitlines(keepends=True) if "deploys" not in line)
    )
    assert [item["code"] for item in own_findings(gate_json("run", "t.yaml"))] == ["WAIVER_INVALID"]


def test_an_expired_one_and_an_unused_one_are_findings() -> None:
    Path("t.yaml").write_text(
        TEMPLATE.replace(LATER, "2020-01-01").replace(
            "  Other:\n    Type: AWS::IAM::ManagedPolicy\n",
            "  Other:\n    Type: AWS::IAM::ManagedPolicy\n    Metadata: {policy-gate: {waivers:"
            f" [{{code: X, reason: x, expires: {LATER}}}]}}}}\n",
        )
    )
    ran = gate_json("run", "t.yaml")
    assert [(item["code"], item["blocking"]) for item in own_findings(ran)] == [
        ("WAIVER_EXPIRED", True),
        ("WAIVER_UNUSED", False),
    ]
    assert waived(ran) == {}


def test_what_sam_generates_is_waived_with_its_resource() -> None:
    Path("t.yaml").write_text(f"""
Transform: AWS::Serverless-2016-10-31
Resources:
  Fn:
    Type: AWS::Serverless::Function
    Metadata:
      policy-gate: {{waivers: [{{code: {CODE}, reason: x, expires: {LATER}}}]}}
    Properties:
      Handler: a.b
      Runtime: python3.12
      InlineCode: x
      Policies: [{{Statement: [{{Effect: Allow, Action: "s3:*", Resource: "*"}}]}}]
""")
    ran = gate_json("run", "t.yaml")
    assert set(waived(ran)) == {
        ("FnRole", "AssumeRolePolicyDocument", 0),
        ("FnRole", "FnRolePolicy0", 0),
    }
    assert (ran.status, own_findings(ran)) == (0, [])


def test_a_waiver_in_a_loop_is_one_waiver() -> None:
    Path("t.yaml").write_text(f"""
Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::Policies:
    - Name
    - [A, B]
    - "Policy${{Name}}":
        Type: AWS::IAM::ManagedPolicy
        Metadata: {{policy-gate: {{waivers: [{{code: {CODE}, reason: x, expires: {LATER}}}]}}}}
        Properties:
          PolicyDocument:
            Statement: [{{Effect: Allow, Action: "s3:*", Resource: "*"}}]
""")
    ran = gate_json("run", "t.yaml")
    assert {address for address, *_ in waived(ran)} == {"PolicyA", "PolicyB"}
    assert (ran.status, own_findings(ran)) == (0, [])


def construct_waivers(folder: Path, **waivers: object) -> None:
    """Adds metadata to constructs, as `construct.node.addMetadata` makes it."""
    file = folder / "Service.metadata.json"
    content = json.loads(file.read_text())
    for path, data in waivers.items():
        content.setdefault(path, []).append({"type": "policy-gate", "data": data})
    file.write_text(json.dumps(content))


def test_metadata_of_a_construct_waives_what_is_in_it() -> None:
    shutil.copytree(CDK, "cdk.out")
    before = gate_json("run", "cdk.out").report["results"]
    paths = {
        f"/{result['construct']['path']}"
        for result in before
        if result["construct"] and result["verdict"] == "FAIL"
    }
    path = min(item for item in paths if item.startswith("/Service/"))
    above = "/".join(path.split("/")[:3])
    waiver = {"code": CODE, "reason": "x", "owner": "bob", "expires": LATER}
    construct_waivers(
        Path("cdk.out"),
        **{above: {"waivers": [waiver]}, "/Service/Nowhere": {"waivers": [waiver]}},
    )

    ran = gate_json("run", "cdk.out")

    assert waived(ran)
    for result in ran.report["results"]:
        made_by = f"/{result['construct']['path']}/" if result["construct"] else ""
        for finding in result["findings"]:
            if result["check"] != "waivers":
                assert (finding["waiver"] is not None) is made_by.startswith(f"{above}/")
    assert [item["code"] for item in own_findings(ran)] == ["WAIVER_UNUSED"]


@pytest.mark.parametrize("data", [None, [], "x", {"waivers": 1}, {"waivers": [{"code": "X"}]}])
def test_metadata_of_a_construct_that_cannot_be_read_blocks(data: object) -> None:
    shutil.copytree(CDK, "cdk.out")
    construct_waivers(Path("cdk.out"), **{"/Service": data})
    assert [item["code"] for item in own_findings(gate_json("run", "cdk.out"))] == [
        "WAIVER_INVALID"
    ]


def commented(folder: Path, before: str, *comments: str) -> int:
    """Puts comments above the first line that holds a text; returns the line of the first."""
    file = folder / "main.tf"
    lines = file.read_text().splitlines()
    position = next(number for number, line in enumerate(lines) if before in line)
    indent = lines[position][: len(lines[position]) - len(lines[position].lstrip())]
    lines[position:position] = [indent + comment for comment in comments]
    file.write_text("\n".join(lines) + "\n")
    return position + 1


P = "aws_iam_policy.p"
WAIVE = f'# policy-gate:waive {CODE} reason="until it is split" owner=alice expires={LATER}'


@pytest.mark.parametrize(
    ("plan", "before", "expected"),
    [
        ("expressions", 'resource "aws_iam_policy" "p"', {f"{P} 0", f"{P} 1", f"{P} 2"}),
        ("expressions", 'resource "aws_iam_policy" "indexed"', {"aws_iam_policy.indexed 0"}),
        ("expressions", "Statement = [{", {"aws_iam_policy.indexed 0"}),
        ("expressions", "[merge(local.base", {f"{P} 0"}),
        (
            "principals",
            'aws_iam_policy_document" "bucket"',
            {"aws_s3_bucket_policy.p 0", "aws_s3_bucket_policy.p 2"},
        ),
        ("principals", "statement {", {"aws_iam_role.r 0"}),
    ],
)
@pytest.mark.parametrize(
    "comments",
    [
        [WAIVE],
        ["# Why this is so:", WAIVE, "# see the handbook"],
        [WAIVE.replace("#", "//")],
        [WAIVE.replace('"', "'")],
        [WAIVE.replace('"', "")],
    ],
)
def test_a_comment_waives_what_it_stands_above(
    plan: str, before: str, expected: set[str], comments: list[str], tmp_path: Path
) -> None:
    folder = copied(plan, tmp_path)
    line = commented(folder, before, *comments)

    ran = gate_json("run", f"{plan}/plan.json")

    found = waived(ran)
    assert {f"{address} {index}" for address, _, index in found} == expected
    assert set(found.values()) == {line + (len(comments) == 3)}
    assert own_findings(ran) == []
    waiver = next(
        finding["waiver"]
        for result in ran.report["results"]
        for finding in result["findings"]
        if finding["waiver"]
    )
    assert (waiver["reason"], waiver["owner"]) == ("until it is split", "alice")


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        (f"# policy-gate:waive {CODE} expires={LATER}", "WAIVER_INVALID"),
        (f"# policy-gate:waive {CODE} reason=x expires=soon", "WAIVER_INVALID"),
        (f"# policy-gate:waive {CODE} reason=x until={LATER}", "WAIVER_INVALID"),
        (f"# policy-gate:waive {CODE} reason=x reason=y expires={LATER}", "WAIVER_INVALID"),
        (f"# policy-gate:waive reason=x expires={LATER}", "WAIVER_INVALID"),
        ("# policy-gate:waive", "WAIVER_INVALID"),
        (f"# policy-gate:waive {CODE} reason=x expires=2020-01-01", "WAIVER_EXPIRED"),
        (f"# policy-gate:waive OTHER reason=x expires={LATER}", "WAIVER_UNUSED"),
    ],
)
def test_a_comment_that_waives_nothing_is_a_finding(
    comment: str, code: str, tmp_path: Path
) -> None:
    folder = copied("expressions", tmp_path)
    line = commented(folder, 'resource "aws_iam_policy" "p"', comment)
    ran = gate_json("run", "expressions/plan.json")
    (finding,) = own_findings(ran)
    assert (finding["code"], waived(ran)) == (code, {})
    place = finding["locations"][0]
    assert (place["path"], place["line"]) == ("expressions/main.tf", line)
    assert finding["blocking"] is (code != "WAIVER_UNUSED")


def test_a_comment_above_no_policy_is_unused(tmp_path: Path) -> None:
    folder = copied("expressions", tmp_path)
    commented(folder, 'variable "environment"', WAIVE)
    commented(folder, 'resource "aws_iam_policy" "p"', WAIVE, "")
    ran = gate_json("run", "expressions/plan.json")
    assert [item["code"] for item in own_findings(ran)] == ["WAIVER_UNUSED", "WAIVER_UNUSED"]
    assert waived(ran) == {}
