"""The nouns of the gate: frozen dataclasses and enumerations without I/O.

Data flows one way: extractors make `Policy`, checks and analyzers make
`CheckResult`, the runner gathers them in a `GateReport`, reporters print it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from policy_gate.reasoning.answer import Witness

SCHEMA_VERSION = "1.0"

ANY_TEXT = "**"
"""The pattern of an assumption of which nothing is known."""


class PolicyKind(StrEnum):
    """What a policy is attached to, which decides who is its principal."""

    IDENTITY = "IDENTITY"
    TRUST = "TRUST"
    RESOURCE = "RESOURCE"
    SERVICE_CONTROL = "SERVICE_CONTROL"
    RESOURCE_CONTROL = "RESOURCE_CONTROL"


class AssumptionKind(StrEnum):
    """Where a value comes from that only deployment decides."""

    CREATED_HERE = "created-here"
    SUPPLIED = "supplied-from-outside"
    DEFAULT = "default"


class Verdict(StrEnum):
    """The answer to one question about one policy. Only PASS is green."""

    PASS = "PASS"
    FAIL = "FAIL"
    UNKNOWN = "UNKNOWN"
    NOT_CHECKED = "NOT_CHECKED"
    ERROR = "ERROR"


class ReasonCode(StrEnum):
    """Why something was not checked."""

    NOT_APPLICABLE = "not-applicable"
    NOT_ANALYSED = "not-analysed"
    DOCUMENT_UNAVAILABLE = "document-unavailable"


class Severity(StrEnum):
    """Severity of a finding: the finding types of Access Analyzer, and one of ours."""

    ERROR = "ERROR"
    SECURITY_WARNING = "SECURITY_WARNING"
    WARNING = "WARNING"
    SUGGESTION = "SUGGESTION"
    NOTE = "NOTE"
    """What may be wrong: it informs and never blocks."""


class Status(StrEnum):
    """The outcome of a whole run."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    EMPTY = "empty"


class Location(NamedTuple):
    """A range of a file that the user edits; the end is exclusive."""

    path: str
    """File path as the user would write it, `/` between its parts."""

    line: int
    """First line, from 1."""

    column: int
    """First column in characters, from 1."""

    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Assumption:
    """A value that only deployment decides, and what the gate took for it."""

    kind: AssumptionKind
    expression: str
    """What the user wrote, as `${Name}`, `${Bucket.Arn}` or `${AWS::AccountId}`."""

    description: str
    """One sentence for the report."""

    stand_in: str = ""
    """A text of the right shape: for CREATED_HERE the fresh literal, for DEFAULT the value."""

    allowed: tuple[str, ...] | None = None
    """The only values it can take, where that is known and they are few."""

    location: Location | None = None
    pattern: str = ANY_TEXT
    """What every value matches: `?` is a character but a colon, `*` any of them, `**` any text."""


@dataclass(frozen=True, slots=True)
class DeferredText:
    """A string of which deployment decides some parts.

    A value of which nothing is known, a list or an object perhaps, is a DeferredText of one part.
    """

    parts: tuple[str | Assumption, ...]

    def assumptions(self) -> tuple[Assumption, ...]:
        return tuple(part for part in self.parts if isinstance(part, Assumption))

    def __str__(self) -> str:
        return "".join(part if isinstance(part, str) else part.expression for part in self.parts)


Value: TypeAlias = "bool | int | float | str | DeferredText | list[Value] | dict[str, Value] | None"
"""A JSON value whose strings may be deferred."""

DocumentPath: TypeAlias = tuple[str | int, ...]
"""Keys and 0-based indexes from the root of a document, as ("Statement", 1, "Action", 0)."""


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Where each part of a policy document stands in the file that the user edits."""

    values: Mapping[DocumentPath, Location]
    keys: Mapping[DocumentPath, Location] = field(default_factory=dict)
    """Where the key that leads to a value stands, for the paths that end in a key."""

    def locate(self, path: DocumentPath) -> Location:
        """The location of the value at `path`, or of the nearest part around it.

        Raises KeyError where not even the root has a location.
        """
        for end in range(len(path), -1, -1):
            if location := self.values.get(path[:end]):
                return location
        raise KeyError(path)

    def locate_key(self, path: DocumentPath) -> Location:
        """The location of the key that `path` ends in, or of its value."""
        return self.keys.get(path) or self.locate(path)


class PolicyIdentity(NamedTuple):
    """What a policy is called, the same in every world and revision."""

    file: str
    resource_address: str
    """Logical id or Terraform address; empty when the file itself is meant."""

    resource_type: str
    """As `AWS::IAM::Role`; empty where there is none."""

    policy_name: str
    kind: PolicyKind | None = None

    def __str__(self) -> str:
        return " / ".join(part for part in (self.resource_address, self.policy_name) if part)


@dataclass(frozen=True, slots=True)
class Construct:
    """What makes a policy in the code of a CDK app."""

    path: str
    """As `App/Fn/ServiceRole/DefaultPolicy/Resource`."""

    created_at: Location | None = None
    """The line of the app that creates it."""

    assigned_at: tuple[tuple[str, Location], ...] = ()
    """Lines of the app that assign properties to it later, with the property."""

    def of_property(self, name: str) -> Construct:
        """With the assignments to one property only; the first stands in for the creation."""
        assigned = tuple(item for item in self.assigned_at if item[0].lower() == name.lower())
        if self.created_at is None and assigned:
            return replace(self, created_at=assigned[0][1], assigned_at=assigned[1:])
        return replace(self, assigned_at=assigned)

    @property
    def locations(self) -> tuple[Location, ...]:
        """The lines of the app, the first of which is the one to jump to."""
        places = (self.created_at, *(place for _, place in self.assigned_at))
        return tuple(dict.fromkeys(place for place in places if place is not None))


class Change(NamedTuple):
    """What a plan does to a policy."""

    action: str
    """`create`, `update`, `replace`, `import`, `move` or `no-op`."""

    previous: Value
    """The document before the change, None where there is none."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy document found in infrastructure code."""

    identity: PolicyIdentity
    kind: PolicyKind
    document: Value
    sources: SourceMap
    assumptions: tuple[Assumption, ...] = ()
    world: str = ""
    """The condition values under which the document is this one, as `Env other than dev`."""

    validate_policy_resource_type: str | None = None
    """ValidatePolicyResourceType of Access Analyzer, where it has one for this policy."""

    public_access_resource_type: str | None = None
    """AccessCheckResourceType of Access Analyzer, where it has one for this policy."""

    construct: Construct | None = None
    """Where it comes from, in a template that the CDK made."""

    change: Change | None = None
    """What happens to it, where that is known, as in a plan."""

    is_sensitive: bool = False
    """Its text is marked sensitive: no part of it may be shown or sent away."""


@dataclass(frozen=True, slots=True)
class NotChecked:
    """Something that holds or may hold policies and is not checked, and why."""

    identity: PolicyIdentity
    """Its kind is set where it is one policy that was found, None where it may hold any number."""

    reason: ReasonCode
    message: str
    location: Location | None = None
    construct: Construct | None = None
    """As that of a Policy."""


@dataclass(frozen=True, slots=True)
class Attachment(NotChecked):
    """A managed policy that is attached by its ARN: not checked until its document is found."""

    arn: str = ""
    """`?` stands for a part of it that only deployment knows."""

    assumptions: tuple[Assumption, ...] = ()
    world: str = ""
    """As that of a Policy."""


class Unreadable(NamedTuple):
    """An input that the file system did not give. It makes the run an error."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one or more inputs hold."""

    policies: tuple[Policy, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    skipped_files: int = 0
    """Files met by searching that are neither template nor plan."""

    followed: frozenset[str] = frozenset()
    """Files that others lead to, and that were read as parts of those."""

    notes: tuple[str, ...] = ()
    """Sentences the reader should know."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why a policy does not pass a check."""

    code: str
    severity: Severity
    message: str
    blocking: bool
    locations: tuple[Location, ...]
    """The first is the one to jump to."""

    statement_index: int | None = None
    sid: str | None = None
    witness: Witness | None = None
    fix: str | None = None
    help: str | None = None
    world: str = ""
    assumptions: tuple[Assumption, ...] = ()
    """What this finding depends on."""

    fingerprint: str = ""
    """Identifies the finding across revisions, whatever line it stands at."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One policy, one check, one verdict."""

    identity: PolicyIdentity
    check: str
    """The check's name, as `no-new-access (perimeter)`; empty where no check was asked."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    reason: ReasonCode | None = None
    """Set if and only if the verdict is NOT_CHECKED."""

    message: str = ""
    """Why the verdict is UNKNOWN, NOT_CHECKED or ERROR."""

    location: Location | None = None
    assumptions: tuple[Assumption, ...] = ()
    rests_on: tuple[str, ...] = ()
    """What the reasoning takes for given, beyond the policy: sentences that begin with a code."""

    construct: Construct | None = None
    """Where the policy comes from, in a template that the CDK made."""

    blocking: bool = False
    """Does this result keep the gate from passing?"""

    is_sensitive: bool = False
    """Is it about a text that is marked sensitive? Its source lines are not shown then."""


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

    shard: Shard | None = None
    """None where the report is about the whole."""
