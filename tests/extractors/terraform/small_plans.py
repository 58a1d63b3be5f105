"""Texts of small plans, for tests of how they are found and read."""

from __future__ import annotations

import json
from typing import Any

SECRET = "hunter2"


def plan(name: str = "app", **changes: object) -> dict[str, Any]:
    """A plan that creates one queue and holds a secret, its keys in the order of Terraform."""
    resource = {
        "address": f"aws_sqs_queue.{name}",
        "mode": "managed",
        "type": "aws_sqs_queue",
        "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "change": {
            "actions": ["create"],
            "before": None,
            "after": {"name": SECRET},
            "after_unknown": {"arn": True},
            "before_sensitive": False,
            "after_sensitive": {"name": True},
        },
    }
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "variables": {"secret": {"value": SECRET}},
        "planned_values": {"root_module": {}},
        "resource_changes": [resource],
        "configuration": {"root_module": {}},
        "relevant_attributes": [],
        **changes,
    }


def text(name: str = "app", **changes: object) -> str:
    """As `terraform show -json` prints it."""
    return json.dumps(plan(name, **changes), separators=(",", ":"))
