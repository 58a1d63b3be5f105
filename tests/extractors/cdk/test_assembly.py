"""What is found in cloud assemblies that the CDK made, and where it comes from."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from policy_gate.extractors.cdk.assembly import extract_assembly
from policy_gate.extractors.discover import extract_paths
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.managed_policies.attached import with_documents
from policy_gate.managed_policies.bundled import BundledDocuments
from policy_gate.model import AssumptionKind, Extraction, Policy
from tests.command_line import gate, gate_json

DATA = Path(__file__).parents[2] / "data"
SHARED = Path(__file__).parents[4] / "shared" / "iac" / "cdk"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the app, in another folder than where it was synthesized."""
    monkeypatch.chdir(shutil.copytree(DATA / "cdk-app", tmp_path / "app"))
    return tmp_path / "app"


def of(assembly: str | Path, **parameters: str) -> Extraction:
    extraction = extract_assembly(Path(assembly), ExtractSettings(parameters))
    return with_documents(extraction, [BundledDocuments()])


def by_construct(found: Extraction) -> dict[str, Policy]:
    """The policies by their construct, where it has one policy."""
    return {policy.construct.path: policy for policy in found.policies if policy.construct}


def texts(policy: Policy) -> str:
    return json.dumps(policy.document, default=str)


def test_every_policy_has_its_construct_and_its_line_in_the_app(app: Path) -> None:
    found = of("cdk.out")

    lines = {
        policy.construct.path: str(policy.construct.created_at).rpartition(":")[0]
        for policy in found.policies
        if policy.construct
    }
    stacks = {
        "Storage/Key/Resource": "lib/storage.js:9",
        "Storage/Bucket/Policy/Resource": "lib/storage.js:11",
        "Service/Role/Resource": "lib/service.js:21",
        "Service/Role/DefaultPolicy/Resource": "lib/service.js:24",
        "Service/Alerts/Topic/Policy/Resource": "lib/service.js:10",
        "Service/Monitoring/Resource": "lib/service.js:26",
    }
    assert lines == stacks | {f"Production/{path}": line for path, line in stacks.items()}
    assert len(found.policies) == len(lines)
    assert found.not_checked == ()
    assert found.notes == ()


def test_lines_that_change_a_policy_later_are_told_too(app: Path) -> None:
    construct = by_construct(of("cdk.out"))["Service/Role/DefaultPolicy/Resource"].construct
    assert construct is not None
    assert [str(place) for place in construct.locations] == ["lib/service.js:24:18"]

    metadata = Path("cdk.out/Service.metadata.json")
    content = json.loads(metadata.read_text())
    stack = ["f (/home/dev/app/lib/service.js:10:16)"]
    for name in ("PolicyDocument", "Roles"):
        data = {"propertyName": name, "stackTrace": stack}
        entry = {"type": "aws:cdk:propertyAssignment", "data": data}
        content["/Service/Role/DefaultPolicy/Resource"].append(entry)
    metadata.write_text(json.dumps(content))

    construct = by_construct(of("cdk.out"))["Service/Role/DefaultPolicy/Resource"].construct
    assert construct is not None
    assert [(name, place.line) for name, place in construct.assigned_at] == [("PolicyDocument", 10)]


def test_stacks_give_each_other_their_exports_and_outputs(app: Path) -> None:
    found = by_construct(of("cdk.out"))

    default = texts(found["Service/Role/DefaultPolicy/Resource"])
    assert "arn:aws:s3:::${Storage/Bucket83908E77}/*" in default
    assert "arn:aws:kms:eu-west-1:111122223333:key/${Storage/Key961B73FD}" in default
    topic = "${Service/AlertsNestedStackAlertsNestedStackResource77835435/TopicBFC7AF6E}"
    arn = f"arn:aws:sns:eu-west-1:111122223333:{topic}"
    assert arn in default
    assert arn in texts(found["Service/Monitoring/Resource"])
    production = texts(found["Production/Service/Role/DefaultPolicy/Resource"])
    assert "arn:aws:s3:::${Production/Storage/Bucket83908E77}/*" in production
    kinds = {item.kind for policy in found.values() for item in policy.assumptions}
    assert kinds == {AssumptionKind.CREATED_HERE}


def test_weak_references_are_resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA / "cdk-weak")
    assert '"Fn::GetStackOutput"' in Path("cdk.out/Service.template.json").read_text()

    default = texts(by_construct(of("cdk.out"))["Service/Role/DefaultPolicy/Resource"])

    assert "arn:aws:s3:::${Storage/Bucket83908E77}/*" in default
    assert "arn:aws:kms:eu-west-1:111122223333:key/${Storage/Key961B73FD}" in default


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"Storage"', '"Elsewhere"'),
        ('"eu-west-1"', '"eu-west-3"'),
        ('"PublishOutput', '"Other'),
    ],
)
def test_an_output_of_another_stack_than_those_at_hand_is_any_value(
    tmp_path: Path, old: str, new: str
) -> None:
    assembly = shutil.copytree(DATA / "cdk-weak" / "cdk.out", tmp_path / "cdk.out")
    template = assembly / "Service.template.json"
    text = template.read_text()
    assert old in text
    template.write_text(text.replace(old, new))

    found = by_construct(of(assembly))["Service/Role/DefaultPolicy/Resource"]

    assert AssumptionKind.SUPPLIED in {item.kind for item in found.assumptions}


def test_two_stacks_with_one_export_leave_it_open(app: Path) -> None:
    manifest = Path("cdk.out/manifest.json")
    content = json.loads(manifest.read_text())
    content["artifacts"]["Again"] = content["artifacts"]["Storage"]
    manifest.write_text(json.dumps(content))

    found = by_construct(of("cdk.out"))["Service/Role/DefaultPolicy/Resource"]

    assert "${Fn::ImportValue Storage:ExportsOutput" in texts(found)


def test_without_traces_a_note_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(DATA / "cdk-weak")
    found = of("cdk.out")

    (note,) = map(str, found.notes)
    assert note.startswith("cdk.out: 6 of 6 policies come without their line in the app.")
    assert "CDK_DEBUG=1" in note
    assert "\n" not in note
    assert len(by_construct(found)) == 6


def test_the_environment_is_open_where_the_app_does_not_say_it(app: Path) -> None:
    for file in Path("cdk.out").rglob("manifest.json"):
        text = file.read_text()
        environment = "aws://unknown-account/unknown-region"
        file.write_text(text.replace("aws://111122223333/eu-west-1", environment))

    monitoring = by_construct(of("cdk.out"))["Service/Monitoring/Resource"]
    assert "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:" in texts(monitoring)
    monitoring = by_construct(of("cdk.out", **{"AWS::Region": "eu-north-1"}))[
        "Service/Monitoring/Resource"
    ]
    assert "arn:aws:sns:eu-north-1:${AWS::AccountId}:" in texts(monitoring)


def test_metadata_in_the_manifest_is_read_too(app: Path) -> None:
    manifest = Path("cdk.out/manifest.json")
    content = json.loads(manifest.read_text())
    for artifact in content["artifacts"].values():
        if file := artifact.pop("additionalMetadataFile", None):
            artifact["metadata"] = json.loads(Path("cdk.out", file).read_text())
            Path("cdk.out", file).unlink()
    content["version"] = "999.0.0"
    content["unheard of"] = {}
    manifest.write_text(json.dumps(content))

    found = of("cdk.out")

    assert len(found.policies) == 12
    assert found.notes == ()


def test_a_template_on_its_own_tells_its_construct_where_the_cli_noted_it(tmp_path: Path) -> None:
    template = {
        "Resources": {
            "P": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Metadata": {"aws:cdk:path": "Service/P/Resource"},
                "Properties": {"PolicyDocument": {"Statement": []}},
            }
        }
    }
    (tmp_path / "Service.template.json").write_text(json.dumps(template))

    (policy,) = extract_paths([tmp_path], [], ExtractSettings()).policies

    assert policy.construct is not None
    assert policy.construct.path == "Service/P/Resource"


def test_plain_run_in_a_project_reports_at_the_line_of_the_app(app: Path) -> None:
    ran = gate_json("run")
    assert ran.status == 2
    results = [item for item in ran.report["results"] if item["check"] == "no-public-access"]
    found = [finding for result in results for finding in result["findings"]]
    places = [f"{item['locations'][0]['path']}:{item['locations'][0]['line']}" for item in found]
    assert places == ["lib/storage.js:11", "lib/storage.js:11"]
    assert found[0]["locations"][1]["path"] == "cdk.out/Storage.template.json"

    console = gate("run").out
    assert "construct  Storage/Bucket/Policy/Resource, created at lib/storage.js:11:17" in console
    assert "this.bucket.addToResourcePolicy(new iam.PolicyStatement({" in console
    assert gate("run", ".").out == gate("run", "cdk.out", ".").out == console
    for path in ("cdk.out", "cdk.out/manifest.json"):
        assert _without_skipped(gate("run", path).out) == _without_skipped(console)


def _without_skipped(console: str) -> str:
    return re.sub(r", \d+ files skipped", "", console)


def test_an_app_that_is_not_synthesized_is_told_what_to_do(app: Path) -> None:
    shutil.rmtree("cdk.out")
    ran = gate("run")
    assert ran.status == 3
    assert "cdk.json: a CDK app is checked after `cdk synth`, by its cdk.out" in ran.out


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real assemblies are not here")
@pytest.mark.parametrize(
    ("name", "policies", "with_line"),
    [
        ("out_py_2.275_default", 3, 0),
        ("out_py_2.275_hoststack", 3, 3),
        ("out_ts_2.180_debug", 26, 26),
        ("out_ts_2.180_default", 26, 0),
        ("out_ts_2.276_cdk_synth_cli", 26, 18),
        ("out_ts_2.276_debug_limit100", 26, 26),
        ("out_ts_2.276_default", 26, 18),
    ],
)
def test_real_assemblies(
    name: str,
    policies: int,
    with_line: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = SHARED / ("py_app" if "_py_" in name else "ts_app")
    app = shutil.copytree(source, tmp_path / "app")
    shutil.copytree(SHARED / name, app / "cdk.out")
    monkeypatch.chdir(app)

    found = of("cdk.out")

    assert not [item for item in found.not_checked if "attached policy" not in item.message]
    constructs = [policy.construct for policy in found.policies]
    assert len(constructs) == policies
    assert all(constructs)
    assert sum(bool(item and item.created_at) for item in constructs) == with_line
