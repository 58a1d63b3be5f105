"""What is found in plans that a real terraform made: every policy, at its line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import DeferredText, Policy
from tests.extractors.terraform.deployed import expected_of, unmatched
from tests.extractors.terraform.plans import (
    DATA,
    NAMES,
    SHARED,
    by_address,
    changed,
    copied,
    described,
    extracted,
    older,
)
from tests.reporters.snapshot import assert_snapshot

SNAPSHOTS = Path(__file__).parent / "snapshots"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the shared plans are not here")


@pytest.mark.parametrize("name", NAMES)
def test_policies_of_real_plans(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each snapshot was read against the sources beside its plan."""
    folder = copied(name, tmp_path)
    monkeypatch.chdir(folder)

    found = extracted(Path("plan.json"))

    assert not found.unreadable
    assert_snapshot(name, described(found, Path()), SNAPSHOTS)


@needs_shared
@pytest.mark.parametrize(("plan", "count"), [("first-deploy/plan1", 15), ("update/plan2", 14)])
def test_every_configured_policy_has_its_line(plan: str, count: int) -> None:
    found = extracted(SHARED / f"{plan}.json")

    assert len(found.policies) == count
    for policy in found.policies:
        assert not isinstance(policy.document, DeferredText)
        places = [policy.sources.locate(path) for path in policy.sources.values]
        assert all(Path(place.path).suffix in (".tf", ".json", ".tftpl") for place in places)
        assert all(not place.path.endswith(f"{plan}.json") for place in places)


@needs_shared
def test_a_later_terraform_says_the_same() -> None:
    older, newer = (
        extracted(SHARED / "update" / f"{name}.json").policies for name in ("plan2", "plan2_tf115")
    )

    assert [policy.document for policy in newer] == [policy.document for policy in older]
    assert [policy.change for policy in newer] == [policy.change for policy in older]


@needs_shared
def test_without_sources_no_policy_is_lost(tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_bytes((SHARED / "first-deploy" / "plan1.json").read_bytes())

    found = extracted(plan)

    assert len(found.policies) == 15
    unknown = by_address(found)["aws_s3_bucket_policy.unknown_jsonencode"]
    assert isinstance(unknown.document, DeferredText)
    assert "its sources are not at hand" in unknown.assumptions[0].description
    merged = by_address(found)["aws_iam_policy.merged"]
    assert [sid_of(item) for item in statements(merged)] == ["Known", "Deferred", "Dyna", "Dynbc"]
    assert any("--terraform-root" in note for note in found.notes)


def statements(policy: Policy) -> list[object]:
    assert isinstance(policy.document, dict)
    listed = policy.document["Statement"]
    assert isinstance(listed, list)
    return list(listed)


def sid_of(statement: object) -> object:
    return statement.get("Sid") if isinstance(statement, dict) else None


def test_sources_are_found_where_the_user_says(tmp_path: Path) -> None:
    plan = tmp_path / "plans" / "plan.json"
    plan.parent.mkdir()
    folder = copied("heredoc", tmp_path)
    (folder / "plan.json").rename(plan)

    found = extracted(plan, terraform_roots=(folder,))

    assert {Path(policy.sources.locate(()).path).name for policy in found.policies} == {"main.tf"}


def test_modules_that_were_installed_are_found(tmp_path: Path) -> None:
    folder = copied("through-modules", tmp_path)
    installed = folder / ".terraform" / "modules"
    installed.mkdir(parents=True)
    (folder / "policy").rename(installed / "policy")
    main = folder / "main.tf"
    main.write_text(main.read_text().replace('"./policy"', '"acme/policy/aws"'))
    modules = [
        {"Key": "", "Source": "", "Dir": "."},
        {"Key": "policy", "Source": "acme/policy/aws", "Dir": ".terraform/modules/policy"},
    ]
    (installed / "modules.json").write_text(json.dumps({"Modules": modules}))

    found = by_address(extracted(folder / "plan.json"))

    policy = found["module.policy.aws_iam_policy.this"]
    assert policy.sources.locate(("Statement", 0)).line == 16
    # That it is handed on is told by the sources of the module, which this one does not have.
    other = found["module.made.aws_iam_policy.this"]
    assert any("is taken to be what it refers to" in item.description for item in other.assumptions)


def test_sources_of_something_else_are_not_believed(tmp_path: Path) -> None:
    folder = copied("heredoc", tmp_path)
    main = folder / "main.tf"
    main.write_text(main.read_text().replace("aws_lambda_function.f.arn", "aws_sns_topic.t.arn"))

    found = extracted(folder / "plan.json")

    policy = by_address(found)["aws_iam_role_policy.p"]
    assert isinstance(policy.document, DeferredText)
    assert "its sources do not match the plan" in policy.assumptions[0].description


def test_a_line_that_says_something_else_is_told(tmp_path: Path) -> None:
    folder = copied("removed", tmp_path)
    main = folder / "main.tf"
    main.write_text(main.read_text().replace("ec2.amazonaws.com", "ecs.amazonaws.com"))

    found = extracted(folder / "plan.json")

    assert any("does not say of aws_iam_role.bounded" in note for note in found.notes)
    policy = by_address(found)["aws_iam_role.bounded"]
    assert "ec2.amazonaws.com" in json.dumps(policy.document)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"errored": True}, "the plan is errored"),
        ({"complete": False}, "the plan is not complete"),
        ({"deferred_changes": [{"reason": "instance_count_unknown"}]}, "the plan is not complete"),
        ({"resource_changes": {}}, "must be a list"),
        ({"resource_changes": [{"address": "aws_iam_policy.x", "change": 1}]}, "cannot be read"),
    ],
)
def test_partial_plans_say_so(change: dict[str, object], message: str, tmp_path: Path) -> None:
    found = extracted(changed(copied("heredoc", tmp_path), change))

    assert any(message in item.message for item in found.not_checked)
    assert {item.reason for item in found.not_checked} == {"not-analysed"}


def test_a_deferred_change_is_read(tmp_path: Path) -> None:
    folder = copied("removed", tmp_path)
    plan = json.loads((folder / "plan.json").read_text())
    deferred = [{"reason": "deferred_prereq", "resource_change": plan["resource_changes"][0]}]

    found = extracted(changed(folder, {"resource_changes": [], "deferred_changes": deferred}))

    assert "aws_iam_role.bounded" in by_address(found)


def test_plans_and_templates_are_found_together_in_a_folder() -> None:
    found = extracted(DATA / "stack")

    files = {Path(policy.identity.file).name for policy in found.policies}
    assert files == {"plan.json"}
    assert len(found.policies) == 2


def test_no_secret_of_a_plan_is_in_what_is_extracted() -> None:
    found = extracted(DATA / "sensitive" / "plan.json")

    shown = [policy for policy in found.policies if not policy.is_sensitive]
    assert len(shown) == 3
    assert "hunter2" not in repr([(p.document, p.assumptions, p.change) for p in shown])
    (hidden,) = [policy for policy in found.policies if policy.is_sensitive]
    assert hidden.identity.resource_address == "aws_iam_policy.whole"


def test_a_given_account_is_that_of_the_plan() -> None:
    settings = ExtractSettings({"AWS::AccountId": "999988887777"})

    found = extracted(DATA / "heredoc" / "plan.json", parameters=settings.parameters)

    assert "999988887777" in json.dumps([policy.document for policy in found.policies])


def test_an_arn_made_from_that_of_a_policy_of_the_plan_is_another(tmp_path: Path) -> None:
    folder = copied("attachments", tmp_path)
    main = folder / "main.tf"
    replaced = 'replace(aws_iam_policy.own.arn, "/.*/", "arn:aws:iam::aws:policy/Other")'
    text = main.read_text()
    head, _, tail = text.rpartition("policy_arn = aws_iam_policy.own.arn")
    main.write_text(f"{head}policy_arn = {replaced}{tail}")

    found = extracted(folder / "plan.json")

    attached = [item.identity.resource_address for item in found.not_checked]
    assert "aws_iam_role_policy_attachment.own" in attached


def test_an_override_of_dynamic_blocks_takes_the_place_of_those_written_out(
    tmp_path: Path,
) -> None:
    folder = copied("override-documents", tmp_path)
    (folder / "override.tf").write_text(
        """
        data "aws_iam_policy_document" "later" {
          dynamic "statement" {
            for_each = ["kms:*"]
            content {
              actions   = [statement.value]
              resources = [aws_kms_key.k.arn]
            }
          }
        }
        """
    )

    policy = by_address(extracted(folder / "plan.json"))["aws_iam_policy.deferred"]

    # The plan was made without the override, and has two statements in that document.
    places = {Path(policy.sources.locate(path).path).name for path in policy.sources.values}
    assert "override.tf" not in places


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        ("2012-10-17", "2008-10-17", "2012-10-17"),
        ("2008-10-17", "2012-10-17", "2012-10-17"),
        ("2008-10-17", "2008-10-17", "2008-10-17"),
    ],
)
def test_the_later_version_of_merged_documents_counts(
    own: str, other: str, expected: str, tmp_path: Path
) -> None:
    folder = copied("override-documents", tmp_path)
    content = json.loads((folder / "plan.json").read_text().replace("2012-10-17", other))
    for entry in content["resource_changes"]:
        if entry["type"] == "aws_iam_policy_document":
            is_merging = entry["name"] == "deferred"
            entry["change"]["after"]["version"] = own if is_merging else other
    (folder / "main.tf").unlink()
    (folder / "plan.json").write_text(json.dumps(content))

    policy = by_address(extracted(folder / "plan.json"))["aws_iam_policy.deferred"]

    assert isinstance(policy.document, dict)
    assert policy.document["Version"] == expected


def assert_as_deployed(name: str, plan: Path) -> None:
    found = extracted(plan, parameters={"AWS::AccountId": "123456789012"})
    policies = [
        policy for policy in found.policies if "/" not in outside_of_keys(policy.identity[1])
    ]
    removed = {item.identity.resource_address for item in found.not_checked}
    expected = [item for item in expected_of(DATA / name) if item["kind"] != "CONTAINER"]
    kept = [item for item in expected if item["action"] not in ("delete", "forget")]

    missing, surplus = unmatched(policies, kept)

    assert (missing, surplus) == ([], [])
    assert {item["address"] for item in expected if item not in kept} <= removed


def outside_of_keys(address: str) -> str:
    """The address without the keys of its instances."""
    return re.sub(r'\["(?:[^"\\]|\\.)*"\]', "", address)


@pytest.mark.parametrize("name", NAMES)
def test_what_terraform_deploys_is_what_is_found(name: str) -> None:
    assert_as_deployed(name, DATA / name / "plan.json")


@pytest.mark.parametrize("name", NAMES)
def test_without_sources_nothing_else_is_found(name: str, tmp_path: Path) -> None:
    """An attribute that refers to one thing alone may make anything of it."""
    plan = tmp_path / "plan.json"
    plan.write_bytes((DATA / name / "plan.json").read_bytes())

    assert_as_deployed(name, plan)


@pytest.mark.parametrize("name", NAMES)
def test_without_sources_nothing_else_is_found_in_older_plans(name: str, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    content = json.loads((DATA / name / "plan.json").read_text())
    plan.write_text(json.dumps(older(content) | {"format_version": "0.1"}))

    assert_as_deployed(name, plan)
