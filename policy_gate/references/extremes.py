"""References that tell no policies apart."""

from __future__ import annotations

import json

from policy_gate.analyzers.interface import AccessPolicyType
from policy_gate.reasoning.checks import check_no_new_access


def extreme(reference: str, policy_type: AccessPolicyType) -> str:
    """As `allows nothing, so that no access can pass`, where that is proven; else empty.

    Raises PolicyDocumentError.
    """
    anything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    if policy_type == "RESOURCE_POLICY":
        anything["Principal"] = "*"
    everything = json.dumps({"Statement": [anything]})
    if check_no_new_access(everything, reference, policy_type).result == "PASS":
        return "allows everything, so that no policy can fail"
    nothing = json.dumps({"Statement": []})
    if check_no_new_access(reference, nothing, policy_type).result == "PASS":
        return "allows nothing, so that no access can pass"
    return ""
