"""What `run` and `extract` share: the configuration, with what the command line says."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from policy_gate.accepting.waivers import find_waivers, read_waivers
from policy_gate.checks.no_external_access import in_account, offline_note
from policy_gate.ci import trusted_commits
from policy_gate.config.gate import GateConfig, default_config, find_config, load_config
from policy_gate.config.parameters_file import read_parameters
from policy_gate.config.section import ConfigError, Locate, read_source
from policy_gate.revisions.repository import repository_root
from policy_gate.syntax.source import shown


def configured(arguments: argparse.Namespace, located: Locate | None = None) -> GateConfig:
    """The configuration of this run. Raises ConfigError (of config.section).

    Of a change that may be anybody's it is that of the base. For another revision `located` says
    where the files are that the command line names.
    """
    commits = trusted_commits() if located is None else None
    config = _read(arguments, located or Path) if commits is None else _of_base(arguments, commits)
    settings = config.settings
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


def _of_base(arguments: argparse.Namespace, commits: Sequence[str]) -> GateConfig:
    """The configuration of the base, for the inputs of the checkout. Raises ConfigError."""
    from policy_gate.trusted import trusted_base

    here = Path.cwd()
    if not _may_decide(arguments, here):
        return default_config()
    base = trusted_base(here, commits)
    with base.reading():
        config = _read(arguments, base.located)
    return base.applied(config)


def _may_decide(arguments: argparse.Namespace, here: Path) -> bool:
    """Is there a repository, or any file that says how to judge? Else nothing is to be mistrusted.

    So it is in a job that has no more than the files which another one made.
    """
    root = repository_root(here)
    named = arguments.config or arguments.parameters_file
    return bool(named or (root / ".git").exists() or find_config(here) or find_waivers(here))


def _read(arguments: argparse.Namespace, located: Locate) -> GateConfig:
    """The files that say how to judge. Raises ConfigError."""
    path = located(arguments.config) if arguments.config else find_config(Path.cwd())
    config = load_config(path, located) if path else _without_file()
    settings = config.settings
    for file in arguments.parameters_file:
        settings = settings.given(read_parameters(read_source(located(file))))
    return replace(config, settings=settings)


def _without_file() -> GateConfig:
    found = find_waivers(Path.cwd())
    return replace(default_config(), waivers=read_waivers(found) if found else ())


def _folders(names: Iterable[str]) -> tuple[Path, ...]:
    folders = tuple(map(Path, names))
    for folder in folders:
        if not folder.is_dir():
            raise ConfigError(f"--terraform-root: there is no folder {shown(folder)}")
    return folders
