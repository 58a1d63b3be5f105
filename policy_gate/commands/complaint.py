"""What every command does where it cannot do its work."""

from __future__ import annotations

import sys

from policy_gate.reporters.visible import visible


def complain(error: Exception) -> int:
    """Prints why the gate could not do its work, and returns the exit status that says so."""
    message = visible(str(error), sys.stderr.encoding or "utf-8")
    print(f"policy-gate: error: {message}", file=sys.stderr)
    return 1
