"""Access from outside an account, put as a question about new access.

The reference policy allows everything to the account itself and to AWS services. Access that the
policy gives beyond it is external.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-concepts.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from policy_gate.analyzers.interface import Analyzer, Reason

_ACCOUNT_KEYS = ("aws:PrincipalAccount", "aws:SourceAccount", "kms:CallerAccount")
"""Condition keys whose value is the account that asks, or on whose behalf a service does."""

_TRUST_POLICY = "AWS::IAM::AssumeRolePolicyDocument"


def external_access(
    document: str, resource_type: str, account: str, analyzer: Analyzer
) -> Iterator[Mapping[str, Any]]:
    """Members of an AccessPreviewFinding for each statement that gives such access.

    One request is shown of each. Where that is undecided, `error` says so. Raises AnalyzerError.
    """
    answer = analyzer.check_no_new_access(document, _inside(account), "RESOURCE_POLICY")
    if answer.result == "PASS":
        return
    public_type = _TRUST_POLICY if resource_type == "AWS::IAM::Role" else resource_type
    public = analyzer.check_no_public_access(document, public_type)
    open_to_all = {reason.statementIndex for reason in public.reasons}
    for reason in answer.reasons:
        yield {
            **_request(reason),
            **({"error": f"Undecided: {answer.message}"} if answer.result == "UNKNOWN" else {}),
            "isPublic": reason.statementIndex in open_to_all,
            "sources": [{"type": "POLICY"}],
        }


def _inside(account: str) -> str:
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    statements: list[dict[str, object]] = [
        {**everything, "Principal": {"AWS": account, "Service": "*"}}
    ]
    for key in _ACCOUNT_KEYS:
        confined = {"ForAnyValue:StringEquals": {key: account}}
        statements.append({**everything, "Principal": "*", "Condition": confined})
    return json.dumps({"Statement": statements})


def _request(reason: Reason) -> Mapping[str, Any]:
    witness = reason.witness
    if witness is None:
        return {}
    kind, colon, name = (witness.principal or "*").partition(":")
    principal = {kind: name} if colon else {"AWS": "*"}
    condition = {key: ", ".join(values) for key, values in witness.context.items()}
    return {"principal": principal, "action": [witness.action], "condition": condition}
