"""Plans and what looks like them, in every state that they reach a gate in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.command_line import gate, gate_json
from tests.extractors.terraform.plans import DATA, by_address, changed, copied, extracted

PLAN = (DATA / "heredoc" / "plan.json").read_text()
CONTENT: dict[str, Any] = json.loads(PLAN)


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def with_policy(value: object, **other: Any) -> str:
    """A plan with one resource that has this policy."""
    change = {"actions": ["create"], "before": None, "after": {"policy": value}, **other}
    entry = {
        "address": "aws_iam_policy.p",
        "mode": "managed",
        "type": "aws_iam_policy",
        "name": "p",
        "change": change,
    }
    return json.dumps({"format_version": "1.2", "resource_changes": [entry]})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PLAN[: len(PLAN) // 2], "the plan ends too early"),
        (PLAN.rstrip()[:-1], "the plan ends too early"),
        (PLAN.replace('"after":', '"after"', 1), "no JSON"),
        (PLAN.replace("{", '{"format_version": "1.2", ', 1), "duplicate key 'format_version'"),
        (PLAN.replace('"1.2"', '"9.0"', 1), "plans of the format 9.0 are not known"),
        (PLAN.replace('"complete":true', '"complete":NaN', 1), "NaN is no JSON"),
        (
            '{"format_version": "1.2", "resource_changes": ' + "[" * 100_000,
            "collections inside each other",
        ),
        ('{"format_version":"1.0","values":{"root_module":{}}}', "this is a state, and no plan"),
        (
            '{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"a","resources":[]}',
            "this is a state, and no plan",
        ),
        (
            '{"@level":"info","@message":"Terraform 1.11.4"}\n',
            "the log that `terraform plan -json` prints",
        ),
        (
            '{"meta":{},"encrypted_data":"x","encryption_version":"v0"}',
            "that OpenTofu encrypted",
        ),
    ],
)
def test_what_is_no_plan_is_explained(text: str, message: str) -> None:
    Path("plan.json").write_text(text)

    ran = gate_json("run", "plan.json")

    assert ran.status == 2
    ((file, _, said),) = ran.not_analysed()
    assert file == "plan.json"
    assert message in said


def test_a_binary_plan_names_the_command_that_helps() -> None:
    with ZipFile("tfplan", "w") as archive:
        archive.writestr("tfplan", "x")

    named, searched = gate_json("run", "tfplan"), gate_json("run", ".")

    ((_, _, said),) = named.not_analysed()
    assert "terraform show -json tfplan" in said
    assert named.status == 2
    assert searched.status == 3
    assert any("tfplan is a binary plan" in it for it in searched.report["notes"])


@pytest.mark.parametrize(
    ("before", "after", "left_out"),
    [
        ("[command]/usr/bin/terraform show -json tfplan\n", "\n::debug::Terraform exited\n", 2),
        ("Warning: {not a plan}\n\n", "", 1),
        ("", "\n\nDone.\n", 1),
    ],
)
def test_what_wrappers_print_is_left_out(before: str, after: str, left_out: int) -> None:
    Path("plan.json").write_text(f"{before}{PLAN}{after}")

    ran = gate_json("run", "plan.json")

    assert len({r["policy"]["resource_address"] for r in ran.report["results"]}) == 2
    assert any(f"{left_out} line" in note for note in ran.report["notes"])


@pytest.mark.parametrize("between", ["", "\n", "\nmodule b\n"])
def test_several_plans_in_one_file_are_all_read(between: str) -> None:
    other = PLAN.replace("aws_sns_topic_policy.p", "aws_sns_topic_policy.other")
    Path("plan.json").write_text(f"{PLAN}{between}{other}")

    found = extracted(Path("plan.json"))

    assert {"aws_sns_topic_policy.p", "aws_sns_topic_policy.other"} <= set(by_address(found))


def test_a_cut_plan_after_a_whole_one_is_not_lost() -> None:
    Path("plan.json").write_text(f"{PLAN}\n{PLAN[:500]}")

    ran = gate_json("run", "plan.json")

    assert ran.status == 2
    assert ran.not_analysed()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_plans_as_shells_of_windows_write_them(encoding: str) -> None:
    Path("plan.json").write_text(PLAN, encoding=encoding)

    assert len(extracted(Path("plan.json")).policies) == 2


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.1", "1.2", "1.99"])
def test_every_format_version_is_read(version: str) -> None:
    content = json.loads(PLAN) | {"format_version": version, "a_key_of_later": [1]}
    if version < "1.0":
        for entry in content["resource_changes"]:
            del entry["change"]["before_sensitive"], entry["change"]["after_sensitive"]
        for key in ("applyable", "complete", "errored", "relevant_attributes", "timestamp"):
            content.pop(key, None)
    Path("plan.json").write_text(json.dumps(content))

    assert len(extracted(Path("plan.json"), terraform_roots=(DATA / "heredoc",)).policies) == 2


def test_fields_of_later_versions_change_nothing() -> None:
    content = json.loads(PLAN)
    for entry in content["resource_changes"]:
        entry |= {"identity_schema_version": 0, "index_unknown": False}
        entry["change"] |= {"before_identity": None, "after_identity": {"name": "p"}}
    for entry in content["configuration"]["root_module"]["resources"]:
        entry["identity_schema_version"] = 0
    content["action_invocations"] = [{"address": "action.aws_lambda_invoke.x", "type": "x"}]
    content["resource_drift"] = content["resource_changes"]
    Path("plan.json").write_text(json.dumps(content))

    found = extracted(Path("plan.json"), terraform_roots=(DATA / "heredoc",))

    plain = extracted(DATA / "heredoc" / "plan.json")
    assert [policy.document for policy in found.policies] == [
        policy.document for policy in plain.policies
    ]


def test_a_plan_is_read_from_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = (DATA / "heredoc" / "plan.json").open("rb")

    monkeypatch.setattr("sys.stdin", Stdin())

    ran = gate_json("run", "-", "--terraform-root", str(DATA / "heredoc"))

    results = ran.report["results"]
    assert {result["policy"]["file"] for result in results} == {"<stdin>"}
    assert all(result["location"]["path"].endswith("main.tf") for result in results)


def test_a_plan_of_another_cloud_is_empty() -> None:
    entry = {
        "address": "google_project_iam_policy.p",
        "mode": "managed",
        "type": "google_project_iam_policy",
        "name": "p",
        "change": {"actions": ["create"], "before": None, "after": {"policy_data": "{}"}},
    }
    Path("plan.json").write_text(json.dumps({"format_version": "1.2", "resource_changes": [entry]}))

    assert gate("run", "plan.json").status == 3


@pytest.mark.parametrize(
    "address",
    [
        'module.m["a.b[\\"c\\"]"].aws_iam_policy.p',
        "module.a.module.b[0].aws_iam_policy.p[1]",
        'aws_iam_policy.p["]"]',
        'module.é["${x}"].aws_iam_policy.p',
        "",
        "::error::x\n<script>",
    ],
)
def test_tricks_with_addresses_lose_nothing(address: str) -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "iam:*"}]}
    content = json.loads(with_policy(json.dumps(policy)))
    content["resource_changes"][0] |= {
        "address": address,
        "module_address": address.rpartition(".aws_iam_policy")[0],
    }
    Path("plan.json").write_text(json.dumps(content))

    ran = gate("run", "plan.json")

    assert ran.status == 2
    assert not any(line.startswith("::error") for line in ran.out.splitlines())


@pytest.mark.parametrize(
    "value", [5, True, [], ["x"], {}, {"a": 1}, "{", "not json", '{"a":1,"a":2}', "null", '"x"']
)
def test_policies_that_are_none_do_not_pass(value: object) -> None:
    Path("plan.json").write_text(with_policy(value))

    ran = gate("run", "plan.json")

    assert ran.status == 2
    assert "Traceback" not in ran.out + ran.err


@pytest.mark.parametrize(
    "key", ["configuration", "prior_state", "planned_values", "variables", "deferred_changes"]
)
@pytest.mark.parametrize("value", [None, 7, "x", [], [[]], {}, {"root_module": []}])
def test_keys_of_another_type_are_no_fault(key: str, value: object) -> None:
    plan = changed(copied("heredoc", Path()), {key: value})

    found = extracted(plan)

    assert len(found.policies) >= 2 or found.not_checked
    assert not [item for item in found.not_checked if "please report it" in item.message]


def test_what_a_change_cannot_hold_is_told() -> None:
    content = json.loads(with_policy("{}"))
    content["resource_changes"] += [None, 3, {"address": "aws_iam_policy.q"}]
    Path("plan.json").write_text(json.dumps(content))

    ran = gate_json("run", "plan.json")

    addresses = [r["policy"]["resource_address"] for r in ran.report["results"]]
    assert addresses.count("a resource change") == 1
    assert "aws_iam_policy.q" in addresses


def test_a_template_cannot_pass_for_a_plan() -> None:
    template = (
        'Metadata:\n  Note: |\n    {"format_version": "1.2", "resource_changes": []}\n'
        "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n"
        "      PolicyDocument:\n        Version: '2012-10-17'\n        Statement:\n"
        "          - {Effect: Allow, Action: '*', Resource: '*'}\n"
    )
    Path("template.yaml").write_text(template)

    for path in (".", "template.yaml"):
        assert gate("run", path).status == 2


def test_sources_outside_of_the_project_are_not_read(tmp_path: Path) -> None:
    outside = tmp_path / "secret.json"
    outside.write_text('{"Statement": "out of reach"}')
    folder = copied("templatefile", tmp_path / "project")
    (folder.parent / ".git").mkdir()
    main = folder / "main.tf"
    main.write_text(main.read_text().replace("/policy.json.tftpl", "/../../secret.json"))
    (folder / "policy.json").unlink()
    (folder / "policy.json").symlink_to(outside)

    found = extracted(folder / "plan.json")

    assert "out of reach" not in repr(found)
    assert len(found.policies) == 3


def test_a_hundred_thousand_resources_end() -> None:
    entry = json.loads(with_policy("{}"))["resource_changes"][0]
    entries = [
        entry | {"address": f"aws_instance.i[{index}]", "type": "aws_instance", "index": index}
        for index in range(100_000)
    ]
    content = {"format_version": "1.2", "resource_changes": [*entries, entry]}
    Path("plan.json").write_text(json.dumps(content))

    assert len(extracted(Path("plan.json")).policies) == 1


def test_a_policy_of_the_state_alone_is_not_taken_to_be_checked() -> None:
    """A plan with -target does not list it."""
    arn = "arn:aws:iam::123456789012:policy/admin"
    attaching = {"address": "aws_iam_role_policy_attachment.a", "mode": "managed", "name": "a"}
    attaching["type"] = "aws_iam_role_policy_attachment"
    after = {"role": "r", "policy_arn": arn}
    change = {"actions": ["create"], "before": None, "after": after}
    policy = {"address": "aws_iam_policy.p", "mode": "managed", "type": "aws_iam_policy"}
    prior = {**policy, "name": "p", "values": {"arn": arn, "policy": "{}"}}
    content = {
        "format_version": "1.2",
        "resource_changes": [{**attaching, "change": change}],
        "prior_state": {"values": {"root_module": {"resources": [prior]}}},
    }
    Path("plan.json").write_text(json.dumps(content))
    assert [item.identity.policy_name for item in extracted(Path("plan.json")).not_checked] == [arn]


def with_resource(kind: str, after: dict[str, Any], **other: Any) -> Path:
    """A plan that creates one resource."""
    change = {"actions": ["create"], "before": None, "after": after, **other}
    entry = {"address": f"{kind}.x", "mode": "managed", "type": kind, "name": "x"}
    content = {"format_version": "1.2", "resource_changes": [{**entry, "change": change}]}
    Path("plan.json").write_text(json.dumps(content))
    return Path("plan.json")


def test_a_name_that_is_sensitive_is_not_shown() -> None:
    after = {"inline_policy": [{"name": "hunter2", "policy": "{}"}]}
    path = with_resource("aws_iam_role", after, after_sensitive={"inline_policy": True})
    assert [policy.identity.policy_name for policy in extracted(path).policies] == [
        "inline_policy.0.policy"
    ]
    after = {"inline_policy": [{"name": "mine", "policy": "{}"}]}
    marked = {"inline_policy": [{"policy": True}]}
    path = with_resource("aws_iam_role", after, after_sensitive=marked)
    assert [policy.identity.policy_name for policy in extracted(path).policies] == ["mine"]


def test_what_the_provider_passes_over_is_no_condition_of_a_permission() -> None:
    after = {
        "action": "lambda:InvokeFunction",
        "function_name": "f",
        "principal": "*",
        "source_arn": "",
        "principal_org_id": "",
        "invoked_via_function_url": False,
    }
    policy = extracted(with_resource("aws_lambda_permission", after)).policies[0]
    assert isinstance(policy.document, dict)
    statements = policy.document["Statement"]
    assert isinstance(statements, list)
    assert isinstance(statements[0], dict)
    assert "Condition" not in statements[0]


@pytest.mark.parametrize(
    "doubled",
    [
        "[local.x{0}, local.x{0}]",
        "concat([1], local.x{0}, local.x{0})",
        '"${{local.x{0}}}${{local.x{0}}}"',
        'upper("${{local.x{0}}}${{local.x{0}}}")',
        "{{ a = local.x{0}, b = local.x{0} }}",
        "jsonencode([local.x{0}, local.x{0}])",
    ],
)
def test_values_that_double_with_each_local_end(doubled: str) -> None:
    folder = copied("heredoc", Path())
    is_text = doubled.startswith(('"', "upper"))
    start = '"text"' if is_text else "[1]"
    locals_ = [f"x0 = {start}", *(f"x{n + 1} = {doubled.format(n)}" for n in range(40))]
    main = folder / "main.tf"
    text = main.read_text().replace(
        '"${aws_lambda_function.f.arn}:*"', '"${jsonencode(local.x40)}"'
    )
    main.write_text(text + "locals {\n" + "\n".join(locals_) + "\n}\n")

    assert len(extracted(folder / "plan.json").policies) == 2
