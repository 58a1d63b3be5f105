"""What attributes give that the provider makes when it creates a resource.

A name that the configuration gives makes the ARN known; one that the provider generates is a fresh
literal ("created here"). What has no shape in the table can be anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from policy_gate.extractors.stand_ins import stand_in
from policy_gate.extractors.terraform.actions import action_of
from policy_gate.extractors.terraform.assumptions import supplied
from policy_gate.extractors.terraform.changes import ResourceChange
from policy_gate.extractors.texts import Part
from policy_gate.model import Assumption, AssumptionKind
from policy_gate.partitions import DEFAULT_PARTITION, URL_SUFFIXES, partition_of_region

_PLACEHOLDER = re.compile(r"\$\{(\w+)\}")
_CREATED = frozenset({"create", "replace"})
_DEPLOYMENT = "the plan does not tell where it is deployed"

Value = Callable[[str], tuple[Part, ...] | None]
"""The parts of another attribute of the resource, None where the provider chooses it."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where a resource is deployed, as far as it is known."""

    account: Part
    region: Part
    partition: Part
    url_suffix: Part

    @classmethod
    def of(cls, account: str | None, region: str | None, partition: str | None) -> Deployment:
        """None is not known. The partition follows from the Region, or is the default."""
        told = partition or (partition_of_region(region) if region else None)
        return cls(
            account or supplied("AWS::AccountId", _DEPLOYMENT, "*"),
            region or supplied("AWS::Region", _DEPLOYMENT, "*"),
            told or _default("AWS::Partition", DEFAULT_PARTITION),
            URL_SUFFIXES[told]
            if told in URL_SUFFIXES
            else _default("AWS::URLSuffix", URL_SUFFIXES[DEFAULT_PARTITION]),
        )

    def placeholders(self) -> dict[str, Part]:
        return {
            "Account": self.account,
            "Region": self.region,
            "Partition": self.partition,
            "URLSuffix": self.url_suffix,
        }


def computed(
    change: ResourceChange, name: str, deployment: Deployment, value: Value
) -> tuple[Part, ...] | None:
    """The parts of an attribute; None where its shape is not known."""
    shape = _table()["types"].get(change.type, {}).get(name)
    if shape is None:
        return None
    known = deployment.placeholders()
    if (region := value("region")) is not None and len(region) == 1:
        known["Region"] = region[0]
    parts: list[Part] = []
    end = 0
    for match in _PLACEHOLDER.finditer(shape):
        parts.append(shape[end : match.start()])
        end = match.end()
        placeholder = match.group(1)
        if placeholder in known:
            parts.append(known[placeholder])
            continue
        filled = _filled(change, placeholder, value, is_itself=placeholder == name)
        is_arn = any(isinstance(part, str) and ":" in part for part in filled)
        if is_arn and shape != match.group():
            return None
        parts += filled
    return (*parts, shape[end:])


def _filled(
    change: ResourceChange, name: str, value: Value, *, is_itself: bool
) -> tuple[Part, ...]:
    """What a placeholder stands for: a given attribute, a default, or what AWS generates."""
    if not is_itself and (given := value(name)) is not None:
        return given
    default = _table()["defaults"].get(name)
    if isinstance(default, str):
        return (default,)
    prefix = value(f"{name}_prefix") or ()
    return (*prefix, _generated(change, name))


def _generated(change: ResourceChange, name: str) -> Assumption:
    if action_of(change) not in _CREATED:
        return supplied(f"{change.address}.{name}", "it is known after apply")
    return Assumption(
        AssumptionKind.CREATED_HERE,
        f"${{{change.address}}}",
        f"{change.address} is created by this plan",
        stand_in(f"{change.address}.{name}"),
    )


def _default(name: str, value: str) -> Assumption:
    expression = f"${{{name}}}"
    description = f"{expression} is taken to be {value}: {_DEPLOYMENT}"
    return Assumption(AssumptionKind.DEFAULT, expression, description, value)


@cache
def _table() -> Mapping[str, Any]:
    file = Path(__file__).parent / "data" / "computed_attributes.json"
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content
