"""Texts that are an ARN or a name, and principals, told apart by their first and last parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from policy_gate.extractors.texts import Part
from policy_gate.model import ANY_TEXT, Assumption, AssumptionKind


def may_be_arn(first: Part) -> bool:
    """Can the text that begins so be an ARN, and need not be a name?"""
    if isinstance(first, str):
        return first.startswith("arn:")
    return first.kind is AssumptionKind.SUPPLIED and not first.expression.startswith("${AWS::")


def as_arn(first: Part) -> Part:
    """What may be an ARN or a name, as an ARN: any, where names are among its values."""
    if isinstance(first, str):
        return first
    if all(text.startswith("arn:") for text in first.allowed or (first.pattern,)):
        return first
    return replace(first, allowed=None, pattern=ANY_TEXT)


def is_service(parts: Sequence[Part]) -> bool:
    """Is the principal an AWS service?"""
    first, last = parts[0], parts[-1]
    if isinstance(first, str) and first.startswith("arn:"):
        return False
    if isinstance(last, Assumption):
        return last.expression == "${AWS::URLSuffix}"
    return ".amazonaws.com" in last or last.endswith(".amazon.com")
