"""Waivers that constructs carry: `construct.node.addMetadata('policy-gate', {waivers: [...]})`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from policy_gate.extractors.cdk.manifest import Artifact
from policy_gate.extractors.inline_waivers import KEY, Found, in_metadata
from policy_gate.model import InvalidWaiver, Policy, WaivedPlace, Waiver
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import Source


def waivers_in(artifact: Artifact, policies: Sequence[Policy]) -> Iterator[Found]:
    """Those of a stack: each is about the policies of its construct, and of those in it.

    They stand where the app creates the construct, or else where the manifest names the stack.
    """
    for path, entries in artifact.metadata.items():
        for entry in entries:
            if isinstance(entry, dict) and entry.get("type") == KEY:
                inside = [policy for policy in policies if _is_inside(policy, path)]
                yield from _waivers(artifact, path, json.dumps(entry.get("data")), inside)


def _is_inside(policy: Policy, path: str) -> bool:
    made_by = f"/{policy.construct.path}" if policy.construct else ""
    return made_by == path or made_by.startswith(f"{path.rstrip('/')}/")


def _waivers(artifact: Artifact, path: str, text: str, inside: Sequence[Policy]) -> Iterator[Found]:
    source = Source(artifact.location.path, text)
    places = dict.fromkeys(WaivedPlace(*policy.identity[:2]) for policy in inside)
    nowhere = WaivedPlace(artifact.location.path, "")
    created = (item.construct.created_at for item in inside if item.construct)
    location = next(filter(None, created), artifact.location)
    try:
        node = read_json(text)
    except ReadError as error:
        yield InvalidWaiver(error.message, location)
        return
    for found in in_metadata(node, source, tuple(places) or (nowhere,)):
        if isinstance(found, Waiver):
            yield replace(found, location=location, resource=path)
        else:
            yield found._replace(location=location)
