"""The nouns of the gate: frozen dataclasses and enumerations without I/O.

Data flows one way: extractors make `Policy`, checks and analyzers make
`CheckResult`, the runner gathers them in a `GateReport`, reporters print it.
"""

from policy_gate.model.acceptance import BaselineCounts, InvalidWaiver, WaivedPlace, Waiver
from policy_gate.model.comparison import (
    AccessChange,
    AccessGroup,
    ActionChange,
    ChangeKind,
    Comparison,
    UndecidedAccess,
)
from policy_gate.model.extraction import (
    Attachment,
    Boundary,
    Extraction,
    Gone,
    Input,
    NotChecked,
    Unreadable,
)
from policy_gate.model.note import Listing, Note
from policy_gate.model.policy import (
    ANY_TEXT,
    Assumption,
    AssumptionKind,
    Change,
    Construct,
    DeferredText,
    DocumentPath,
    Location,
    Policy,
    PolicyIdentity,
    PolicyKind,
    SourceMap,
    Value,
)
from policy_gate.model.report import SCHEMA_VERSION, CallCount, Coverage, GateReport, Shard
from policy_gate.model.result import CheckResult, Finding
from policy_gate.model.verdict import ReasonCode, Severity, Status, Verdict

__all__ = [
    "ANY_TEXT",
    "SCHEMA_VERSION",
    "AccessChange",
    "AccessGroup",
    "ActionChange",
    "Assumption",
    "AssumptionKind",
    "Attachment",
    "BaselineCounts",
    "Boundary",
    "CallCount",
    "Change",
    "ChangeKind",
    "CheckResult",
    "Comparison",
    "Construct",
    "Coverage",
    "DeferredText",
    "DocumentPath",
    "Extraction",
    "Finding",
    "GateReport",
    "Gone",
    "Input",
    "InvalidWaiver",
    "Listing",
    "Location",
    "NotChecked",
    "Note",
    "Policy",
    "PolicyIdentity",
    "PolicyKind",
    "ReasonCode",
    "Severity",
    "Shard",
    "SourceMap",
    "Status",
    "UndecidedAccess",
    "Unreadable",
    "Value",
    "Verdict",
    "WaivedPlace",
    "Waiver",
]
