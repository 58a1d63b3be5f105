"""What was extracted of a change against what was extracted of its base."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

from policy_gate.changes.pairing import Pair, paired
from policy_gate.changes.policies import change_of, moved_from
from policy_gate.model import (
    AccessChange,
    Attachment,
    Boundary,
    ChangeKind,
    Comparison,
    Extraction,
    Gone,
    NotChecked,
    Policy,
    PolicyIdentity,
    ReasonCode,
    SourceMap,
    UndecidedAccess,
)

_OPEN = (ReasonCode.NOT_ANALYSED, ReasonCode.DOCUMENT_UNAVAILABLE)


@dataclass(frozen=True)
class Base:
    """What a change is compared with."""

    name: str
    """As `main (0123456789ab)`."""

    extraction: Extraction | None
    """None where there is nothing but what a plan says of the time before it."""

    is_same: Callable[[str], bool] = lambda _: False
    """Is a file the same in the base?"""

    why_unread: Callable[[str], str] = lambda _: ""
    """Why a file of the base could not be read, as one of a submodule; empty where it could."""


def has_past(extraction: Extraction) -> bool:
    """Does a plan in it say what was there before?"""
    return any(policy.change for policy in extraction.policies) or any(
        isinstance(item, Gone) or (isinstance(item, Attachment) and item.was_attached is not None)
        for item in extraction.not_checked
    )


def compare(new: Extraction, base: Base) -> tuple[Comparison, tuple[str, ...]]:
    """What the change does to the access that policies allow, and notes on how it was found.

    A policy that a plan changes is compared with what the plan says it was.
    """
    planned = [_planned(policy) for policy in new.policies if policy.change is not None]
    gone = [item for item in new.not_checked if isinstance(item, Gone)]
    pairs = [*_of_plan(planned), *_deleted(gone)]
    notes: tuple[str, ...] = ()
    unread = _Unread(new, base)
    changes = [_lifted(item.identity, item.message, item) for item in gone if _was_boundary(item)]
    if base.extraction is not None:
        found = paired((p for p in new.policies if p.change is None), base.extraction.policies)
        told = [unread.instead_of(pair) for pair in found.pairs]
        pairs += [pair for pair, instead in zip(found.pairs, told, strict=True) if not instead]
        changes += [instead for instead in told if instead is not None]
        changes += _boundaries(new, base.extraction)
        notes = found.notes
    elif apart := {policy.identity for policy in new.policies if policy.change is None}:
        notes = (f"{len(apart)} policies of no plan are compared with nothing: --base names one.",)
    changes += unread.changes()
    changes += [_exchanged(item, item.was) for item in new.boundaries if item.was]
    compared = [change_of(pair) for pair in pairs]
    changes += [change for change in compared if change is not None]
    same = [pair for pair, change in zip(pairs, compared, strict=True) if change is None]
    moved = sum(bool(moved_from(pair)) for pair in same)
    return Comparison(base.name, tuple(sorted(changes, key=_order)), len(same), moved), notes


def _order(change: AccessChange) -> tuple[object, ...]:
    place = change.location
    where = (place.line, place.column) if place else (0, 0)
    identity = change.identity
    return (identity.file, where, identity.resource_address, identity.policy_name, change.kind)


def _planned(policy: Policy) -> Pair:
    """A policy of a plan and what it was."""
    before = policy.change.previous if policy.change else None
    old = () if before is None else (replace(policy, document=before, assumptions=()),)
    return Pair((policy,), old)


def _of_plan(planned: Sequence[Pair]) -> Iterable[Pair]:
    """Those of one policy in several worlds together."""
    groups: dict[PolicyIdentity, list[Pair]] = {}
    for pair in planned:
        groups.setdefault(pair.new[0].identity, []).append(pair)
    for group in groups.values():
        yield Pair(
            tuple(policy for pair in group for policy in pair.new),
            tuple(policy for pair in group for policy in pair.old),
        )


def _was_boundary(item: Gone) -> bool:
    return item.kind is None and item.is_limit


def _deleted(gone: Iterable[Gone]) -> Iterable[Pair]:
    """The policies that a plan takes away."""
    for item in gone:
        if item.kind is not None and not item.is_forgotten:
            sources = SourceMap({(): item.location} if item.location else {})
            yield Pair(
                (),
                (
                    Policy(
                        item.identity,
                        item.kind,
                        item.document,
                        sources,
                        is_sensitive=item.is_sensitive,
                    ),
                ),
            )


def _lifted(identity: PolicyIdentity, message: str, item: NotChecked) -> AccessChange:
    return AccessChange(identity, ChangeKind.REMOVED, item.location, lifted=message)


def _boundaries(new: Extraction, old: Extraction) -> Iterable[AccessChange]:
    """Permissions boundaries that are gone from resources that are still there, or are others."""
    there = {policy.identity.resource_address for policy in new.policies}
    there |= {item.identity.resource_address for item in new.not_checked}
    limits = {_place(item.identity): item for item in new.boundaries}
    for boundary in old.boundaries:
        identity, name = boundary.identity, boundary.identity.policy_name
        now = limits.get(_place(identity))
        if now is None and identity.resource_address in there:
            message = (
                f"its {name} ({boundary.limit}) is gone: what that kept out is possible where its"
                " policies allow it"
            )
            yield _lifted(identity, message, boundary)
        elif now is not None and not now.was and now.limit != boundary.limit:
            yield _exchanged(now, boundary.limit)


def _exchanged(boundary: Boundary, was: str) -> AccessChange:
    message = (
        f"its {boundary.identity.policy_name} was {was} and is {boundary.limit}: what the first"
        " kept out, and the second may not, is not compared"
    )
    identity, place = boundary.identity, boundary.location
    undecided = (UndecidedAccess(message),)
    return AccessChange(identity, ChangeKind.CHANGED, place, undecided=undecided)


def _place(identity: PolicyIdentity) -> Hashable:
    """Whatever file it is in."""
    return identity.resource_address, identity.resource_type, identity.policy_name


class _Unread:
    """What either side holds and could not be read: nobody knows what that adds."""

    def __init__(self, new: Extraction, base: Base) -> None:
        self._base = base
        old = base.extraction or Extraction()
        self._new = [item for item in new.not_checked if item.reason in _OPEN]
        self._old = [item for item in old.not_checked if item.reason is ReasonCode.NOT_ANALYSED]
        self._known = {(_place(item.identity), item.message) for item in old.not_checked}
        self._policies = {_place(policy.identity) for policy in old.policies}

    def instead_of(self, pair: Pair) -> AccessChange | None:
        """What there is to say of a policy whose other side could not be read."""
        if pair.new and pair.old:
            return None
        identity = (pair.new or pair.old)[0].identity
        if pair.old:
            reason = next((i.message for i in self._new if _covers(i, identity)), "")
            kind, when = ChangeKind.CHANGED, "now"
        else:
            found = (item.message for item in self._old if _covers(item, identity))
            reason = self._base.why_unread(identity.file) or next(found, "")
            kind, when = ChangeKind.NEW, f"in {self._base.name}"
        if not reason:
            return None
        location = (pair.new or pair.old)[0].sources.locate(())
        undecided = UndecidedAccess(f"it could not be read {when}: {reason}")
        return AccessChange(identity, kind, location, undecided=(undecided,))

    def changes(self) -> Iterable[AccessChange]:
        """What of the change could not be read, and is not as it was."""
        for item in self._new:
            if self._is_known(item):
                continue
            is_attachment = item.reason is ReasonCode.DOCUMENT_UNAVAILABLE
            what = "it is attached now" if is_attachment else "it could not be read"
            yield AccessChange(
                item.identity,
                ChangeKind.NEW if is_attachment else ChangeKind.CHANGED,
                item.location,
                undecided=(UndecidedAccess(f"{what}: {item.message}"),),
            )

    def _is_known(self, item: NotChecked) -> bool:
        """Was it the same in the base?"""
        if isinstance(item, Attachment) and item.was_attached is not None:
            return item.was_attached
        place = _place(item.identity)
        if (place, item.message) not in self._known:
            return place in self._policies and item.reason is ReasonCode.DOCUMENT_UNAVAILABLE
        if item.reason is ReasonCode.DOCUMENT_UNAVAILABLE:
            return True
        return self._base.is_same(item.identity.file)


def _covers(item: NotChecked, identity: PolicyIdentity) -> bool:
    """May the policy be in what was not analysed: its file, its resource, or itself?"""
    other = item.identity
    if item.reason is not ReasonCode.NOT_ANALYSED or other.file != identity.file:
        return False
    if not other.resource_address:
        return True
    inside = identity.resource_address == other.resource_address or (
        identity.resource_address.startswith(f"{other.resource_address}/")
    )
    return inside and other.policy_name in ("", identity.policy_name)
