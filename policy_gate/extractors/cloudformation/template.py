"""A CloudFormation template as sections of nodes.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from policy_gate.extractors.cloudformation.resolved import Budget
from policy_gate.extractors.interface import NotSupportedError
from policy_gate.model import Assumption
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import Node, ReadError
from policy_gate.syntax.source import Source
from policy_gate.syntax.yaml_reader import read_yaml

LOOP = "Fn::ForEach"

MAX_VALUES = 600_000
"""Values in one template; a 5 MB template of ordinary density holds a third of it."""

_SECTIONS = (
    "AWSTemplateFormatVersion|Conditions|Description|Globals|Hooks|Mappings|Metadata|Outputs"
    "|Parameters|Resources|Rules|Transform"
)
_BLOCK_RESOURCES = re.compile(r"""^([ \t]*)["']?Resources["']?[ \t]*:""", re.MULTILINE)
_FLOW_RESOURCES = re.compile(r"""[{,]\s*["']?Resources["']?\s*:""")
_TEMPLATE_WORDS = re.compile(
    r"""AWSTemplateFormatVersion|["'\s](?:AWS|Custom|Alexa)::[A-Za-z0-9]|AWS::CloudFormation"""
)
_PREAMBLE = re.compile(r"(?:[ \t]*(?:#[^\n]*|---[^\n]*|%[^\n]*|\r)?\n)*[ \t]*")
_PLAN = re.compile(r'\s*\{\s*"format_version"\s*:')
_FIRST_KEY = re.compile(rf"""\{{|["']?(?:{_SECTIONS})["']?[ \t]*:|[\w.-]+:[ \t]*[&\r\n]""")


@dataclass(frozen=True)
class Template:
    """The parsed template; a section that is absent is empty."""

    source: Source
    root: Node
    parameters: dict[str, Node]
    mappings: dict[str, Node]
    conditions: dict[str, Node]
    resources: dict[str, Node]
    outputs: dict[str, Node]
    transforms: tuple[str, ...]
    budget: Budget = field(default_factory=Budget)
    """What may still be spent on resolving its values."""

    loops: Mapping[str, tuple[Assumption, ...]] = field(default_factory=dict)
    """What the collections of the loops that make a resource rest on, by its logical id."""

    @property
    def is_expanded_later(self) -> bool:
        """Do transforms add resources that the template does not name?"""
        return any(name != "AWS::LanguageExtensions" for name in self.transforms)

    @cached_property
    def managed_policy_names(self) -> frozenset[str]:
        """What the managed policies that are always created are called, as an ARN has it."""
        return frozenset(
            _managed_policy_name(node)
            for node in self.resources.values()
            if is_managed_policy(node) and "Condition" not in node.entries
        )


@dataclass(slots=True, eq=False)
class Instance(Node):
    """A node as it is in one iteration of a loop, at the place where it is written."""

    iteration: str = ""
    """As `Name = 'logs'`."""


def looks_like_template(text: str) -> bool:
    """Cheap and tolerant: true of a template with syntax errors, not of prose that quotes one."""
    preamble = _PREAMBLE.match(text)
    start = preamble.end() if preamble else 0
    first = _FIRST_KEY.match(text, start)
    if first is None or _PLAN.match(text):
        # The plan of a stack has its template in it.
        return False
    if first.group() == "{":
        has_resources = _FLOW_RESOURCES.search(text) is not None
    else:
        indentation = text[text.rfind("\n", 0, start) + 1 : start]
        has_resources = any(key[1] == indentation for key in _BLOCK_RESOURCES.finditer(text))
    return has_resources and _TEMPLATE_WORDS.search(text) is not None


def read_template(source: Source) -> Template:
    """Parses a template in JSON or YAML.

    Raises ReadError for a syntax error, NotSupportedError for something that is no template.
    """
    root = _parse(source.text)
    if root.value is None:
        raise NotSupportedError("the file is empty")
    if not isinstance(root.value, dict):
        raise NotSupportedError("a template is a mapping with a Resources section", root.start)
    return with_root(source, root)


def with_root(source: Source, root: Node) -> Template:
    """The template whose tree this is. Raises NotSupportedError where it has no resources."""
    resources = root.entries.get("Resources")
    if resources is None:
        raise NotSupportedError("this is no CloudFormation template: it has no Resources section")
    if not isinstance(resources.value, dict):
        raise NotSupportedError("Resources must be a mapping", resources.start)
    return Template(
        source,
        root,
        _section(root, "Parameters"),
        _section(root, "Mappings"),
        _section(root, "Conditions"),
        resources.value,
        _section(root, "Outputs"),
        _transforms(root.entries.get("Transform")),
    )


def _parse(text: str) -> Node:
    if text.count(",") + text.count("\n") + text.count("[") > MAX_VALUES:
        raise ReadError(f"more than {MAX_VALUES:,} values", 0)
    if not text.lstrip().startswith("{"):
        return read_yaml(text, short_form)
    try:
        return read_json(text)
    except ReadError as json_error:
        try:
            return read_yaml(text, short_form)
        except ReadError:
            raise json_error from None


def short_form(tag: str, node: Node) -> Node:
    """The long form of a short-form intrinsic function: `!Sub x` is `{"Fn::Sub": x}`."""
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    return Node({name: node}, node.start, node.end, {name: (node.start, node.end)})


def resource_type(node: Node) -> str:
    """The type of a resource, empty where it has none."""
    kind = node.entries.get("Type")
    return kind.value if kind is not None and isinstance(kind.value, str) else ""


def is_function(value: Mapping[str, Node]) -> bool:
    """Is a mapping a call of an intrinsic function, or does a function add to it?"""
    return any(key == "Ref" or key.startswith("Fn::") for key in value)


def is_managed_policy(resource: Node) -> bool:
    kind = resource.entries.get("Type")
    return kind is not None and kind.value == "AWS::IAM::ManagedPolicy"


def _managed_policy_name(policy: Node) -> str:
    """As it is written inside Fn::Sub, empty where it is generated."""
    properties = policy.entries.get("Properties", policy)
    name = properties.entries.get("ManagedPolicyName", properties)
    if "Ref" in name.entries:
        return f"${{{name.entries['Ref'].value}}}"
    text = name.entries.get("Fn::Sub", name).value
    return text if isinstance(text, str) else ""


def _section(root: Node, name: str) -> dict[str, Node]:
    node = root.entries.get(name)
    if node is None or node.value is None:
        return {}
    if not isinstance(node.value, dict):
        raise NotSupportedError(f"{name} must be a mapping", node.start)
    return node.value


def _transforms(node: Node | None) -> tuple[str, ...]:
    if node is None:
        return ()
    names = node.value if isinstance(node.value, list) else [node]
    return tuple(_transform_name(name) for name in names)


def _transform_name(node: Node) -> str:
    if "Name" in node.entries:
        return _transform_name(node.entries["Name"])
    return node.value if isinstance(node.value, str) else "Fn::Transform"
