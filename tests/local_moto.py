"""moto's server: STS and IAM with a state of their own, over HTTP."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def moto() -> Iterator[str]:
    """The URL of a server that nobody else asks."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-p", "0"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stderr is not None
        urls = (re.search(r"http://127\S+", line) for line in server.stderr)
        try:
            yield next(url[0] for url in urls if url)
        finally:
            server.terminate()
