"""A Dask cluster of processes on this machine, as `dask scheduler` and `dask worker` start it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parent.parent.parent
START = 240
"""Seconds that a busy machine may take to start a process."""


class Cluster:
    """Its workers have no file of the tests: their working directory is an empty folder."""

    def __init__(
        self, folder: Path, scheme: str = "tcp", environment: Mapping[str, str] | None = None
    ) -> None:
        self._folder = folder
        folder.mkdir()
        self._environment = {**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})}
        port = _free_port()
        self.address = f"{scheme}://127.0.0.1:{port}"
        self.workers: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start(
            "scheduler", "--protocol", scheme, "--port", str(port), "--no-show"
        )

    def wait(self) -> None:
        """Until the scheduler answers."""
        from distributed import Client

        Client(self.address, timeout=START, set_as_default=False).close()

    def add(self, *options: str, count: int = 1) -> None:
        """Starts workers that nobody starts again when they die."""
        self.workers += [
            self._start("worker", self.address, "--no-nanny", "--nthreads", "1", *options)
            for _ in range(count)
        ]

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        process.send_signal(signal.SIGKILL)
        process.wait()

    def __enter__(self) -> Cluster:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for process in (*self.workers, self.scheduler):
            self.kill(process)

    def _start(self, kind: str, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [
                sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments,
                "--host", "127.0.0.1", "--no-dashboard",
            ],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
