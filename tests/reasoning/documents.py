"""Short ways to write policy documents in tests."""

from __future__ import annotations

import json
from typing import Any, Final

IDENTITY: Final = "IDENTITY_POLICY"
RESOURCE: Final = "RESOURCE_POLICY"


def policy(*statements: dict[str, Any], version: str | None = "2012-10-17") -> str:
    head = {"Version": version} if version else {}
    return json.dumps({**head, "Statement": list(statements)})


def allow(action: Any = "*", resource: Any = "*", **others: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **others}


def deny(action: Any = "*", resource: Any = "*", **others: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **others}


def grant(principal: Any, action: Any = "s3:*", **others: Any) -> dict[str, Any]:
    """An Allow statement of a trust or resource policy, for any resource."""
    return {"Effect": "Allow", "Principal": principal, "Action": action, **others}
