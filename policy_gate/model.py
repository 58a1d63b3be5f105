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

    left_out: frozenset[int] | None = None
    """Statements whose findings were accepted, where the question is what there is besides them."""


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

    was_attached: bool | None = None
    """Was it attached before the change, where that is known, as in a plan?"""


@dataclass(frozen=True, slots=True)
class Boundary(NotChecked):
    """What limits the policies of its resource: a permissions boundary or a guardrail."""

    limit: str = ""
    """The policy that it names, as it is written."""

    was: str = ""
    """The one that a plan exchanges for it; empty where it exchanges none."""

    is_found: bool = False
    """Is that policy one of the same template, found and checked where it stands?"""


@dataclass(frozen=True, slots=True)
class Gone(NotChecked):
    """A policy that a plan takes away, or that it only forgets."""

    kind: PolicyKind | None = None
    """None for a permissions boundary, which allows nothing itself."""

    document: Value = None
    """What it was."""

    is_forgotten: bool = False
    """Does it stay in AWS as it is?"""

    is_limit: bool = False
    """Did it keep out what other policies may allow?"""

    is_sensitive: bool = False
    """As that of a Policy."""


class Unreadable(NamedTuple):
    """An input that the file system did not give. It makes the run an error."""

    path: str
    message: str


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

    boundaries: tuple[Boundary, ...] = ()
    """Those of templates, also where their policy is found: then they are not in `not_checked`."""

    comparison: Comparison | None = None
    """What the change adds to its base, where it was compared with one."""

    waivers: tuple[Waiver | InvalidWaiver, ...] = ()
    """Those that stand in the code; whether they count is for the configuration to say."""


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

    known: bool = False
    """Is it one of the baseline? Then it does not block."""

    waiver: Waiver | None = None
    """What accepts it. Then it does not block."""


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

    fingerprint: str = ""
    """Of an UNKNOWN: identifies the policy as it is, with the check; empty where it is sensitive.

    A FAIL has it where the check is undecided besides its findings.
    """

    known: bool = False
    waiver: Waiver | None = None
    """Of an UNKNOWN: as those of a Finding."""


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


class ChangeKind(StrEnum):
    """What became of a policy since the base."""

    NEW = "new"
    CHANGED = "changed"
    REMOVED = "removed"


class ActionChange(NamedTuple):
    """An action that a change makes possible, or no longer possible, on what the witness shows."""

    action: str
    """As `dynamodb:DeleteTable`."""

    access_level: str
    """`List`, `Read`, `Write`, `Tagging` or `Permissions management`; empty where none is known."""

    statement_index: int | None
    """The statement that allows it, from 0; None where none of this policy does: a Deny is gone."""

    witness: Witness
    denied_by: int | None = None
    """The statement, a Deny of the other version, that kept it out."""

    world: str = ""
    """As that of a Policy."""


class UndecidedAccess(NamedTuple):
    """Access of which it is open whether a change adds it."""

    message: str
    actions: tuple[str, ...] = ()
    """Which actions are open; none where nothing is known of them."""

    statement_index: int | None = None


class AccessGroup(NamedTuple):
    """Actions of one service and access level that one statement makes possible, or did."""

    service: str
    """As people call it: `DynamoDB`."""

    access_level: str
    """As that of an ActionChange."""

    actions: tuple[str, ...]
    """Without the prefix of the service, the ones to name first at the head."""

    resources: str
    """On what, in words, as `every table`; empty where the actions have no resources."""

    statement_index: int | None
    denied_by: int | None
    location: Location | None
    """Of the statement, in the version of the policy that has it."""

    witness: Witness
    world: str = ""


@dataclass(frozen=True, slots=True)
class AccessChange:
    """What a change does to the access that one policy allows."""

    identity: PolicyIdentity
    """As it is now, or of a removed policy as it was."""

    kind: ChangeKind
    location: Location | None = None
    """Where it stands now, or stood."""

    moved_from: str = ""
    """The file that it was in, where that is another one."""

    added: tuple[ActionChange, ...] = ()
    removed: tuple[ActionChange, ...] = ()
    added_groups: tuple[AccessGroup, ...] = ()
    removed_groups: tuple[AccessGroup, ...] = ()
    undecided: tuple[UndecidedAccess, ...] = ()
    lifted: str = ""
    """What no longer limits other policies, in a sentence: that is added access too."""

    @property
    def adds(self) -> bool:
        """Does it add access, for all that is decided?"""
        return bool(self.added or self.lifted)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a change adds to and removes from the access that policies allow."""

    base: str
    """What it was compared with, as `main (0123456789ab)`."""

    changes: tuple[AccessChange, ...] = ()
    """Of the policies whose access changes, or may."""

    unchanged: int = 0
    """Policies that allow what they allowed."""

    moved: int = 0
    """Those of them that are in another file now."""

    error: str = ""
    """Why there is nothing to compare with, where there has to be; empty where there is."""


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


class BaselineCounts(NamedTuple):
    """What a run found, held against a baseline. UNKNOWN results count as findings do."""

    source: str
    """Where the baseline comes from: a file, or a revision."""

    old: int
    new: int
    """Neither in the baseline nor waived."""

    fixed: int
    """In the baseline, and not found in this run."""


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
