"""Templates that others nest: what was met by searching is part of the others only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from policy_gate.extractors.one_file import File
from policy_gate.model import Extraction, Listing

MAX_NAMED = 3
"""Files that one note names."""


def apart_from_nested(
    results: Iterable[tuple[File, Extraction]], leading: Set[File] = frozenset()
) -> list[Extraction]:
    """Without the files that are read as parts of others; of a circle, the first one stays.

    Of the `leading` files nothing counts but which others they nest.
    """
    by_file: dict[File, Extraction] = {}
    real: dict[File, str] = {}
    for file, found in results:
        # Of what does not count nothing is kept.
        by_file[file] = Extraction(followed=found.followed) if file in leading else found
        real[file] = file.real
    leads_to = {real[file]: found.followed for file, found in by_file.items()}
    position = {path: number for number, path in enumerate(leads_to)}
    parents: dict[str, set[str]] = {}
    for path, followed in leads_to.items():
        for child in followed:
            is_circle = path in leads_to.get(child, ())
            if child != path and not (is_circle and position[child] < position[path]):
                parents.setdefault(child, set()).add(path)
    nested = {file for file in by_file if not file.is_named and real[file] in parents}
    elsewhere = nested | leading
    apart = [file for file in by_file if file in nested and file not in leading]
    kept = [found for file, found in by_file.items() if file not in elsewhere]
    assemblies = {real[file] for file in by_file if file.is_assembly}
    told = [(real[file], min(parents[real[file]] - assemblies, default="")) for file in apart]
    return [*kept, *_nested_note([pair for pair in told if pair[1]])]


def _nested_note(pairs: Sequence[tuple[str, str]]) -> list[Extraction]:
    """What is checked only with the parameters that another template passes to it."""
    if not pairs:
        return []
    sentence = "Read as parts of templates that nest them: {}. Name one to check it alone."
    items = sorted({f"{child} of {parent}" for child, parent in pairs})
    return [Extraction(notes=(Listing(sentence, tuple(items), MAX_NAMED),))]
