"""The library: every reference keeps what its examples promise, and each has what users need."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from policy_gate.catalog.iam_data import catalog
from policy_gate.reasoning.matching import action_matches
from policy_gate.references.library import library_folder
from policy_gate.references.reference import read_meta, read_reference
from tests.command_line import gate

ROOT = Path(__file__).parent.parent.parent
FOLDERS = sorted(path for path in (ROOT / "reference-policies").iterdir() if path.is_dir())
POLICIES = [folder for folder in FOLDERS if (folder / "policy.json").is_file()]
LISTS = [folder for folder in FOLDERS if (folder / "actions.txt").is_file()]
PAGE = (ROOT / "docs" / "reference-policies.md").read_text()


def named(folder: Path) -> str:
    return folder.name


@pytest.fixture(scope="module")
def report() -> dict[str, dict[str, object]]:
    ran = gate("test-references", "--format", "json")
    assert (ran.status, ran.err) == (0, "")
    assert ran.report["status"] == "passed"
    return {item["name"]: item for item in ran.report["references"]}


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_every_example_ends_as_its_folder_says(
    folder: Path, report: dict[str, dict[str, object]]
) -> None:
    examples = report[folder.name]["examples"]
    assert isinstance(examples, list)

    files = {str(file.relative_to(folder)) for file in folder.glob("*/*.json")}
    assert {example["path"] for example in examples} == files
    for example in examples:
        assert example["result"] == example["path"][:4].upper(), example
    assert sum(example["result"] == "PASS" for example in examples) >= 3
    assert sum(example["result"] == "FAIL" for example in examples) >= 5


def test_the_library_is_that_of_the_checkout(report: dict[str, dict[str, object]]) -> None:
    assert library_folder() == ROOT / "reference-policies"
    assert list(report) == [folder.name for folder in FOLDERS]


@pytest.mark.parametrize("folder", POLICIES, ids=named)
def test_every_statement_decides_an_example(
    folder: Path, report: dict[str, dict[str, object]]
) -> None:
    statements = json.loads(read_reference(folder).with_examples().text)["Statement"]
    examples = report[folder.name]["examples"]
    assert isinstance(examples, list)
    deciding = [example["decided_by"] or {} for example in examples]

    if "Everything" in statements[0]["Sid"]:
        denies = {item["Sid"] for item in statements if item["Effect"] == "Deny"}
        assert denies == {item["sid"] for item in deciding if item.get("effect") == "Deny"}
    else:
        allows = {item["Sid"] for item in statements if item["Effect"] == "Allow"}
        assert allows <= {item["sid"] for item in deciding if item.get("effect") == "Allow"}


@pytest.mark.parametrize("folder", LISTS, ids=named)
def test_every_line_of_a_list_is_an_action_with_its_reason(folder: Path) -> None:
    lines = (folder / "actions.txt").read_text().splitlines()
    actions = [line.split()[0] for line in lines if not line.startswith("#")]

    for line in lines:
        assert re.match(r"#|\S+ +# \w.{3,}", line), line
    assert [action for action in actions if catalog().action(action) is None] == []
    assert len(actions) == len(set(actions))


@pytest.mark.parametrize("folder", POLICIES, ids=named)
def test_every_action_of_a_policy_exists(folder: Path) -> None:
    for statement in json.loads(read_reference(folder).with_examples().text)["Statement"]:
        actions = statement.get("Action", statement.get("NotAction"))
        for action in [actions] if isinstance(actions, str) else actions:
            service = action.partition(":")[0]
            known = list(catalog().action_names(service))
            assert action == "*" or any(action_matches(action, name) for name in known), action


def test_every_change_of_iam_is_for_the_pipeline() -> None:
    folder = ROOT / "reference-policies" / "iam-changes-by-pipeline"
    denied = json.loads(read_reference(folder).with_examples().text)["Statement"][1]["Action"]
    own = {"iam:ChangePassword", "iam:PassRole"}
    reports = {"iam:GenerateCredentialReport", "iam:GenerateServiceLastAccessedDetails"}

    changes = []
    for name in catalog().action_names("iam"):
        action = catalog().action(name)
        if action is not None and action.access_level not in ("Read", "List"):
            changes.append(name)
    missing = {
        name for name in changes if not any(action_matches(pattern, name) for pattern in denied)
    }

    assert len(changes) > 80
    assert missing - own - reports == set()


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_the_page_has_a_row_for_it(folder: Path, report: dict[str, dict[str, object]]) -> None:
    examples = report[folder.name]["examples"]
    assert isinstance(examples, list)
    counts = [
        sum(example["result"] == result for example in examples) for result in ("PASS", "FAIL")
    ]
    meta = read_meta(folder)
    needed = [name for name, item in meta.parameters.items() if item.default is None]
    optional = [name for name, item in meta.parameters.items() if item.default is not None]
    parameters = ", ".join([f"`{name}`" for name in needed] + [f"[`{name}`]" for name in optional])

    row = (
        f"| `{folder.name}` | {', '.join(meta.applies_to)} | {meta.description} |"
        f" {parameters} | {counts[0]} / {counts[1]} |"
    )
    assert row in PAGE


def test_the_page_has_no_other_rows() -> None:
    assert len(re.findall(r"^\| `[a-z-]+` \|", PAGE, re.MULTILINE)) == len(FOLDERS)
