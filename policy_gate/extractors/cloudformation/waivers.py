"""Waivers in the Metadata of resources."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.extractors.cloudformation.stack import Stack
from policy_gate.extractors.inline_waivers import KEY, Found, in_metadata, places_of


def waivers_in(stack: Stack) -> Iterator[Found]:
    """Those of a stack and of the stacks in it.

    A waiver is about the policies of its resource, and of what SAM generates from the resource.
    """
    stacks = {id(found): found for found in (stack, *stack.nesting.stacks.values())}
    for found in stacks.values():
        resources = found.template.resources
        for node in resources.values():
            metadata = node.entries.get("Metadata")
            held = metadata.entries.get(KEY) if metadata else None
            if held is None:
                continue
            inside = (
                f"{found.address}{other}"
                for other, part in resources.items()
                if node.start <= part.start and part.end <= node.end
            )
            source = found.template.source
            yield from in_metadata(held, source, places_of(source.path, inside))
