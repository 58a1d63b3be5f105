"""The step between extraction and checks: attached managed policies get their documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from policy_gate.managed_policies.interface import DocumentSource, NoDocumentError, parsed
from policy_gate.model import (
    Attachment,
    Change,
    Extraction,
    NotChecked,
    Policy,
    PolicyKind,
    SourceMap,
    Value,
)


def with_documents(extraction: Extraction, sources: Sequence[DocumentSource]) -> Extraction:
    """The extraction, with a policy for each attachment whose document a source has.

    Every part of such a policy stands at its attachment, which is the line that the user edits.
    """
    policies = list(extraction.policies)
    others: list[NotChecked] = []
    for item in extraction.not_checked:
        found = _looked_up(item, sources) if isinstance(item, Attachment) else item
        if isinstance(found, Policy):
            policies.append(found)
        else:
            others.append(found)
    return replace(extraction, policies=tuple(policies), not_checked=tuple(others))


def _looked_up(item: Attachment, sources: Sequence[DocumentSource]) -> Policy | NotChecked:
    try:
        for source in sources:
            if (document := source.document(item.arn)) is not None:
                return _policy(item, document)
    except NoDocumentError as error:
        return replace(item, reason=error.code, message=f"{item.message}: {error}")
    return replace(item, message=f"{item.message}: {_advice(item.arn)}")


def _advice(arn: str) -> str:
    if parsed(arn) is None:
        return "give the parameters that its ARN is made of"
    return "add it to managed-policy-documents, or let the analyzer aws read it"


def _policy(item: Attachment, document: Value) -> Policy:
    return Policy(
        item.identity._replace(kind=PolicyKind.IDENTITY),
        PolicyKind.IDENTITY,
        document,
        SourceMap({(): item.location} if item.location else {}),
        item.assumptions,
        item.world,
        construct=item.construct,
        change=_change(item, document),
    )


def _change(item: Attachment, document: Value) -> Change | None:
    """What a plan does to what the attached policy allows: the document itself stays."""
    if item.was_attached is None:
        return None
    return Change("no-op", document) if item.was_attached else Change("create", None)
