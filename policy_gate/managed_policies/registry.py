"""Which sources of documents a run has, in the order in which they are asked."""

from __future__ import annotations

from pathlib import Path

from policy_gate.analyzers.interface import Analyzer
from policy_gate.managed_policies.bundled import BundledDocuments
from policy_gate.managed_policies.interface import DocumentSource


def document_sources(folder: Path | None, analyzer: Analyzer) -> tuple[DocumentSource, ...]:
    """The bundled documents, the configured folder, and the account where AWS answers anyway."""
    sources: list[DocumentSource] = [BundledDocuments()]
    if folder is not None:
        from policy_gate.managed_policies.folder import DocumentFolder

        sources.append(DocumentFolder(folder))
    if analyzer.name in ("aws", "both"):
        from policy_gate.analyzers.aws import AwsAnalyzer
        from policy_gate.managed_policies.account import AccountDocuments

        if isinstance(analyzer, AwsAnalyzer):
            sources.append(AccountDocuments(analyzer.connection))
    return tuple(sources)
