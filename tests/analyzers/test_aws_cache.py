"""What is kept on disk of the answers of AWS, and what of it is believed later."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from policy_gate.analyzers.aws import AwsAnalyzer
from policy_gate.analyzers.aws_cache import MAX_AGE, MAX_BYTES
from policy_gate.analyzers.interface import AnalyzerError, Answer
from policy_gate.analyzers.settings import AwsSettings
from tests.local_aws import LocalAws, Script, only_this_aws, refusal, running
from tests.reasoning.documents import allow, policy

WIDE, NARROW = policy(allow("s3:*")), policy(allow("s3:GetObject"))


class Asking:
    """Asks as separate runs do, which share nothing but the folder of the cache."""

    def __init__(self, server: LocalAws, folder: Path) -> None:
        self.server = server
        self.folder = folder

    def new_access(self, document: str = WIDE) -> Answer:
        analyzer = AwsAnalyzer(AwsSettings(cache=self.folder))
        return analyzer.check_no_new_access(document, NARROW, "IDENTITY_POLICY")

    def validate(self) -> list[Any]:
        analyzer = AwsAnalyzer(AwsSettings(cache=self.folder))
        return list(analyzer.validate_policy(NARROW, "IDENTITY_POLICY"))

    @property
    def calls(self) -> int:
        return len(self.server.calls)

    @property
    def kept(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if not path.is_dir()]

    def only(self) -> Path:
        (file,) = self.kept
        return file

    def change(self, **members: object) -> None:
        """Rewrites members of the one file."""
        content = json.loads(self.only().read_text())
        self.only().write_text(json.dumps({**content, **members}))


Start = Callable[..., Asking]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Start]:
    for name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_EVENT_NAME"):
        monkeypatch.delenv(name, raising=False)
    with ExitStack() as stack:

        def started(script: Script = lambda call: None) -> Asking:
            server = stack.enter_context(running(script))
            only_this_aws(monkeypatch, tmp_path, server.url)
            monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
            return Asking(server, tmp_path / "kept")

        yield started


def test_an_answer_is_kept_as_plain_json_that_only_its_user_reads(start: Start) -> None:
    asking = start()
    first = asking.new_access()

    content = json.loads(asking.only().read_text())
    assert content["answer"]["result"] == "FAIL"
    assert stat.S_IMODE(asking.only().stat().st_mode) == 0o600
    assert stat.S_IMODE(asking.only().parent.stat().st_mode) == 0o700
    assert asking.new_access() == first
    assert asking.calls == 1


def test_a_policy_that_is_only_written_differently_is_the_same_question(start: Start) -> None:
    asking = start()
    asking.new_access()
    asking.new_access(json.dumps(json.loads(WIDE), indent=3, sort_keys=True))
    assert asking.calls == 1


def test_another_region_or_account_is_another_question(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = start()
    asking.new_access()
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    asking.new_access()
    monkeypatch.setenv("AWS_ACCOUNT_ID", "999999999999")
    asking.new_access()
    assert asking.calls == 3


@pytest.mark.parametrize("age", [MAX_AGE + 1, -3600], ids=["old", "of the future"])
def test_an_answer_expires(start: Start, age: int) -> None:
    asking = start()
    asking.new_access()
    asking.change(kept_at=json.loads(asking.only().read_text())["kept_at"] - age)

    asking.new_access()
    assert asking.calls == 2
    asking.new_access()
    assert asking.calls == 2


def test_files_that_are_too_old_are_removed(start: Start) -> None:
    asking = start()
    asking.new_access()
    old = asking.only()
    os.utime(old, (0, 0))

    asking.new_access(NARROW)
    assert old not in asking.kept
    assert len(asking.kept) == 1


def test_an_error_is_never_kept(start: Start) -> None:
    refused = refusal("AccessDeniedException", 403)
    asking: Asking = start(lambda call: refused if len(asking.server.calls) == 1 else None)

    with pytest.raises(AnalyzerError):
        asking.new_access()
    assert asking.kept == []
    assert asking.new_access().result == "FAIL"
    assert asking.calls == 2


def test_half_an_answer_is_never_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with running(faults=["truncate:times=1"]) as server:
        only_this_aws(monkeypatch, tmp_path, server.url)
        asking = Asking(server, tmp_path / "kept")
        with pytest.raises(AnalyzerError, match="MalformedAnswer"):
            asking.new_access()
        assert asking.kept == []
        assert asking.new_access().result == "FAIL"


PASS = {"result": "PASS", "message": "fine"}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "PASS",
        "[]",
        "[" * 100_000,
        '{"answer": {"result": "PASS"}',
        json.dumps({"answer": PASS}),
        "\udcff",
    ],
    ids=["empty", "no JSON", "a list", "deep", "cut", "no question", "no UTF-8"],
)
def test_a_damaged_file_is_as_if_there_were_none(start: Start, content: str) -> None:
    asking = start()
    asking.new_access()
    asking.only().write_bytes(content.encode("utf-8", "surrogateescape"))

    assert asking.new_access().result == "FAIL"
    assert asking.calls == 2


@pytest.mark.parametrize(
    "members",
    [
        {"answer": None},
        {"answer": [PASS]},
        {"answer": {}},
        {"answer": {"result": "MAYBE"}},
        {"answer": {**PASS, "reasons": {}}},
        {"answer": {**PASS, "reasons": [5]}},
        {"answer": {**PASS, "reasons": [{"statementIndex": "0"}]}},
        {"answer": {**PASS, "message": 5}},
        {"answer": PASS, "kept_at": None},
        {"answer": PASS, "kept_at": 10**400},
        {"answer": PASS, "kept_at": -(10**400)},
        {"answer": PASS, "question": None},
        {"answer": {**PASS, "message": "x" * MAX_BYTES}},
    ],
)
def test_a_file_of_another_shape_is_as_if_there_were_none(
    start: Start, members: dict[str, object]
) -> None:
    asking = start()
    asking.new_access()
    asking.change(**members)

    assert asking.new_access().result == "FAIL"
    assert asking.calls == 2


@pytest.mark.parametrize("findings", [{}, "", None, [[]], [{"findingType": "ERROR"}]])
def test_findings_of_another_shape_are_not_no_findings(start: Start, findings: object) -> None:
    asking = start()
    asking.validate()
    asking.change(answer={"findings": findings})

    assert asking.validate() == []
    assert asking.calls == 2


def test_the_answer_to_another_question_is_not_believed(start: Start) -> None:
    asking = start()
    asking.new_access()
    failing = asking.only()
    assert asking.new_access(NARROW).result == "PASS"
    (passing,) = set(asking.kept) - {failing}
    failing.write_bytes(passing.read_bytes())

    assert asking.new_access().result == "FAIL"
    assert asking.calls == 3


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="links cannot be told from files here")
def test_a_link_a_folder_or_a_pipe_is_as_if_there_were_none(start: Start, tmp_path: Path) -> None:
    asking = start()
    asking.new_access()
    file, elsewhere = asking.only(), tmp_path / "elsewhere.json"
    elsewhere.write_text(json.dumps({**json.loads(file.read_text()), "answer": PASS}))
    before = elsewhere.read_text()

    makers: list[Callable[[], None]] = [
        lambda: file.symlink_to(elsewhere),
        lambda: os.mkfifo(file),
        file.mkdir,
    ]
    for make in makers:
        file.unlink()
        make()
        assert asking.new_access().result == "FAIL"

    assert asking.calls == 1 + len(makers)
    assert elsewhere.read_text() == before


def test_a_folder_that_cannot_be_written_is_no_fault(start: Start, tmp_path: Path) -> None:
    asking = start()
    (tmp_path / "kept").write_text("a file")
    assert asking.new_access().result == "FAIL"


def test_of_discreet_questions_nothing_is_kept_and_nothing_is_read(start: Start) -> None:
    asking = start()
    settings = AwsSettings(cache=asking.folder)
    for number in (1, 2):
        analyzer = AwsAnalyzer(settings)
        answer = analyzer.discreet().check_no_new_access(WIDE, NARROW, "IDENTITY_POLICY")
        assert (answer.result, asking.calls, asking.kept) == ("FAIL", number, [])
        # In one run, which keeps it in memory, the question is still asked once only.
        assert analyzer.check_no_new_access(WIDE, NARROW, "IDENTITY_POLICY") == answer
        assert (analyzer.calls.made, analyzer.calls.saved) == (1, 1)
