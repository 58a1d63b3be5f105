"""`publish` in the configuration, and the options of `run`."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_gate.config.gate import load_config
from policy_gate.config.section import ConfigError
from policy_gate.publishers.interface import PublishSettings
from policy_gate.publishers.registry import recognised_platform
from tests.command_line import gate


def settings(folder: Path, text: str) -> PublishSettings:
    file = folder / ".policy-gate.yml"
    file.write_text(f"checks: {{no-public-access: true}}\n{text}")
    return load_config(file).publish


def test_what_is_published_unless_told_otherwise(tmp_path: Path) -> None:
    assert settings(tmp_path, "") == PublishSettings("policy-gate", True, True, False, False, False)
    said = "publish: {tag: a, comment: false, review-comments: false, check-run: true, sarif: true}"
    assert settings(tmp_path, said) == PublishSettings("a", False, False, True, False, True)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("publish: {coment: true}", "unknown key; did you mean 'comment'?"),
        ("publish: {comment: sometimes}", "`true` or `false` is expected here"),
        ("publish: {tag: 'a -->'}", "up to 64 letters, digits, dots, - and _ are expected here"),
        ("publish: {tag: 5}", "a text is expected here"),
        ("publish: github", "a mapping is expected here"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, said: str, message: str) -> None:
    with pytest.raises(ConfigError, match=r"\.policy-gate\.yml:2:") as error:
        settings(tmp_path, said)
    assert message in str(error.value)


@pytest.mark.parametrize(
    "options", [["--publish", "jenkins"], ["--publish-tag", "a b"], ["--publish-tag", ""]]
)
def test_wrong_options_are_wrong_usage(options: list[str]) -> None:
    assert gate("run", *options).status == 64


@pytest.mark.parametrize(
    ("variables", "platform"),
    [
        ({}, None),
        ({"GITHUB_TOKEN": "x", "GITHUB_REPOSITORY": "a/b"}, None),
        ({"GITHUB_API_URL": "https://api.github.com", "GITHUB_REPOSITORY": "a/b"}, "github"),
        ({"GITHUB_API_URL": "https://api.github.com", "GITHUB_REPOSITORY": ""}, None),
    ],
)
def test_a_platform_is_known_by_its_variables(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], platform: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert recognised_platform() == platform
