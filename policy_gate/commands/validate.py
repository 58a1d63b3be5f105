"""`policy-gate check validate-policy`: the findings of one policy, what mends them, and `--fix`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from policy_gate.analyzers.interface import Analyzer, Answer, PolicyType
from policy_gate.checks.references import is_yaml, policy_text
from policy_gate.checks.validate_policy import BLOCKING_BY_DEFAULT
from policy_gate.commands.complaint import complain
from policy_gate.commands.fix import Validation, fix_file
from policy_gate.commands.yaml_spans import in_yaml
from policy_gate.config.section import MAX_BYTES, ConfigError, read_source, source_of
from policy_gate.reporters.answer import AnsweredFinding
from policy_gate.reporters.wording import count
from policy_gate.syntax.source import Source

_POLICY_TYPES: dict[str, PolicyType] = {
    "identity": "IDENTITY_POLICY",
    "resource": "RESOURCE_POLICY",
    "scp": "SERVICE_CONTROL_POLICY",
    "rcp": "RESOURCE_CONTROL_POLICY",
}
_STANDARD_INPUT = "<stdin>"


class Answered(NamedTuple):
    """An answer, and the findings of ValidatePolicy."""

    answer: Answer
    findings: Sequence[AnsweredFinding] = ()
    is_fixed: bool = True
    """False where `--fix` could not do what it was asked for."""


Ask = Callable[[Analyzer], Answered]
"""Puts a question whose documents were read: standard input and pipes can be read once only."""


def validate(arguments: argparse.Namespace) -> Ask:
    """Validates the policy, after fixing it if that is asked for."""
    if not arguments.fix and (arguments.unsafe_fixes or arguments.yes):
        arguments.parser.error("--unsafe-fixes and --yes go with --fix")
    return _Validating(arguments, _source(arguments.policy)).ask


class _Validating:
    """One policy. The first time that it is asked about, it is fixed before."""

    def __init__(self, arguments: argparse.Namespace, source: Source) -> None:
        self._arguments = arguments
        self._source = source
        may_be_yaml = arguments.policy == "-" or source.path.endswith((".yaml", ".yml"))
        self._is_json = not (may_be_yaml and is_yaml(source))
        # A text that is no JSON is for ValidatePolicy to judge.
        self._text = source.text if self._is_json else policy_text(source)
        self._is_to_be_fixed: bool = arguments.fix

    def ask(self, analyzer: Analyzer) -> Answered:
        arguments = self._arguments
        policy_type = _POLICY_TYPES[arguments.policy_type]
        validation = Validation(analyzer, policy_type, arguments.resource_type)
        is_fixed = self._fixed(validation)
        findings = validation.findings(self._text)
        fixes = validation.fixes(self._text, findings)
        if not self._is_json:
            findings = in_yaml(findings, self._source.text)
            fixes = [fix and replace(fix, edits=()) for fix in fixes]
        answered = [
            AnsweredFinding(finding, fix, analyzer.doubt(finding["issueCode"]))
            for finding, fix in zip(findings, fixes, strict=True)
        ]
        blocking = [item for item in answered if item.severity in BLOCKING_BY_DEFAULT]
        message = f"{count(len(answered), 'finding')}, {len(blocking)} blocking"
        return Answered(Answer("FAIL" if blocking else "PASS", message), answered, is_fixed)

    def _fixed(self, validation: Validation) -> bool:
        """Fixes the policy if that is asked for: is it as it was asked for?"""
        if not self._is_to_be_fixed:
            return True
        self._is_to_be_fixed = False
        unsafe, path = self._arguments.unsafe_fixes, self._arguments.policy
        # A named pipe can be read once only.
        if self._is_json and path != "-" and Path(path).is_file():
            self._text, is_fixed = fix_file(
                Path(path), validation, unsafe=unsafe, yes=self._arguments.yes
            )
            return is_fixed
        fixes = validation.fixes(self._text, validation.findings(self._text))
        is_fixed = not any(fix and (fix.safe or unsafe) for fix in fixes)
        if not is_fixed:
            name = self._source.path
            complain(ConfigError(f"{name} is not changed: only JSON files are rewritten"))
        return is_fixed


def _source(path: str) -> Source:
    if path != "-":
        return read_source(Path(path))
    return source_of(_STANDARD_INPUT, sys.stdin.buffer.read(MAX_BYTES + 1))
