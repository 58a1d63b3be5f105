"""Clients of AWS services, all set up alike."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from policy_gate import __version__
from policy_gate.analyzers.aws_errors import sdk_errors
from policy_gate.analyzers.settings import DEFAULT_AWS_SETTINGS, AwsSettings

if TYPE_CHECKING:
    from botocore.session import Session

MAX_ATTEMPTS = 8
"""Attempts at one call where neither AWS_MAX_ATTEMPTS nor the AWS configuration says."""

CONNECT_TIMEOUT = 5
"""Seconds that a connection to AWS may take."""

READ_TIMEOUT = 60
"""Seconds that the next bytes of an answer of AWS may take."""

SERVICES = ("accessanalyzer", "codecommit", "iam", "s3", "sts")
"""What a client can be of."""

ROLE_SESSION = "policy-gate"
"""The name by which CloudTrail knows the sessions of a role that the gate assumes."""


class Connection:
    """Who asks, and in which region: the chain of the AWS SDK, with what the settings say.

    Nothing is sent before the first call, but for a role to assume: that is asked for with the
    first client. What is wrong with credentials or region is an error of the SDK, there or at the
    first call.
    """

    def __init__(self, settings: AwsSettings = DEFAULT_AWS_SETTINGS) -> None:
        self.settings = settings

    @cached_property
    def session(self) -> Session:
        from botocore.session import Session

        session = Session(profile=self.settings.profile or None)
        # Before it loads one service, botocore searches the folders of all 400 to see that it is
        # there: a tenth of the time in which fifty policies are asked about.
        session.get_component("data_loader").list_available_services = lambda _: list(SERVICES)
        return session

    @property
    def region(self) -> str | None:
        """The region to ask in, None where none is configured."""
        region: str | None = self.settings.region or region_of_environment()
        return region or self.session.get_config_variable("region")

    def client(self, service: str) -> Any:
        """A client of the service, with the role if there is one to assume. Raises AnalyzerError.

        Its pool holds a connection for each call that may be in flight.
        """
        return self._client(service, self._role)

    @cached_property
    def _role(self) -> Mapping[str, str]:
        """The credentials of the role to assume, as arguments of a client; empty without one."""
        if not self.settings.role_arn:
            return {}
        sts = self._client("sts", {})
        with sdk_errors("STS"):
            answer = sts.assume_role(RoleArn=self.settings.role_arn, RoleSessionName=ROLE_SESSION)[
                "Credentials"
            ]
        return {
            "aws_access_key_id": answer["AccessKeyId"],
            "aws_secret_access_key": answer["SecretAccessKey"],
            "aws_session_token": answer["SessionToken"],
        }

    def _client(self, service: str, credentials: Mapping[str, str]) -> Any:
        from botocore.config import Config

        with sdk_errors():
            attempts = self.session.get_config_variable("max_attempts") or MAX_ATTEMPTS
            is_analyzer = service == "accessanalyzer"
            return self.session.create_client(
                service,
                region_name=self.region,
                endpoint_url=(self.settings.endpoint_url or None) if is_analyzer else None,
                config=Config(
                    connect_timeout=CONNECT_TIMEOUT,
                    read_timeout=READ_TIMEOUT,
                    max_pool_connections=self.settings.max_concurrency,
                    retries={"mode": "standard", "total_max_attempts": attempts},
                    user_agent_extra=f"policy-gate/{__version__}",
                ),
                **credentials,
            )


def region_of_environment() -> str | None:
    """Every AWS SDK but the Python one reads AWS_REGION, and users expect it.

    Source: https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
    """
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
