"""Files with values of template parameters, in the three shapes that people have.

A CodePipeline template configuration is `{"Parameters": {"Env": "prod"}}`, the CLI of
CloudFormation takes `[{"ParameterKey": "Env", "ParameterValue": "prod"}]`, and `["Env=prod"]` too.
Each may be JSON or YAML.
Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html
and https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from policy_gate.config.section import ConfigError
from policy_gate.extractors.interface import ParameterValue
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import Node, ReadError
from policy_gate.syntax.source import Source
from policy_gate.syntax.yaml_reader import read_yaml

ParameterValues: TypeAlias = Mapping[str, ParameterValue | None]
"""Values by name; None is the value that the deployed stack has (UsePreviousValue)."""

_SHAPES = (
    'a parameters file is {"Parameters": {"Name": "value"}},'
    ' [{"ParameterKey": "Name", "ParameterValue": "value"}] or ["Name=value"]'
)
_SECTIONS = ("Parameters", "StackPolicy", "Tags")
_ENTRY = ("ParameterKey", "ParameterValue", "ResolvedValue", "UsePreviousValue")


def read_parameters(source: Source) -> ParameterValues:
    """The values that a parameters file gives. Raises ConfigError."""
    try:
        root = _tree(source.text)
    except ReadError as error:
        raise ConfigError(error.message, source, error.offset) from error
    return _File(source).values(root)


def parameter_value(node: Node) -> ParameterValue | None:
    """A text, number, truth value or list of texts as CloudFormation takes it, None for others."""
    value = node.value
    if isinstance(value, list):
        texts = tuple(item.value for item in value if isinstance(item.value, str))
        return texts if len(texts) == len(value) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _tree(text: str) -> Node:
    if not text.lstrip().startswith(("{", "[")):
        return read_yaml(text)
    try:
        return read_json(text)
    except ReadError as json_error:
        try:
            return read_yaml(text)
        except ReadError:
            raise json_error from None


class _File:
    def __init__(self, source: Source) -> None:
        self.source = source

    def error(self, message: str, node: Node) -> ConfigError:
        return ConfigError(message, self.source, node.start)

    def values(self, root: Node) -> ParameterValues:
        if isinstance(root.value, list):
            return self.gathered(root.value)
        parameters = root.entries.get("Parameters")
        if parameters is None:
            raise self.error(_SHAPES, root)
        self.only(root, _SECTIONS)
        if not isinstance(parameters.value, dict):
            raise self.error("Parameters: a mapping from names to values is expected", parameters)
        return {name: self.value(name, node) for name, node in parameters.value.items()}

    def gathered(self, entries: list[Node]) -> ParameterValues:
        """The values of a list, each name of which has one."""
        values: dict[str, ParameterValue | None] = {}
        for node in entries:
            for name, value in self.entry(node):
                if name in values:
                    raise self.error(f"the parameter {name!r} is given twice", node)
                values[name] = value
        return values

    def entry(self, node: Node) -> Iterator[tuple[str, ParameterValue | None]]:
        if isinstance(node.value, str):
            name, equals, text = node.value.partition("=")
            if not name or not equals:
                raise self.error(f"expected Name=value, not {node.value[:80]!r}", node)
            yield name, text
            return
        key = node.entries.get("ParameterKey")
        if key is None:
            raise self.error(_SHAPES, node)
        self.only(node, _ENTRY)
        if not isinstance(key.value, str) or not key.value:
            raise self.error("ParameterKey: the name of a parameter is expected", key)
        yield key.value, self.entry_value(key.value, node)

    def entry_value(self, name: str, node: Node) -> ParameterValue | None:
        previous = node.entries.get("UsePreviousValue")
        if previous is not None and parameter_value(previous) == "true":
            return None
        value = node.entries.get("ParameterValue")
        if value is None:
            raise self.error(f"the parameter {name!r} has no ParameterValue", node)
        return self.value(name, value)

    def value(self, name: str, node: Node) -> ParameterValue:
        value = parameter_value(node)
        if value is None:
            expected = "a text, a number, true, false or a list of texts is expected"
            raise self.error(f"{name}: {expected}", node)
        return value

    def only(self, node: Node, known: tuple[str, ...]) -> None:
        """Refuses other keys: a value under a mistyped one would be lost."""
        for key in node.entries:
            if key not in known:
                message = f"unknown key {key[:80]!r}; known are {', '.join(known)}"
                raise ConfigError(message, self.source, node.keys[key][0])
