"""What a user can set about the analyzers."""

from __future__ import annotations

from typing import NamedTuple


class EmbeddedSettings(NamedTuple):
    """About the embedded analyzer."""

    approximate: bool = False
    """Also run the checks of ValidatePolicy that report too much without tables of AWS?"""

    service_data_days: int = 90
    """Beyond this age of the service data, a name that it does not know is no more than a note."""


DEFAULT_SETTINGS = EmbeddedSettings()
