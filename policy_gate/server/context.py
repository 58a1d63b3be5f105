"""What an operation works with, besides its question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from policy_gate.analyzers.interface import Analyzer
from policy_gate.server.caller import Caller
from policy_gate.server.preview_store import PreviewStore

Body = Mapping[str, Any]
"""The members of an answer."""


class Context(NamedTuple):
    analyzer: Analyzer
    caller: Caller
    previews: PreviewStore
    request_id: str
    page_size: int
    """The most items that a page has."""
