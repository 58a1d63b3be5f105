"""What people accept: waivers, and what a baseline holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from policy_gate.model.policy import Location


class WaivedPlace(NamedTuple):
    """The policies that a waiver which stands in the code is about."""

    file: str
    resource_address: str
    policy_name: str | None = None
    """None where it is about all policies of the resource."""

    statement_index: int | None = None


@dataclass(frozen=True, slots=True)
class Waiver:
    """Findings that somebody accepts: which, why, and until when."""

    reason: str
    expires: date
    """The last day on which it counts, in UTC."""

    location: Location
    owner: str = ""
    ticket: str = ""
    fingerprint: str = ""
    """The one finding it is about; where it is empty, those below say which."""

    check: str = ""
    code: str = ""
    """Empty is any."""

    resource: str = ""
    """A pattern of addresses or files; where there are `places`, these say what it is about."""

    places: tuple[WaivedPlace, ...] = ()


class InvalidWaiver(NamedTuple):
    """A waiver in the code that cannot be read, so that it counts for nothing."""

    message: str
    location: Location


class BaselineCounts(NamedTuple):
    """What a run found, held against a baseline. UNKNOWN results count as findings do."""

    source: str
    """Where the baseline comes from: a file, or a revision."""

    old: int
    new: int
    """Neither in the baseline nor waived."""

    fixed: int
    """In the baseline, and not found in this run."""
