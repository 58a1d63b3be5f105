"""What nobody has made yet is told with the command that makes it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.command_line import allow, gate, gate_json, template

PLAN = Path(__file__).parent.parent / "data" / "terraform" / "heredoc" / "plan.json"
CALL = 'module "m" {\n  source = "./modules/m"\n}\n'
NOTE = "Terraform is checked by its plan"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("infra/modules/m").mkdir(parents=True)
    Path("infra/main.tf").write_text(CALL)
    Path("infra/modules/m/main.tf").write_text("")


def notes(*arguments: str) -> list[str]:
    found = gate_json("run", *arguments).report["notes"]
    return [note for note in found if note.startswith(NOTE)]


def test_sources_without_a_plan_are_noted_by_their_root_modules() -> None:
    Path("t.json").write_text(template(allow("s3:GetObject")))
    (note,) = notes()
    assert "there is none of infra/*.tf: `terraform plan -out tfplan" in note
    assert notes("--shard", "1/2") + notes("--shard", "2/2") == [note]


def test_not_where_there_is_one_of_whatever_name() -> None:
    Path("infra/x.txt").write_bytes(PLAN.read_bytes())
    assert notes() == []


def test_nor_where_no_sources_are_met() -> None:
    Path("t.json").write_text(template(allow("s3:GetObject")))
    assert notes("t.json") == []


def test_modules_that_call_each_other_and_what_is_no_file_do_no_harm() -> None:
    Path("infra/modules/m/main.tf").write_text('module "n" {\n  source = "../../"\n}\n')
    os.mkfifo("infra/pipe.tf")
    assert "there is none of infra/*.tf" in notes()[0]


@pytest.mark.parametrize(
    ("missing", "advice"),
    [
        ("app/cdk.out", "No such file or directory; `cdk synth` makes it"),
        ("infra/prod.json", "terraform show -json tfplan > prod.json` makes it"),
        ("infra/prod.yaml", "No such file or directory"),
        ("prod.json", "No such file or directory"),
    ],
)
def test_an_input_that_is_missing(missing: str, advice: str) -> None:
    ran = gate_json("run", missing)
    assert ran.status == 1
    (result,) = ran.report["results"]
    assert result["message"].endswith(advice)


def test_a_path_in_place_of_a_command() -> None:
    ran = gate("infra")
    assert ran.status == 64
    assert "to check it, `policy-gate run infra`" in ran.err
    assert "did you mean `policy-gate extract`?" in gate("extrat").err
    assert "there are run, doctor, init" in gate("walk").err
    assert "\x1b" not in gate("\x1b[31m").err
