"""How many examples a property is held to."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

_TIMES = int(os.environ.get("TIMES", "1"))


def examples(count: int) -> settings:
    """As many in `make test`; `make fuzz` sets TIMES, of which it is a multiple.

    A property is judged by what is found, never by the time that a busy machine takes.
    """
    return settings(
        max_examples=count * _TIMES, deadline=None, suppress_health_check=list(HealthCheck)
    )
