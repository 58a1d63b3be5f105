"""What `run` and `extract` share: the configuration, with what the command line says."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

from policy_gate.config import GateConfig, default_config, find_config, load_config


def configured(arguments: argparse.Namespace) -> GateConfig:
    """The configuration of this run. Raises ConfigError (of config_section)."""
    path = Path(arguments.config) if arguments.config else find_config(Path.cwd())
    config = load_config(path) if path else default_config()
    parameters = {**config.settings.parameters, **dict(arguments.parameter)}
    return replace(
        config,
        analyzer=arguments.analyzer or config.analyzer,
        settings=replace(config.settings, parameters=parameters),
    )
