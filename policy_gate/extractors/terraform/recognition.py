"""What is a plan of Terraform or OpenTofu, told from the beginning of it.

Sources: https://developer.hashicorp.com/terraform/internals/json-format and, for what a wrapper
prints before a plan, https://docs.terragrunt.com/reference/cli/rules/ (STDOUT lines).
"""

from __future__ import annotations

import re

PLAN_KEYS = frozenset(
    {
        "action_invocations",
        "applyable",
        "checks",
        "complete",
        "configuration",
        "deferred_action_invocations",
        "deferred_changes",
        "errored",
        "format_version",
        "output_changes",
        "planned_values",
        "prior_state",
        "relevant_attributes",
        "resource_changes",
        "resource_drift",
        "terraform_version",
        "timestamp",
        "variables",
    }
)
"""Keys of the root of a plan."""

_OTHER_KEYS = frozenset(
    {"@level", "encrypted_data", "encryption_version", "lineage", "meta", "serial", "values"}
    | {"check_results", "outputs", "resources", "version"}
)
_OTHER_WORDS = ('"@level"', '"encrypted_data"', '"format_version"', '"terraform_version"')
_PLAN_WORDS = ('"resource_changes"', '"planned_values"', '"root_module"')

_FIRST_KEY = re.compile(r'\s*\[?\s*\{\s*"(@?\w+)"\s*:')
_THIRD_KEY = re.compile(
    r'\s*\{\s*"format_version"\s*:\s*"[^"]*"\s*,'
    r'\s*(?:"terraform_version"\s*:\s*"[^"]*"\s*,\s*)?"(\w+)"'
)
_FOR_PEOPLE = re.compile(
    r"^(?:Terraform|OpenTofu) (?:used the selected providers|will perform the following)",
    re.MULTILINE,
)
_DIRECT = re.compile(r"\s*(?=\{)")
# What is before the plan is no key of a template: CloudFormation knows none such.
_LINE = r"""^(?:[^\s"'#]\S{4,30} STDOUT [^\n"'#{]{0,300}\b(?:terraform|tofu): )?"""
_OBJECT_ON_A_LINE = re.compile(_LINE + r'(?=\{\s*")', re.MULTILINE)
_PLAN_ON_A_LINE = re.compile(_LINE + r'(?=\{\s*"format_version"\s*:)', re.MULTILINE)
_TAIL = 100


def object_start(text: str, position: int) -> int | None:
    """Where the next JSON object begins: right there, or with a line. None where there is none."""
    if text.find("{", position) < 0:
        return None
    match = _DIRECT.match(text, position) or _OBJECT_ON_A_LINE.search(text, position)
    return match.end() if match else None


def plan_start(text: str) -> int | None:
    """Where a plan seems to begin, which may be cut or stand after other lines.

    None where there is none, or where a text only quotes one.
    """
    if _is_plan_at(text, 0):
        return 0
    match = _PLAN_ON_A_LINE.search(text) if '"format_version"' in text else None
    if match is None or _is_fenced(text, match.end()) or not _is_plan_at(text, match.end()):
        return None
    return match.end()


def _is_plan_at(text: str, start: int) -> bool:
    first = _FIRST_KEY.match(text, start)
    if first is None or first[1] not in PLAN_KEYS:
        return False
    if first[1] == "format_version":
        if third := _THIRD_KEY.match(text, start):
            return third[1] in PLAN_KEYS
        if not text[-_TAIL:].rstrip().endswith("}"):
            return True
    return any(word in text for word in _PLAN_WORDS)


def is_of_terraform(text: str) -> bool:
    """Is it something else that Terraform makes, as a state or a log?"""
    first = _FIRST_KEY.match(text)
    if first is None:
        return _FOR_PEOPLE.search(text) is not None
    is_known = first[1] in PLAN_KEYS or first[1] in _OTHER_KEYS
    return is_known and any(word in text for word in _OTHER_WORDS)


def is_binary_plan(data: bytes) -> bool:
    """A zip archive whose first entry is `tfplan`; before Terraform 0.12, a file of its own.

    Source: https://github.com/hashicorp/terraform/blob/main/internal/plans/planfile/writer.go
    """
    return data.startswith(b"tfplan") or (data.startswith(b"PK\3\4") and data[30:36] == b"tfplan")


def _is_fenced(text: str, start: int) -> bool:
    """Does it stand in a code block of Markdown?"""
    line_before = text[:start].rstrip().rpartition("\n")[2].lstrip()
    return line_before.startswith(("```", "~~~"))
