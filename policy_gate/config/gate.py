"""`.policy-gate.yml` to a GateConfig."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from policy_gate.accepting.baseline import Baseline
from policy_gate.accepting.waivers import FILE as WAIVERS_FILE
from policy_gate.accepting.waivers import read_waivers, waivers_in
from policy_gate.analyzers.registry import ANALYZERS
from policy_gate.analyzers.settings import (
    DEFAULT_AWS_SETTINGS,
    DEFAULT_SETTINGS,
    AwsSettings,
    EmbeddedSettings,
)
from policy_gate.checks.interface import Check
from policy_gate.checks.registry import CHECKS, build_checks
from policy_gate.config.aws import aws_settings, sends_sensitive
from policy_gate.config.keys import EMBEDDED_KEYS, TOP_KEYS
from policy_gate.config.parameters_file import ParameterValues, parameter_value, read_parameters
from policy_gate.config.publish import publish_settings
from policy_gate.config.section import ConfigError, Locate, Section, read_source
from policy_gate.extractors.interface import ExtractSettings, ParameterValue
from policy_gate.model import Waiver
from policy_gate.publishers.interface import PublishSettings
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.yaml_reader import read_yaml

FILE_NAME = ".policy-gate.yml"

NewAccess = Literal["", "inform", "block"]

BASE = "base"
"""As a baseline: what the base revision has."""

SENSITIVE_ACTIONS = (
    "account:CloseAccount",
    "cloudtrail:DeleteTrail",
    "cloudtrail:StopLogging",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:CreateUser",
    "iam:DeleteRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "kms:ScheduleKeyDeletion",
    "organizations:LeaveOrganization",
)
"""What no workload should do: become someone else, hide its traces, end the account."""


_DEFAULTS_NOTE = (
    f"There is no {FILE_NAME}, so the default checks ran: validate-policy, no-public-access, and"
    f" on identity policies access-not-granted with {len(SENSITIVE_ACTIONS)} actions that no"
    " workload should hold. `policy-gate init` writes one."
)


@dataclass(frozen=True)
class GateConfig:
    """Everything that a run is told."""

    checks: tuple[Check, ...]
    analyzer: str = "embedded"
    embedded: EmbeddedSettings = DEFAULT_SETTINGS
    aws: AwsSettings = DEFAULT_AWS_SETTINGS
    inputs: tuple[str, ...] = ()
    """Paths and patterns, relative to `folder`."""

    folder: Path = field(default_factory=Path.cwd)
    settings: ExtractSettings = field(default_factory=ExtractSettings)
    unknown_blocks: bool = True
    unavailable_documents_block: bool = False
    sends_sensitive: bool = False
    """May an analyzer send away policies that are marked sensitive?"""

    managed_policy_documents: Path | None = None
    """Folder with documents of managed policies that templates attach."""

    markdown_template: Path | None = None
    """Template of the reports of the kind markdown, in place of the one of the gate."""

    allow_empty: bool = False
    """Does a run that finds nothing to check succeed?"""

    notes: tuple[str, ...] = ()
    """What the report should say about the configuration."""

    base: str = ""
    """The revision or the cloud assembly to compare with; empty for that of the pull request."""

    new_access: NewAccess = ""
    """What added access does: it informs or it blocks; where nothing is said, it informs in pull
    requests."""

    reread: Callable[[Locate], GateConfig] | None = None
    """Reads the configuration as it was for another revision, given where its files are then.

    Raises ConfigError.
    """

    baseline: Baseline | Path | None = None
    """What was found before and does not block, or the file that says so."""

    baseline_of_base: bool = False
    """Is the baseline what the base revision has? Then `baseline` is None."""

    waivers: tuple[Waiver, ...] = ()
    waivers_file: Path = WAIVERS_FILE
    """Where more of them are added."""

    inline_waivers: bool = False
    """Do waivers count that stand in the code?"""

    today: date | None = None
    """The day that waivers are judged on; None is today, in UTC."""

    located: Locate = Path
    """Where the files of the user are that say how to judge."""

    publish: PublishSettings = field(default_factory=PublishSettings)

    shard: tuple[int, int] | None = None
    """Which share of the inputs is checked, from 1, and of how many; None for all of them."""


def default_config() -> GateConfig:
    """What runs where there is no configuration file."""
    from policy_gate.analyzers.interface import Access
    from policy_gate.checks.access_not_granted import AccessNotGranted
    from policy_gate.checks.no_public_access import NoPublicAccess
    from policy_gate.checks.targets import Targets
    from policy_gate.checks.validate_policy import ValidatePolicy

    sensitive = AccessNotGranted(Access(SENSITIVE_ACTIONS), Targets(("identity",)))
    return GateConfig(
        (ValidatePolicy(), sensitive, NoPublicAccess()),
        notes=(_DEFAULTS_NOTE,),
    )


def find_config(folder: Path) -> Path | None:
    """The nearest configuration file from a folder upward, not beyond the repository root."""
    repository = next(
        (parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), folder
    )
    for parent in (folder, *folder.parents):
        if os.path.lexists(parent / FILE_NAME):
            return parent / FILE_NAME
        if parent == repository:
            return None
    return None


def load_config(path: Path, located: Locate = Path) -> GateConfig:
    """Reads a configuration file and the files it names. Raises ConfigError.

    `located` says where these files are.
    """
    source = read_source(path)
    try:
        node = read_yaml(source.text)
    except ReadError as error:
        raise ConfigError(error.message, source, error.offset) from error
    root = Section(source, node, "", path.parent)
    root.located = located
    root.only(*TOP_KEYS)
    return GateConfig(
        _checks(root),
        root.choice("analyzer", ANALYZERS),
        _embedded(root),
        aws_settings(root),
        _inputs(root),
        path.parent,
        _settings(root),
        root.choice("unknown", ("block", "report")) == "block",
        root.choice("managed-policies", ("inform", "block")) == "block",
        sends_sensitive(root),
        _document_folder(root),
        new_access=_new_access(root),
        baseline=_baseline(root),
        baseline_of_base=root.has("baseline") and root.required_text("baseline") == BASE,
        waivers=_waivers(root),
        waivers_file=_waivers_file(root),
        inline_waivers=root.flag("inline-waivers"),
        markdown_template=root.file("markdown-template") if root.has("markdown-template") else None,
        publish=publish_settings(root),
    )


def _new_access(root: Section) -> NewAccess:
    if not root.has("new-access"):
        return ""
    return "block" if root.choice("new-access", ("inform", "block")) == "block" else "inform"


def _baseline(root: Section) -> Path | None:
    """Not read yet: a run may be about to write it."""
    if not root.has("baseline") or (name := root.required_text("baseline")) == BASE:
        return None
    return root.path(name)


def _waivers(root: Section) -> tuple[Waiver, ...]:
    """Those of the file, and those that the configuration lists."""
    file = _waivers_file(root)
    waivers = read_waivers(file) if os.path.lexists(file) else ()
    if not root.has("waivers") or isinstance(root.node.entries["waivers"].value, str):
        return waivers
    return (*waivers, *waivers_in(root.section("waivers")))


def _waivers_file(root: Section) -> Path:
    """The usual one, unless the configuration names another."""
    if root.has("waivers") and isinstance(root.node.entries["waivers"].value, str):
        return root.file("waivers")
    return root.path(str(WAIVERS_FILE))


def _inputs(root: Section) -> tuple[str, ...]:
    patterns = root.texts("inputs")
    for pattern in patterns:
        if any("**" in part and part != "**" for part in Path(pattern).parts):
            raise root.error(f"in {pattern!r}, ** must stand alone between slashes", "inputs")
    return patterns


def _embedded(root: Section) -> EmbeddedSettings:
    if not root.has("embedded"):
        return DEFAULT_SETTINGS
    section = root.section("embedded")
    section.only(*EMBEDDED_KEYS)
    return EmbeddedSettings(
        section.flag("approximate"),
        section.count("service-data-days", DEFAULT_SETTINGS.service_data_days),
    )


def _document_folder(root: Section) -> Path | None:
    key = "managed-policy-documents"
    return root.directory(key) if root.has(key) else None


def _checks(root: Section) -> tuple[Check, ...]:
    if not root.has("checks"):
        raise root.error("the key 'checks' is missing: name the checks to run")
    section = root.section("checks")
    section.only(*CHECKS)
    checks: list[Check] = []
    for name in CHECKS:
        if name not in section.node.entries or section.node.entries[name].value is False:
            continue
        if section.node.entries[name].value is None:
            raise section.error("a value is missing: `true` or `false`, or its settings", name)
        checks += build_checks(name, section.section(name))
    return tuple(checks)


def _settings(root: Section) -> ExtractSettings:
    defaults = root.choice("parameter-defaults", ("explore", "trust"))
    settings = ExtractSettings(
        trust_parameter_defaults=defaults == "trust",
        terraform_roots=root.directories("terraform-roots"),
    )
    return settings.given(_parameters_file(root)).given(_parameters(root))


def _parameters_file(root: Section) -> ParameterValues:
    if not root.has("parameters-file"):
        return {}
    return read_parameters(read_source(root.file("parameters-file"), root))


def _parameters(root: Section) -> Mapping[str, ParameterValue]:
    if not root.has("parameters"):
        return {}
    section = root.section("parameters")
    if not isinstance(section.node.value, dict):
        raise section.error("a mapping from names to values is expected here")
    return {name: _parameter(section, name) for name in section.node.value}


def _parameter(section: Section, name: str) -> ParameterValue:
    value = parameter_value(section.node.entries[name])
    if value is None:
        raise section.error("a text, a number or a list of texts is expected here", name)
    return value
