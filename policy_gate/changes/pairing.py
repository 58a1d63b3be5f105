"""Which policy of a base is the old version of which policy of a change.

The same place in the same file first; then, of what is left on both sides, the same resource and
policy name in another file, where there is one such on either side. Lines never matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from policy_gate.changes.statements import written
from policy_gate.model import Policy, PolicyIdentity

_NUMBER = re.compile(r" #\d+$")
"""What tells policies of one name apart: it changes where another goes before."""


class Pair(NamedTuple):
    """One policy in all its worlds, before and after; one side may have none."""

    new: tuple[Policy, ...]
    old: tuple[Policy, ...]


class Paired(NamedTuple):
    pairs: tuple[Pair, ...]
    """In the order of the new policies; those that are gone follow."""

    notes: tuple[str, ...]
    """Where it was not clear."""


_Group = tuple[Policy, ...]
_Key = Callable[[PolicyIdentity], Hashable]


def paired(new: Iterable[Policy], old: Iterable[Policy]) -> Paired:
    """Every policy of both sides, each once."""
    after, before = _by_identity(new), _by_identity(old)
    partner = _alike(after, before)
    for key in _SAME_PLACE:
        left = {name: group for name, group in after.items() if name not in partner}
        taken = set(partner.values())
        for name, other in _matching(left, [name for name in before if name not in taken], key):
            partner[name] = other
    gone = [name for name in before if name not in set(partner.values())]
    pairs = [Pair(group, before[partner[n]] if n in partner else ()) for n, group in after.items()]
    pairs += [Pair((), before[name]) for name in gone]
    return Paired(tuple(pairs), tuple(_unclear(after, partner, gone)))


def _by_identity(policies: Iterable[Policy]) -> dict[PolicyIdentity, _Group]:
    found: dict[PolicyIdentity, _Group] = {}
    for policy in policies:
        found[policy.identity] = (*found.get(policy.identity, ()), policy)
    return found


def _alike(
    after: dict[PolicyIdentity, _Group], before: dict[PolicyIdentity, _Group]
) -> dict[PolicyIdentity, PolicyIdentity]:
    """Of several policies of one name, those that say the same, whatever their number."""
    known: dict[Hashable, list[PolicyIdentity]] = {}
    for name, group in before.items():
        known.setdefault((_numberless(name), _content(group)), []).append(name)
    partner: dict[PolicyIdentity, PolicyIdentity] = {}
    for name, group in after.items():
        candidates = known.get((_numberless(name), _content(group)), [])
        if candidates:
            choice = name if name in candidates else candidates[0]
            candidates.remove(choice)
            partner[name] = choice
    return partner


def _numberless(identity: PolicyIdentity) -> PolicyIdentity:
    return identity._replace(policy_name=_NUMBER.sub("", identity.policy_name))


def _content(group: _Group) -> Hashable:
    return frozenset((policy.world, written(policy.document)) for policy in group)


def _renamed(identity: PolicyIdentity) -> tuple[object, ...]:
    return tuple(identity)[1:]


_SAME_PLACE: tuple[_Key, ...] = (
    lambda identity: identity,
    lambda identity: (*_renamed(identity), PurePosixPath(identity.file).name),
    _renamed,
)
"""From the closest on: itself, its file moved to another folder, moved to another file."""


def _matching(
    left: dict[PolicyIdentity, _Group], others: Sequence[PolicyIdentity], key: _Key
) -> Iterable[tuple[PolicyIdentity, PolicyIdentity]]:
    """Those whose key is that of one on either side only."""
    sides: tuple[dict[Hashable, list[PolicyIdentity]], ...] = ({}, {})
    for side, names in zip(sides, (left, others), strict=True):
        for name in names:
            side.setdefault(key(name), []).append(name)
    for found, names in sides[0].items():
        candidates = sides[1].get(found, [])
        if len(names) == len(candidates) == 1:
            yield names[0], candidates[0]


def _unclear(
    after: dict[PolicyIdentity, _Group],
    partner: dict[PolicyIdentity, PolicyIdentity],
    gone: Sequence[PolicyIdentity],
) -> Iterable[str]:
    places: dict[Hashable, set[str]] = {}
    for name in gone:
        places.setdefault(_renamed(name), set()).add(name.file)
    for name in after:
        if name not in partner and (files := places.get(_renamed(name))):
            yield (
                f"{name} of {name.file} may be what was in {', '.join(sorted(files))}:"
                " that is not clear, so it is taken for new."
            )
