"""docs/migrating.md has every flag and every input of those that people come from."""

from __future__ import annotations

import re
from importlib.metadata import distribution
from pathlib import Path

from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "migrating.md").read_text(encoding="utf-8")


def test_every_flag_of_cfn_policy_validator() -> None:
    main = distribution("cfn-policy-validator").locate_file("cfn_policy_validator/main.py")
    source = Path(str(main)).read_text(encoding="utf-8")
    flags = set(re.findall(r"add_argument\('(--[a-z-]+)'", source)) - {"--version"}
    assert len(flags) > 12
    assert not [flag for flag in flags if not re.search(rf"^\|.*`{flag}\b", PAGE, re.MULTILINE)]
    commands = set(re.findall(r"add_parser\('([a-z-]+)'", source))
    assert commands == set(re.findall(r"^\| `([a-z-]+)` \| .*\|", PAGE, re.MULTILINE)) & commands


def test_every_input_of_the_actions() -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    theirs = text.partition("# Those of the IAM validators")[2].partition("outputs:")[0]
    names = re.findall(r"^  ([a-z-]+):$", theirs, re.MULTILINE)
    section = PAGE.partition("## From the GitHub actions")[2]
    assert len(names) > 10
    assert not [name for name in names if f"`{name}`" not in section]
