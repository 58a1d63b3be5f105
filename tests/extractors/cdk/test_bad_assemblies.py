"""Assemblies that are damaged or hostile: the place is told, and the rest is checked."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from policy_gate.extractors.cdk.assembly import extract_assembly
from policy_gate.extractors.discover import extract_paths
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import Extraction, ReasonCode

DATA = Path(__file__).parents[2] / "data"
ALL = 12


@pytest.fixture(autouse=True)
def _app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(shutil.copytree(DATA / "cdk-app", tmp_path / "app"))


def changed(file: str, change: Callable[[Any], None]) -> None:
    """Changes a JSON file in the assembly."""
    path = Path("cdk.out", file)
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content, indent=1))


def of_assembly() -> Extraction:
    return extract_assembly(Path("cdk.out"), ExtractSettings())


def refusals(found: Extraction) -> list[tuple[str, str]]:
    """Place and message of all that is not analysed."""
    assert all(item.reason is ReasonCode.NOT_ANALYSED for item in found.not_checked)
    return [
        (str(item.location).rpartition(":")[0] if item.location else "", item.message)
        for item in found.not_checked
    ]


def line_of(file: str, text: str) -> str:
    lines = Path("cdk.out", file).read_text().split("\n")
    return f"cdk.out/{file}:{1 + next(n for n, line in enumerate(lines) if text in line)}"


def test_a_missing_template_is_told_where_the_manifest_names_its_stack() -> None:
    Path("cdk.out/Storage.template.json").unlink()
    found = of_assembly()
    ((place, message),) = refusals(found)
    assert place == line_of("manifest.json", '"Storage": {')
    assert (
        message == "the template 'Storage.template.json' cannot be read: No such file or directory"
    )
    assert len(found.policies) == ALL - 2


def test_a_template_that_is_none_is_told_in_itself() -> None:
    Path("cdk.out/Storage.template.json").write_text('{"Resources": {"A": ]}')
    found = of_assembly()
    ((place, message),) = refusals(found)
    assert place == "cdk.out/Storage.template.json:1"
    assert "a JSON value is expected here" in message
    assert len(found.policies) == ALL - 2


def test_a_missing_nested_template_is_told_at_its_resource() -> None:
    Path("cdk.out/ServiceAlerts3BFEFB2E.nested.template.json").unlink()
    found = of_assembly()
    ((place, message),) = refusals(found)
    assert place.startswith("cdk.out/Service.template.json:")
    assert "ServiceAlerts3BFEFB2E.nested.template.json' cannot be read" in message
    assert len(found.policies) == ALL - 1


def test_a_nested_template_that_no_asset_manifest_knows_is_told() -> None:
    changed("Service.assets.json", lambda content: content.update(files={}))
    ((_, message),) = refusals(of_assembly())
    assert "is no asset of this assembly" in message


@pytest.mark.parametrize("file", ["Service.metadata.json", "Service.assets.json"])
@pytest.mark.parametrize("content", [None, "[", "[]", "[" * 100_000, "\0"])
def test_what_is_missing_beside_a_template_is_a_note(file: str, content: str | None) -> None:
    path = Path("cdk.out", file)
    if content is None:
        path.unlink()
    else:
        path.write_text(content)
    found = of_assembly()
    is_metadata = "metadata" in file
    artifact = "Service" if is_metadata else "Service.assets"
    place = line_of("manifest.json", f'"{artifact}"')
    note = str(found.notes[0])
    assert note.startswith(f"{place}:")
    assert f"cdk.out/{file} " in note
    # Without the asset manifest, the nested template is not found.
    assert len(refusals(found)) == (0 if is_metadata else 1)
    assert len(found.policies) == (ALL if is_metadata else ALL - 1)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"artifacts": []}', "[" * 100_000])
def test_a_manifest_that_is_wrong_is_told(content: str) -> None:
    Path("cdk.out/assembly-Production/manifest.json").write_text(content)
    found = of_assembly()
    assert len(found.policies) == ALL / 2
    if content != '{"artifacts": []}':
        ((_, message),) = refusals(found)
        assert message.startswith("cdk.out/assembly-Production/manifest.json ")


def test_artifacts_of_any_shape_are_survived() -> None:
    def change(content: Any) -> None:
        properties = content["artifacts"]["Storage"]["properties"]
        content["artifacts"] = {
            "a": None,
            "b": {"type": ["x"]},
            "c": {"type": "aws:cloudformation:stack"},
            "d": {"type": "aws:cloudformation:stack", "properties": []},
            "e": {"type": "cdk:cloud-assembly", "properties": {"directoryName": 3}},
            "f": {
                "type": "aws:cloudformation:stack",
                "properties": properties | {"parameters": [], "stackName": 3},
                "environment": 7,
                "displayName": {},
                "metadata": {"/a": 1, "/b": [1, {}, {"type": "aws:cdk:logicalId", "data": []}]},
                "dependencies": ["a", None, 3],
            },
        }

    changed("manifest.json", change)
    found = of_assembly()
    assert len(found.policies) == 2
    assert [message for _, message in refusals(found)] == [
        "this stack names no template",
        "this stack names no template",
        "this Stage names no folder",
    ]


@pytest.mark.parametrize("name", ["../secret.json", "/etc/passwd", "link.json", "a\0b", "x" * 9000])
def test_templates_outside_of_the_assembly_are_not_read(name: str) -> None:
    shutil.move("cdk.out/Storage.template.json", "secret.json")
    Path("cdk.out/link.json").symlink_to("../secret.json")
    changed(
        "manifest.json",
        lambda content: content["artifacts"]["Storage"]["properties"].update(templateFile=name),
    )
    found = of_assembly()
    assert len(found.policies) == ALL - 2
    ((place, message),) = refusals(found)
    assert place == line_of("manifest.json", '"Storage": {')
    assert "outside" in message or "cannot be read" in message


@pytest.mark.parametrize("name", ["..", "/", "link", "../app/cdk.out", "."])
def test_stages_outside_of_the_assembly_or_inside_themselves_are_not_followed(name: str) -> None:
    Path("cdk.out/link").symlink_to("..")
    changed(
        "manifest.json",
        lambda content: content["artifacts"]["assembly-Production"]["properties"].update(
            directoryName=name
        ),
    )
    found = of_assembly()
    assert len(found.policies) == ALL / 2
    ((place, message),) = refusals(found)
    assert place == line_of("manifest.json", '"assembly-Production"')
    assert "Stage" in message


def test_nested_templates_that_nest_each_other_come_to_an_end() -> None:
    nested = "ServiceAlerts3BFEFB2E.nested.template.json"
    resource = json.loads(Path("cdk.out/Service.template.json").read_text())["Resources"][
        "AlertsNestedStackAlertsNestedStackResource77835435"
    ]
    changed(nested, lambda content: content["Resources"].update(Again=resource))
    found = of_assembly()
    ((place, message),) = refusals(found)
    assert place.startswith(f"cdk.out/{nested}:")
    assert f"nest each other without end: cdk.out/{nested} → cdk.out/{nested}" in message
    assert len(found.policies) == ALL


def test_an_export_that_imports_itself_is_any_value() -> None:
    def change(content: Any) -> None:
        for output in content["Outputs"].values():
            output["Value"] = {"Fn::ImportValue": output["Export"]["Name"]}

    changed("Storage.template.json", change)
    found = of_assembly()
    assert len(found.policies) == ALL
    assert refusals(found) == []


def created_at(frame: object) -> str:
    """The line that a frame gives to the role's policy."""

    def change(content: Any) -> None:
        entries = content["/Service/Role/DefaultPolicy/Resource"]
        entries[:] = [
            {"type": "aws:cdk:logicalId", "data": "RoleDefaultPolicy5FFB7DAB"},
            {"type": "aws:cdk:creationStack", "data": [frame]},
        ]

    changed("Service.metadata.json", change)
    places = {
        policy.construct.path: policy.construct.created_at
        for policy in of_assembly().policies
        if policy.construct
    }
    return str(places["Service/Role/DefaultPolicy/Resource"] or "")


@pytest.mark.parametrize(
    ("frame", "place"),
    [
        ("new Service (/home/dev/app/lib/service.js:26:5)", "lib/service.js:26:5"),
        ("at new Service (/home/dev/app/lib/service.js:26:5)", "lib/service.js:26:5"),
        ("at /home/dev/app/lib/service.js:26:5", "lib/service.js:26:5"),
        ("f (file:///home/dev/app/lib/service.js:26:5)", "lib/service.js:26:5"),
        ("f (/home/dev/app/lib/service.js:26)", "lib/service.js:26:5"),
        ("f (/home/dev/app/lib/service.js:26:9999)", "lib/service.js:26:5"),
        ("f (/home/dev/app/lib/../lib/service.js:26:5)", "lib/service.js:26:5"),
        ("f (/home/dev/app/lib/../../../../../../etc/passwd:1:1)", ""),
        ("f (/etc/passwd:1:1)", ""),
        ("f (/home/dev/app/secret.env:1:1)", ""),
        ("f (/home/dev/app/cdk.json:1:1)", ""),
        ("f (/home/dev/app/link.js:1:1)", ""),
        ("f (/home/dev/app/lib:1:1)", ""),
        ("f (/home/dev/app/node_modules/lib.js:1:1)", ""),
        ("f (/home/dev/app/lib/service.js:0:1)", ""),
        ("f (/home/dev/app/lib/service.js:99999:1)", ""),
        (f"f (/home/dev/app/lib/service.js:{'9' * 5000}:1)", ""),
        (f"f ({'/' * 5000}:1:1)", ""),
        ("f (" * 200 + ":1:1", ""),
        ("...aws-cdk-lib, node internals...", ""),
        ("f (/a\0b.js:1:1)", ""),
        ({"frame": 1}, ""),
    ],
)
def test_a_frame_is_a_line_of_the_apps_source_code_or_nothing(frame: object, place: str) -> None:
    Path("secret.env").write_text("PASSWORD=x\n")
    Path("node_modules").mkdir()
    Path("node_modules/lib.js").write_text("x\n")
    outside = Path("..", "outside.js")
    outside.write_text("x\n")
    Path("link.js").symlink_to(outside)
    assert created_at(frame) == place


def test_lines_where_the_app_was_synthesized_are_found_without_guessing() -> None:
    here = Path.cwd()
    assert created_at(f"f ({here}/lib/service.js:26:5)") == "lib/service.js:26:5"


def test_the_search_for_a_folder_that_has_moved_is_bounded() -> None:
    def change(content: Any) -> None:
        frames = [f"f (/{'d/' * 100}{number}.js:1:1)" for number in range(5_000)]
        content["/Service/Monitoring/Resource"] = [
            {"type": "aws:cdk:logicalId", "data": "M", "trace": frames}
        ] * 20

    changed("Service.metadata.json", change)
    assert len(of_assembly().policies) == ALL


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_in_place_of_a_file_does_not_hang() -> None:
    Path("cdk.out/Storage.template.json").unlink()
    os.mkfifo("cdk.out/Storage.template.json")
    Path("cdk.out/Service.metadata.json").unlink()
    os.mkfifo("cdk.out/Service.metadata.json")
    found = extract_paths([Path()], [], ExtractSettings())
    assert len(refusals(found)) == 1
    assert len(found.policies) == ALL - 2


def test_a_manifest_hides_no_template_that_it_does_not_name() -> None:
    shutil.copy("cdk.out/Storage.template.json", "cdk.out/Stale.template.json")
    Path("cdk.out/deep").mkdir()
    shutil.copy("cdk.out/Storage.template.json", "cdk.out/deep/Hidden.template.json")
    found = extract_paths([Path()], [], ExtractSettings())
    files = {policy.identity.file for policy in found.policies}
    assert {"cdk.out/Stale.template.json", "cdk.out/deep/Hidden.template.json"} < files
    assert len(found.policies) == ALL + 2 + 2


@pytest.mark.parametrize("name", ["tree.json", "validation-report.json"])
def test_no_template_hides_behind_the_name_of_a_description(name: str) -> None:
    policy = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [policy]}
    template = {
        "Resources": {
            "Hidden": {
                "Type": "AWS::IAM::ManagedPolicy",
                "Properties": {"PolicyDocument": document},
            }
        }
    }
    before = len(extract_paths([Path()], [], ExtractSettings()).policies)
    Path("cdk.out", name).write_text(json.dumps(template))

    found = extract_paths([Path()], [], ExtractSettings())

    assert len(found.policies) == before + 1


def test_a_construct_called_resources_makes_no_template_of_the_tree() -> None:
    child = {"id": "Resources", "attributes": {"aws:cdk:cloudformation:type": "AWS::IAM::Role"}}
    tree = {"version": "tree-0.1", "tree": {"id": "App", "children": {"Resources": child}}}
    Path("cdk.out", "tree.json").write_text(json.dumps(tree))

    assert not extract_paths([Path()], [], ExtractSettings()).not_checked
