"""The inputs of the IAM validators of aws-actions, as a configuration of policy-gate.

Sources: https://github.com/aws-actions/cloudformation-aws-iam-policy-validator and
https://github.com/aws-actions/terraform-aws-iam-policy-validator
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from policy_gate.explanations import explanations
from policy_gate.github_action.inputs import InputError, Inputs

_BLOCKING = "ERROR,SECURITY_WARNING"
_KINDS = {"IDENTITY": ["identity"], "RESOURCE": ["resource", "trust"]}
_CODES = {
    "POLICY-ANALYSIS-CHECKNONEWACCESS": "CHECK_NO_NEW_ACCESS",
    "POLICY-ANALYSIS-CHECKACCESSNOTGRANTED": "CHECK_ACCESS_NOT_GRANTED",
    "POLICY-ANALYSIS-CHECKNOPUBLICACCESS": "CHECK_NO_PUBLIC_ACCESS",
}
_NO_END = "9999-12-31"
_ZONE = (
    ("accounts", re.compile(r"\d{12}", re.ASCII)),
    ("organizations", re.compile(r"o-[a-z0-9]+", re.ASCII)),
    ("federated-providers", re.compile(r"arn:[^:]*:iam::\d*:(oidc|saml)-provider/.*", re.ASCII)),
    ("principals", re.compile(r"arn:.*|[0-9a-f]{64}", re.ASCII)),
    ("federated-providers", re.compile(r".*")),
)


def is_migrating(inputs: Inputs) -> bool:
    """Does the workflow speak to one of those validators?"""
    return bool(inputs.text("policy-check-type"))


def configuration(inputs: Inputs) -> dict[str, Any]:
    """What `.policy-gate.yml` would say; files are named absolutely. Raises InputError."""
    if inputs.text("exclude-resource-types"):
        raise InputError(
            "input exclude-resource-types is not taken, for every policy is checked: accept"
            " findings with ignore-finding or a waiver"
        )
    kind = inputs.text("policy-check-type")
    if kind not in _CHECKS:
        raise InputError(f"input policy-check-type: {kind!a} is not one of {', '.join(_CHECKS)}")
    checks = _CHECKS[kind](inputs)
    waivers = [
        waiver for item in inputs.items("ignore-finding") for waiver in _waivers(item, checks)
    ]
    return {"checks": checks, **({"waivers": waivers} if waivers else {})}


def _waivers(item: str, checks: Iterable[str]) -> list[dict[str, str]]:
    """`item` is a code, a resource, or a resource and a code with a dot between them."""
    resource, _, last = item.rpartition(".")
    code = _CODES.get(last.upper(), last.upper())
    if code not in explanations():
        what = [{"resource": item, "check": check} for check in checks]
    else:
        what = [{"resource": resource or "*", "code": code}]
    why = {"reason": f"ignore-finding: {item}", "owner": "the workflow", "expires": _NO_END}
    return [each | why for each in what]


def _validate(inputs: Inputs) -> dict[str, Any]:
    blocking = inputs.text("treat-finding-type-as-blocking") or _BLOCKING
    types = [] if blocking.upper() == "NONE" else re.findall(r"[^,\s]+", blocking.upper())
    zone: dict[str, list[str]] = {}
    for item in inputs.items("allow-external-principals"):
        zone.setdefault(next(key for key, form in _ZONE if form.fullmatch(item)), []).append(item)
    external: Any = {"zone-of-trust": zone} if zone else True
    return {"validate-policy": {"fail-on": types}, "no-external-access": external}


def _no_new_access(inputs: Inputs) -> dict[str, Any]:
    reference, kind = inputs.text("reference-policy"), inputs.text("reference-policy-type").upper()
    if not reference or kind not in _KINDS:
        raise InputError(
            "CHECK_NO_NEW_ACCESS needs the inputs reference-policy, a file, and"
            f" reference-policy-type, one of {', '.join(_KINDS)}"
        )
    check = {
        "name": "reference-policy",
        "reference": os.path.abspath(reference),
        "applies-to": _KINDS[kind],
    }
    return {"no-new-access": [check]}


def _access_not_granted(inputs: Inputs) -> dict[str, Any]:
    lists = {name: inputs.items(name) for name in ("actions", "resources")}
    if not any(lists.values()):
        raise InputError("CHECK_ACCESS_NOT_GRANTED needs the input actions or resources")
    return {"access-not-granted": {name: items for name, items in lists.items() if items}}


def _no_public_access(_: Inputs) -> dict[str, Any]:
    return {"no-public-access": True}


_CHECKS: dict[str, Callable[[Inputs], dict[str, Any]]] = {
    "VALIDATE_POLICY": _validate,
    "CHECK_NO_NEW_ACCESS": _no_new_access,
    "CHECK_ACCESS_NOT_GRANTED": _access_not_granted,
    "CHECK_NO_PUBLIC_ACCESS": _no_public_access,
}


def only_findings_block(results: Iterable[Any]) -> bool:
    """Is all that blocks a finding, and nothing without an answer or unread?

    `results` are those of the JSON report.
    """
    return all(result["verdict"] == "FAIL" for result in results if result["blocking"])
