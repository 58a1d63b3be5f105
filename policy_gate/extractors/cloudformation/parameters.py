"""Template parameters and pseudo parameters: given, assumed by default, or supplied from outside.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
and https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from policy_gate.extractors.cloudformation.resolved import scalar_text
from policy_gate.extractors.cloudformation.template import Template
from policy_gate.extractors.cloudformation.worlds import UndecidedError, World
from policy_gate.extractors.interface import ExtractSettings, ParameterValue
from policy_gate.model import Assumption, AssumptionKind, Location
from policy_gate.partitions import DEFAULT_PARTITION, URL_SUFFIXES, partition_of_region
from policy_gate.syntax.node import Node

MAX_ALLOWED_VALUES = 20

PSEUDO_PARAMETERS = frozenset(
    f"AWS::{name}"
    for name in ("AccountId", "NotificationARNs", "Partition", "Region", "StackId", "StackName")
) | {"AWS::URLSuffix"}


@dataclass(frozen=True, slots=True)
class ParameterText:
    """What a reference to a parameter gives: text, a list of texts, or an assumption."""

    value: ParameterValue | Assumption
    assumption: Assumption | None = None
    """What was taken for given, if anything."""


class Parameters:
    """The parameters of one template with the values that the user gave."""

    def __init__(self, template: Template, settings: ExtractSettings) -> None:
        self.template = template
        self.given = dict(settings.parameters)
        self.trust_defaults = settings.trust_parameter_defaults
        region = self.given.get("AWS::Region")
        if isinstance(region, str):
            self.given.setdefault("AWS::Partition", partition_of_region(region))
        partition = self.given.get("AWS::Partition")
        if isinstance(partition, str):
            suffix = URL_SUFFIXES.get(partition, URL_SUFFIXES[DEFAULT_PARTITION])
            self.given.setdefault("AWS::URLSuffix", suffix)

    def __contains__(self, name: str) -> bool:
        return name in self.template.parameters or name in PSEUDO_PARAMETERS

    def is_list(self, name: str) -> bool:
        kind = self._property(name, "Type") or ""
        return kind == "CommaDelimitedList" or "List<" in kind or name == "AWS::NotificationARNs"

    def text(self, name: str, world: World) -> ParameterText:
        """What `Ref` to the parameter gives in a world."""
        if name in self.given:
            return ParameterText(self._shaped(name, self.given[name]))
        default = self._usable_default(name)
        value = world.equal.get(name)
        if value is not None and value != default:
            return ParameterText(self._shaped(name, value))
        if default is not None and default not in world.excluded.get(name, ()):
            return ParameterText(self._shaped(name, default), self._default(name, default))
        supplied = self._supplied(name, world)
        return ParameterText(supplied, supplied)

    def equals(self, name: str, literal: str, world: World) -> bool:
        """Does the parameter have this value?

        Raises UndecidedError where the world leaves it open.
        """
        if name in self.given:
            given = self.given[name]
            return (given if isinstance(given, str) else ",".join(given)) == literal
        if name in world.equal:
            return world.equal[name] == literal
        excluded = world.excluded.get(name, ())
        allowed = self._allowed(name)
        if literal in excluded or (allowed is not None and literal not in allowed):
            return False
        if allowed is not None and all(value in (literal, *excluded) for value in allowed):
            return True
        default = self._default_text(name)
        if default is None or default in excluded:
            others = ", ".join(value or "''" for value in (*excluded, literal))
            raise UndecidedError(
                world.with_equal(name, literal, f"{name} = {literal or repr('')}"),
                world.with_excluded(name, literal, f"{name} other than {others}"),
            )
        if self.trust_defaults:
            return default == literal
        if default == literal:
            raise UndecidedError(
                world.with_equal(name, literal, None),
                world.with_excluded(name, literal, f"{name} other than {literal or repr('')}"),
            )
        raise UndecidedError(
            world.with_excluded(name, literal, None),
            world.with_equal(name, literal, f"{name} = {literal or repr('')}"),
        )

    def _shaped(self, name: str, value: ParameterValue) -> ParameterValue:
        if isinstance(value, str) and self.is_list(name):
            return tuple(item.strip() for item in value.split(",")) if value else ()
        if isinstance(value, tuple) and not self.is_list(name):
            return ",".join(value)
        return value

    def _usable_default(self, name: str) -> str | None:
        """The default, where it is the value: not the name of an SSM parameter, not a secret."""
        kind = self._property(name, "Type") or ""
        hidden = (self._property(name, "NoEcho") or "").lower() == "true"
        if hidden or kind.startswith("AWS::SSM::Parameter::Value"):
            return None
        return self._default_text(name)

    def _default_text(self, name: str) -> str | None:
        return self._property(name, "Default")

    def _allowed(self, name: str) -> list[str] | None:
        node = self._declared(name).get("AllowedValues")
        if node is None or not isinstance(node.value, list):
            return None
        texts = [_text(item) for item in node.value]
        return [text for text in texts if text is not None]

    def _declared(self, name: str) -> dict[str, Node]:
        declared = self.template.parameters.get(name)
        return {} if declared is None else declared.entries

    def _property(self, name: str, key: str) -> str | None:
        node = self._declared(name).get(key)
        return None if node is None else _text(node)

    def _default(self, name: str, value: str) -> Assumption:
        return Assumption(
            AssumptionKind.DEFAULT,
            f"${{{name}}}",
            f"parameter {name} has its default value {value!r}",
            value,
            location=self._location(name),
        )

    def _supplied(self, name: str, world: World) -> Assumption:
        expression = f"${{{name}}}"
        if name == "AWS::Partition":
            description = f"the partition is {DEFAULT_PARTITION}, or one that the policies name"
            return Assumption(AssumptionKind.DEFAULT, expression, description, DEFAULT_PARTITION)
        if name == "AWS::URLSuffix":
            suffix = URL_SUFFIXES[DEFAULT_PARTITION]
            description = f"the URL suffix is {suffix}, or that of a partition the policies name"
            return Assumption(AssumptionKind.DEFAULT, expression, description, suffix)
        allowed = self._allowed(name)
        if allowed is not None:
            allowed = [value for value in allowed if value not in world.excluded.get(name, ())]
        pseudo = name in PSEUDO_PARAMETERS
        return Assumption(
            AssumptionKind.SUPPLIED,
            expression,
            f"{name} is any value: deployment decides it"
            if pseudo
            else f"parameter {name} is any value: deployment supplies it",
            stand_in(name),
            tuple(allowed) if allowed and len(allowed) <= MAX_ALLOWED_VALUES else None,
            self._location(name),
        )

    def _location(self, name: str) -> Location | None:
        declared = self.template.parameters.get(name)
        return None if declared is None else self.template.source.locate(declared)


def stand_in(expression: str) -> str:
    """A text for a value that is not known, alike in every run and like no name a person gives."""
    digest = hashlib.sha256(expression.encode("utf-8", "surrogatepass")).hexdigest()
    return f"deferred-{digest[:12]}"


def _text(node: Node) -> str | None:
    return None if isinstance(node.value, list | dict) else scalar_text(node.value)
