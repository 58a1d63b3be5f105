"""Which lines of a file a change adds, from its unified diff.

Source: https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
"""

from __future__ import annotations

import re

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d{1,9})(?:,\d+)? @@", re.ASCII)


def added_lines(patch: str) -> frozenset[int]:
    """The numbers, from 1, of the lines that the new file has and the old has not."""
    added = set()
    line = 0
    for row in patch.split("\n"):
        if hunk := _HUNK.match(row):
            line = int(hunk[1])
        elif row.startswith("+"):
            added.add(line)
            line += 1
        elif row.startswith(" "):
            line += 1
    return frozenset(added)
