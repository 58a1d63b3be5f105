"""Where the paths of the tables lead to in one resource."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.extractors.terraform.changes import AttributePath
from policy_gate.extractors.terraform.tables import StepPath


def concrete_paths(attributes: object, unknown: object, path: StepPath) -> list[AttributePath]:
    """The paths that a path with `*` leads to, of values that are not null or are unknown.

    `attributes` and `unknown` are `after` and `after_unknown` of a change, or `before` and None.
    What is unknown as a whole on the way there, or is not of the shape that the path is for, gives
    the path that leads to it: shorter than asked for, but never none. A list where one object is
    expected, or the other way round, is taken for it: the versions of the providers differ in that.
    """
    return list(_paths(attributes, unknown, path, ()))


def _paths(
    value: object, unknown: object, path: StepPath, here: AttributePath
) -> Iterator[AttributePath]:
    if unknown is True or not path:
        if unknown is True or value is not None or _holds_true(unknown):
            yield here
    elif isinstance(value, list) or (value is None and isinstance(unknown, list)):
        if path[0] != "*" and here and isinstance(here[-1], int):
            yield here
        else:
            yield from _item_paths(value, unknown, path, here)
    elif isinstance(value, dict) or (value is None and isinstance(unknown, dict)):
        if path[0] == "*":
            yield from _paths(value, unknown, path[1:], here)
        else:
            step = path[0]
            yield from _paths(_child(value, step), _child(unknown, step), path[1:], (*here, step))
    elif value is not None:
        yield here


def _item_paths(
    value: object, unknown: object, path: StepPath, here: AttributePath
) -> Iterator[AttributePath]:
    values = value if isinstance(value, list) else []
    masks = unknown if isinstance(unknown, list) else []
    rest = path[1:] if path[0] == "*" else path
    for index in range(max(len(values), len(masks))):
        item = values[index] if index < len(values) else None
        mask = masks[index] if index < len(masks) else None
        yield from _paths(item, mask, rest, (*here, index))


def _child(value: object, step: str) -> object:
    return value.get(step) if isinstance(value, dict) else None


def _holds_true(mask: object) -> bool:
    if isinstance(mask, dict):
        return any(map(_holds_true, mask.values()))
    if isinstance(mask, list):
        return any(map(_holds_true, mask))
    return mask is True
