"""Completion in real shells."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from policy_gate.explanations import explanations
from tests.command_line import gate

_BASH = """
source ./script
COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}
function=$(complete -p policy-gate | sed 's/.*-F \\([^ ]*\\).*/\\1/')
"$function"
printf '%s\\n' "${COMPREPLY[@]}"
"""
_ZSH = r"""
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'autoload -Uz compinit; compinit -u -d dump; eval "$(< ./script)"'
zpty -w shell 'policy-gate() { print -r -- "GOT:$*:" }; echo REA""DY'
zpty -r -m shell out '*READY*'
zpty -w -n shell "policy-gate $1"$'\t\n'
zpty -r -m shell out '*GOT:*:*'
print -r -- $out
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("template.yaml").write_text("")


def script(shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell} here")
    ran = gate("completion", shell)
    assert (ran.status, ran.err) == (0, "")
    Path("script").write_text(ran.out)


def printed(*command: str) -> list[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.splitlines()


CASES = [
    (["doc"], ["doctor"]),
    (["run", "--for"], ["--format"]),
    (["run", "--format", "ju"], ["junit"]),
    (["run", "--config", "templ"], ["template.yaml"]),
    (["run", "templ"], ["template.yaml"]),
    (["explain", "REDUNDANT_A"], ["REDUNDANT_ACTION"]),
    (["check", "no-p"], ["no-public-access"]),
    (["init", "--platform", "gitl"], ["gitlab"]),
]


def test_in_bash() -> None:
    script("bash")
    for words, completed in CASES:
        assert printed("bash", "-c", _BASH, "bash", "policy-gate", *words) == completed


def test_in_fish() -> None:
    script("fish")
    for words, completed in CASES:
        line = " ".join(["policy-gate", *words])
        found = printed("fish", "--no-config", "-c", f"source ./script; complete -C '{line}'")
        assert [word.partition("\t")[0] for word in found] == completed


def test_in_zsh() -> None:
    script("zsh")
    shown = printed("zsh", "-f", "-c", _ZSH, "zsh", "explain REDUNDANT_A")
    assert "GOT:explain REDUNDANT_ACTION:" in "\n".join(shown)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_finding_code_is_there(shell: str) -> None:
    out = gate("completion", shell).out
    assert all(code in out for code in explanations())


def test_another_shell_is_wrong_usage() -> None:
    assert gate("completion", "cmd").status == 64
