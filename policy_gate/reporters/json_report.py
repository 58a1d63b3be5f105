"""The report as JSON, for programs. Its schema is `gate-report.schema.json` beside this module."""

from __future__ import annotations

from typing import TextIO

from policy_gate.model import (
    SCHEMA_VERSION,
    Assumption,
    CallCount,
    CheckResult,
    Comparison,
    Construct,
    Coverage,
    Finding,
    GateReport,
    Location,
    PolicyIdentity,
    ReasonCode,
    Shard,
    Waiver,
)
from policy_gate.reasoning.answer import Witness
from policy_gate.reporters.json_text import indented
from policy_gate.reporters.visible import RUNNER_COMMAND


class JsonReporter:
    """One JSON object in ASCII, keys in a fixed order, results in the order of the report."""

    name = "json"

    def write(self, report: GateReport, stream: TextIO) -> None:
        stream.write(guarded(indented(report_object(report))) + "\n")


def guarded(text: str) -> str:
    """JSON text, the same value, in which no CI runner finds a command of its own."""
    return RUNNER_COMMAND.sub(r"#\\u0023", text)


REPORTER = JsonReporter()


def report_object(report: GateReport) -> dict[str, object]:
    """The report as JSON values, as the schema describes it."""
    return {
        "schema_version": SCHEMA_VERSION,
        "status": report.status.value,
        "exit_status": report.exit_status,
        "analyzer": {
            "name": report.analyzer,
            "reason": report.analyzer_reason,
            "service_data": report.service_data.isoformat() if report.service_data else None,
            "calls": _calls(report.calls) if report.calls else None,
        },
        "coverage": _coverage(report.coverage),
        "baseline": report.baseline._asdict() if report.baseline else None,
        "waived": report.waived,
        "shard": _shard(report.shard) if report.shard else None,
        "notes": list(report.notes),
        "results": [_result(result) for result in report.results],
        "comparison": _comparison(report.comparison) if report.comparison else None,
    }


def _comparison(comparison: Comparison) -> dict[str, object]:
    from policy_gate.reporters.access_changes import comparison_object

    return comparison_object(comparison)


def _shard(shard: Shard) -> dict[str, object]:
    return {
        "number": shard.number,
        "count": shard.count,
        "inputs": shard.inputs,
        "commit": shard.commit,
        "contents": shard.contents,
        "configuration": shard.configuration,
        "versions": dict(shard.versions),
        "day": shard.day.isoformat(),
        "waivers": [waiver_object(waiver) for waiver in shard.waivers],
        "invalid_waivers": [
            {"message": item.message, "location": location_object(item.location)}
            for item in shard.invalid_waivers
        ],
        "in_baseline": shard.in_baseline,
        "listings": [listing._asdict() for listing in shard.listings],
    }


def _calls(calls: CallCount) -> dict[str, object]:
    return {**calls._asdict(), "estimated_cost": calls.estimated_cost, "currency": "USD"}


def _coverage(coverage: Coverage) -> dict[str, object]:
    return {
        "found": coverage.found,
        "checked": coverage.checked,
        "passed": coverage.passed,
        "failed": coverage.failed,
        "unknown": coverage.unknown,
        "not_checked": {code.value: coverage.not_checked.get(code, 0) for code in ReasonCode},
        "errors": coverage.errors,
        "skipped_files": coverage.skipped_files,
    }


def _result(result: CheckResult) -> dict[str, object]:
    return {
        "policy": policy_object(result.identity),
        "construct": construct_object(result.construct) if result.construct else None,
        "check": result.check,
        "verdict": result.verdict.value,
        "blocking": result.blocking,
        "reason": result.reason.value if result.reason else None,
        "message": result.message,
        "location": location_object(result.location) if result.location else None,
        "findings": [_finding(finding) for finding in result.findings],
        "assumptions": [assumption_object(assumption) for assumption in result.assumptions],
        "rests_on": list(result.rests_on),
        "fingerprint": result.fingerprint,
        "known": result.known,
        "waiver": waiver_object(result.waiver) if result.waiver else None,
        "is_sensitive": result.is_sensitive,
    }


def policy_object(identity: PolicyIdentity) -> dict[str, object]:
    return {
        "file": identity.file,
        "resource_address": identity.resource_address,
        "resource_type": identity.resource_type,
        "policy_name": identity.policy_name,
        "kind": identity.kind.value if identity.kind else None,
    }


def construct_object(construct: Construct) -> dict[str, object]:
    return {
        "path": construct.path,
        "locations": [location_object(location) for location in construct.locations],
        "created_at": location_object(construct.created_at) if construct.created_at else None,
        "assigned_at": [
            [name, location_object(location)] for name, location in construct.assigned_at
        ],
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "message": finding.message,
        "blocking": finding.blocking,
        "locations": [location_object(location) for location in finding.locations],
        "statement_index": finding.statement_index,
        "sid": finding.sid,
        "witness": witness_object(finding.witness) if finding.witness else None,
        "fix": finding.fix,
        "help": finding.help,
        "world": finding.world,
        "fingerprint": finding.fingerprint,
        "known": finding.known,
        "waiver": waiver_object(finding.waiver) if finding.waiver else None,
        "assumptions": [assumption_object(assumption) for assumption in finding.assumptions],
    }


def waiver_object(waiver: Waiver) -> dict[str, object]:
    return {
        "reason": waiver.reason,
        "owner": waiver.owner,
        "expires": waiver.expires.isoformat(),
        "ticket": waiver.ticket,
        "fingerprint": waiver.fingerprint,
        "check": waiver.check,
        "code": waiver.code,
        "resource": waiver.resource,
        "places": [place._asdict() for place in waiver.places],
        "location": location_object(waiver.location),
    }


def witness_object(witness: Witness) -> dict[str, object]:
    return {
        "principal": witness.principal,
        "action": witness.action,
        "resource": witness.resource,
        "context": {key: list(values) for key, values in sorted(witness.context.items())},
    }


def assumption_object(assumption: Assumption) -> dict[str, object]:
    return {
        "kind": assumption.kind.value,
        "expression": assumption.expression,
        "description": assumption.description,
        "default": assumption.default,
        "location": location_object(assumption.location) if assumption.location else None,
    }


def location_object(location: Location) -> dict[str, object]:
    return {
        "path": location.path,
        "line": location.line,
        "column": location.column,
        "end_line": location.end_line,
        "end_column": location.end_column,
    }
