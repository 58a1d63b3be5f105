"""`policy-gate check validate-policy --fix`: what it asks, what it changes and what it refuses."""

from __future__ import annotations

import codecs
import os
import pty
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from tests.command_line import Ran, gate

IDENTITY = ("--policy-type", "identity")
FAULTY = """{
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "allow",
      "Action": ["s3:Get*", "s3:GetObject"],
      "Resource": "arn:aws:s3:::b/*"
    }
  ]
}
"""
MENDED = """{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "Read",
      "Effect": "Allow",
      "Action": ["s3:Get*"],
      "Resource": "arn:aws:s3:::b/*"
    }
  ]
}
"""
GUESS = MENDED.replace("s3:Get*", "s3:GetObjekt")


pytestmark = pytest.mark.usefixtures("own_folder")


def file(text: str = FAULTY, name: str = "policy.json") -> Path:
    path = Path(name)
    path.write_bytes(text.encode())
    return path


def fix(path: Path | str, *arguments: str) -> Ran:
    return gate("check", "validate-policy", path, *IDENTITY, "--fix", *arguments)


def test_safe_fixes_are_shown_and_applied() -> None:
    path = file()
    ran = fix(path, "--yes")

    assert ran.status == 0
    assert path.read_text() == MENDED
    assert ran.out.startswith("PASS  validate-policy: 0 findings")
    assert "policy.json: 3 fixes" in ran.err
    assert '  line 2: Add the Version "2012-10-17" at the beginning of the policy.' in ran.err
    assert '  line 5: Write "Allow" instead of "allow".' in ran.err
    assert '-      "Effect": "allow",\n-      "Action": ["s3:Get*", "s3:GetObject"],\n' in ran.err
    assert '+      "Effect": "Allow",\n+      "Action": ["s3:Get*"],\n' in ran.err
    assert "--- policy.json\n+++ policy.json (fixed)\n@@ " in ran.err
    assert ran.err.endswith("policy.json is changed: 3 fixes applied\n")


def test_the_second_time_there_is_nothing_to_fix() -> None:
    path = file()
    fix(path, "--yes")
    before = path.stat()
    ran = fix(path)
    assert (ran.status, ran.err) == (0, "policy.json: there is nothing to fix\n")
    # Reading it changes when it was read last.
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_what_is_no_terminal_is_not_asked() -> None:
    path = file()
    ran = fix(path)
    assert ran.status == 1
    assert path.read_text() == FAULTY
    assert "no terminal to ask at: pass --yes" in ran.err
    assert '+      "Effect": "Allow",' in ran.err
    assert ran.out.startswith("FAIL  validate-policy: ")


def test_guesses_are_applied_if_that_is_asked_for() -> None:
    path = file(GUESS)
    ran = fix(path, "--yes")
    assert (ran.status, ran.err) == (2, "policy.json: there is nothing to fix\n")
    assert 'Write "s3:GetObject" instead of "s3:GetObjekt".' in " ".join(ran.out.split())

    ran = fix(path, "--unsafe-fixes", "--yes")
    assert ran.status == 0
    assert path.read_text() == GUESS.replace("GetObjekt", "GetObject")
    assert "This may change what the policy means: check it." in " ".join(ran.err.split())


def test_what_is_left_after_fixes_is_reported() -> None:
    path = file(FAULTY.replace("arn:aws:s3:::b/*", "b"))
    ran = gate("check", "validate-policy", path, *IDENTITY, "--fix", "--yes", "--format", "json")
    assert ran.status == 2
    assert [finding["issueCode"] for finding in ran.report["findings"]] == ["INVALID_ARN_PREFIX"]


@pytest.mark.parametrize("option", ["--yes", "--unsafe-fixes"])
def test_options_of_fix_go_with_fix(option: str) -> None:
    ran = gate("check", "validate-policy", file(), *IDENTITY, option)
    assert ran.status == 64
    assert "--unsafe-fixes and --yes go with --fix" in ran.err


@pytest.mark.parametrize(
    ("bom", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_encoding_line_ends_and_mode_are_kept(bom: bytes, encoding: str) -> None:
    path = Path("policy.json")
    text = FAULTY.replace("b/*", "caf\u00e9/*").replace("\n", "\r\n")
    path.write_bytes(bom + text.encode(encoding))
    path.chmod(0o640)
    assert fix(path, "--yes").status == 0
    expected = MENDED.replace("b/*", "caf\u00e9/*").replace("\n", "\r\n")
    assert path.read_bytes() == bom + expected.encode(encoding)
    assert path.stat().st_mode & 0o777 == 0o640
    assert os.listdir() == ["policy.json"]


def test_a_symbolic_link_is_not_replaced() -> None:
    target, link = file(), Path("link.json")
    link.symlink_to(target)
    ran = fix(link, "--yes")
    assert ran.status == 1
    assert "link.json is not changed: it is a symbolic link: name the file itself," in ran.err
    assert str(target.resolve()) in ran.err
    assert link.is_symlink()
    assert target.read_text() == FAULTY


def test_a_file_that_is_read_only_is_not_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    path = file()
    # Who runs the tests may be allowed to write anything.
    monkeypatch.setattr(os, "access", lambda name, mode: mode != os.W_OK)
    ran = fix(path, "--yes")
    assert ran.status == 1
    assert "policy.json is not changed: it is read-only" in ran.err
    assert path.read_text() == FAULTY


def test_a_file_that_cannot_be_written_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    path = file()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ran = fix(path, "--yes")
    assert ran.status == 1
    assert "policy.json is not changed: No space left on device" in ran.err
    assert path.read_text() == FAULTY
    assert os.listdir() == ["policy.json"]


def test_yaml_is_advised_and_not_changed() -> None:
    text = "Statement:\n- Effect: Allow\n  Action: s3:GetObject\n  Resource: '*'\n"
    path = file(text, "policy.yaml")
    ran = fix(path, "--yes")
    assert ran.status == 1
    assert "policy.yaml is not changed: only JSON files are rewritten" in ran.err
    assert path.read_text() == text
    assert 'Add the Version "2012-10-17"' in ran.out

    clean = file(f"Version: '2012-10-17'\n{text}", "clean.yaml")
    assert fix(clean, "--yes").status == 0


def test_standard_input_is_not_changed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with file().open() as stream:
        monkeypatch.setattr(sys, "stdin", stream)
        ran = fix("-", "--yes")
    assert ran.status == 1
    assert "<stdin> is not changed: only JSON files are rewritten" in ran.err


def test_a_missing_file_is_no_traceback() -> None:
    ran = fix("nothing.json", "--yes")
    assert ran.status == 1
    assert "nothing.json" in ran.err
    assert "Traceback" not in ran.err


def test_control_characters_of_the_policy_do_not_reach_the_terminal() -> None:
    sid = "\\u001b[31m\u001b]0;x\u0007".replace("\u001b", "\u009b").replace("\u0007", "\u009c")
    path = file(FAULTY.replace("Read", f"R{sid}"))
    ran = fix(path, "--yes")
    assert not {"\x1b", "\x9b", "\x9c"} & set(ran.err)


def at_a_terminal(path: Path, answer: bytes) -> tuple[int, str]:
    """Exit status, and what the terminal shows, of --fix with this answer to its question."""
    main, terminal = pty.openpty()
    command = [sys.executable, "-m", "policy_gate", "check", "validate-policy", str(path)]
    process = subprocess.Popen(
        [*command, *IDENTITY, "--fix"], stdin=terminal, stderr=terminal, stdout=subprocess.DEVNULL
    )
    os.close(terminal)
    os.write(main, answer)
    shown = b""
    while True:
        try:
            part = os.read(main, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(main)
    return process.wait(timeout=60), shown.decode()


@pytest.mark.parametrize(
    ("answer", "changed"), [(b"y\n", True), (b"YES\n", True), (b"n\n", False), (b"\n", False)]
)
def test_at_a_terminal_it_asks(answer: bytes, changed: bool) -> None:
    path = file()
    status, shown = at_a_terminal(path, answer)
    assert "Apply this? [y/N] " in shown
    assert path.read_text() == (MENDED if changed else FAULTY)
    assert status == (0 if changed else 2)
    assert f"policy.json is {'changed: 3 fixes applied' if changed else 'not changed'}" in shown


def test_the_answer_as_json_has_the_fix_of_each_finding() -> None:
    ran = gate("check", "validate-policy", file(GUESS), *IDENTITY, "--format", "json")
    [finding] = ran.report["findings"]
    start = GUESS.index('"s3:GetObjekt"')
    assert finding["fix"] == {
        "description": 'Write "s3:GetObject" instead of "s3:GetObjekt".',
        "safe": False,
        "edits": [{"start": start, "end": start + 14, "text": '"s3:GetObject"'}],
    }


def test_a_named_pipe_is_read_once_and_not_replaced() -> None:
    os.mkfifo("pipe")
    writer = Thread(target=Path("pipe").write_text, args=(FAULTY,))
    writer.start()
    ran = fix("pipe", "--yes")
    writer.join()
    assert ran.status == 1
    assert "pipe is not changed" in ran.err
    assert "INVALID_EFFECT" in ran.out
