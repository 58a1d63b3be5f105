"""Terraform and OpenTofu plans in JSON.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

from dataclasses import replace

from policy_gate.extractors.cloudformation.template import looks_like_template
from policy_gate.extractors.interface import ExtractSettings, OtherFilesError, joined
from policy_gate.extractors.terraform.recognition import is_of_terraform, plan_start
from policy_gate.model import Extraction
from policy_gate.syntax.source import Source


class TerraformPlanExtractor:
    """The output of `terraform show -json` and `tofu show -json`, of one plan or several."""

    name = "Terraform plan"

    def recognises(self, text: str) -> bool:
        start = plan_start(text)
        # Behind other lines, a plan must not hide a template from the gate.
        return start == 0 or (start is not None and not looks_like_template(text))

    def explains(self, text: str) -> bool:
        return is_of_terraform(text)

    def extract(self, source: Source, settings: ExtractSettings) -> Extraction:
        if not settings.has_files:
            # What deployment decides, and where it stands, is for the sources to say.
            raise OtherFilesError
        # A run without a plan does not pay for what reads one.
        from policy_gate.extractors.terraform.extract import plan_extraction
        from policy_gate.extractors.terraform.reading import read_plans

        plans, notes = read_plans(source.text)
        found = joined([plan_extraction(source, plan, settings) for plan in plans])
        around = tuple(f"{source.path}: {note}" for note in notes)
        return replace(found, notes=(*found.notes, *around))
