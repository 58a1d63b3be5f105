"""Rules about statement ids."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_gate.linting.fixers.document import alphanumeric_sid, repeated_sids, without_sid
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import Place, PolicyView
from policy_gate.model import PolicyKind

_STRICT_KINDS = (PolicyKind.IDENTITY, PolicyKind.SERVICE_CONTROL, PolicyKind.TRUST)
"""IAM and Organizations demand unique, alphanumeric ids; services like S3 do not."""

_READ = '{{"Sid": "{}", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}}'
_LIST = '{{"Sid": "{}", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}}'
_ADD_PRINCIPAL = ('"Allow"', '"Allow", "Principal": {"AWS": "111122223333"}')


@rule(
    "UNIQUE_SIDS_REQUIRED",
    "ERROR",
    kinds=_STRICT_KINDS,
    bad=example(_READ.format("Logs"), _LIST.format("Logs")),
    good=example(_READ.format("ReadLogs"), _LIST.format("ListLogs")),
    fix=repeated_sids,
)
def unique_sids_required(policy: PolicyView) -> Iterator[Problem]:
    """Reports statements with the same Sid, in policies of IAM and Organizations.

    Why is this bad? AWS refuses the policy.

    Use instead: a Sid of its own for each statement, or none.
    """
    for sid, places in _repeated(policy):
        yield Problem(
            f"{len(places)} statements have the Sid {quoted(sid)}: give each its own, or none.",
            places,
        )


@rule(
    "UNIQUE_SIDS_RECOMMENDED",
    "WARNING",
    kinds=(PolicyKind.RESOURCE,),
    bad=example(_READ.format("Logs"), _LIST.format("Logs")).replace(*_ADD_PRINCIPAL),
    good=example(_READ.format("ReadLogs"), _LIST.format("ListLogs")).replace(*_ADD_PRINCIPAL),
    fix=repeated_sids,
)
def unique_sids_recommended(policy: PolicyView) -> Iterator[Problem]:
    """Reports statements with the same Sid, in resource policies.

    Why is this bad? Some services accept it, yet reports and tools that name a statement by its
    Sid then mean two.

    Use instead: a Sid of its own for each statement, or none.
    """
    for sid, places in _repeated(policy):
        yield Problem(
            f"{len(places)} statements share the Sid {quoted(sid)}: give each its own, or none.",
            places,
        )


def _repeated(policy: PolicyView) -> Iterator[tuple[str, tuple[Place, ...]]]:
    places: dict[str, list[Place]] = {}
    for statement in policy.statements:
        sid = statement.text("Sid")
        if sid and sid.value:
            places.setdefault(sid.value, []).append(sid.place)
    return ((sid, tuple(where)) for sid, where in places.items() if len(where) > 1)


@rule(
    "UNSUPPORTED_SID",
    "ERROR",
    kinds=_STRICT_KINDS,
    bad=example(_READ.format("read-logs")),
    good=example(_READ.format("ReadLogs")),
    fix=alphanumeric_sid,
)
def unsupported_sid(policy: PolicyView) -> Iterator[Problem]:
    """Reports a Sid with other characters than A-Z, a-z and 0-9, in IAM and Organizations.

    Why is this bad? AWS refuses the policy.

    Use instead: letters and digits, as `ReadLogs`.
    """
    for statement in policy.statements:
        sid = statement.text("Sid")
        if sid and re.search(r"[^A-Za-z0-9]", sid.value):
            bare = re.sub(r"[^A-Za-z0-9]", "", sid.value)
            hint = f", as {quoted(bare)}" if bare else ""
            yield Problem(
                f"Sid {quoted(sid.value)} has characters that are not allowed here: use letters "
                f"and digits only{hint}.",
                (sid.place,),
            )


@rule(
    "EMPTY_SID_VALUE",
    "SUGGESTION",
    bad=example(_READ.format("")),
    good=example(_READ.format("ReadLogs")),
    fix=without_sid,
)
def empty_sid_value(policy: PolicyView) -> Iterator[Problem]:
    """Reports a Sid that is the empty string.

    Why is this bad? It identifies nothing.

    Use instead: a name for what the statement is for, or no Sid.
    """
    for statement in policy.statements:
        sid = statement.text("Sid")
        if sid and not sid.value:
            yield Problem("The Sid is empty: give it a value or remove it.", (sid.place,))
