"""Writes what the gate knows of Terraform's resource types, from a table of their schemas.

python tools/make_terraform_data.py tf_policy_resources.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

_TARGET = Path(__file__).parent.parent / "policy_gate/extractors/terraform/data"
_LIMITS = ("permissions_boundary", "guardrail_policy_arns")


def main(path: str) -> None:
    table = json.loads(Path(path).read_text(encoding="utf-8"))
    rows = [_policy(row) for row in [*table["policies"], *table["awscc"]]]
    content = {
        "origin": f"{table['source']}; made by tools/make_terraform_data.py",
        "policies": [row for row in rows if row["kind"] != "container"],
        "containers": [
            {"type": row["type"], "path": row["path"], "form": row["form"]}
            for row in rows
            if row["kind"] == "container"
        ]
        + [{"type": "awscc_cloudformation_stack", "path": "template_body", "form": "template"}],
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
        "form": _form(row),
    }
    return {key: value for key, value in kept.items() if value is not None}


def _form(row: dict[str, Any]) -> str | None:
    """What is special about the value, None for the JSON text of a document."""
    if row["type"] in ("aws_iot_provisioning_template", "awscc_iot_provisioning_template"):
        row["kind"] = "container"
        return "provisioning"
    if row["type"] == "aws_cloudcontrolapi_resource":
        return "properties"
    if row["kind"] == "container":
        return "template"
    return "openapi" if row["path"] == "body" else None


def _attachment(name: str) -> dict[str, str]:
    kind, _, path = name.partition(".")
    effect = "limits" if path in _LIMITS or "boundary" in kind else "allows"
    if kind == "aws_eks_access_policy_association":
        effect = "kubernetes"
    return {"type": kind, "path": path, "effect": effect}


if __name__ == "__main__":
    main(*sys.argv[1:])
