from __future__ import annotations

import subprocess
import sys

import pytest

from policy_gate.reporters.registry import REPORTERS, find_reporter


@pytest.mark.parametrize("name", REPORTERS)
def test_each_reporter_is_found_by_its_name(name: str) -> None:
    assert find_reporter(name).name == name


def test_an_unknown_format_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        find_reporter("pdf")


def test_the_registry_imports_no_format_until_it_is_asked_for() -> None:
    program = (
        "import sys, policy_gate.reporters.registry as registry;"
        "print(sorted(set(sys.modules) & set(registry.REPORTERS.values())))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
