"""Text of any origin as GitHub Flavored Markdown that shows it and does nothing else.

What a text must not do on GitHub or GitLab: open or close markup or HTML, be a link, mention
somebody, refer to an issue, be a quick action of GitLab, or be the hidden marker of a comment.
Sources: https://github.github.com/gfm/ and
https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
and https://docs.gitlab.com/user/markdown/#gitlab-specific-references
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from policy_gate.reporters.visible import one_line

_ZERO_WIDTH = "\u200b"
"""Shown as nothing. It parts what would be a mention, a reference or a link."""

_MARKUP = re.compile(r"[\\`*_\[\]|~$]")
_AT_LINE_START = re.compile(r"[#+=/-]|\d+[.)]")
_REFERENCE = re.compile(
    r"(?<=[@#!&%~$])(?=[\w/])|(?<=\b[Gg][Hh]-)(?=\d)|(?<=[Ww]{3})(?=\.)|(?=://)"
)
"""Between which characters there would be a mention, a reference or a link."""

_PLAIN_CODE = re.compile(r"[\w .:/@*+=,;{}\[\]()$'\"?%!^#~-]+")
_FENCES = re.compile(r"`{3,}")


class Markdown(str):
    """Text that is Markdown already. What is made of it otherwise is a plain text again."""

    __slots__ = ()


def prose(text: object) -> Markdown:
    """A text in a sentence."""
    if isinstance(text, Markdown):
        return text
    parted = _REFERENCE.sub(_ZERO_WIDTH, one_line(str(text)).strip())
    start = _AT_LINE_START.match(parted)
    shown = _MARKUP.sub(r"\\\g<0>", parted)
    if start:
        end = start.end() - 1
        shown = f"{shown[:end]}\\{shown[end:]}"
    for char, reference in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        shown = shown.replace(char, reference)
    return Markdown(shown)


def code(text: object) -> Markdown:
    """A name or a value, in a fixed-width font, so that it can be copied."""
    shown = one_line(str(text))
    if _PLAIN_CODE.fullmatch(shown) and shown.strip() == shown:
        return Markdown(f"`{shown}`")
    escaped = "".join(
        char if char.isalnum() or char in " ./" else f"&#{ord(char)};" for char in shown
    )
    return Markdown(f"<code>{escaped}</code>" if escaped else "")


def block(lines: Iterable[str]) -> Markdown:
    """Lines of a file, as they stand there."""
    shown = [one_line(line).replace("<!--", f"<{_ZERO_WIDTH}!--") for line in lines]
    longest = max((len(run) for line in shown for run in _FENCES.findall(line)), default=2)
    fence = "`" * (longest + 1)
    return Markdown("\n".join([f"{fence}text", *shown, fence]))
