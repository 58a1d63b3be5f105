"""What the reader of a report should know besides the results."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias


class Listing(NamedTuple):
    """A sentence about several things, of which the shards of a run each know some."""

    sentence: str
    """With `{}` where the things, or their number, are told."""

    items: tuple[str, ...]
    """Sorted, each once."""

    most: int | None = None
    """How many of the things are named; None is all of them, 0 is their number alone."""

    def __str__(self) -> str:
        named = self.items[: self.most]
        more = len(self.items) - len(named)
        text = ", ".join(named) if named else str(more)
        return self.sentence.replace("{}", f"{text} and {more} more" if named and more else text)


Note: TypeAlias = str | Listing
