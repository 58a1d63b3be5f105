"""The witness of docs/security-engineers.md fits the policy simulator of IAM."""

from __future__ import annotations

import json
from typing import Any

from botocore.session import get_session
from botocore.validate import ParamValidator

from tests.docs.commands import commands
from tests.docs.pages import ROOT, blocks

PAGE = ROOT / "docs" / "security-engineers.md"


def options() -> dict[str, str]:
    """The options of the command, by name."""
    (block,) = [block for block in blocks(PAGE, "sh") if "simulate-custom-policy" in block.text]
    (command,) = commands(block)
    words = command.words()[3:]
    return dict(zip(words[::2], words[1::2], strict=True))


def test_the_options_are_those_of_the_api_and_hold_the_witness() -> None:
    given = options()
    entry = dict(part.split("=", 1) for part in given["--context-entries"].split(","))
    parameters: dict[str, Any] = {
        "PolicyInputList": [given.pop("--policy-input-list")],
        "ActionNames": [given.pop("--action-names")],
        "ResourceArns": [given.pop("--resource-arns")],
        "ContextEntries": [entry | {"ContextKeyValues": [entry["ContextKeyValues"]]}],
    }
    service = get_session().get_service_model("iam")
    shape = service.operation_model("SimulateCustomPolicy").input_shape
    assert not ParamValidator().validate(parameters, shape).has_errors()
    assert list(given) == ["--context-entries"]
    assert {"CallerArn", "ResourcePolicy"} < shape.members.keys()

    (block,) = blocks(PAGE, "json")
    witness = json.loads(block.text)
    assert parameters["ActionNames"] == [witness["action"]]
    assert parameters["ResourceArns"] == [witness["resource"]]
    assert witness["context"] == {entry["ContextKeyName"]: [entry["ContextKeyValues"]]}
