"""Template parameters and pseudo parameters: given, assumed by default, or supplied from outside.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
and https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from policy_gate.extractors.cloudformation.allowed_pattern import AllowedPattern, allowed_pattern
from policy_gate.extractors.cloudformation.carried import Carried, may_be
from policy_gate.extractors.cloudformation.resolved import scalar_text
from policy_gate.extractors.cloudformation.template import Template
from policy_gate.extractors.cloudformation.worlds import UndecidedError, World
from policy_gate.extractors.interface import ExtractSettings, ParameterValue
from policy_gate.extractors.stand_ins import stand_in
from policy_gate.model import ANY_TEXT, Assumption, AssumptionKind, Location
from policy_gate.partitions import DEFAULT_PARTITION, URL_SUFFIXES, partition_of_region
from policy_gate.syntax.node import Node

MAX_ALLOWED_VALUES = 200
"""Allowed values that an assumption lists; with more it is any value."""

MAX_COMPARED_VALUES = 1000
"""Allowed values that conditions are compared with; with more it is any value."""

_STEPS_OF_MATCH = 5
"""Steps of a match with an allowed pattern that cost as much as one value."""

_PATTERNS = {
    "Number": r"[\w.+-]+",
    "AWS::EC2::AvailabilityZone::Name": "[0-9a-z-]+",
    "AWS::EC2::Image::Id": "ami-[0-9a-z]+",
    "AWS::EC2::Instance::Id": "i-[0-9a-z]+",
    "AWS::EC2::SecurityGroup::Id": "sg-[0-9a-z]+",
    "AWS::EC2::Subnet::Id": "subnet-[0-9a-z]+",
    "AWS::EC2::VPC::Id": "vpc-[0-9a-z]+",
    "AWS::EC2::Volume::Id": "vol-[0-9a-z]+",
    "AWS::Route53::HostedZone::Id": "[0-9A-Za-z/]+",
}
"""What the values of a type match, where CloudFormation checks it."""

PSEUDO_PARAMETERS = frozenset(
    f"AWS::{name}"
    for name in ("AccountId", "NotificationARNs", "Partition", "Region", "StackId", "StackName")
) | {"AWS::URLSuffix"}


class _Declaration(NamedTuple):
    """What the Parameters section says of one parameter."""

    default: str | None = None
    """The value that it has unless another is given: not the name of an SSM parameter."""

    allowed: tuple[str, ...] | None = None
    pattern: AllowedPattern | None = None
    """What the value, or each item of a list, matches."""

    is_list: bool = False
    is_hidden: bool = False
    """NoEcho: its value is shown nowhere."""

    is_name: bool = False
    """Is what it is given the name of the SSM parameter that holds the value?"""

    location: Location | None = None

    def shown(self, value: str) -> str:
        return "****" if self.is_hidden else value or "''"


class ParameterText(NamedTuple):
    """What a reference to a parameter gives: text, a list of texts, or an assumption."""

    value: ParameterValue | Assumption
    assumption: Assumption | None = None
    """What was taken for given, if anything."""


class Parameters:
    """The parameters of one template with the values that it is given."""

    def __init__(
        self,
        template: Template,
        settings: ExtractSettings,
        passed: Mapping[str, Carried] | None = None,
    ) -> None:
        """With what the settings give; for a nested stack, with all that its parent passes."""
        self.template = template
        self._passed = passed or {}
        self._declarations: dict[str, _Declaration] = {}
        self._texts: dict[str, ParameterText] = {}
        self._matches: dict[tuple[str, str], bool] = {}
        self.given = dict(settings.parameters)
        self.kept = settings.kept_parameters
        self.trust_defaults = settings.trust_parameter_defaults
        region = self.given.get("AWS::Region")
        if isinstance(region, str):
            self.given.setdefault("AWS::Partition", partition_of_region(region))
        partition = self.given.get("AWS::Partition")
        if isinstance(partition, str):
            suffix = URL_SUFFIXES.get(partition, URL_SUFFIXES[DEFAULT_PARTITION])
            self.given.setdefault("AWS::URLSuffix", suffix)
        if passed is not None:
            self.given |= self._certain(passed)

    def _certain(self, passed: Mapping[str, Carried]) -> Iterator[tuple[str, str]]:
        """The parameters of a nested stack with one value, whatever is deployed."""
        for name in self.template.parameters:
            declared = self._declared(name)
            if (text := passed.get(name)) is None:
                if declared.default is not None:
                    yield name, declared.default
            elif text.is_certain and not declared.is_name:
                yield name, text.plain

    def __contains__(self, name: str) -> bool:
        return name in self.template.parameters or name in PSEUDO_PARAMETERS

    def is_list(self, name: str) -> bool:
        return self._declared(name).is_list

    def text(self, name: str, world: World) -> ParameterText:
        """What `Ref` to the parameter gives in a world."""
        if world.equal or world.excluded or world.released:
            return self._text(name, world)
        if name not in self._texts:
            self._texts[name] = self._text(name, world)
        return self._texts[name]

    def _text(self, name: str, world: World) -> ParameterText:
        declared = self._declared(name)
        if declared.is_hidden:
            return self._supplied(name, world)
        if name in self.given:
            return ParameterText(self._shaped(name, self.given[name]))
        value = world.equal.get(name, self._only_value_left(name, world))
        if value is None:
            value = _follows_from_region(name, world)
        default = self._default_in(name, world)
        if value is not None and value != default:
            return ParameterText(self._shaped(name, value))
        if default is not None:
            return ParameterText(self._shaped(name, default), self._default(name, default))
        return self._supplied(name, world)

    def received(self, name: str, world: World) -> Carried | None:
        """What the parent passes, where that is no plain text and the world says no more."""
        passed = self._passed.get(name)
        if passed is None or passed.is_plain or name in world.equal:
            return None
        declared = self._declared(name)
        return None if declared.is_hidden or declared.is_name else passed

    def equals(self, name: str, literal: str, world: World) -> bool:
        """Does the parameter have this value?

        Raises UndecidedError where the world leaves it open.
        """
        if name in self.given:
            given = self.given[name]
            return (given if isinstance(given, str) else ",".join(given)) == literal
        if name in world.equal:
            return world.equal[name] == literal
        if not self._can_be(name, literal, world):
            return False
        if (only := self._only_value_left(name, world)) is not None:
            return only == literal
        default = self._default_in(name, world)
        if self.trust_defaults and default is not None:
            return default == literal
        declared = self._declared(name)
        texts = [declared.shown(value) for value in (*world.excluded.get(name, ()), literal)]
        same = f"{name} = {texts[-1]}"
        other = f"{name} other than {', '.join(dict.fromkeys(texts))}"
        is_equal = world.with_equal(name, literal, None if default == literal else same)
        is_other = world.with_excluded(
            name, literal, None if default not in (None, literal) else other
        )
        if default in (None, literal):
            raise UndecidedError(is_equal, is_other)
        raise UndecidedError(is_other, is_equal)

    def _can_be(self, name: str, literal: str, world: World) -> bool:
        """Can the parameter have this value? False only where it surely can't."""
        declared = self._declared(name)
        passed = self._passed.get(name)
        if passed is not None and not passed.is_plain and not may_be(passed.parts, literal):
            return False
        if literal in world.excluded.get(name, ()):
            return False
        if declared.allowed and literal not in declared.allowed:
            return False
        if declared.pattern is None:
            return True
        if (name, literal) not in self._matches:
            self._matches[name, literal] = self._does_match(name, declared.pattern, literal)
        return self._matches[name, literal]

    def _does_match(self, name: str, pattern: AllowedPattern, text: str) -> bool:
        node = self.template.parameters[name]
        self.template.budget.spend(pattern.steps(text) // _STEPS_OF_MATCH, node)
        return pattern.matches(text)

    def _default_in(self, name: str, world: World) -> str | None:
        """The default, where it can be the value in the world."""
        default = self._declared(name).default
        if self._is_released(name, world) or default in world.excluded.get(name, ()):
            return None
        return default

    def _is_released(self, name: str, world: World) -> bool:
        """Is the default, if there is one, no more likely than any other value?"""
        return name in self.kept or name in world.released

    def _only_value_left(self, name: str, world: World) -> str | None:
        """The one allowed value that the world does not exclude, where there is but one."""
        declared = self._declared(name)
        excluded = world.excluded.get(name, ())
        left = {value for value in declared.allowed or () if value not in excluded}
        return left.pop() if len(left) == 1 and not declared.is_list else None

    def _shaped(self, name: str, value: ParameterValue) -> ParameterValue:
        if isinstance(value, str) and self.is_list(name):
            return tuple(item.strip() for item in value.split(","))
        if isinstance(value, tuple) and not self.is_list(name):
            return ",".join(value)
        return value

    def _declared(self, name: str) -> _Declaration:
        if name not in self._declarations:
            node = self.template.parameters.get(name)
            self._declarations[name] = (
                _Declaration(is_list=name == "AWS::NotificationARNs")
                if node is None
                else self._with_pattern(name, node)
            )
        return self._declarations[name]

    def _with_pattern(self, name: str, node: Node) -> _Declaration:
        """The declaration, with the pattern unless that does not take the default."""
        declared = _declaration(node, self.template.source.locate(node))
        declared = self._as_passed(name, declared)
        pattern = _pattern(node)
        if pattern is None:
            return declared
        items = [""] if declared.default is None else [declared.default]
        if declared.is_list:
            items = [item.strip() for item in items[0].split(",")]
        taken = [self._does_match(name, pattern, item) for item in items]
        if declared.default is not None and not all(taken):
            return declared
        return declared._replace(pattern=pattern, allowed=declared.allowed or pattern.texts)

    def _as_passed(self, name: str, declared: _Declaration) -> _Declaration:
        """With the value that hangs on defaults of the parent in place of its own default."""
        passed = self._passed.get(name)
        if passed is None or declared.is_name:
            return declared
        return declared._replace(default=passed.plain if passed.is_plain else None)

    def _default(self, name: str, value: str) -> Assumption:
        return Assumption(
            AssumptionKind.DEFAULT,
            f"${{{name}}}",
            f"parameter {name} has its default value {value!r}",
            value,
            location=self._declared(name).location,
        )

    def _supplied(self, name: str, world: World) -> ParameterText:
        assumption = _pseudo_default(name) or self._any_value(name, world)
        return ParameterText(assumption, assumption)

    def _any_value(self, name: str, world: World) -> Assumption:
        declared = self._declared(name)
        pattern = _pseudo_pattern(name)
        if declared.pattern is not None and not declared.is_hidden:
            pattern = declared.pattern.cover
        like = "" if pattern == ANY_TEXT else f" like {pattern.replace(ANY_TEXT, '*')}"
        return Assumption(
            AssumptionKind.SUPPLIED,
            f"${{{name}}}",
            f"{name} is any value: deployment decides it"
            if name in PSEUDO_PARAMETERS
            else f"parameter {name} is any value{like}: deployment supplies it",
            stand_in(name),
            self._values(name, world),
            declared.location,
            pattern,
        )

    def _values(self, name: str, world: World) -> tuple[str, ...] | None:
        """The only values of the parameter; where it is hidden, whether they hold a wildcard."""
        declared = self._declared(name)
        excluded = world.excluded.get(name, ())
        allowed = [value for value in declared.allowed or () if value not in excluded]
        if not allowed and declared.pattern is not None and declared.pattern.names_everyone:
            allowed = ["*"]
        default = declared.default or ""
        if declared.is_hidden:
            return wildcard_of([*allowed, default, *self._texts_given(name)])
        if not allowed and self._is_released(name, world) and wildcard_of([default]):
            # Of the parameters that a condition compares, one is enough to change its outcome, and
            # what a stack has may be the default too.
            allowed = ["*"]
        return only_values(allowed)

    def _texts_given(self, name: str) -> Iterator[str]:
        """The texts that a parameter is given, or that are parts of what it is given."""
        given = self.given.get(name, "")
        yield from [given] if isinstance(given, str) else given
        passed = self._passed.get(name)
        for part in () if passed is None else passed.parts:
            yield from [part] if isinstance(part, str) else part.allowed or ()


def only_values(values: Iterable[str]) -> tuple[str, ...] | None:
    """The values an assumption lists: none of them, or too many, are any value.

    A wildcard among too many stands for them all: a principal of any value is never `*`.
    """
    distinct = tuple(dict.fromkeys(values))
    if len(distinct) > MAX_ALLOWED_VALUES:
        return wildcard_of(distinct)
    return distinct or None


def wildcard_of(values: Iterable[str]) -> tuple[str, ...] | None:
    """What any value made of the values is: `*` where one of them holds a wildcard."""
    return ("*",) if any("*" in value for value in values) else None


def _follows_from_region(name: str, world: World) -> str | None:
    """The partition or its URL suffix in a world that says which Region or partition it is."""
    partition = world.equal.get("AWS::Partition")
    if partition is None and "AWS::Region" in world.equal:
        partition = partition_of_region(world.equal["AWS::Region"])
    if name == "AWS::URLSuffix" and partition is not None:
        return URL_SUFFIXES.get(partition)
    return partition if name == "AWS::Partition" else None


def _pseudo_pattern(name: str) -> str:
    return "*" if name in ("AWS::AccountId", "AWS::Region", "AWS::StackName") else ANY_TEXT


def _pseudo_default(name: str) -> Assumption | None:
    expression = f"${{{name}}}"
    if name == "AWS::Partition":
        description = f"the partition is {DEFAULT_PARTITION}, or one that the policies name"
        return Assumption(AssumptionKind.DEFAULT, expression, description, DEFAULT_PARTITION)
    if name == "AWS::URLSuffix":
        suffix = URL_SUFFIXES[DEFAULT_PARTITION]
        description = f"the URL suffix is {suffix}, or that of a partition the policies name"
        return Assumption(AssumptionKind.DEFAULT, expression, description, suffix)
    return None


def _declaration(node: Node, location: Location) -> _Declaration:
    kind = _text(node, "Type") or ""
    # Default and AllowedValues of an SSM type are names of SSM parameters, not values.
    is_name = kind.startswith("AWS::SSM::Parameter::Value")
    return _Declaration(
        default=None if is_name else _text(node, "Default"),
        allowed=None if is_name else _allowed(node),
        is_list="CommaDelimitedList" in kind or "List<" in kind,
        is_hidden=(_text(node, "NoEcho") or "").lower() == "true",
        is_name=is_name,
        location=location,
    )


def _pattern(node: Node) -> AllowedPattern | None:
    """What every value matches, by the AllowedPattern or by the type."""
    kind = _text(node, "Type") or ""
    written = _text(node, "AllowedPattern") or ""
    if kind not in ("String", "CommaDelimitedList"):
        written = _PATTERNS.get(kind.removeprefix("List<").removesuffix(">"), "")
    return allowed_pattern(written)


def _allowed(node: Node) -> tuple[str, ...] | None:
    listed = node.entries.get("AllowedValues")
    if listed is None or not isinstance(listed.value, list):
        return None
    texts = [scalar_text(item.value) for item in listed.value[:MAX_COMPARED_VALUES]]
    values = tuple(text for text in texts if text is not None)
    return values if 0 < len(values) == len(listed.value) else None


def _text(node: Node, key: str) -> str | None:
    child = node.entries.get(key)
    return None if child is None else scalar_text(child.value)
