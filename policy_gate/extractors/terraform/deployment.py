"""Where a plan is applied: account, Region, partition, as far as it tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from policy_gate.extractors.stand_ins import stand_in
from policy_gate.extractors.texts import Part
from policy_gate.model import Assumption, AssumptionKind
from policy_gate.partitions import DEFAULT_PARTITION, URL_SUFFIXES, partition_of_region

Parts: TypeAlias = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Deployment:
    """Each is a known text, or the assumption that the checks know from CloudFormation."""

    account: Parts
    region: Parts
    partition: Parts
    url_suffix: Parts

    @staticmethod
    def of(
        account: str | None = None, region: str | None = None, partition: str | None = None
    ) -> Deployment:
        """With what is known. The partition follows from the Region."""
        if partition is None and region is not None:
            partition = partition_of_region(region)
        suffix = URL_SUFFIXES.get(partition, None) if partition is not None else None
        return Deployment(
            (_any("AWS::AccountId", "account id") if account is None else account,),
            (_any("AWS::Region", "Region") if region is None else region,),
            (_default("AWS::Partition", DEFAULT_PARTITION) if partition is None else partition,),
            (
                _default("AWS::URLSuffix", URL_SUFFIXES[DEFAULT_PARTITION])
                if suffix is None
                else suffix,
            ),
        )

    def in_region(self, region: Parts) -> Deployment:
        """The same in another Region, which may tell the partition."""
        [first, *others] = region or ("",)
        if others or not isinstance(first, str) or not isinstance(self.partition[0], Assumption):
            return Deployment(self.account, region, self.partition, self.url_suffix)
        there = Deployment.of(region=first)
        return Deployment(self.account, region, there.partition, there.url_suffix)


def _any(name: str, what: str) -> Assumption:
    return Assumption(
        AssumptionKind.SUPPLIED,
        f"${{{name}}}",
        f"the {what} is any value: the plan does not tell it",
        stand_in(name),
        pattern="*",
    )


def _default(name: str, value: str) -> Assumption:
    what = "partition" if name == "AWS::Partition" else "URL suffix"
    of = "one" if name == "AWS::Partition" else "that of a partition"
    description = f"the {what} is {value}, or {of} that the policies name"
    return Assumption(AssumptionKind.DEFAULT, f"${{{name}}}", description, value)
