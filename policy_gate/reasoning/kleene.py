"""Three-valued logic: None stands for what is not known.

Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64.
"""

from __future__ import annotations

from collections.abc import Iterable


def any_of(values: Iterable[bool | None]) -> bool | None:
    """Whether one is true."""
    result: bool | None = False
    for value in values:
        if value:
            return True
        result = None if value is None else result
    return result


def all_of(values: Iterable[bool | None]) -> bool | None:
    """Whether none is false."""
    return negation(any_of(negation(value) for value in values))


def negation(value: bool | None) -> bool | None:
    """Whether it is false."""
    return None if value is None else not value
