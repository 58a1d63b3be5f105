"""`policy-gate waive`: adds an entry to the file of waivers and leaves the rest as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_gate.accepting.waivers import read_waivers
from tests.command_line import Ran, allow, gate, gate_json, template

FINGERPRINT = "0123456789abcdef01234567"
LATER = "2999-12-31"
WAIVERS = Path(".policy-gate/waivers.yml")


pytestmark = pytest.mark.usefixtures("own_folder")


def waive(*options: str, fingerprint: str = FINGERPRINT, expires: str = LATER) -> Ran:
    return gate("waive", fingerprint, "--reason", "x", "--expires", expires, *options)


def test_what_a_report_shows_can_be_waived() -> None:
    Path("t.yaml").write_text(template(allow("iam:CreateUser")))
    out = gate("run", "t.yaml").out
    fingerprint = next(line.split()[1] for line in out.splitlines() if line.split()[:1] == ["id"])
    done = waive("--owner", "alice", "--ticket", "SEC-1", fingerprint=fingerprint)
    assert (done.status, done.err) == (0, "")
    assert done.out == f"{WAIVERS}:2:3: {fingerprint} is waived until {LATER}\n"
    ran = gate_json("run", "t.yaml")
    assert (ran.status, ran.report["waived"]) == (0, 1)


BLOCK = """\
# Ours, see the handbook.
- code: X       # aligned
  resource: "A*"
  reason: >-
    a long
    reason
  expires: 2999-01-01

# The end
"""


@pytest.mark.parametrize(
    "text",
    [
        BLOCK,
        BLOCK.rstrip(),
        BLOCK.replace("\n", "\r\n"),
        "\ufeff" + BLOCK,
        "waivers:\n" + BLOCK,
        "waivers:\n" + "".join(f"    {line}" for line in BLOCK.splitlines(keepends=True)),
        "waivers:\n",
        "# Nothing yet\n",
        "",
        f"-   {{code: X, resource: A, reason: r, expires: {LATER}}}\n",
    ],
)
def test_comments_and_form_stay(text: str) -> None:
    WAIVERS.parent.mkdir()
    WAIVERS.write_bytes(text.encode())
    before = read_waivers(WAIVERS)
    assert waive("--ticket", "1").status == 0
    data = WAIVERS.read_bytes().decode()
    assert data.startswith(text)
    assert ("\n" in data.replace("\r\n", "")) is ("\r\n" not in text)
    *others, added = read_waivers(WAIVERS)
    assert tuple(others) == before
    assert (added.fingerprint, added.ticket, str(added.expires)) == (FINGERPRINT, "1", LATER)


@pytest.mark.parametrize(
    "reason", ['say "no": it\\s #1', "ü 漢 \U0001f512", "two\nlines", "- x: {y", "\x1b[31m", "null"]
)
def test_any_text_is_a_reason(reason: str) -> None:
    assert gate("waive", FINGERPRINT, "--reason", reason, "--expires", LATER).status == 0
    (added,) = read_waivers(WAIVERS)
    assert added.reason == reason


@pytest.mark.parametrize(
    "text",
    [
        f"[{{code: X, resource: A, reason: r, expires: {LATER}}}]\n",
        "waivers: []\n",
        f"- {{code: X, resource: A, reason: r, expires: {LATER}}}\n...\n",
    ],
)
def test_what_cannot_be_added_to_is_left_alone(text: str) -> None:
    WAIVERS.parent.mkdir()
    WAIVERS.write_text(text)
    done = waive()
    assert (done.status, done.out) == (1, "")
    assert "add it by hand" in done.err
    assert FINGERPRINT in done.err
    assert WAIVERS.read_text() == text


def test_a_finding_is_waived_once() -> None:
    assert waive().status == 0
    text = WAIVERS.read_text()
    again = waive("--owner", "bob")
    assert (again.status, again.out) == (1, "")
    assert f"{WAIVERS}:2:3: it is waived already, until {LATER}" in again.err
    assert WAIVERS.read_text() == text


@pytest.mark.parametrize("expires", ["2026-02-30", "tomorrow", "2020-01-01", ""])
def test_the_day_is_one_to_come(expires: str) -> None:
    done = waive(expires=expires)
    assert (done.status, done.out) == (64, "")
    assert "--expires" in done.err
    assert not WAIVERS.exists()


@pytest.mark.parametrize("fingerprint", ["", "x", "3f2a…", "AB12", "a b"])
def test_what_is_no_fingerprint_is_refused(fingerprint: str) -> None:
    done = waive(fingerprint=fingerprint)
    assert (done.status, done.out) == (64, "")
    assert "fingerprint" in done.err
    assert not WAIVERS.exists()


def test_a_reason_is_needed() -> None:
    assert gate("waive", FINGERPRINT, "--expires", LATER).status == 64
    done = gate("waive", FINGERPRINT, "--reason", " ", "--expires", LATER)
    assert (done.status, "--reason" in done.err) == (64, True)


def test_it_goes_where_the_configuration_says() -> None:
    Path(".policy-gate.yml").write_text("checks: {}\nwaivers: accepted.yml\n")
    Path("accepted.yml").write_text("")
    assert waive().status == 0
    assert len(read_waivers(Path("accepted.yml"))) == 1
    assert not WAIVERS.exists()


def test_from_a_folder_of_the_repository_it_goes_to_the_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "infra").mkdir()
    monkeypatch.chdir("infra")
    assert waive().status == 0
    assert len(read_waivers(tmp_path / WAIVERS)) == 1


def test_a_broken_file_is_not_added_to() -> None:
    WAIVERS.parent.mkdir()
    WAIVERS.write_text("- code: X\n")
    done = waive()
    assert (done.status, WAIVERS.read_text()) == (1, "- code: X\n")
    assert ".policy-gate/waivers.yml:1:3: " in done.err
