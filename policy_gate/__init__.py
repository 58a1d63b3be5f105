"""policy-gate: a CI/CD gate for AWS IAM policies.

The public Python API is small: `run_gate(paths)` gives a `GateReport`. Its parts are imported when
they are asked for, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policy_gate.api import run_gate
    from policy_gate.model import Finding, GateReport, Policy

__all__ = ["Finding", "GateReport", "Policy", "__version__", "run_gate"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    from importlib import import_module

    if name == "run_gate":
        return import_module("policy_gate.api").run_gate
    if name in __all__:
        return getattr(import_module("policy_gate.model"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
