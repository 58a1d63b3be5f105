"""Reference policies from files."""

from __future__ import annotations

import json

from policy_gate.checks.targets import KIND_NAMES, Targets
from policy_gate.config_section import ConfigError, Section, read_source
from policy_gate.model import PolicyKind
from policy_gate.reasoning.answer import PolicyDocumentError
from policy_gate.reasoning.document import read_document
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import Source
from policy_gate.syntax.yaml_reader import read_yaml


def reference_text(section: Section, targets: Targets) -> str:
    """The reference policy that `reference` names, as JSON text.

    Raises ConfigError where it is missing, no policy document, or of a kind that can't be compared
    with the policies it is meant for.
    """
    source = read_source(section.file("reference"), section)
    text = policy_text(source)
    identity = all(KIND_NAMES.get(name) is PolicyKind.IDENTITY for name in targets.names)
    try:
        read_document(text, "IDENTITY_POLICY" if identity else "RESOURCE_POLICY")
    except PolicyDocumentError as error:
        offset = error.offset if text == source.text else 0
        raise ConfigError(f"not a reference policy: {error.message}", source, offset) from error
    return text


def policy_text(source: Source) -> str:
    """The JSON text of a policy document written in JSON or YAML. Raises ConfigError."""
    try:
        if source.text.lstrip().startswith("{"):
            read_json(source.text)
            return source.text
        return json.dumps(read_yaml(source.text).plain())
    except ReadError as error:
        raise ConfigError(error.message, source, error.offset) from error
