"""What the extractor knows of resource types: which attributes hold or attach policies.

The rows stand in `data/policy_attributes.json`, whose key `origin` says where they come from.
Importing this module does not read it; the first question does.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeAlias, TypeVar

from policy_gate.extractors.cloudformation.tables import Effect, PropertyKind

StepPath: TypeAlias = tuple[str, ...]
"""Names of attributes, `*` for each item of a list or set, as ("inline_policy", "*", "policy").

A nested block is a list in a plan, even where there can be only one.
"""


class PolicyAttribute(NamedTuple):
    """An attribute that holds a policy document, or a resource that is one statement."""

    resource_type: str
    path: StepPath
    """Empty where the resource itself is the statement."""

    kind: PropertyKind
    grammar: str
    """`iam`, or `iot` for IoT Core policies."""

    inside: str | None
    """The key under which the policy is in the JSON or YAML text of the attribute, if it is not
    all of it."""

    validate_policy_resource_type: str | None
    """ValidatePolicyResourceType of Access Analyzer, where it has one."""

    public_access_resource_type: str | None
    """AccessCheckResourceType of Access Analyzer, where it has one."""

    name_attribute: str | None
    """The attribute that names the policy or what it is attached to: beside the policy, or else
    of the resource."""

    note: str | None
    """What is special about this attribute."""


class AttachingAttribute(NamedTuple):
    """An attribute that attaches a policy by its name or ARN, or a block with its name."""

    path: StepPath
    effect: Effect


class OtherGrammar(NamedTuple):
    """An attribute that is called a policy and is not written in the IAM policy language."""

    path: StepPath
    grammar: str


class Container(NamedTuple):
    """An attribute that holds a template with policies in it, or leads to one."""

    path: StepPath
    form: str
    """`template` (the text of a CloudFormation template), `properties` (those of one of its
    resources as JSON), `provisioning` (the text of an IoT provisioning template) or `url`."""

    parameters: StepPath
    """The attribute with the parameters of the template: a mapping, or blocks of a name and a
    value. Empty where there is none."""


def policy_attributes(resource_type: str) -> tuple[PolicyAttribute, ...]:
    return _policy_attributes().get(resource_type, ())


def policy_resource_types() -> frozenset[str]:
    """The resource types that hold policies."""
    return frozenset(_policy_attributes())


def attachments(resource_type: str) -> tuple[AttachingAttribute, ...]:
    return _attachments().get(resource_type, ())


def other_grammar(resource_type: str) -> tuple[OtherGrammar, ...]:
    return _other_grammar().get(resource_type, ())


def containers(resource_type: str) -> tuple[Container, ...]:
    return _containers().get(resource_type, ())


@cache
def _policy_attributes() -> Mapping[str, tuple[PolicyAttribute, ...]]:
    return _by_type("policies", _policy_attribute)


@cache
def _attachments() -> Mapping[str, tuple[AttachingAttribute, ...]]:
    return _by_type(
        "attachments",
        lambda row: AttachingAttribute(_path(row["path"]), Effect(row.get("effect", "allows"))),
    )


@cache
def _other_grammar() -> Mapping[str, tuple[OtherGrammar, ...]]:
    return _by_type("not_iam_grammar", lambda row: OtherGrammar(_path(row["path"]), row["grammar"]))


@cache
def _containers() -> Mapping[str, tuple[Container, ...]]:
    return _by_type(
        "containers",
        lambda row: Container(_path(row["path"]), row["form"], _path(row.get("parameters", ""))),
    )


@cache
def _rows() -> Mapping[str, list[dict[str, str]]]:
    path = Path(__file__).parent / "data" / "policy_attributes.json"
    rows: dict[str, list[dict[str, str]]] = json.loads(path.read_text(encoding="utf-8"))
    return rows


_Row = TypeVar("_Row")


def _by_type(
    section: str, make: Callable[[dict[str, str]], _Row]
) -> Mapping[str, tuple[_Row, ...]]:
    grouped: dict[str, list[_Row]] = defaultdict(list)
    for row in _rows()[section]:
        grouped[row["type"]].append(make(row))
    return {name: tuple(made) for name, made in grouped.items()}


def _policy_attribute(row: dict[str, str]) -> PolicyAttribute:
    return PolicyAttribute(
        resource_type=row["type"],
        path=_path(row["path"]),
        kind=PropertyKind(row["kind"]),
        grammar=row["grammar"],
        inside=row.get("inside"),
        validate_policy_resource_type=row.get("validate_policy_resource_type"),
        public_access_resource_type=row.get("check_no_public_access_resource_type"),
        name_attribute=row.get("name_attribute"),
        note=row.get("note"),
    )


def _path(text: str) -> StepPath:
    return tuple(text.split("/")) if text else ()
