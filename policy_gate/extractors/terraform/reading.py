"""The text of a file to the plans in it: bounded, strict, past what wrappers print around them."""

from __future__ import annotations

import json
import re
from json.decoder import JSONDecodeError
from typing import Any, NamedTuple, NoReturn

from policy_gate.extractors.interface import NotSupportedError
from policy_gate.extractors.terraform.recognition import (
    looks_encrypted,
    looks_like_log,
    looks_like_state,
)
from policy_gate.syntax.node import ReadError

KNOWN_MAJOR_VERSIONS = ("0", "1")

_OBJECT = re.compile(r'^[^\S\n]*(?=\{\s*")', re.MULTILINE)
_FOLLOWING = re.compile(r"\s*(?=\{)")
_ADVICE = "`terraform show -json PLANFILE > plan.json` makes what is read"
_STATE = f"this is a state, not a plan: `terraform plan -out PLANFILE` and {_ADVICE}"
_LOG = f"this is the log of `terraform plan -json`, not a plan: {_ADVICE}"
_ENCRYPTED = (
    "this is encrypted by OpenTofu: `tofu show -json PLANFILE > plan.json` decrypts it with the"
    " key of the project"
)
BINARY = f"this is a binary plan: {_ADVICE}"


class PlanText(NamedTuple):
    """One plan of a file."""

    plan: dict[str, Any]
    start: int
    """Where it begins, in characters."""


def read_plans(text: str) -> tuple[list[PlanText], tuple[str, ...]]:
    """The plans of a file, and notes about what else is in it.

    Raises ReadError where one is no JSON and NotSupportedError where there is none.
    """
    _refuse_what_is_none(text)
    found: list[PlanText] = []
    left_out = 0
    position = 0
    while match := _FOLLOWING.match(text, position) or _OBJECT.search(text, position):
        left_out += _lines(text, position, match.start())
        content, position = _object(text, match.end())
        if "format_version" in content:
            found.append(PlanText(_supported(content, match.end()), match.end()))
        else:
            left_out += 1
    left_out += _lines(text, position, len(text))
    if not found:
        raise NotSupportedError(f"there is no plan in this file: {_ADVICE}")
    return found, _note(left_out)


def _refuse_what_is_none(text: str) -> None:
    if looks_like_log(text):
        raise NotSupportedError(_LOG)
    if looks_encrypted(text):
        raise NotSupportedError(_ENCRYPTED)
    if looks_like_state(text):
        raise NotSupportedError(_STATE)


def _note(left_out: int) -> tuple[str, ...]:
    if not left_out:
        return ()
    lines = "1 line is" if left_out == 1 else f"{left_out} lines are"
    note = (
        f"{lines} left out that a wrapper printed around the plan: with setup-terraform, set"
        " terraform_wrapper: false."
    )
    return (note,)


def _lines(text: str, start: int, end: int) -> int:
    """How many lines of what is left out hold something. Raises ReadError for a part of a plan."""
    left_out = text[start:end]
    if '"format_version"' in left_out:
        raise ReadError("this looks like a plan and cannot be read as one", start)
    return sum(bool(line.strip()) for line in left_out.split("\n"))


def _object(text: str, start: int) -> tuple[dict[str, Any], int]:
    """The JSON object that begins at an offset, and where it ends."""
    try:
        content, end = _DECODER.raw_decode(text, start)
    except _DuplicateKeyError as error:
        raise ReadError(f"duplicate key {error.args[0][:80]!r}", start) from error
    except JSONDecodeError as error:
        is_cut = error.pos >= len(text.rstrip()) - 1 or error.msg.startswith("Unterminated")
        hint = "the plan ends too early: was it cut off?" if is_cut else f"no JSON: {error.msg}"
        raise ReadError(hint, min(error.pos, len(text))) from error
    except RecursionError as error:
        raise ReadError("the values of this plan nest too deep", start) from error
    except ValueError as error:
        raise ReadError(str(error), start) from error
    if not isinstance(content, dict):
        raise ReadError("an object is expected here", start)
    return content, end


def _supported(content: dict[str, Any], start: int) -> dict[str, Any]:
    version = str(content["format_version"])
    if version.partition(".")[0] not in KNOWN_MAJOR_VERSIONS:
        raise NotSupportedError(
            f"the format version {version[:20]!r} of this plan is not known: 0 and 1 are", start
        )
    if not any(key in content for key in ("resource_changes", "planned_values", "configuration")):
        raise NotSupportedError(_STATE if "values" in content else "this is no plan", start)
    return content


class _DuplicateKeyError(ValueError):
    """Of two values one would win silently."""


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _DuplicateKeyError(key)
            seen.add(key)
    return content


def _refused(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_distinct, parse_constant=_refused)
