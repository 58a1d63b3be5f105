"""Which extractor reads a file, told from its content."""

from __future__ import annotations

import codecs
import io
import json

import pytest

from policy_gate.extractors import recognise
from policy_gate.extractors.files import MAX_BYTES
from policy_gate.extractors.recognise import read, recognised
from tests.command_line import allow, template
from tests.extractors.terraform.small_plans import plan, text

PLAN = text()
TEMPLATE = template(allow("s3:GetObject"))
NESTED = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}}
YAML = 'AWSTemplateFormatVersion: "2010-09-09"\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n'


def name_of(content: str) -> str | None:
    extractor = recognised(content)
    return extractor.name if extractor else None


@pytest.mark.parametrize(
    "content",
    [
        PLAN,
        json.dumps(plan(), indent=2),
        json.dumps(plan(), sort_keys=True),
        json.dumps({"applyable": True, **plan()}, indent=1),
        "\n\n" + PLAN,
        PLAN[:-100],
        PLAN[:70],
        PLAN[:30],
        '{"format_version":"1.2","planned_values":{}}',
        '{"format_version":2,"resource_changes":[]}',
        f"[command]/bin/terraform show -json\n{PLAN}\n::debug::Terraform exited with code 0.\n",
        f"12:00:00.000 STDOUT [live/app] terraform: {PLAN}",
        f'{{"level":"info","msg":"x"}}\n{PLAN}',
        f"[{PLAN},{PLAN}]",
        text(variables={"template": {"value": NESTED}}),
        text(variables={"template": {"value": json.dumps(NESTED)}}),
    ],
)
def test_plans(content: str) -> None:
    assert name_of(content) == "Terraform plan"


@pytest.mark.parametrize(
    "content",
    [
        TEMPLATE,
        json.dumps({**json.loads(TEMPLATE), "Metadata": plan()}),
        json.dumps({**json.loads(TEMPLATE), "Description": PLAN}),
        TEMPLATE.replace("{", f'{{"Metadata": {{"Plan":\n{PLAN}\n}},', 1),
        # A plan in a comment hides no template.
        f"# 12:00:00.000 STDOUT terraform: {PLAN}\n{YAML}",
        f"12:00:00.000 STDOUT terraform: {PLAN}\n{YAML}".replace("12", "# 12"),
        f"#12:00:00.000 STDOUT terraform: {PLAN}\n{YAML}",
        f"# the plan:\n{YAML}Metadata:\n  Plan: |\n    {PLAN}\n",
    ],
)
def test_templates(content: str) -> None:
    assert name_of(content) == "CloudFormation template"


@pytest.mark.parametrize(
    "content",
    [
        '{"format_version":"1.0"}',
        '{"format_version":"1.0","terraform_version":"1.11.4","values":{"root_module":{}}}',
        '\n{"format_version":"1.0","values":{"root_module":{}}}',
        '{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"x","resources":[]}',
        '{"format_version":"1.0","provider_schemas":{}}',
        '{"@level":"info","@message":"Terraform"}\n{"@level":"info","type":"planned_change"}',
        '{"name":"x","version":"1.0"}',
        '{"variables":{"a":1}}',
        f"# A plan\n\n```json\n{PLAN}\n```\n",
        f"plan = '{PLAN}'\n",
        "",
    ],
)
def test_neither(content: str) -> None:
    assert name_of(content) is None


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-32"])
def test_a_plan_that_a_shell_encoded_is_recognised(encoding: str) -> None:
    found = read(io.BytesIO(PLAN.encode(encoding)))

    assert found.text == PLAN
    cut = read(io.BytesIO(codecs.BOM_UTF16_LE + PLAN.encode("utf-16-le")[:-1]))
    assert cut.error is not None
    assert name_of(cut.text) == "Terraform plan"


def test_plans_may_be_larger_than_templates() -> None:
    large = text(variables={"x": {"value": "é" * MAX_BYTES}})
    assert read(io.BytesIO(large.encode())).text == json.dumps(
        json.loads(large), separators=(",", ":")
    )


def test_of_what_is_too_large_only_the_beginning_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO(b'{"a": "' + b"x" * 2 * MAX_BYTES)
    found = read(stream)
    assert found.error is not None
    assert "5 MB" in found.error.message
    assert stream.tell() == MAX_BYTES + 1

    monkeypatch.setattr(recognise, "MAX_PLAN_BYTES", 6_000_000)
    stream = io.BytesIO(text(variables={"x": {"value": "x" * 9_000_000}}).encode())
    found = read(stream)
    assert found.error is not None
    assert "del(.planned_values" in found.error.message
    assert name_of(found.text) == "Terraform plan"
    assert stream.tell() == 6_000_001
