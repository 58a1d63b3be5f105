"""Microsoft's SARIF multitool judges our SARIF, by its rules and those of GitHub.

npm has it as @microsoft/sarif-multitool-linux; it needs no .NET. Run from the repository root:
.venv/bin/python -m tools.check_sarif [MULTITOOL]
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

CONFIG = "examples/getting-started/.policy-gate.yml"
NAME = "Sarif.Multitool"
IN_NPM = Path("node_modules/@microsoft/sarif-multitool-linux") / NAME
EXPECTED = {"SARIF2005"}
"""What it misses and we have not: an address of the tool's own."""


def main(arguments: list[str]) -> int:
    """0 where it finds nothing or is not there, which is said; else 1."""
    tool = arguments[0] if arguments else shutil.which(NAME) or str(IN_NPM)
    if not Path(tool).exists():
        print(f"skipped: there is no {tool}: npm install @microsoft/sarif-multitool-linux")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        report, answer = Path(folder, "gate.sarif"), Path(folder, "answer.sarif")
        run = ["run", "--config", CONFIG, "--report", f"sarif={report}", "--format", "concise"]
        subprocess.run([sys.executable, "-m", "policy_gate", *run], check=False)  # noqa: S603
        options = ["--rule-kind", "Sarif;Ghas", "--level", "Error;Warning"]
        options += ["--output", str(answer), "--log", "ForceOverwrite"]
        # Its exit status is 0 whatever it finds.
        subprocess.run(  # noqa: S603
            [os.path.abspath(tool), "validate", str(report), *options],
            env=os.environ | {"DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        log: Any = json.loads(answer.read_text(encoding="utf-8-sig"))
    results = [result for run_ in log["runs"] for result in run_.get("results", [])]
    wrong = [result for result in results if result["ruleId"] not in EXPECTED]
    for result in wrong:
        print(result["ruleId"], result["message"].get("text") or result["message"].get("arguments"))
    print(f"{len(wrong)} findings of the multitool, {len(results) - len(wrong)} expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
