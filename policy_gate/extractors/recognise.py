"""From the bytes of an input to its text, and to the extractor that reads it."""

from __future__ import annotations

from typing import BinaryIO, NamedTuple

from policy_gate.extractors.cloudformation.extract import CloudFormationExtractor
from policy_gate.extractors.files import MAX_BYTES, MAX_PLAN_BYTES, check_size
from policy_gate.extractors.interface import Extractor
from policy_gate.extractors.terraform.plan import TerraformPlanExtractor
from policy_gate.extractors.terraform.recognition import is_binary_plan, plan_start
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import decode

EXTRACTORS: tuple[Extractor, ...] = (TerraformPlanExtractor(), CloudFormationExtractor())
"""In the order in which they are asked; a plan may hold the text of a template."""

_TOO_LARGE = (
    f"this plan is larger than {MAX_PLAN_BYTES // 1_000_000} MB:"
    " `jq -c 'del(.planned_values, .relevant_attributes)'` makes it smaller and loses no policy"
)


class Read(NamedTuple):
    """The text of an input, as far as it is one, and why it is not read."""

    text: str
    error: ReadError | None = None
    is_binary_plan: bool = False


def read(stream: BinaryIO) -> Read:
    """An input of bounded size, which is larger for plans. Raises OSError."""
    data = stream.read(MAX_BYTES + 1)
    if is_binary_plan(data):
        return Read("", is_binary_plan=True)
    try:
        if len(data) > MAX_BYTES and plan_start(decode(data, "replace")) is not None:
            data += stream.read(MAX_PLAN_BYTES + 1 - len(data))
            if len(data) > MAX_PLAN_BYTES:
                return Read(decode(data[:MAX_BYTES], "replace"), ReadError(_TOO_LARGE, 0))
        else:
            check_size(data)
        return Read(decode(data))
    except ReadError as error:
        return Read(data.replace(b"\0", b"").decode("utf-8", "replace"), error)


def recognised(text: str) -> Extractor | None:
    """The extractor of an input; None where the text looks like none."""
    text = text.lstrip("\ufffd")
    return next((extractor for extractor in EXTRACTORS if extractor.recognises(text)), None)


def explaining(text: str) -> Extractor:
    """The extractor that can say why a text is no input."""
    return next(extractor for extractor in EXTRACTORS if extractor.explains(text))
