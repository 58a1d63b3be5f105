"""What a user can set about the analyzers."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

PRICE_PER_CALL = 0.0020
"""US dollars for one custom policy check: CheckNoNewAccess, CheckAccessNotGranted or
CheckNoPublicAccess. ValidatePolicy is free.

Source: https://aws.amazon.com/iam/access-analyzer/pricing/
"""


class EmbeddedSettings(NamedTuple):
    """About the embedded analyzer."""

    approximate: bool = False
    """Also run the checks of ValidatePolicy that report too much without tables of AWS?"""

    service_data_days: int = 90
    """Beyond this age of the service data, a name that it does not know is no more than a note."""


class AwsSettings(NamedTuple):
    """About the analyzer that asks AWS. What is empty comes from the AWS SDK's own chain."""

    region: str = ""
    profile: str = ""
    role_arn: str = ""
    """A role to assume before anything is asked."""

    max_concurrency: int = 16
    """Calls that may be in flight at a time."""

    deadline: float = 600
    """Seconds after which what is not answered is an error."""

    call_deadline: float = 120
    """The same for one call with its retries."""

    cache: Path | bool = True
    """The folder of earlier answers; True is that of the user, False is none."""

    price_per_call: float = PRICE_PER_CALL
    """US dollars."""

    endpoint_url: str = ""
    """Where Access Analyzer is, in place of what the environment or the region says."""

    create_analyzer: bool = False
    """Create an analyzer for access previews where the account has none?"""


DEFAULT_SETTINGS = EmbeddedSettings()
DEFAULT_AWS_SETTINGS = AwsSettings()
