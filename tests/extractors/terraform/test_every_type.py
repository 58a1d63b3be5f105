"""A plan with a policy of each resource type of the table: it is found, as what it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy_gate.extractors.cloudformation.policies import SYNTHESISED
from policy_gate.extractors.terraform import permissions
from policy_gate.extractors.terraform.tables import (
    PolicyAttribute,
    policy_attributes,
    policy_resource_types,
)
from tests.extractors.terraform.plans import extracted

ROWS = [(name, row) for name in sorted(policy_resource_types()) for row in policy_attributes(name)]
DOCUMENTS = [
    (kind, row)
    for kind, row in ROWS
    if row.kind not in SYNTHESISED and row.inside is None and "ram_permission" not in kind
]
DOCUMENT = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a:B"}]}


def change_of(kind: str, after: dict[str, Any], **change: Any) -> dict[str, Any]:
    return {
        "address": f"module.m[0].{kind}.x",
        "module_address": "module.m[0]",
        "mode": "managed",
        "type": kind,
        "name": "x",
        "change": {"actions": ["create"], "before": None, "after": after, **change},
    }


def plan_of(folder: Path, *changes: dict[str, Any]) -> Path:
    content = {"format_version": "1.2", "resource_changes": changes}
    (folder / "plan.json").write_text(json.dumps(content))
    return folder / "plan.json"


def nested(path: tuple[str, ...], value: object, *, in_lists: bool) -> dict[str, Any]:
    """Attributes with a value at a path, whose blocks are lists or objects."""
    name, *rest = [step for step in path if step != "*"]
    if not rest:
        return {name: value}
    below = nested(tuple(rest), value, in_lists=in_lists)
    return {name: [below] if in_lists else below}


@pytest.mark.parametrize("in_lists", [True, False])
@pytest.mark.parametrize(
    ("kind", "row"),
    DOCUMENTS,
)
def test_a_policy_of_each_type_is_found(
    kind: str, row: PolicyAttribute, in_lists: bool, tmp_path: Path
) -> None:
    attributes = nested(row.path, json.dumps(DOCUMENT), in_lists=in_lists)
    if kind == "awscc_organizations_policy":
        attributes["type"] = "SERVICE_CONTROL_POLICY"

    found = extracted(plan_of(tmp_path, change_of(kind, attributes)))

    (policy,) = found.policies
    assert policy.document == DOCUMENT
    assert policy.identity.resource_type == kind
    assert policy.validate_policy_resource_type == row.validate_policy_resource_type


@pytest.mark.parametrize(
    ("kind", "row"), [(kind, row) for kind, row in ROWS if row.kind in SYNTHESISED]
)
def test_a_statement_of_each_permission_is_made(
    kind: str, row: PolicyAttribute, tmp_path: Path
) -> None:
    attributes: dict[str, Any] = {"principal": "*", "action": "a:B", "actions": ["a:B"]}
    if kind.endswith("event_bus_policy"):
        attributes = {"statement": json.dumps({"Effect": "Allow", "Principal": "*"})}
    if "allowed_principals" in row.path:
        attributes["allowed_principals"] = ["*"]

    found = extracted(plan_of(tmp_path, change_of(kind, attributes)))

    (policy,) = found.policies
    assert isinstance(policy.document, dict)
    statements = policy.document["Statement"]
    assert isinstance(statements, list)
    (statement,) = statements
    assert isinstance(statement, dict)
    assert statement["Effect"] == "Allow"
    assert kind in permissions.BUILDERS


@pytest.mark.parametrize(("kind", "row"), ROWS)
def test_an_unknown_policy_of_each_type_is_not_lost(
    kind: str, row: PolicyAttribute, tmp_path: Path
) -> None:
    path = row.path or ("principal",)
    for length in range(1, len(path) + 1):
        mask = nested(path[:length], True, in_lists=True)
        after = nested(path[:length], None, in_lists=True) if length > 1 else {}

        found = extracted(plan_of(tmp_path, change_of(kind, after, after_unknown=mask)))

        assert found.policies or found.not_checked


def test_a_vpc_endpoint_service_without_principals_allows_nobody(tmp_path: Path) -> None:
    nobody: tuple[object, ...] = (None, [])
    for principals in nobody:
        after = {"allowed_principals": principals}

        found = extracted(plan_of(tmp_path, change_of("aws_vpc_endpoint_service", after)))

        assert not found.policies
