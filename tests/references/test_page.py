"""What docs/reference-policies.md shows is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.command_line import gate

PAGE = (Path(__file__).parents[2] / "docs" / "reference-policies.md").read_text()


def block(language: str, part: str) -> str:
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    (found,) = [text for text in blocks if part in text]
    return found


pytestmark = pytest.mark.usefixtures("own_folder")


def test_its_own_reference_works(tmp_path: Path) -> None:
    folder = tmp_path / "references" / "no-users"
    for kind in ("pass", "fail"):
        (folder / kind).mkdir(parents=True)
        path = "people/ann" if kind == "pass" else "robots/r2"
        resource = f"arn:aws:iam::111122223333:user/{path}"
        (folder / kind / "one.json").write_text(
            '{"Statement": {"Effect": "Allow", "Action": "iam:CreateUser",'
            f' "Resource": "{resource}"}}}}'
        )
    (folder / "meta.yml").write_text(block("yaml", "description: No users"))
    (folder / "policy.json").write_text(block("json", "OtherUsers"))

    ran = gate("test-references", "references")

    assert ran.status == 0, ran.out
    assert "fail/one.json FAIL: statement 1 (OtherUsers) denies it" in ran.out
