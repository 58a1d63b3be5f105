"""Takes the picture of the HTML report that the README shows: docs/report.png, by Chromium.

Run from the repository root: .venv/bin/python -m tools.take_screenshot
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CONFIG = "examples/getting-started/.policy-gate.yml"
PICTURE = Path("docs/report.png")
NAMES = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    """0 where the picture is taken or there is no browser, which is said; else 1."""
    browser = next(filter(None, map(shutil.which, NAMES)), None)
    if browser is None:
        print(f"skipped: none of {', '.join(NAMES)} is there; on Debian, apt-get install chromium")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "gate.html")
        report = ["run", "--config", CONFIG, "--report", f"html={page}", "--format", "concise"]
        subprocess.run([sys.executable, "-m", "policy_gate", *report], check=False)  # noqa: S603
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        options += [f"--user-data-dir={folder}/profile", "--window-size=1100,1000"]
        taken = [f"--screenshot={PICTURE.absolute()}", page.as_uri()]
        ran = subprocess.run([browser, *options, *taken], capture_output=True, check=False)  # noqa: S603
    if ran.returncode or not PICTURE.exists():
        sys.stderr.write(ran.stderr.decode(errors="replace"))
        return 1
    print(f"{PICTURE} is taken")
    return 0


if __name__ == "__main__":
    sys.exit(main())
