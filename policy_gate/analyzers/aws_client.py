"""Clients of AWS services, all set up alike."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from policy_gate import __version__

if TYPE_CHECKING:
    from botocore.session import Session

MAX_ATTEMPTS = 8
"""Attempts at one call where neither AWS_MAX_ATTEMPTS nor the AWS configuration says."""

CONNECT_TIMEOUT = 5
READ_TIMEOUT = 60
"""Seconds."""


def make_client(service: str, session: Session | None = None) -> Any:
    """A client in one region, with the credentials that the AWS SDK finds.

    Nothing is sent. What is wrong with credentials or region is an error of the SDK, here or at
    the first call.
    """
    import boto3
    from botocore.config import Config
    from botocore.session import get_session

    session = session or get_session()
    attempts = session.get_config_variable("max_attempts") or MAX_ATTEMPTS
    return boto3.Session(botocore_session=session).client(
        service,
        region_name=region_of(session),
        config=Config(
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=READ_TIMEOUT,
            retries={"mode": "standard", "total_max_attempts": attempts},
            user_agent_extra=f"policy-gate/{__version__}",
        ),
    )


def region_of(session: Session) -> str | None:
    """The region to ask in, None where none is configured.

    Every AWS SDK but the Python one reads AWS_REGION, and users expect it.
    Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
    """
    region: str | None = os.environ.get("AWS_REGION") or session.get_config_variable("region")
    return region
