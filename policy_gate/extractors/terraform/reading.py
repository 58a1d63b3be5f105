"""The JSON text of plans, as `terraform show -json` and its wrappers print it.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import gc
import math
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from json import JSONDecodeError, JSONDecoder
from typing import Any, NamedTuple, NoReturn

from policy_gate.extractors.interface import NotSupportedError
from policy_gate.extractors.terraform.recognition import object_start
from policy_gate.syntax.node import ReadError

MAX_DEPTH = 200
"""Collections inside collections; a module inside another takes three."""

MAX_PLANS = 1_000
"""Plans in one file."""

MAX_OTHERS = 100_000
"""Objects of logs beside the plans of one file."""

HOW = (
    "`terraform plan -out=tfplan` and `terraform show -json tfplan > plan.json` make what is read"
    " (`tofu` likewise)"
)

_UNUSED = frozenset({"relevant_attributes", "resource_drift"})
_LISTS = ("resource_changes", "resource_drift", "deferred_changes")
_MAPPINGS = ("configuration", "prior_state", "variables", "output_changes")
_PLAN = frozenset({"resource_changes", "planned_values", "configuration"})
_VERSION = re.compile(r"(\d{1,9})\.\d{1,9}", re.ASCII)
_SPACE = re.compile(r"[ \t\n\r]*")
_COLON = re.compile(r"[ \t\n\r]*:[ \t\n\r]*")
_COMMA = re.compile(r"[ \t\n\r]*,[ \t\n\r]*")
_COLLECTIONS = (dict, list)
_WORDS = ("true", "false", "null", "\\u", "-")
_OF_A_PLAN = re.compile(
    '"(?:resource_changes|planned_values|after_unknown|prior_state|format_version)"'
)
_LIST = re.compile(r"\s*\[\s*\{")
_LINE = re.compile(r"^[^\S\n]*\S", re.MULTILINE)
_COPY = re.compile(r"^::set-output name=stdout::(.*)$", re.MULTILINE)
_ESCAPES = (("%0A", "\n"), ("%0D", "\r"), ("%25", "%"))


class PlanText(NamedTuple):
    """A plan, and where its text begins."""

    plan: dict[str, Any]
    """The root; `relevant_attributes` and `resource_drift`, which nothing reads, are None."""

    start: int
    """In characters from the beginning of the file."""


def read_plans(text: str) -> tuple[list[PlanText], tuple[str, ...]]:
    """The plans that stand one after another in a text, and notes about what is around them.

    Raises ReadError where the text is no JSON or a plan is cut, NotSupportedError where it is
    something else than plans.
    """
    if _LIST.match(text):
        raise NotSupportedError("this is a list: give each plan in a file of its own")
    found = _Found(text)
    position = 0
    with _no_collection():
        while (start := object_start(text, position)) is not None:
            found.leave_out(position, start)
            content, position = _root(text, start)
            found.add(content, start, position)
    found.leave_out(position, len(text))
    return found.plans, tuple(found.notes())


class _Found:
    """What is met in a text; of what is left out, only how much it is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.plans: list[PlanText] = []
        self.spans: list[tuple[int, int]] = []
        self.other: NotSupportedError | None = None
        """What the first object is that is no plan."""

        self.foreign: NotSupportedError | None = None
        """The same of the first that must not stand beside plans."""

        self.others = 0
        self.lines = 0

    def add(self, content: dict[str, Any], start: int, end: int) -> None:
        if _is_plan(content):
            if len(self.plans) == MAX_PLANS:
                raise ReadError(f"more than {MAX_PLANS} plans in one file", start)
            self.plans.append(PlanText(_checked(content, start), start))
            self.spans.append((start, end))
            return
        self.lines += _lines(self.text[start:end])
        self.others += 1
        self.other = self.other or NotSupportedError(_what_it_is(content), start)
        if self.others > MAX_OTHERS:
            raise self.other
        if "@level" not in content and "level" not in content:
            self.foreign = self.foreign or NotSupportedError(_what_it_is(content), start)

    def leave_out(self, start: int, end: int) -> None:
        """Raises ReadError where it looks like a part of a plan."""
        piece = self.text[start:end]
        self.lines += _lines(piece)
        copies: list[tuple[int, int]] | None = None
        for match in _OF_A_PLAN.finditer(piece):
            if copies is None:
                copies = list(self._copies(piece))
            if not any(first <= match.start() < last for first, last in copies):
                message = (
                    "this looks like a part of a plan that was cut, or mixed with other output"
                )
                raise ReadError(message, start + match.start())

    def _copies(self, piece: str) -> Iterator[tuple[int, int]]:
        """Where a plan is printed once more, as the wrapper of setup-terraform does.

        Source: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
        (escapeData)
        """
        for match in _COPY.finditer(piece):
            content = match[1]
            for escaped, plain in _ESCAPES:
                content = content.replace(escaped, plain)
            if any(content.strip() == self.text[first:last] for first, last in self.spans):
                yield match.span()

    def notes(self) -> Iterator[str]:
        """Raises NotSupportedError where there is no plan, or something that hides in a log."""
        if problem := self.foreign if self.plans else self.other:
            raise problem
        if not self.plans:
            raise NotSupportedError(f"this is no plan in JSON: {HOW}")
        if self.lines:
            yield (
                f"{self.lines} line{'s' * (self.lines > 1)} around the plan are left out."
                " Redirect the output of `terraform show -json` alone;"
                " for hashicorp/setup-terraform, set terraform_wrapper: false."
            )


def _lines(text: str) -> int:
    return sum(1 for _ in _LINE.finditer(text.strip()))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Values of JSON have no cycles, and looking for some takes as long as reading them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _root(text: str, start: int) -> tuple[dict[str, Any], int]:
    """One object, whose values are read one by one: what nothing needs is let go at once."""
    content: dict[str, Any] = {}
    offset = _after(_SPACE, text, start + 1)
    if text.startswith("}", offset):
        return content, offset + 1
    while True:
        if not text.startswith('"', offset):
            _stop(text, offset, "a key in double quotes is expected")
        key, end = _value(text, offset)
        if key in content:
            raise ReadError(_duplicate(key), offset)
        colon = _COLON.match(text, end)
        if colon is None:
            _stop(text, _after(_SPACE, text, end), "a colon is expected")
        value, end = _value(text, colon.end())
        content[key] = None if key in _UNUSED else _not_too_deep(value, colon.end())
        if comma := _COMMA.match(text, end):
            offset = comma.end()
            continue
        offset = _after(_SPACE, text, end)
        if not text.startswith("}", offset):
            _stop(text, offset, "a comma or '}' is expected")
        return content, offset + 1


class _RefusedError(Exception):
    """JSON that Python would read, and that is not what a plan holds."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise _RefusedError(_duplicate(counts.most_common(1)[0][0]))
    return content


def _number(written: str) -> float:
    value = float(written)
    if not math.isfinite(value):
        raise _RefusedError("a number is too large")
    return value


def _constant(name: str) -> NoReturn:
    raise _RefusedError(f"{name} is no JSON number")


_DECODER = JSONDecoder(object_pairs_hook=_object, parse_float=_number, parse_constant=_constant)


def _value(text: str, offset: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, offset)
    except JSONDecodeError as error:
        _stop(text, error.pos, error.msg)
    except _RefusedError as error:
        raise ReadError(str(error), offset) from error
    except RecursionError as error:
        raise ReadError(_too_deep(), offset) from error
    except ValueError as error:
        raise ReadError("a number has too many digits", offset) from error


def _stop(text: str, offset: int, message: str) -> NoReturn:
    """Raises ReadError where the text stops being JSON. Nothing of the text is quoted."""
    rest = text[offset : offset + 200].strip()
    is_cut = not rest or any(word.startswith(rest) for word in _WORDS)
    if is_cut or message.startswith("Unterminated"):
        raise ReadError("the plan ends too early: was it cut off?", len(text.rstrip()))
    reason = message.removesuffix(" at").lower()
    raise ReadError(f"this is no JSON from here on ({reason}): was other output mixed in?", offset)


def _after(pattern: re.Pattern[str], text: str, offset: int) -> int:
    match = pattern.match(text, offset)
    return match.end() if match else offset


def _duplicate(key: str) -> str:
    return f"duplicate key {key[:80]!r}: only the last value would count"


def _too_deep() -> str:
    return f"more than {MAX_DEPTH} collections inside each other"


def _not_too_deep(value: Any, offset: int) -> Any:
    level = [value] if isinstance(value, _COLLECTIONS) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return value
        # In one expression: a large plan holds millions of values.
        level = [
            child
            for node in level
            for child in (node.values() if isinstance(node, dict) else node)
            if isinstance(child, _COLLECTIONS)
        ]
    raise ReadError(_too_deep(), offset)


def _is_plan(content: dict[str, Any]) -> bool:
    return not _PLAN.isdisjoint(content) and "@level" not in content


def _checked(plan: dict[str, Any], start: int) -> dict[str, Any]:
    version = plan.get("format_version")
    known = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if known is None:
        raise NotSupportedError("a plan has a format_version such as 1.2, and this has none", start)
    if int(known[1]) > 1:
        message = f"plans of the format {version} are not known: those from 0.1 to 1.x are read"
        raise NotSupportedError(message, start)
    if "Resources" in plan:
        raise NotSupportedError("this is a plan and a CloudFormation template in one", start)
    for kind, keys in ((list, _LISTS), (dict, _MAPPINGS)):
        for key in keys:
            if not isinstance(plan.get(key), kind | None):
                expected = "list" if kind is list else "mapping"
                raise NotSupportedError(f"{key} of a plan must be a {expected}", start)
    return plan


def _what_it_is(content: dict[str, Any]) -> str:
    if "@level" in content:
        return f"this is the log that `terraform plan -json` prints, and no plan: {HOW}"
    if "encrypted_data" in content:
        return f"this is a plan or a state that OpenTofu encrypted: {HOW}, given the same key"
    is_state = "lineage" in content or "serial" in content or "values" in content
    if is_state or set(content) == {"format_version"}:
        return f"this is a state, and no plan: {HOW}"
    return f"this is no plan, it has neither resource_changes nor planned_values: {HOW}"
