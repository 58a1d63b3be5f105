"""What a user sees of a run that takes its time: Ctrl-C, and the progress bar."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from policy_gate.analyzers.aws_limiter import Limiter
from tests.command_line import allow, template
from tests.local_aws import only_this_aws, running

ROOT = str(Path(__file__).parent.parent)


@pytest.mark.parametrize("wanted", [b"0 of "])
def test_ctrl_c_ends_a_run_that_waits_with_no_traceback(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, wanted: bytes
) -> None:
    (tmp_path / "t.json").write_text(template(allow("s3:GetObject")))
    over = Event()

    def wait(_: object) -> None:
        over.wait()

    with running(wait) as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "policy_gate", "run", "t.json", "--analyzer", "aws"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": ROOT},
            stdout=subprocess.PIPE,
            stderr=theirs,
        )
        os.close(theirs)
        seen = b""
        while wanted not in seen:
            seen += os.read(ours, 1000)
        process.send_signal(signal.SIGINT)
        out = process.communicate()[0]
        over.set()
        try:
            while more := os.read(ours, 1000):
                seen += more
        except OSError:
            pass
        os.close(ours)

    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in seen
    assert seen.endswith(b" \r")


def test_fewer_calls_are_in_flight_after_throttling_and_more_after_answers() -> None:
    limiter = Limiter(16)
    for _ in range(16):
        limiter.throttled()
    assert limiter.limit == 8
    limiter.throttled()
    assert limiter.limit == 4
    for _ in range(200):
        limiter.answered()
    assert limiter.limit == 16
