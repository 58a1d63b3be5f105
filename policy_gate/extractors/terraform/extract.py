"""A plan in, its policies out."""

from __future__ import annotations

from policy_gate.extractors.interface import ExtractSettings
from policy_gate.extractors.terraform.reading import PlanText
from policy_gate.model import Extraction, NotChecked, PolicyIdentity, ReasonCode
from policy_gate.syntax.source import Source


def plan_extraction(source: Source, plan: PlanText, settings: ExtractSettings) -> Extraction:
    """Everything in one plan of a file."""
    del settings
    identity = PolicyIdentity(source.path, "", "", "")
    message = "Terraform plans are not read yet: the policies in this plan are not checked"
    location = source.location(plan.start, plan.start)
    return Extraction(
        not_checked=(NotChecked(identity, ReasonCode.NOT_ANALYSED, message, location),)
    )
