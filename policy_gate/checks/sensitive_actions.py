"""Sensitive-actions files: one action a line.

Blank lines and lines that begin with `#` are comments, and so is what follows the action. This is
the format of https://github.com/aws-samples/access-analyzer-automated-policy-analysis-blog.
"""

from __future__ import annotations

from policy_gate.analyzers.interface import is_action
from policy_gate.config_section import ConfigError
from policy_gate.syntax.source import Source


def read_actions(source: Source) -> list[str]:
    """The actions of a file, in order. Raises ConfigError with the line of what is no action."""
    actions = []
    offset = 0
    for line in source.text.splitlines(keepends=True):
        words = line.split()
        if words and not words[0].startswith("#"):
            if not is_action(words[0]):
                message = f"{words[0][:100]!r} is no action such as iam:CreateUser"
                raise ConfigError(message, source, offset)
            actions.append(words[0])
        offset += len(line)
    if not actions:
        raise ConfigError("this file names no action", source, 0)
    return actions
