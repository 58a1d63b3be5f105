"""Terraform and OpenTofu plans in JSON: recognised, so that none is taken for nothing.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import Extraction, NotChecked, PolicyIdentity, ReasonCode
from policy_gate.syntax.source import Source


class TerraformPlanExtractor:
    """The output of `terraform show -json`, which this version does not read yet."""

    name = "Terraform plan"

    def recognises(self, text: str) -> bool:
        return (
            text.lstrip()[:1] == "{"
            and '"format_version"' in text
            and any(key in text for key in ('"resource_changes"', '"planned_values"'))
        )

    def extract(self, source: Source, settings: ExtractSettings) -> Extraction:
        del settings
        identity = PolicyIdentity(source.path, "", "", "")
        message = "Terraform plans are not read yet: the policies in this plan are not checked"
        location = source.location(0, 0)
        return Extraction(
            not_checked=(NotChecked(identity, ReasonCode.NOT_ANALYSED, message, location),)
        )
