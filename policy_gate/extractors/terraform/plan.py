"""Terraform and OpenTofu plans in JSON, as `terraform show -json PLANFILE` prints them.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from policy_gate.extractors.interface import ExtractSettings
from policy_gate.extractors.terraform.extract import plan_extraction
from policy_gate.extractors.terraform.reading import read_plans
from policy_gate.extractors.terraform.recognition import looks_like_plan
from policy_gate.model import Extraction
from policy_gate.syntax.source import Source


class TerraformPlanExtractor:
    """The output of `terraform show -json`."""

    name = "Terraform plan"

    def recognises(self, text: str) -> bool:
        return looks_like_plan(text)

    def extract(self, source: Source, settings: ExtractSettings) -> Extraction:
        plans, notes = read_plans(source.text)
        found = [plan_extraction(source, plan, settings) for plan in plans]
        return Extraction(
            tuple(policy for part in found for policy in part.policies),
            tuple(item for part in found for item in part.not_checked),
            notes=(*notes, *(note for part in found for note in part.notes)),
        )
