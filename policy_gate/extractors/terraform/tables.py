"""What the extractor knows of resource types: which attributes hold policies.

The rows stand in `data/policy_attributes.json`, whose key `origin` says where they come from.
Importing this module does not read it; the first question does.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from policy_gate.extractors.cloudformation.policies import KINDS, ORGANIZATION_KINDS
from policy_gate.extractors.cloudformation.tables import Effect, PropertyKind
from policy_gate.extractors.terraform.changes import AttributePath, Attributes, value_at
from policy_gate.model import PolicyKind, ReasonCode


class PolicyAttribute(NamedTuple):
    """An attribute that holds a policy document, or a resource that is one statement."""

    path: tuple[str, ...]
    """Names below the resource, through the items of lists; empty for a statement."""

    kind: PropertyKind
    validate_policy_resource_type: str | None
    """ValidatePolicyResourceType of Access Analyzer, where it has one."""

    public_access_resource_type: str | None
    """AccessCheckResourceType of Access Analyzer, where it has one."""


class AttachingAttribute(NamedTuple):
    """An attribute that attaches managed policies by ARN."""

    path: tuple[str, ...]
    effect: Effect


class ContainerAttribute(NamedTuple):
    """An attribute whose text holds resources of other kinds."""

    path: tuple[str, ...]
    property_of: str | None
    """The type of CloudFormation whose properties it holds, or the attribute that names it; None
    for a whole template."""

    property: str | None
    """The one property that it is."""


class OtherGrammar(NamedTuple):
    """An attribute that is called a policy and is not written in the IAM policy language."""

    path: tuple[str, ...]
    grammar: str


def policy_attributes(resource_type: str) -> tuple[PolicyAttribute, ...]:
    return _policies().get(resource_type, ())


def policy_resource_types() -> frozenset[str]:
    """The resource types that hold policies, templates with policies included."""
    return frozenset(_policies()) | {
        name for name, rows in _containers().items() if any(row.property for row in rows)
    }


def attachments(resource_type: str) -> tuple[AttachingAttribute, ...]:
    return _attachments().get(resource_type, ())


def containers(resource_type: str) -> tuple[ContainerAttribute, ...]:
    return _containers().get(resource_type, ())


def other_grammars(resource_type: str) -> tuple[OtherGrammar, ...]:
    return _other_grammars().get(resource_type, ())


def concrete_paths(attributes: object, unknown: object, path: Iterable[str]) -> list[AttributePath]:
    """The path of each value that a row of a table leads to, through the items of lists.

    What is absent has no path; what is unknown has one.
    """
    found: list[AttributePath] = [()]
    for name in path:
        found = [
            (*item, name)
            for above in found
            for item in _items(attributes, unknown, above)
            if _is_there(attributes, unknown, (*item, name))
        ]
    return found


def item_paths(attributes: object, unknown: object, path: Iterable[str]) -> list[AttributePath]:
    """The same for attributes that hold a text or a list of texts: a path for each text."""
    found = concrete_paths(attributes, unknown, path)
    return [item for above in found for item in _items(attributes, unknown, above)]


def _items(attributes: object, unknown: object, path: AttributePath) -> list[AttributePath]:
    """The items of a list that the path leads to; the path itself where it leads to none."""
    value, mask = value_at(attributes, path), value_at(unknown, path)
    lists = [len(item) for item in (value, mask) if isinstance(item, list)]
    return [(*path, index) for index in range(max(lists))] if lists else [path]


def _is_there(attributes: object, unknown: object, path: AttributePath) -> bool:
    above = value_at(attributes, path[:-1])
    is_given = isinstance(above, dict) and above.get(path[-1]) is not None
    return is_given or any(value_at(unknown, path[:end]) is True for end in range(len(path) + 1))


def kind_of(
    row: PolicyAttribute, resource_type: str, attributes: Attributes
) -> PolicyKind | tuple[ReasonCode, str]:
    """The kind of a policy, or why there is none that the gate knows."""
    if row.kind is not PropertyKind.SCP:
        return KINDS.get(row.kind, PolicyKind.RESOURCE)
    written = attributes.get("type")
    if written is None and resource_type.startswith("aws_"):
        return PolicyKind.SERVICE_CONTROL
    if not isinstance(written, str):
        return ReasonCode.NOT_ANALYSED, "the type of this policy is known after apply"
    if written in ORGANIZATION_KINDS:
        return ORGANIZATION_KINDS[written]
    message = f"a {written} is not written in the IAM policy language"
    return ReasonCode.NOT_APPLICABLE, message


def public_access_type(row: PolicyAttribute, attributes: Attributes) -> str | None:
    """The table's type, told closer where one resource type serves several."""
    arn, bucket = attributes.get("resource_arn"), attributes.get("bucket")
    if row.public_access_resource_type == "AWS::DynamoDB::Table" and "/stream/" in str(arn):
        return "AWS::DynamoDB::Stream"
    if row.public_access_resource_type == "AWS::Kinesis::Stream" and "/consumer/" in str(arn):
        return "AWS::Kinesis::StreamConsumer"
    if row.public_access_resource_type == "AWS::S3::Bucket" and str(bucket).endswith("--x-s3"):
        return "AWS::S3Express::DirectoryBucket"
    return row.public_access_resource_type


@cache
def _policies() -> Mapping[str, tuple[PolicyAttribute, ...]]:
    return _by_type(
        "policies",
        lambda row: PolicyAttribute(
            _path(row),
            PropertyKind(row["kind"]),
            row.get("validate_policy_resource_type"),
            row.get("public_access_resource_type"),
        ),
    )


@cache
def _attachments() -> Mapping[str, tuple[AttachingAttribute, ...]]:
    return _by_type(
        "attachments", lambda row: AttachingAttribute(_path(row), Effect(row["effect"]))
    )


@cache
def _containers() -> Mapping[str, tuple[ContainerAttribute, ...]]:
    return _by_type(
        "containers",
        lambda row: ContainerAttribute(_path(row), row.get("property_of"), row.get("property")),
    )


@cache
def _other_grammars() -> Mapping[str, tuple[OtherGrammar, ...]]:
    return _by_type("other_grammars", lambda row: OtherGrammar(_path(row), row["grammar"]))


@cache
def _rows() -> Mapping[str, list[dict[str, Any]]]:
    file = Path(__file__).parent / "data" / "policy_attributes.json"
    content: dict[str, list[dict[str, Any]]] = json.loads(file.read_text(encoding="utf-8"))
    return content


_Row = TypeVar("_Row")


def _by_type(table: str, make: Callable[[dict[str, Any]], _Row]) -> Mapping[str, tuple[_Row, ...]]:
    grouped: dict[str, list[_Row]] = defaultdict(list)
    for row in _rows()[table]:
        grouped[row["type"]].append(make(row))
    return {name: tuple(rows) for name, rows in grouped.items()}


def _path(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(row["path"].split(".")) if row["path"] else ()
