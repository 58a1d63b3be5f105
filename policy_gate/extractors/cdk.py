"""CDK cloud assemblies: recognised as one input, so that their templates are not read twice.

Source: https://github.com/aws/aws-cdk/tree/main/packages/aws-cdk-lib/cloud-assembly-schema
"""

from __future__ import annotations

from pathlib import Path

from policy_gate.model import Extraction, NotChecked, PolicyIdentity, ReasonCode

MANIFEST = "manifest.json"
_MAX_BYTES = 5_000_000
_ARTIFACT_TYPES = (b"aws:cloudformation:stack", b"cdk:cloud-assembly", b"cdk:tree")


def is_assembly(directory: Path) -> bool:
    """Does the folder hold the output of `cdk synth`? Unreadable folders do not."""
    manifest = directory / MANIFEST
    try:
        # Opening a pipe may never end.
        if not manifest.is_file():
            return False
        with manifest.open("rb") as file:
            head = file.read(_MAX_BYTES)
    except OSError:
        return False
    return b'"artifacts"' in head and any(kind in head for kind in _ARTIFACT_TYPES)


def extract_assembly(path: str) -> Extraction:
    """What the assembly in the folder of this name holds."""
    identity = PolicyIdentity(path, "", "", "")
    message = (
        "CDK cloud assemblies are not read yet: the policies of its stacks are not checked"
        " (name a template of it to check that one)"
    )
    return Extraction(not_checked=(NotChecked(identity, ReasonCode.NOT_ANALYSED, message),))
