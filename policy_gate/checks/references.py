"""Policy documents from files: references, and what `policy-gate check` is asked about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from policy_gate.analyzers.interface import AccessPolicyType
from policy_gate.checks.targets import KIND_NAMES, Targets
from policy_gate.config.section import ConfigError, Section
from policy_gate.extractors.interface import ParameterValue
from policy_gate.model import PolicyKind
from policy_gate.reasoning.answer import PolicyDocumentError
from policy_gate.reasoning.document import read_document
from policy_gate.references.library import POLICY, is_builtin
from policy_gate.references.parameters import given
from policy_gate.references.reference import Reference, builtin_folder, read_reference
from policy_gate.s3_source import given_source, is_in_s3, named_source
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import Source, shown


def named_reference(section: Section) -> Reference:
    """What `reference` names: `builtin:NAME`, a folder or a file. Raises ConfigError."""
    name = section.required_text("reference")
    if is_builtin(name):
        return read_reference(builtin_folder(name, POLICY, section, "reference"), section)
    if is_in_s3(name):
        return Reference(named_source(section, "reference", name), None)
    path = section.path(name)
    if path.is_dir() and not (path / POLICY).is_file():
        raise section.error(f"there is no file {shown(path / POLICY)}", "reference")
    return read_reference(path if path.is_dir() else section.file("reference"), section)


def reference_text(section: Section, reference: Reference, targets: Targets) -> str:
    """The reference policy with the `parameters` of the section, as JSON text.

    Raises ConfigError where it is no policy document, lacks parameters, or is of a kind that can't
    be compared with the policies it is meant for.
    """
    values = given(section.section("parameters")) if section.has("parameters") else {}
    source = reference.filled(values, section)
    policy_type = _type_of(section, reference, targets, source)
    return access_policy_text(source, policy_type)


def _type_of(
    section: Section, reference: Reference, targets: Targets, source: Source
) -> AccessPolicyType:
    """The type of the policies that the reference is compared with. Raises ConfigError."""
    kinds = {KIND_NAMES.get(name) for name in targets.names}
    if PolicyKind.IDENTITY in kinds and not kinds <= {PolicyKind.IDENTITY, None}:
        raise section.error(
            "a reference for identity policies, which have no Principal, is none for others",
            "applies-to",
        )
    # What a reference for resource types is shows in whether it names principals.
    identity = is_identity_policy(source) if kinds == {None} else PolicyKind.IDENTITY in kinds
    if reference.meta and identity != ("identity" in reference.meta.applies_to):
        meant = ", ".join(reference.meta.applies_to)
        raise section.error(f"this reference is for policies of the kind {meant}", "reference")
    return "IDENTITY_POLICY" if identity else "RESOURCE_POLICY"


def is_identity_policy(source: Source) -> bool:
    """Is it a policy that names no principals? Raises ConfigError for what is no JSON or YAML."""
    try:
        read_document(policy_text(source), "IDENTITY_POLICY")
    except PolicyDocumentError:
        return False
    return True


def reference_file(
    name: str, assignments: Sequence[tuple[str, str]], policy_type: AccessPolicyType
) -> str:
    """The reference policy of a command line, as JSON text. Raises ConfigError.

    A parameter that is assigned several times is a list.
    """
    if is_in_s3(name):
        reference = Reference(given_source(name), None)
    else:
        reference = read_reference(
            builtin_folder(name, POLICY, None, "") if is_builtin(name) else Path(name)
        )
    declared = reference.meta.parameters if reference.meta else {}
    values: dict[str, ParameterValue] = {}
    for parameter in dict.fromkeys(key for key, _ in assignments):
        texts = tuple(text for key, text in assignments if key == parameter)
        is_list = parameter in declared and declared[parameter].is_list
        values[parameter] = texts if is_list or len(texts) > 1 else texts[0]
    return access_policy_text(reference.filled(values), policy_type)


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
