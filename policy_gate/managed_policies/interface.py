"""What a source of documents is: it knows managed policies by their ARNs.

Adding one means one module with this interface and one line in `registry.py`.
"""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

from policy_gate.model import ReasonCode, Value

AWS = "aws"
"""What stands for the account in the ARN of a policy that AWS manages."""

_ARN = re.compile(
    rf"arn:[^:]*:iam::({AWS}|\d{{12}}):policy/((?:[\w+=,.@-]+/)*)([\w+=,.@-]+)", re.ASCII
)


class PolicyArn(NamedTuple):
    """The ARN of a managed policy of which account, path and name are known."""

    account: str
    """Twelve digits, or `aws`."""

    path: str
    """As `service-role/`; empty for most."""

    name: str


def parsed(arn: str) -> PolicyArn | None:
    """None for anything else, as for an ARN with parts that only deployment knows."""
    match = _ARN.fullmatch(arn)
    return PolicyArn(*match.groups()) if match else None


class NoDocumentError(Exception):
    """A source that should have a document and cannot give it: why, and which code that has."""

    def __init__(self, code: ReasonCode, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class DocumentSource(Protocol):
    """Where documents of managed policies come from."""

    def document(self, arn: str) -> Value:
        """The document of the policy; None where this is not the source that has it.

        Raises NoDocumentError where it should have it.
        """
        ...
