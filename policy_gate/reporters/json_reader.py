"""A JSON report back to the GateReport that it was made from, unless it compares revisions.

The text may be anybody's: everything is looked at, and what is not as `json_report` writes it is
refused. What a report has is told by the fields of its dataclasses: a new field is read under its
own name, once `json_report` writes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from datetime import date
from enum import Enum
from functools import cache, partial
from types import NoneType, UnionType
from typing import Any, NoReturn, Union, get_args, get_origin, get_type_hints

from policy_gate.model import (
    SCHEMA_VERSION,
    Assumption,
    CallCount,
    CheckResult,
    Construct,
    GateReport,
)

MAX_BYTES = 40_000_000
"""Bytes of a report that `merge` reads: some 3,500 templates."""

MAX_PRICE = 1e6
"""US dollars that the calls of a report that `merge` reads may have cost."""

_KEYS = {(CheckResult, "identity"): "policy", (Assumption, "stand_in"): "default"}
"""Fields that a report calls otherwise."""

_NOT_WRITTEN = {Assumption: {"allowed", "pattern"}}
"""Fields that no report shows: they are the defaults again."""

_DERIVED = {CallCount: {"estimated_cost", "currency"}, Construct: {"locations"}}
"""Keys that follow from others."""

_ANALYZER = {
    "analyzer": "name",
    "analyzer_reason": "reason",
    "service_data": "service_data",
    "calls": "calls",
}
"""Fields of a report that its key `analyzer` holds, with their keys there."""


class ReportError(Exception):
    """A text that is no report: the message says where in it, and why."""


def read_report(data: bytes) -> GateReport:
    """The report in a text of at most MAX_BYTES. Raises ReportError."""
    if len(data) > MAX_BYTES:
        raise ReportError(f"it is larger than {MAX_BYTES // 1_000_000} MB")
    try:
        root = json.loads(
            data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        raise ReportError(f"it is not UTF-8 text (byte {error.start})") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ReportError(
            f"it is not JSON, or not all of it ({error.msg}: {place}): make it anew"
        ) from error
    except RecursionError as error:
        raise ReportError("it is nested too deeply") from error
    except ValueError as error:
        raise ReportError(f"it is not JSON as a report has it ({error})") from error
    return _report(root)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ReportError("a key is there twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ReportError(f"{name} is no number")


def _report(root: Any) -> GateReport:
    if not isinstance(root, dict) or "schema_version" not in root:
        raise ReportError("it is not a report: `policy-gate run --format json` makes one")
    version = root.pop("schema_version")
    if version != SCHEMA_VERSION:
        raise ReportError(
            f"its schema_version is {_shown(version)}, and this policy-gate reads {SCHEMA_VERSION}:"
            " make it with the same version"
        )
    if root.get("comparison") is not None:
        raise ReportError("it compares a change with its base, which the report of no shard does")
    analyzer = root.pop("analyzer", None)
    if not isinstance(analyzer, dict) or analyzer.keys() != set(_ANALYZER.values()):
        _refuse("analyzer", f"an object with {', '.join(_ANALYZER.values())} is expected here")
    for field in root.keys() & _ANALYZER.keys():
        _refuse(field, "unknown key")
    own = {field: analyzer[key] for field, key in _ANALYZER.items()}
    report: GateReport = _fields(GateReport, {**root, **own}, "")
    return report


def _value(kind: Any, value: Any, at: str) -> Any:
    """A value of JSON as one of this type. Raises ReportError."""
    return _reader(kind)(value, at)


@cache
def _reader(kind: Any) -> Callable[[Any, str], Any]:
    """What reads values of a type."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        (inner,) = (item for item in arguments if item is not NoneType)
        return lambda value, at: None if value is None else _value(inner, value, at)
    if origin is tuple:
        return partial(_sequence if arguments[-1] is ... else _pair, arguments)
    if origin is Mapping:
        return partial(_mapping, arguments)
    if is_dataclass(kind) or hasattr(kind, "_fields"):
        return partial(_fields, kind)
    return partial(_member if issubclass(kind, Enum) else _SCALARS.get(kind, _plain), kind)


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    left_out = _NOT_WRITTEN.get(kind, set())
    return {name: hint for name, hint in get_type_hints(kind).items() if name not in left_out}


def _fields(kind: Any, value: Any, at: str) -> Any:
    if not isinstance(value, dict):
        _refuse(at, "an object is expected here")
    fields = {_KEYS.get((kind, name), name): name for name in _hints(kind)}
    for key in value:
        if key not in fields and key not in _DERIVED.get(kind, ()):
            _refuse(_joined(at, key), "unknown key")
    for key in fields:
        if key not in value:
            _refuse(_joined(at, key), "it is missing")
    return kind(
        **{
            name: _value(_hints(kind)[name], value[key], _joined(at, key))
            for key, name in fields.items()
        }
    )


def _sequence(kinds: tuple[Any, ...], value: Any, at: str) -> tuple[Any, ...]:
    read = _reader(kinds[0])
    return tuple(read(item, f"{at}[{index}]") for index, item in enumerate(_list(value, at)))


def _pair(kinds: tuple[Any, ...], value: Any, at: str) -> tuple[Any, ...]:
    items = _list(value, at)
    if len(items) != len(kinds):
        _refuse(at, f"{len(kinds)} items are expected here")
    return tuple(
        _value(kind, item, f"{at}[{index}]")
        for index, (kind, item) in enumerate(zip(kinds, items, strict=True))
    )


def _mapping(kinds: tuple[Any, ...], value: Any, at: str) -> dict[Any, Any]:
    if not isinstance(value, dict):
        _refuse(at, "an object is expected here")
    return {
        _value(kinds[0], key, at): _value(kinds[1], item, _joined(at, key))
        for key, item in value.items()
    }


def _member(kind: type[Enum], value: Any, at: str) -> Enum:
    try:
        return kind(value)
    except ValueError:
        names = ", ".join(str(member.value) for member in kind)
        _refuse(at, f"{_shown(value)} is none of {names}")


def _date(_kind: type, value: Any, at: str) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        _refuse(at, f"{_shown(value)} is no date, as 2025-01-31")


def _count(_kind: type, value: Any, at: str) -> int:
    if type(value) is not int or value < 0:
        _refuse(at, f"{_shown(value)} is no count and no position")
    return value


def _price(_kind: type, value: Any, at: str) -> float:
    if type(value) not in (int, float) or not 0 <= value <= MAX_PRICE:
        _refuse(at, f"{_shown(value)} is no price")
    return float(value)


def _list(value: Any, at: str) -> list[Any]:
    if not isinstance(value, list):
        _refuse(at, "a list is expected here")
    return value


def _plain(kind: type, value: Any, at: str) -> Any:
    if type(value) is not kind:
        _refuse(at, f"{_shown(value)} is no {kind.__name__}")
    return value


def _joined(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key


def _shown(value: Any) -> str:
    """The beginning of a value."""
    return ascii(value)[:60] if not isinstance(value, dict | list) else "this"


def _refuse(at: str, message: str) -> NoReturn:
    raise ReportError(f"{at[:200]}: {message}")


_SCALARS: dict[type, Callable[[type, Any, str], Any]] = {
    date: _date,
    float: _price,
    int: _count,
}
