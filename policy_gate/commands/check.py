"""`policy-gate check`: ask one question about one policy document."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from policy_gate.analyzers.interface import (
    Access,
    AccessPolicyType,
    AnalyzerError,
    Answer,
)
from policy_gate.analyzers.registry import make_analyzer
from policy_gate.analyzers.settings import AwsSettings, EmbeddedSettings
from policy_gate.checks.no_external_access import external_access
from policy_gate.checks.references import access_policy_text, reference_file
from policy_gate.checks.sensitive_actions import actions_file
from policy_gate.checks.trust_config import zone_file
from policy_gate.commands.complaint import complain
from policy_gate.commands.validate import Answered, Ask, validate
from policy_gate.config.section import ConfigError, read_source
from policy_gate.reasoning.zone import ZoneOfTrust
from policy_gate.reporters.answer import CheckAnswer, write_console, write_json

_ACCESS_POLICY_TYPES: dict[str, AccessPolicyType] = {
    "identity": "IDENTITY_POLICY",
    "resource": "RESOURCE_POLICY",
}

Question = Callable[[argparse.Namespace], Ask]
"""Reads what is to be asked about."""


def main(arguments: argparse.Namespace) -> int:
    """Prints the answer; 0 is PASS, 2 is FAIL or UNKNOWN.

    1 says that the question could not be put, or that fixes were to be applied and could not be.
    """
    try:
        # no-external-access is decided offline: Access Analyzer has no such question.
        offline = arguments.check == "no-external-access"
        analyzer, reason = make_analyzer(
            "embedded" if offline else arguments.analyzer or "embedded",
            EmbeddedSettings(arguments.approximate),
            AwsSettings(endpoint_url=arguments.endpoint_url),
        )
        ask = _QUESTIONS[arguments.check](arguments)
        answer, findings, is_fixed = ask(analyzer)
        if analyzer.second_opinion is not None:
            answer = _compared(answer, ask(analyzer.second_opinion).answer)
    except (ConfigError, AnalyzerError) as error:
        return complain(error)
    write = write_json if arguments.format == "json" else write_console
    write(
        CheckAnswer(
            arguments.check, analyzer.name, reason, analyzer.service_data, answer, findings
        ),
        sys.stdout,
    )
    if not is_fixed:
        return 1
    return 0 if answer.result == "PASS" else 2


def _compared(answer: Answer, second: Answer) -> Answer:
    """The answer of AWS, with what the embedded analyzer answers where that is another."""
    if second.result == answer.result:
        return answer
    note = f"the embedded analyzer disagrees: {second.result}, {second.message}"
    return answer._replace(message=f"{answer.message} ({note})")


def _document(path: str, policy_type: AccessPolicyType) -> str:
    """The document as JSON text."""
    return access_policy_text(read_source(Path(path)), policy_type)


def _no_new_access(arguments: argparse.Namespace) -> Ask:
    policy_type = _ACCESS_POLICY_TYPES[arguments.policy_type]
    document = _document(arguments.policy, policy_type)
    reference = reference_file(arguments.reference, arguments.parameter, policy_type)
    return lambda analyzer: Answered(analyzer.check_no_new_access(document, reference, policy_type))


def _access_not_granted(arguments: argparse.Namespace) -> Ask:
    actions = _listed(arguments.actions)
    if arguments.actions_file:
        actions += actions_file(arguments.actions_file)
    resources = _listed(arguments.resources)
    if not actions and not resources:
        arguments.parser.error("name --actions, --actions-file or --resources")
    access = Access(tuple(dict.fromkeys(actions)), tuple(resources))
    policy_type = _ACCESS_POLICY_TYPES[arguments.policy_type]
    document = _document(arguments.policy, policy_type)
    return lambda analyzer: Answered(
        analyzer.check_access_not_granted(document, access, policy_type)
    )


def _no_public_access(arguments: argparse.Namespace) -> Ask:
    document = _document(arguments.policy, "RESOURCE_POLICY")
    resource_type = arguments.resource_type
    return lambda analyzer: Answered(analyzer.check_no_public_access(document, resource_type))


def _no_external_access(arguments: argparse.Namespace) -> Ask:
    zone = zone_file(Path(arguments.zone_of_trust)) if arguments.zone_of_trust else ZoneOfTrust()
    answered = Answered(external_access(_document(arguments.policy, "RESOURCE_POLICY"), zone))
    return lambda _analyzer: answered


def _listed(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


_QUESTIONS: dict[str, Question] = {
    "validate-policy": validate,
    "no-new-access": _no_new_access,
    "access-not-granted": _access_not_granted,
    "no-public-access": _no_public_access,
    "no-external-access": _no_external_access,
}
