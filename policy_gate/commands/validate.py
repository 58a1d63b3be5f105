"""`policy-gate check validate-policy`: the findings of one policy, what mends them, and `--fix`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from policy_gate.analyzers.interface import Analyzer, Answer, PolicyType, ValidatePolicyFinding
from policy_gate.checks.references import is_yaml, policy_text
from policy_gate.checks.validate_policy import BLOCKING_BY_DEFAULT
from policy_gate.commands.complaint import complain
from policy_gate.commands.fix import Validation, fix_file
from policy_gate.commands.yaml_spans import in_yaml
from policy_gate.config_section import MAX_BYTES, ConfigError, read_source, source_of
from policy_gate.linting.fix import Fix
from policy_gate.syntax.source import Source

_POLICY_TYPES: dict[str, PolicyType] = {
    "identity": "IDENTITY_POLICY",
    "resource": "RESOURCE_POLICY",
    "scp": "SERVICE_CONTROL_POLICY",
    "rcp": "RESOURCE_CONTROL_POLICY",
}
_STANDARD_INPUT = "<stdin>"


class Answered(NamedTuple):
    """An answer, and of ValidatePolicy the findings with what mends them."""

    answer: Answer
    findings: Sequence[ValidatePolicyFinding] = ()
    fixes: Sequence[Fix | None] = ()
    is_fixed: bool = True
    """False where `--fix` could not do what it was asked for."""


def validate(arguments: argparse.Namespace, analyzer: Analyzer) -> Answered:
    """Validates the policy, after fixing it if that is asked for."""
    if not arguments.fix and (arguments.unsafe_fixes or arguments.yes):
        arguments.parser.error("--unsafe-fixes and --yes go with --fix")
    source = _source(arguments.policy)
    policy_type = _POLICY_TYPES[arguments.policy_type]
    validation = Validation(analyzer, policy_type, arguments.resource_type)
    may_be_yaml = arguments.policy == "-" or source.path.endswith((".yaml", ".yml"))
    is_json = not (may_be_yaml and is_yaml(source))
    # A text that is no JSON is for ValidatePolicy to judge.
    text = source.text if is_json else policy_text(source)
    is_file = is_json and arguments.policy != "-"
    is_fixed = True
    if arguments.fix and is_file:
        path, unsafe = Path(arguments.policy), arguments.unsafe_fixes
        text, is_fixed = fix_file(path, validation, unsafe=unsafe, yes=arguments.yes)
    findings = validation.findings(text)
    fixes = validation.fixes(text, findings)
    if arguments.fix and not is_file:
        is_fixed = not any(fix and (fix.safe or arguments.unsafe_fixes) for fix in fixes)
        if not is_fixed:
            complain(ConfigError(f"{source.path} is not changed: only JSON files are rewritten"))
    if not is_json:
        findings = in_yaml(findings, source.text)
        fixes = [fix and replace(fix, edits=()) for fix in fixes]
    blocking = [finding for finding in findings if finding["findingType"] in BLOCKING_BY_DEFAULT]
    message = f"{len(findings)} findings, {len(blocking)} of them block"
    return Answered(Answer("FAIL" if blocking else "PASS", message), findings, fixes, is_fixed)


def _source(path: str) -> Source:
    if path != "-":
        return read_source(Path(path))
    return source_of(_STANDARD_INPUT, sys.stdin.buffer.read(MAX_BYTES + 1))
