"""Writes what the gate knows of Terraform's resource types, from a table of their schemas.

python tools/make_terraform_data.py tf_policy_resources.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_TARGET = Path(__file__).parent.parent / "policy_gate/extractors/terraform/data"
_PROPERTIES = {
    "body": ("AWS::ApiGateway::RestApi", "Body"),
    "template_body": ("AWS::IoT::ProvisioningTemplate", "TemplateBody"),
}
_LIMITS = ("permissions_boundary", "guardrail_policy_arns")


def main(path: str) -> None:
    table = json.loads(Path(path).read_text(encoding="utf-8"))
    rows = [*table["policies"], *table["awscc"]]
    content = {
        "origin": f"{table['source']}; made by tools/make_terraform_data.py",
        "policies": [_policy(row) for row in rows if not _is_container(row)],
        "containers": [_container(row) for row in rows if _is_container(row)]
        + [{"type": "awscc_cloudformation_stack", "path": "template_body"}],
        "attachments": [_attachment(name) for name in table["attachments"]],
        "other_grammars": [
            {"type": name.partition(".")[0], "path": name.partition(".")[2], "grammar": grammar}
            for grammar, names in table["not_iam_grammar"].items()
            for name in names
        ],
    }
    text = json.dumps(content, indent=1)
    _TARGET.mkdir(exist_ok=True)
    (_TARGET / "policy_attributes.json").write_text(f"{text}\n", encoding="utf-8")


def _policy(row: dict[str, Any]) -> dict[str, Any]:
    kept = {
        "type": row["type"],
        "path": row["path"],
        "kind": row["kind"],
        "validate_policy_resource_type": row.get("validate_policy_resource_type"),
        "public_access_resource_type": row.get("check_no_public_access_resource_type"),
    }
    return {key: value for key, value in kept.items() if value is not None}


def _is_container(row: dict[str, Any]) -> bool:
    return row["kind"] == "container" or row["path"] in _PROPERTIES


def _container(row: dict[str, Any]) -> dict[str, str]:
    """The attribute, and which property of which type of CloudFormation it is, if it is one."""
    kept = {"type": row["type"], "path": row["path"]}
    if row["path"] == "desired_state":
        return {**kept, "property_of": "type_name"}
    is_iot = "iot_provisioning" in row["type"]
    if row["path"] == "body" or is_iot:
        kind, name = _PROPERTIES["template_body" if is_iot else "body"]
        return {**kept, "property_of": kind, "property": name}
    return kept


def _attachment(name: str) -> dict[str, str]:
    kind, _, path = name.partition(".")
    is_limit = path in _LIMITS or "boundary" in kind or kind.startswith("aws_organizations")
    effect = "limits" if is_limit else "allows"
    if kind == "aws_eks_access_policy_association":
        effect = "kubernetes"
    return {"type": kind, "path": path, "effect": effect}


if __name__ == "__main__":
    main(*sys.argv[1:])
