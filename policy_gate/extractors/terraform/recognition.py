"""What a text is, of those that Terraform and OpenTofu write. Cheap: nothing is parsed.

Source: https://developer.hashicorp.com/terraform/internals/json-format
"""

from __future__ import annotations

import re

_HEAD = 4_000_000
"""Characters that are looked at: `resource_changes` stands behind `planned_values`."""

_OPENING = re.compile(r'^[^\S\n]*\{\s*"', re.MULTILINE)
_FORMAT = re.compile(r'"format_version"\s*:\s*"\d')
_PLAN_KEYS = re.compile(r'"(?:resource_changes|planned_values|output_changes|prior_state)"\s*:')
_TEMPLATE = re.compile(r'\A\s*\{\s*"(?:AWSTemplateFormatVersion|Resources|Parameters|Transform)"')


def looks_like_plan(text: str) -> bool:
    """Does a plan begin in the text, perhaps behind lines that a wrapper printed?"""
    if not (found := _FORMAT.search(text, 0, _HEAD)) or _TEMPLATE.match(text):
        return False
    return bool(
        _OPENING.search(text, 0, found.start() + 1) and _PLAN_KEYS.search(text, found.end())
    )


def looks_like_state(text: str) -> bool:
    """Is it a state, as JSON of `terraform show` or as the file that Terraform keeps?"""
    if _FORMAT.search(text, 0, _HEAD) and re.search(r'"values"\s*:', text):
        return not _PLAN_KEYS.search(text)
    return bool(re.search(r'"lineage"\s*:\s*"', text)) and '"serial"' in text


def looks_like_log(text: str) -> bool:
    """Is it what `terraform plan -json` prints: one event a line?"""
    return text.lstrip().startswith('{"@level"')


def looks_encrypted(text: str) -> bool:
    """Is it a plan or a state that OpenTofu encrypted?"""
    return '"encrypted_data"' in text[:_HEAD] and '"encryption_version"' in text[:_HEAD]


def is_binary_plan(data: bytes) -> bool:
    """Is it what `terraform plan -out` writes, a ZIP archive with an entry `tfplan`?"""
    return data.startswith(b"PK") and b"tfplan" in data[:1_000]


def is_of_terraform(text: str) -> bool:
    """Did Terraform or OpenTofu write it, though it is no plan?"""
    return looks_like_state(text) or looks_like_log(text) or looks_encrypted(text)
