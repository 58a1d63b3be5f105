"""Make policy_gate/managed_policies/data/managed_policies.json from moto's copies (Apache-2.0).

`make_cloudformation_data.py` calls it. The file holds the documents of the administrator-grade
policies of AWS: the gate can then check them where they are attached by name, without an account.
A policy is administrator-grade when
- it allows, on every resource and without a condition, nearly everything (Action `*` or NotAction),
  or an action by which its holder can give itself any permission (`ESCALATION`), or
- AWS made it for administrators of an account or an organization (`NAMED`).
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from moto.iam.aws_managed_policies import aws_managed_policies_data

ESCALATION = (
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
    "sso:AttachManagedPolicyToPermissionSet",
    "sso:PutInlinePolicyToPermissionSet",
)
NAMED = (
    "AWSOrganizationsFullAccess",
    "AdministratorAccess*",
    "PowerUserAccess",
    "job-function/*Administrator",
)


def write_managed_policies(path: Path) -> None:
    chosen = {
        name: entry["Document"]
        for key, entry in json.loads(aws_managed_policies_data).items()
        if is_administrator_grade(name := entry["Path"].lstrip("/") + key, entry["Document"])
    }
    origin = (
        f"moto {version('moto')}, moto/iam/aws_managed_policies.py (Apache-2.0); the "
        "administrator-grade policies, chosen by tools/make_managed_policies.py"
    )
    rows = [f"  {json.dumps(name)}: {json.dumps(chosen[name])}" for name in sorted(chosen)]
    path.write_text(
        '{\n "origin": '
        + json.dumps(origin)
        + ',\n "policies": {\n'
        + ",\n".join(rows)
        + "\n }\n}\n"
    )


def is_administrator_grade(name: str, document: Mapping[str, Any]) -> bool:
    if any(fnmatch.fnmatchcase(name, pattern) for pattern in NAMED):
        return True
    return any(allows_escalation(statement) for statement in as_list(document["Statement"]))


def allows_escalation(statement: Mapping[str, Any]) -> bool:
    if statement["Effect"] != "Allow" or "Condition" in statement:
        return False
    if "*" not in as_list(statement.get("Resource", [])):
        return False
    patterns = [pattern.lower() for pattern in as_list(statement.get("Action", []))]
    return "NotAction" in statement or any(
        fnmatch.fnmatchcase(action.lower(), pattern)
        for action in ESCALATION
        for pattern in patterns
    )


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
