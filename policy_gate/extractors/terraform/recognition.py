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
    r'\{\s*"format_version"\s*:\s*"[^"]*"\s*,'
    r'\s*(?:"terraform_version"\s*:\s*"[^"]*"\s*,\s*)?"(\w+)"'
)
_FOR_PEOPLE = re.compile(
    r"^(?:Terraform|OpenTofu) (?:used the selected providers|will perform the following)",
    re.MULTILINE,
)
_DIRECT = re.compile(r"\s*(?=\{)")
# A name before the plan is no key of a template: CloudFormation knows none such.
_ON_A_LINE = re.compile(
    r"""^(?:\S{5,30}[ ]STDOUT[ ][^\n"'\#{]{0,300}\b(?:terraform|tofu):[ ])?(?=\{\s*")""",
    re.MULTILINE | re.VERBOSE,
)
_TAIL = 100


def object_start(text: str, position: int) -> int | None:
    """Where the next JSON object begins: right there, or with a line. None where there is none."""
    match = _DIRECT.match(text, position) or _ON_A_LINE.search(text, position)
    return match.end() if match else None


def looks_like_plan(text: str) -> bool:
    """Also of a plan that is cut, and of one after other lines; not of text that quotes one."""
    start = object_start(text, 0) if text.lstrip()[:1] == "{" or _says_format(text) else None
    first = _FIRST_KEY.match(text, start) if start is not None else None
    if start is None or first is None or first[1] not in PLAN_KEYS or _is_fenced(text, start):
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


def _says_format(text: str) -> bool:
    return '"format_version"' in text


def _is_fenced(text: str, start: int) -> bool:
    """Does it stand in a code block of Markdown?"""
    line_before = text[:start].rstrip().rpartition("\n")[2].lstrip()
    return line_before.startswith(("```", "~~~"))
