"""Policy documents from files: references, and what `policy-gate check` is asked about."""

from __future__ import annotations

import json

from policy_gate.analyzers.interface import AccessPolicyType
from policy_gate.checks.targets import KIND_NAMES, Targets
from policy_gate.config_section import ConfigError, Section
from policy_gate.model import PolicyKind
from policy_gate.reasoning.answer import PolicyDocumentError
from policy_gate.reasoning.document import read_document
from policy_gate.s3_source import named_source
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import Source


def reference_text(section: Section, targets: Targets) -> str:
    """The reference policy that `reference` names, as JSON text.

    Raises ConfigError where it is missing, no policy document, or of a kind that can't be compared
    with the policies it is meant for.
    """
    source = named_source(section, "reference")
    kinds = {KIND_NAMES.get(name) for name in targets.names}
    if PolicyKind.IDENTITY in kinds and not kinds <= {PolicyKind.IDENTITY, None}:
        raise section.error(
            "a reference for identity policies, which have no Principal, is none for others",
            "applies-to",
        )
    if kinds == {None}:
        return access_policy_text(source, _type_of(source))
    identity = PolicyKind.IDENTITY in kinds
    return access_policy_text(source, "IDENTITY_POLICY" if identity else "RESOURCE_POLICY")


def _type_of(source: Source) -> AccessPolicyType:
    """What a reference that is meant for resource types is: it names principals, or it does not."""
    try:
        read_document(policy_text(source), "IDENTITY_POLICY")
    except PolicyDocumentError:
        return "RESOURCE_POLICY"
    return "IDENTITY_POLICY"


def access_policy_text(source: Source, policy_type: AccessPolicyType) -> str:
    """The JSON text of a policy that the access checks can read. Raises ConfigError."""
    text = policy_text(source)
    try:
        read_document(text, policy_type)
    except PolicyDocumentError as error:
        # The position is one of the JSON text.
        offset = error.offset if text == source.text else 0
        raise ConfigError(f"not a policy document: {error.message}", source, offset) from error
    return text


def policy_text(source: Source) -> str:
    """The JSON text of a policy document written in JSON or YAML. Raises ConfigError."""
    try:
        if is_yaml(source):
            from policy_gate.syntax.yaml_reader import read_yaml

            return json.dumps(read_yaml(source.text).plain())
        read_json(source.text)
    except ReadError as error:
        raise ConfigError(error.message, source, error.offset) from error
    return source.text


def is_yaml(source: Source) -> bool:
    """Is it YAML that is no JSON? Its beginning says so, or else its name and content."""
    if not source.text.lstrip().startswith("{"):
        return True
    if not source.path.endswith((".yaml", ".yml")):
        return False
    try:
        read_json(source.text)
    except ReadError:
        return True
    return False
