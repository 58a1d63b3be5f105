"""The JSON text of plans: what is read, what is left out, and what is refused."""

from __future__ import annotations

import json
import re

import pytest

from policy_gate.extractors.interface import NotSupportedError
from policy_gate.extractors.terraform.reading import MAX_DEPTH, MAX_PLANS, read_plans
from policy_gate.syntax.node import ReadError
from tests.extractors.terraform.small_plans import SECRET, plan, text

ONE, TWO = text(), text(name="two")
REDIRECT = "around the plan are left out. Redirect the output of `terraform show -json` alone"
COMMAND = "[command]/opt/terraform/terraform-bin show -json tfplan\n"
DEBUG = "\n::debug::Terraform exited with code 0.\n"


def escaped(content: str) -> str:
    return content.replace("%", "%25").replace("\n", "%0A")


def addresses(content: str) -> list[str]:
    plans, _ = read_plans(content)
    for item in plans:
        assert content.startswith("{", item.start)
    return [item.plan["resource_changes"][0]["address"] for item in plans]


@pytest.mark.parametrize("version", ["0.1", "0.2", "1.0", "1.2", "1.99"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_plan_of_any_known_format_is_read(version: str, indent: int | None) -> None:
    (item,), notes = read_plans(json.dumps(plan(format_version=version), indent=indent))

    assert item.plan["format_version"] == version
    assert item.plan["resource_changes"] == plan()["resource_changes"]
    assert item.start == 0
    assert notes == ()


def test_what_nothing_reads_is_not_kept() -> None:
    (item,), _ = read_plans(ONE)

    assert item.plan["relevant_attributes"] is None
    assert set(item.plan) == set(plan())


@pytest.mark.parametrize(
    ("content", "expected", "left_out"),
    [
        (f"{ONE}\n{TWO}\n", ["app", "two"], 0),
        (ONE + TWO, ["app", "two"], 0),
        (COMMAND + ONE + DEBUG, ["app"], 2),
        (f"{COMMAND}{ONE}\n::set-output name=stdout::{escaped(ONE)}\n", ["app"], 2),
        (f"\x1b[33mWarning: a word\x1b[0m\n\n{ONE}\n\n{TWO}\nDone\n", ["app", "two"], 2),
        (f'{{"level":"info","msg":"a"}}\n{ONE}', ["app"], 1),
        (f'{{"@level":"info","@message":"a"}}\n{ONE}', ["app"], 1),
        (f"12:00:00.000 STDOUT [live/app] terraform: {ONE}\n", ["app"], 1),
    ],
)
def test_plans_are_read_out_of_what_wrappers_print(
    content: str, expected: list[str], left_out: int
) -> None:
    assert addresses(content) == [f"aws_sqs_queue.{name}" for name in expected]
    _, notes = read_plans(content)
    if left_out:
        (note,) = notes
        assert note.startswith(f"{left_out} line")
        assert REDIRECT in note
    else:
        assert notes == ()


REFUSED = {
    "state": ('{"format_version":"1.0","values":{"outputs":{"x":"hunter2"}}}', "is a state"),
    "state of nothing": ('{"format_version":"1.0"}', "is a state"),
    "tfstate": ('{"version":4,"serial":1,"lineage":"x","outputs":{}}', "is a state"),
    "log": ('{"@level":"info","@message":"x"}\n{"@level":"info","type":"plan"}', "is the log"),
    "encrypted": ('{"meta":{},"encrypted_data":"aHVudGVyMg==","encryption_version":"v0"}', "encry"),
    "validation": ('{"format_version":"1.0","valid":true}', "it has neither resource_changes"),
    "later format": (text(format_version="2.0"), "format 2.0 are not known: those from 0.1 to 1.x"),
    "no format": (text(format_version=None), "has a format_version such as 1.2"),
    "format that is a number": (text(format_version=1.2), "has a format_version such as 1.2"),
    "list": (f"[{ONE}]", "give each plan in a file of its own"),
    "words": ("OpenTofu will perform the following actions:\n", "no plan in JSON"),
    "template in the plan": (text(Resources={}), "a plan and a CloudFormation template in one"),
    "changes that are a mapping": (text(resource_changes={}), "resource_changes of a plan must be"),
    "configuration that is a list": (text(configuration=[]), "configuration of a plan must be a m"),
    "state beside a plan": (f'{ONE}\n{{"format_version":"1.0","values":{{}}}}', "is a state"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_plan_says_what_it_is(name: str) -> None:
    content, message = REFUSED[name]
    with pytest.raises(NotSupportedError, match=re.escape(message)) as raised:
        read_plans(content)
    assert SECRET not in raised.value.message


@pytest.mark.parametrize("end", range(1, len(ONE), 7))
def test_a_plan_that_is_cut_anywhere_says_so(end: int) -> None:
    with pytest.raises(ReadError, match="was it cut off") as raised:
        read_plans(f"{ONE}\n{ONE[:end]}\n")
    assert raised.value.offset >= len(ONE)


BROKEN = {
    "cut before the next": (f"{ONE[:100]}\n{TWO}", "was other output mixed in?"),
    "end of another": (f"{ONE[200:]}\n{TWO}", "looks like a part of a plan"),
    "another copy": (f"{ONE}\n::set-output name=stdout::{escaped(TWO)}", "looks like a part"),
    "lines in between": (ONE.replace(',"name"', '\nWarning: x\n,"name"'), "was other output"),
    "duplicate key": (ONE.replace('"mode"', '"address"'), "duplicate key 'address'"),
    "duplicate key of the root": (ONE.replace('"variables"', '"terraform_version"'), "duplicate"),
    "not a number": (ONE.replace("true", "NaN"), "NaN is no JSON number"),
    "infinity": (ONE.replace("true", "1e999"), "a number is too large"),
    "digits": (ONE.replace("true", "1" * 5000), "too many digits"),
    "deep": (ONE.replace("true", "[" * MAX_DEPTH + "]" * MAX_DEPTH), "collections inside"),
    "deeper": (ONE.replace("true", "[" * 100_000), "collections inside"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_an_error_that_quotes_no_value(name: str) -> None:
    content, message = BROKEN[name]
    with pytest.raises(ReadError, match=re.escape(message)) as raised:
        read_plans(content)
    assert SECRET not in raised.value.message
    assert 0 <= raised.value.offset <= len(content)


def test_many_unfinished_objects_are_refused_at_once() -> None:
    content = '{"a":[' * 200_000
    with pytest.raises(ReadError):
        read_plans(content)


def test_plans_in_one_file_are_bounded() -> None:
    small = '{"format_version":"1.2","planned_values":{}}'
    assert len(read_plans(small * MAX_PLANS)[0]) == MAX_PLANS
    with pytest.raises(ReadError, match="more than 1000 plans"):
        read_plans(small * (MAX_PLANS + 1))
