"""What the extractor knows of resource types: which properties hold policies, what Ref returns.

The rows stand in `data/policy_properties.json` and `data/resource_types.json`; the key `origin` of
each file says where they come from. Importing this module reads neither; the first question does.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias, TypeVar

PropertyPath: TypeAlias = tuple[str, ...]
"""Keys below Properties, `*` for each item of a list, as ("Policies", "*", "PolicyDocument")."""


class PropertyKind(StrEnum):
    """What the value of a policy property is."""

    IDENTITY = "identity"
    TRUST = "trust"
    RESOURCE = "resource"
    SCP = "scp"
    """A policy of AWS Organizations; the resource's `Type` says which."""

    VPCE = "vpce"
    """A VPC endpoint policy: a resource policy that filters what others allow."""

    SESSION = "session"
    """A session policy: an identity policy that filters what the role allows."""

    PERMISSION = "permission"
    """No document: the resource's own properties are the parts of one statement."""

    PERMISSION_STATEMENT = "permission_statement"
    """One statement instead of a document."""


class PolicyProperty(NamedTuple):
    """A property that holds a policy document, or a resource that is one statement."""

    resource_type: str
    path: PropertyPath
    """Empty where the resource itself is the statement."""

    kind: PropertyKind
    grammar: str
    """`iam`, or `iot` for IoT Core policies."""

    policy_type: str
    """PolicyType of ValidatePolicy."""

    value_form: str
    """`object`, `string` (JSON), `object|string`, `array`, `any` or `synthesised`."""

    validate_policy_resource_type: str | None
    """ValidatePolicyResourceType of Access Analyzer, where it has one."""

    public_access_resource_type: str | None
    """AccessCheckResourceType of Access Analyzer, where it has one."""

    name_path: PropertyPath | None
    """The property that names the policy, or else the resource it is attached to."""

    note: str | None
    """What is special about this property and needs code of its own."""


class OtherGrammar(NamedTuple):
    """A property that is called a policy and is not written in the IAM policy language."""

    path: PropertyPath
    grammar: str


class Effect(StrEnum):
    """What policies do where they are attached."""

    ALLOWS = "allows"
    LIMITS = "limits"
    """They limit what others allow, and allow nothing themselves: permissions boundaries."""

    KUBERNETES = "kubernetes"
    """They are access policies of EKS, which IAM does not know."""


class AttachingProperty(NamedTuple):
    """A property that attaches policies by name or ARN."""

    path: PropertyPath
    effect: Effect


class TemplateContainer(NamedTuple):
    """A property that leads to another template."""

    path: PropertyPath
    form: str
    """`body` (the text of a template) or `url` (where it is)."""


@dataclass(frozen=True, slots=True)
class ResourceType:
    """What Ref and Fn::GetAtt return for a resource.

    Texts hold `${Name}` placeholders: `${Partition}`, `${Region}`, `${Account}` and `${URLSuffix}`
    stand for where the stack is deployed; a writable property of the resource stands for its value,
    or where it is absent for its value in `defaults`, or else for a name that CloudFormation
    generates; any other name stands for an identifier that the service generates. A placeholder
    has the same value in every text of one resource. `|without x` after its name says that AWS
    drops this text where the value begins with it.

    Where a property of `unless` is given, or the value of a placeholder holds a colon (an ARN given
    in place of a name), the texts do not apply and all values of the resource are unknown.
    """

    ref: str | None
    """What Ref returns, as `${BucketName}`; None where it is unknown."""

    arn: str | None
    """As `arn:${Partition}:s3:::${BucketName}`; None where its shape is unknown."""

    arn_attributes: tuple[str, ...] = ()
    """The attributes that return `arn`."""

    attributes: Mapping[str, str] = field(default_factory=dict)
    """What Fn::GetAtt returns; holds `arn_attributes` too. Other attributes are unknown."""

    defaults: Mapping[str, str] = field(default_factory=dict)
    unless: tuple[str, ...] = ()


def policy_properties(resource_type: str) -> tuple[PolicyProperty, ...]:
    return _policy_properties().get(resource_type, ())


def policy_resource_types() -> frozenset[str]:
    """The resource types that hold policies."""
    return frozenset(_policy_properties())


def other_grammar(resource_type: str) -> tuple[OtherGrammar, ...]:
    return _other_grammar().get(resource_type, ())


def attachments(resource_type: str) -> tuple[AttachingProperty, ...]:
    return _attachments().get(resource_type, ())


def template_containers(resource_type: str) -> tuple[TemplateContainer, ...]:
    return _template_containers().get(resource_type, ())


@cache
def resource_type(name: str) -> ResourceType | None:
    """What is known of the type; None means that Ref and Fn::GetAtt return unknown values."""
    entry = _resource_type_entries().get(name)
    if entry is None:
        return None
    arn = entry.get("arn")
    arn_attributes = tuple(entry.get("arn_attributes", ()))
    return ResourceType(
        ref=arn if entry.get("ref") == "arn" else entry.get("ref"),
        arn=arn,
        arn_attributes=arn_attributes,
        attributes=entry.get("attributes", {}) | dict.fromkeys(arn_attributes, arn),
        defaults=entry.get("defaults", {}),
        unless=tuple(entry.get("unless", ())),
    )


@cache
def _policy_properties() -> Mapping[str, tuple[PolicyProperty, ...]]:
    return _by_type(_property_rows()["policies"], _policy_property)


@cache
def _other_grammar() -> Mapping[str, tuple[OtherGrammar, ...]]:
    return _by_type(
        _property_rows()["not_iam_grammar"],
        lambda row: OtherGrammar(_path(row["path"]), row["grammar"]),
    )


@cache
def _attachments() -> Mapping[str, tuple[AttachingProperty, ...]]:
    return _by_type(
        _property_rows()["attachments"],
        lambda row: AttachingProperty(_path(row["path"]), Effect(row.get("effect", "allows"))),
    )


@cache
def _template_containers() -> Mapping[str, tuple[TemplateContainer, ...]]:
    return _by_type(
        _property_rows()["template_containers"],
        lambda row: TemplateContainer(_path(row["path"]), row["form"]),
    )


@cache
def _property_rows() -> Mapping[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = _read("policy_properties.json")
    return rows


@cache
def _resource_type_entries() -> Mapping[str, dict[str, Any]]:
    types: dict[str, dict[str, Any]] = _read("resource_types.json")["types"]
    return types


def _read(name: str) -> dict[str, Any]:
    text = (Path(__file__).parent / "data" / name).read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


_Row = TypeVar("_Row")


def _by_type(
    rows: Iterable[dict[str, str]], make: Callable[[dict[str, str]], _Row]
) -> Mapping[str, tuple[_Row, ...]]:
    grouped: dict[str, list[_Row]] = defaultdict(list)
    for row in rows:
        grouped[row["type"]].append(make(row))
    return {name: tuple(made) for name, made in grouped.items()}


def _policy_property(row: dict[str, str]) -> PolicyProperty:
    name_path = row.get("name_path")
    return PolicyProperty(
        resource_type=row["type"],
        path=_path(row["path"]),
        kind=PropertyKind(row["kind"]),
        grammar=row["grammar"],
        policy_type=row["policy_type"],
        value_form=row["value_form"],
        validate_policy_resource_type=row.get("validate_policy_resource_type"),
        public_access_resource_type=row.get("check_no_public_access_resource_type"),
        name_path=_path(name_path) if name_path is not None else None,
        note=row.get("note"),
    )


def _path(text: str) -> PropertyPath:
    return tuple(text.split("/")) if text else ()
