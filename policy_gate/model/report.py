"""All results of a run, as one report with one status."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from policy_gate.model.acceptance import BaselineCounts, InvalidWaiver, Waiver
from policy_gate.model.comparison import Comparison
from policy_gate.model.note import Listing
from policy_gate.model.result import CheckResult
from policy_gate.model.verdict import ReasonCode, Status

SCHEMA_VERSION = "1.0"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of what was found was checked. Counts of policies, but for `not_checked`."""

    found: int = 0
    checked: int = 0
    """Policies with an answer to each question that applies: `passed` + `failed`."""

    passed: int = 0
    failed: int = 0
    unknown: int = 0
    not_checked: Mapping[ReasonCode, int] = field(default_factory=dict)
    """By reason code; besides policies this counts unreadable templates and the like."""

    errors: int = 0
    skipped_files: int = 0


class CallCount(NamedTuple):
    """The calls to AWS of a run."""

    made: int = 0
    """Calls that were answered: one for each part of a long list and each page of findings."""

    saved: int = 0
    """Questions that were answered from the cache, or by the same question of this run."""

    charged: int = 0
    """Calls made that AWS charges for: the custom policy checks."""

    price_per_call: float = 0.0
    """US dollars."""

    @property
    def estimated_cost(self) -> float:
        """US dollars."""
        return round(self.charged * self.price_per_call, 6)


@dataclass(frozen=True, slots=True)
class Shard:
    """Which part of a whole run a report is about, and of which whole."""

    number: int
    """From 1 to `count`."""

    count: int
    inputs: int
    """Files, and cloud assemblies, of the whole."""

    commit: str
    """What HEAD is; empty outside of a git repository."""

    contents: str
    """SHA-256 in hexadecimal of the paths and contents of the inputs of the whole."""

    configuration: str
    """SHA-256 in hexadecimal of all that the run was told."""

    versions: Mapping[str, str]
    """What else decides the answers: of the program, its libraries and its data, by name."""

    day: date
    """The day that waivers were judged on, in UTC."""

    waivers: tuple[Waiver, ...] = ()
    """All that count, those in the code of other shards excepted: which are unused is for the whole
    to tell."""

    invalid_waivers: tuple[InvalidWaiver, ...] = ()
    in_baseline: int | None = None
    """Findings in the baseline, also of what other shards check; None without a baseline."""

    listings: tuple[Listing, ...] = ()
    """Those notes that name what is in this shard."""


@dataclass(frozen=True, slots=True)
class GateReport:
    """All results of a run, and the coverage: one report, one status."""

    status: Status
    exit_status: int
    analyzer: str
    """The analyzer that answered: `embedded`, `aws` or `both`."""

    analyzer_reason: str
    """Why that one answered."""

    coverage: Coverage
    results: tuple[CheckResult, ...]
    notes: tuple[str, ...] = ()
    """Sentences the reader should know, as that the checks are the defaults."""

    service_data: date | None = None
    """The day of the data about AWS services that it answered from; None where that is AWS's."""

    calls: CallCount | None = None
    """What was asked of AWS; None where it was not asked."""

    comparison: Comparison | None = None
    """What the change adds; None where there was no base to compare with."""

    baseline: BaselineCounts | None = None
    waived: int = 0
    """Findings, and UNKNOWN results, that waivers accept."""

    shard: Shard | None = None
    """None where the report is about the whole."""
