"""What AWS services offer: their actions, resource types and condition keys.

Names are looked up without regard to case and come back as AWS writes them.
Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple, Protocol


class ActionResource(NamedTuple):
    """A resource type that an action works on."""

    name: str
    required: bool
    condition_keys: tuple[str, ...]
    dependent_actions: tuple[str, ...]


class Action(NamedTuple):
    service: str
    name: str
    """Without the prefix of the service, as `GetObject`."""

    access_level: str
    """`List`, `Read`, `Write`, `Tagging` or `Permissions management`."""

    resource_types: tuple[ActionResource, ...]
    """None where the action works on no resource in particular."""

    condition_keys: tuple[str, ...]
    """Keys that count whatever the resource type."""


class ResourceType(NamedTuple):
    name: str
    arn: str
    """As `arn:${Partition}:s3:::${BucketName}`."""

    condition_keys: tuple[str, ...]


class ConditionKey(NamedTuple):
    name: str
    """As `aws:RequestTag/${TagKey}`."""

    type: str
    """As `String`, `ArrayOfString`, `Bool`, `ARN`, `Numeric`, `Date` or `IPAddress`."""

    @property
    def multivalued(self) -> bool:
        """Whether a request can have several values of the key."""
        return self.type.startswith("ArrayOf")


class ArnFormat(NamedTuple):
    """How the ARNs of a resource type look."""

    region: str
    """Empty where they have none; else a Region or a placeholder for one."""

    account: str
    """Empty where they have none; else an account, `aws` or a placeholder for an account."""

    resource: str
    """The rest, with `*` for each placeholder: `table/*/index/*`."""


class Catalog(Protocol):
    """The data about services. What is about one service is read when it is asked for."""

    def __hash__(self) -> int: ...

    @property
    def data_date(self) -> date:
        """The day that the data is of."""
        ...

    def services(self) -> Sequence[str]:
        """The prefixes of all services, as `s3`."""
        ...

    def has_service(self, service: str) -> bool: ...

    def is_retired_service(self, service: str) -> bool:
        """Was it in the data once, and does ValidatePolicy still take it?"""
        ...

    def rcp_services(self) -> frozenset[str]:
        """The prefixes of the services that resource control policies apply to."""
        ...

    def action_names(self, service: str) -> Sequence[str]:
        """The actions of a service, as `s3:GetObject`; none of a service that is not known."""
        ...

    def accepted_actions(self, service: str) -> frozenset[str]:
        """The actions of a service in lower case, with those that it had until lately."""
        ...

    def access_levels(self, service: str) -> Mapping[str, str]:
        """The access level of each action of a service, by its name in lower case."""
        ...

    def service_name(self, service: str) -> str:
        """What AWS calls a service, as `Amazon DynamoDB`; empty where it is not known."""
        ...

    def action(self, name: str) -> Action | None:
        """The action of a name as `s3:GetObject`."""
        ...

    def resource_types(self, service: str) -> Mapping[str, ResourceType]:
        """The resource types of a service, by name in lower case."""
        ...

    def condition_keys(self, service: str) -> Mapping[str, ConditionKey]:
        """The condition keys of a service, by name in lower case."""
        ...

    def condition_key(self, name: str) -> ConditionKey | None:
        """What a condition key as `s3:prefix` or `aws:ResourceTag/team` is, global keys included.

        None where no service has such a key.
        """
        ...

    def has_condition_key_prefix(self, prefix: str) -> bool:
        """Can a condition key begin with it? A service can, and some other words, as `saml`."""
        ...

    def arn_formats(self, service: str) -> Sequence[ArnFormat]:
        """How ARNs with this service field look, of the service's own resources."""
        ...

    def foreign_arn_formats(self, service: str) -> Sequence[ArnFormat]:
        """How ARNs with this service field look that stand with another service.

        All services are read for it.
        """
        ...
