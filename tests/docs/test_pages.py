"""What pages say of the code is so."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from policy_gate.analyzers.registry import make_analyzer
from policy_gate.extractors.cloudformation.tables import policy_resource_types
from policy_gate.extractors.terraform.tables import policy_resource_types as terraform_types
from policy_gate.linting.rules import RULES
from policy_gate.reasoning import assumptions
from policy_gate.references.library import library_folder
from policy_gate.reporters.registry import REPORTERS
from tests.command_line import allow, gate, template
from tests.docs.commands import SHELLS, commands
from tests.docs.pages import ROOT, blocks, pages
from tools import (
    make_command_page,
    make_configuration_page,
    make_limits_page,
    make_python_page,
)
from tools.made import DOCS, with_made

MADE = (make_command_page, make_configuration_page, make_limits_page, make_python_page)
TEXT = " ".join(" ".join(page.read_text(encoding="utf-8").split()) for page in pages())


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("maker", MADE, ids=lambda maker: maker.PAGE)
def test_what_is_made_is_current(maker: object) -> None:
    name, made = str(maker.PAGE), maker.made  # type: ignore[attr-defined]
    assert page(name) == with_made(page(name), made()), "run make docs"


def _constants_of_sections() -> Iterator[str]:
    """What the readers of the configuration give to `only` and `settings`, as `module.NAME`."""
    code = ROOT / "policy_gate"
    folders = ("config", "accepting", "checks")
    for path in (path for folder in folders for path in (code / folder).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            call = ast.unparse(node) if isinstance(node, ast.Call) else ""
            if found := re.fullmatch(r"(?!self)\w+\.(only|settings)\((.*)\)", call):
                yield f"{path.stem}: {found[2]}"


def test_a_section_takes_the_keys_that_its_page_shows_and_no_others() -> None:
    assert sorted(_constants_of_sections()) == [
        "access_not_granted: *KEYS",
        "aws: *AWS_KEYS",
        # Nobody writes a baseline by hand.
        "baseline: 'format', 'version', 'findings'",
        "baseline: *Known._fields",
        "gate: *CHECKS",
        "gate: *EMBEDDED_KEYS",
        "gate: *TOP_KEYS",
        "no_external_access: *KEYS",
        "no_new_access: *KEYS",
        "no_public_access: *KEYS",
        "publish: *PUBLISH_KEYS",
        "trust_config: *PROVIDER_KEYS",
        "trust_config: *ZONE_KEYS",
        "validate_policy: *KEYS",
        # A file of waivers may have one key, a waiver in the code says what it is about itself.
        "waivers: 'fingerprint', 'check', 'code', *WHY",
        "waivers: 'waivers'",
        "waivers: *KEYS",
    ]
    assert len(list(make_configuration_page.sections())) == 12


def test_the_examples_of_the_configuration_have_every_key() -> None:
    names = ("configuration.md", "zone-of-trust.md", "accepting.md")
    example = "".join(block.text for name in names for block in blocks(DOCS / name, "yaml"))
    for title, keys in make_configuration_page.sections():
        assert not [key for key in keys if f"{key}:" not in example], title


def test_its_numbers_are_true() -> None:
    certain = sum(not rule.approximate for rule in RULES)
    counts = Counter(name.partition("_")[0] for name in terraform_types())
    folders = list(library_folder().iterdir())
    lists = sum((folder / "actions.txt").is_file() for folder in folders)
    for sentence in (
        f"{certain} of the {len(RULES)} checks",
        f"has all {len(RULES)} checks",
        f"the {len(policy_resource_types())} resource types",
        f"{len(policy_resource_types())} types",
        f"of {counts['aws']} resource types of the `aws` provider and {counts['awscc']} of `awscc`",
        f"{counts['aws']} of `aws`, {counts['awscc']} of `awscc`",
        f"{len(folders) - lists} reference policies and {lists} lists of sensitive actions",
        f"the {len(folders) - lists} that policy-gate brings",
    ):
        assert sentence in TEXT, sentence
    assert f"{certain} of the {len(RULES)} checks" in make_analyzer("embedded")[1]
    assert len(REPORTERS) == 9  # the pages say nine kinds


def test_the_assumptions_are_those_of_the_answers() -> None:
    sentences = [text for text in vars(assumptions).values() if re.match(r"A\d: ", str(text))]
    rows = re.findall(r"^\| (A\d) \|", page("how-it-decides.md"), re.MULTILINE)
    assert rows == [text[:2] for text in sentences]


def test_the_kinds_of_reports_are_all_there() -> None:
    kinds = re.findall(r"^\| `([\w-]+)` \|", page("reports.md").partition("## ")[0], re.MULTILINE)
    assert kinds[: len(REPORTERS)] == list(REPORTERS)


def test_what_make_run_runs_is_in_the_quick_start() -> None:
    default = re.search(r"^ARGS \?= (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    shown = [command.text for block in blocks(DOCS / "quick-start.md", *SHELLS)
             for command in commands(block)]  # fmt: skip
    assert default
    assert f"policy-gate {default[1]}" in shown


def test_a_threat_names_tests_that_there_are() -> None:
    named = re.findall(r"\[(test_\w+)\]\(\.\./(tests/[\w/]+\.py)\)", page("security-model.md"))
    assert len(named) > 50
    for name, path in named:
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{path}: {name}"


def test_a_template_of_reports_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (block,) = blocks(DOCS / "reports.md", "jinja")
    Path("team.md.j2").write_text(block.text)
    Path("template.json").write_text(template(allow("iam:CreateUser")))
    ran = gate("run", "--format", "markdown", "--markdown-template", "team.md.j2")
    assert (ran.status, ran.err) == (2, "")
    assert ran.out.startswith("# FAILED: 1 blocking finding")
    assert "- `CHECK_ACCESS_NOT_GRANTED` at `template.json:" in ran.out
    assert "  Request: `The identity can call iam:" in ran.out
