"""The inputs of the action, which come as one JSON object of texts in one variable.

An input never becomes a part of a script, so nothing in one can be a command.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

VARIABLE = "POLICY_GATE_INPUTS"

_PARAMETER = re.compile(r"\s+(?=[A-Za-z][\w:.-]*=)")


class InputError(Exception):
    """An input that cannot be taken, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a workflow gave; an input that it left out is empty."""

    texts: Mapping[str, str]

    def text(self, name: str) -> str:
        return self.texts.get(name, "").strip()

    def lines(self, name: str) -> list[str]:
        """Those that are not blank. A file name may begin or end with spaces."""
        return [line for line in self.texts.get(name, "").splitlines() if line.strip()]

    def items(self, name: str) -> list[str]:
        """A list with commas, as the IAM validators of aws-actions take it, or with lines."""
        return [item for part in re.split(r"[,\n]", self.text(name)) if (item := part.strip())]

    def flag(self, name: str) -> bool:
        """`true` or `false`, in any case. Raises InputError."""
        text = self.text(name).lower()
        if text not in ("", "true", "false"):
            raise InputError(f"input {name}: true or false is expected, not {self.text(name)!a}")
        return text == "true"

    def parameters(self) -> list[str]:
        """NAME=VALUE, one a line or several in one with spaces between them."""
        text = self.text("parameters")
        return [item for line in text.splitlines() for item in _PARAMETER.split(line.strip())]


def read_inputs(text: str) -> Inputs:
    """The inputs of the variable. Raises InputError."""
    try:
        texts = json.loads(text)
    except ValueError as error:
        raise InputError(f"{VARIABLE} holds no JSON: start this from action.yml") from error
    if not isinstance(texts, dict) or not all(isinstance(value, str) for value in texts.values()):
        raise InputError(f"{VARIABLE} holds no object of texts: start this from action.yml")
    return Inputs(texts)
