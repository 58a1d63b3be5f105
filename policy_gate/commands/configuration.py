"""What `run` and `extract` share: the configuration, with what the command line says."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from policy_gate.checks.no_external_access import in_account, offline_note
from policy_gate.config import GateConfig, Locate, default_config, find_config, load_config
from policy_gate.config_section import ConfigError, read_source
from policy_gate.parameters_file import read_parameters
from policy_gate.syntax.source import shown
from policy_gate.waivers import find_waivers, read_waivers


def configured(arguments: argparse.Namespace, located: Locate = Path) -> GateConfig:
    """The configuration of this run. Raises ConfigError (of config_section).

    `located` says where the files are that the command line names.
    """
    path = located(arguments.config) if arguments.config else find_config(Path.cwd())
    config = load_config(path) if path else _without_file()
    settings = config.settings
    for file in arguments.parameters_file:
        settings = settings.given(read_parameters(read_source(located(file))))
    if arguments.terraform_root:
        settings = replace(settings, terraform_roots=_folders(arguments.terraform_root))
    settings = settings.given(dict(arguments.parameter))
    analyzer = arguments.analyzer or config.analyzer
    return replace(
        config,
        checks=in_account(config.checks, settings.parameters.get("AWS::AccountId")),
        analyzer=analyzer,
        embedded=config.embedded._replace(
            approximate=arguments.approximate or config.embedded.approximate
        ),
        aws=config.aws._replace(
            endpoint_url=arguments.endpoint_url, create_analyzer=arguments.create_analyzer
        ),
        settings=settings,
        notes=(*config.notes, *offline_note(config.checks, analyzer)),
    )


def _without_file() -> GateConfig:
    found = find_waivers(Path.cwd())
    return replace(default_config(), waivers=read_waivers(found) if found else ())


def _folders(names: Iterable[str]) -> tuple[Path, ...]:
    folders = tuple(map(Path, names))
    for folder in folders:
        if not folder.is_dir():
            raise ConfigError(f"--terraform-root: there is no folder {shown(folder)}")
    return folders
