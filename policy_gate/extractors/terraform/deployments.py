"""Where the resources of a plan are deployed: account, Region and partition of their provider."""

from __future__ import annotations

from policy_gate.extractors.interface import ExtractSettings
from policy_gate.extractors.terraform.changes import ResourceChange, value_at
from policy_gate.extractors.terraform.deployment import Deployment
from policy_gate.extractors.terraform.planned import Plan

_IDENTITY = ("aws_caller_identity", "account_id")
_PARTITION = ("aws_partition", "partition")


class Deployments:
    """What a plan tells of each of its provider configurations."""

    def __init__(self, plan: Plan, settings: ExtractSettings) -> None:
        self._plan = plan
        self._settings = settings
        self._known: dict[str, Deployment] = {}

    def of(self, change: ResourceChange) -> Deployment:
        key = self._provider(change)
        if key not in self._known:
            self._known[key] = Deployment.of(
                self._given("AWS::AccountId") or self._told(*_IDENTITY, key),
                self._given("AWS::Region") or self._region(key),
                self._given("AWS::Partition") or self._told(*_PARTITION, key),
            )
        return self._known[key]

    def _given(self, name: str) -> str | None:
        """What the user says of deployment."""
        value = self._settings.parameters.get(name)
        return value if isinstance(value, str) else None

    def _provider(self, change: ResourceChange) -> str:
        """The key of the provider configuration of a resource, empty where it is not told."""
        names = tuple(step.name for step in change.module)
        configuration = self._plan.configuration(names)
        resource = configuration.resource(change.mode, change.type, change.name)
        key = value_at(resource, ("provider_config_key",))
        return key if isinstance(key, str) else ""

    def _told(self, type_name: str, attribute: str, key: str) -> str | None:
        """What data sources of the same provider configuration say, where they say one thing."""
        values = {
            value
            for change, value in self._plan.data_values(type_name, attribute)
            if self._provider(change) == key and not self._is_chosen(change)
        }
        return values.pop() if len(values) == 1 else None

    def _is_chosen(self, change: ResourceChange) -> bool:
        """Does the configuration say which Region a data source tells of? Then it is any."""
        names = tuple(step.name for step in change.module)
        configuration = self._plan.configuration(names)
        resource = configuration.resource(change.mode, change.type, change.name)
        given = value_at(resource, ("expressions",))
        return isinstance(given, dict) and bool({"region", "name", "endpoint"} & given.keys())

    def _region(self, key: str) -> str | None:
        expression = value_at(self._plan.provider_config, (key, "expressions", "region"))
        constant = value_at(expression, ("constant_value",))
        if isinstance(constant, str):
            return constant
        references = value_at(expression, ("references",))
        if isinstance(references, list) and len(references) == 1 and ":" not in key:
            name = str(references[0])
            if name.startswith("var."):
                return self._variable(name.removeprefix("var."))
        return self._told("aws_region", "region", key) or self._told("aws_region", "name", key)

    def _variable(self, name: str) -> str | None:
        try:
            value = self._plan.variable(name)
        except KeyError:
            return None
        sensitive = self._plan.configuration(()).variable(name).get("sensitive") is True
        return value if isinstance(value, str) and not sensitive else None
