"""`policy-gate check`: ask one question about one policy document."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from policy_gate.analyzers.interface import (
    Access,
    AccessPolicyType,
    Analyzer,
    AnalyzerError,
    Answer,
    PolicyType,
    ValidatePolicyFinding,
)
from policy_gate.analyzers.registry import make_analyzer
from policy_gate.analyzers.settings import EmbeddedSettings
from policy_gate.checks.references import access_policy_text, is_yaml, policy_text
from policy_gate.checks.sensitive_actions import read_actions
from policy_gate.checks.validate_policy import BLOCKING_BY_DEFAULT
from policy_gate.commands.complaint import complain
from policy_gate.commands.yaml_spans import in_yaml
from policy_gate.config_section import ConfigError, read_source
from policy_gate.reporters.answer import CheckAnswer, write_console, write_json

_POLICY_TYPES: dict[str, PolicyType] = {
    "identity": "IDENTITY_POLICY",
    "resource": "RESOURCE_POLICY",
    "scp": "SERVICE_CONTROL_POLICY",
    "rcp": "RESOURCE_CONTROL_POLICY",
}
_ACCESS_POLICY_TYPES: dict[str, AccessPolicyType] = {
    "identity": "IDENTITY_POLICY",
    "resource": "RESOURCE_POLICY",
}

Question = Callable[[argparse.Namespace, Analyzer], tuple[Answer, list[ValidatePolicyFinding]]]


def main(arguments: argparse.Namespace) -> int:
    """Prints the answer; 0 is PASS, 2 is FAIL or UNKNOWN, 1 that the question could not be put."""
    try:
        analyzer, reason = make_analyzer(
            arguments.analyzer or "embedded", EmbeddedSettings(arguments.approximate)
        )
        answer, findings = _QUESTIONS[arguments.check](arguments, analyzer)
    except (ConfigError, AnalyzerError) as error:
        return complain(error)
    write = write_json if arguments.format == "json" else write_console
    write(CheckAnswer(arguments.check, analyzer.name, reason, answer, findings), sys.stdout)
    return 0 if answer.result == "PASS" else 2


def _document(path: str, policy_type: AccessPolicyType) -> str:
    """The document as JSON text."""
    return access_policy_text(read_source(Path(path)), policy_type)


def _validate_policy(
    arguments: argparse.Namespace, analyzer: Analyzer
) -> tuple[Answer, list[ValidatePolicyFinding]]:
    source = read_source(Path(arguments.policy))
    policy_type = _POLICY_TYPES[arguments.policy_type]
    if source.path.endswith((".yaml", ".yml")) and is_yaml(source):
        text = policy_text(source)
        found = analyzer.validate_policy(text, policy_type, arguments.resource_type)
        findings = in_yaml(found, source.text)
    else:
        # A text that is no JSON is for ValidatePolicy to judge.
        findings = analyzer.validate_policy(source.text, policy_type, arguments.resource_type)
    blocking = [finding for finding in findings if finding["findingType"] in BLOCKING_BY_DEFAULT]
    message = f"{len(findings)} findings, {len(blocking)} of them block"
    return Answer("FAIL" if blocking else "PASS", message), findings


def _no_new_access(
    arguments: argparse.Namespace, analyzer: Analyzer
) -> tuple[Answer, list[ValidatePolicyFinding]]:
    policy_type = _ACCESS_POLICY_TYPES[arguments.policy_type]
    document = _document(arguments.policy, policy_type)
    reference = _document(arguments.reference, policy_type)
    return analyzer.check_no_new_access(document, reference, policy_type), []


def _access_not_granted(
    arguments: argparse.Namespace, analyzer: Analyzer
) -> tuple[Answer, list[ValidatePolicyFinding]]:
    actions = _listed(arguments.actions)
    if arguments.actions_file:
        actions += read_actions(Path(arguments.actions_file))
    resources = _listed(arguments.resources)
    if not actions and not resources:
        arguments.parser.error("name --actions, --actions-file or --resources")
    access = Access(tuple(dict.fromkeys(actions)), tuple(resources))
    policy_type = _ACCESS_POLICY_TYPES[arguments.policy_type]
    document = _document(arguments.policy, policy_type)
    return analyzer.check_access_not_granted(document, access, policy_type), []


def _no_public_access(
    arguments: argparse.Namespace, analyzer: Analyzer
) -> tuple[Answer, list[ValidatePolicyFinding]]:
    document = _document(arguments.policy, "RESOURCE_POLICY")
    return analyzer.check_no_public_access(document, arguments.resource_type), []


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


_QUESTIONS: dict[str, Question] = {
    "validate-policy": _validate_policy,
    "no-new-access": _no_new_access,
    "access-not-granted": _access_not_granted,
    "no-public-access": _no_public_access,
}
