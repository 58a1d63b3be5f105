"""Extracting from a template that a test writes out."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent, indent

from policy_gate.extractors.cloudformation.extract import CloudFormationExtractor
from policy_gate.extractors.interface import ExtractSettings, ParameterValue
from policy_gate.managed_policies.attached import with_documents
from policy_gate.managed_policies.bundled import BundledDocuments
from policy_gate.model import (
    Assumption,
    DeferredText,
    Extraction,
    Location,
    NotChecked,
    Policy,
    Value,
)
from policy_gate.syntax.source import Source


def extract(
    template: str, *, trust: bool = False, given: Mapping[str, ParameterValue] | None = None
) -> Extraction:
    """What the template holds, with the documents that every run has at hand."""
    settings = ExtractSettings(given or {}, trust)
    extraction = CloudFormationExtractor().extract(Source("t.yaml", dedent(template)), settings)
    return with_documents(extraction, [BundledDocuments()])


def policies(
    template: str, *, trust: bool = False, given: Mapping[str, ParameterValue] | None = None
) -> tuple[Policy, ...]:
    """The policies of a template of which everything is read."""
    extraction = extract(template, trust=trust, given=given)
    assert extraction.not_checked == ()
    return extraction.policies


def only(
    template: str, *, trust: bool = False, given: Mapping[str, ParameterValue] | None = None
) -> Policy:
    (policy,) = policies(template, trust=trust, given=given)
    return policy


def refusal(template: str) -> NotChecked:
    """Why nothing of a template with one policy is read."""
    extraction = extract(template)
    assert extraction.policies == ()
    (not_checked,) = extraction.not_checked
    return not_checked


def template_of(value: str, sections: str = "") -> str:
    """A template whose only policy document is `{X: value}`."""
    lines = [
        dedent(sections).strip(),
        "Resources:",
        "  Policy:",
        "    Type: AWS::IAM::ManagedPolicy",
        "    Properties:",
        "      PolicyDocument:",
        "        X:",
        indent(dedent(value).strip(), " " * 10),
    ]
    return "\n".join(lines) + "\n"


def resolved(
    value: str,
    sections: str = "",
    *,
    trust: bool = False,
    given: Mapping[str, ParameterValue] | None = None,
) -> Value:
    """What a value of a template resolves to."""
    document = only(template_of(value, sections), trust=trust, given=given).document
    assert isinstance(document, dict)
    return document["X"]


def assumption(value: Value) -> Assumption:
    """The one assumption that a deferred text holds."""
    assert isinstance(value, DeferredText)
    (found,) = value.assumptions()
    return found


def shown(text: str, location: Location) -> str:
    """What stands at a location of a text."""
    lines = text.split("\n")
    if location.line == location.end_line:
        return lines[location.line - 1][location.column - 1 : location.end_column - 1]
    return "\n".join(
        [
            lines[location.line - 1][location.column - 1 :],
            *lines[location.line : location.end_line - 1],
            lines[location.end_line - 1][: location.end_column - 1],
        ]
    )
