"""How much `make fuzz` tries."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("many", max_examples=10_000)
