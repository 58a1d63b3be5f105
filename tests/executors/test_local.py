"""Processes of this machine."""

from __future__ import annotations

import subprocess
import sys

import pytest

_WAITING = """
import signal
from policy_gate.executors.local import LocalWorkers
workers = LocalWorkers()
workers.count = 2
futures = [workers.executor.submit(signal.pause) for _ in range(2)]
print("ready", flush=True)
signal.pause()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there are no workers")
def test_workers_end_with_a_parent_that_is_killed() -> None:
    parent = subprocess.Popen([sys.executable, "-c", _WAITING], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"ready\n"
    parent.kill()
    # The workers hold the pipe too: it ends with the last of them.
    assert parent.communicate(timeout=60)[0] == b""
