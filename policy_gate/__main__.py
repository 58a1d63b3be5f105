"""`python -m policy_gate`: the same as the `policy-gate` command."""

from __future__ import annotations

import sys

from policy_gate.cli import main

if __name__ == "__main__":
    sys.exit(main())
