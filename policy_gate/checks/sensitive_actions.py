"""Sensitive-actions files: one action a line.

Blank lines and lines that begin with `#` are comments, and so is what follows the action. This is
the format of https://github.com/aws-samples/access-analyzer-automated-policy-analysis-blog.
"""

from __future__ import annotations

from policy_gate.analyzers.interface import is_action
from policy_gate.config.section import ConfigError, Section, read_source
from policy_gate.references.library import ACTIONS, is_builtin
from policy_gate.references.reference import builtin_folder
from policy_gate.s3_source import given_source, named_source
from policy_gate.syntax.source import Source

_KEY = "actions-file"


def actions_files(section: Section) -> list[str]:
    """The actions of what `actions-file` names: a file or `builtin:NAME`, or a list of them.

    Raises ConfigError.
    """
    node = section.node.entries[_KEY]
    if isinstance(node.value, list) and not node.value:
        raise section.error("at least one entry is expected here", _KEY)
    names = section.texts(_KEY) if isinstance(node.value, list) else (section.required_text(_KEY),)
    return [action for name in names for action in read_actions(_source(section, name))]


def _source(section: Section, name: str) -> Source:
    if is_builtin(name):
        return read_source(builtin_folder(name, ACTIONS, section, _KEY) / ACTIONS)
    return named_source(section, _KEY, name)


def actions_file(name: str) -> list[str]:
    """The actions of a file, or of `builtin:NAME`, of a command line. Raises ConfigError."""
    if is_builtin(name):
        return read_actions(read_source(builtin_folder(name, ACTIONS, None, "") / ACTIONS))
    return read_actions(given_source(name))


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
