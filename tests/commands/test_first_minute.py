"""docs/first-minute.md shows what the commands print."""

from __future__ import annotations

from tests.first_minute import PAGE, normal, page


def test_the_page_is_what_the_commands_print() -> None:
    assert normal(PAGE.read_text(encoding="utf-8")) == normal(page())
