"""What a change adds is exactly what some request shows, and nothing that it may add is missed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.catalog.iam_data import catalog
from policy_gate.changes.access import Access, added_access
from policy_gate.changes.statements import CannotCompareError
from policy_gate.model import Assumption, AssumptionKind, DeferredText, Value
from policy_gate.reasoning.access_by_action import access_by_action
from policy_gate.reasoning.evaluator import decide
from tests.properties import examples
from tests.reasoning.documents import IDENTITY, RESOURCE, allow, deny, grant
from tests.reasoning.strategies import ACTIONS, conditional, statements

Statements = list[dict[str, Any]]


def document(*items: Any, version: str = "2012-10-17") -> Any:
    return {"Version": version, "Statement": list(items)}


def unknown(name: str) -> Assumption:
    return Assumption(
        AssumptionKind.SUPPLIED, f"${{{name}}}", "any", f"deferred-{name.lower()}-00000000"
    )


def text(*parts: str | Assumption) -> DeferredText:
    return DeferredText(parts)


def names(access: Access) -> list[str]:
    return [item.action for item in access.added]


def test_one_action_against_everything() -> None:
    every = [name for service in catalog().services() for name in catalog().action_names(service)]
    access = added_access(
        document(allow("*")), document(allow("s3:GetObject", "arn:aws:s3:::b/*")), IDENTITY
    )
    assert names(access) == sorted(every)
    assert access.undecided == ()


def test_layout_order_names_and_case_change_nothing() -> None:
    old = document(allow(["s3:GetObject", "s3:Put*"], Sid="A"), deny("iam:*", ["a", "b"]))
    new = document(deny(["IAM:*"], ["b", "a"]), allow(["s3:put*", "s3:getobject"], Sid="B"))
    assert added_access(new, old, IDENTITY) == added_access(old, new, IDENTITY) == Access()


def test_a_deny_that_is_gone_adds_what_it_kept_out() -> None:
    old = document(allow("s3:*"), deny(["s3:DeleteBucket", "ec2:StopInstances"]))
    own, others = reversed(added_access(document(allow("s3:*")), old, IDENTITY).added)
    assert (own.action, own.statement, own.denied_by) == ("s3:DeleteBucket", 0, 1)
    # This policy allows none of it; another of the same role may.
    assert (others.action, others.statement, others.denied_by) == ("ec2:StopInstances", None, 1)


def test_a_deny_that_is_narrowed_adds_the_rest() -> None:
    old = document(allow("s3:*"), deny(["s3:DeleteBucket", "s3:DeleteObject"]))
    new = document(allow("s3:*"), deny("s3:DeleteBucket"))
    assert names(added_access(new, old, IDENTITY)) == ["s3:DeleteObject"]
    assert names(added_access(old, new, IDENTITY)) == []


def test_actions_that_no_list_has_are_not_lost() -> None:
    new = document(allow("s3:GetObject"), allow("newservice:*"), allow("other:DoThis"))
    (first, second) = added_access(new, document(allow("s3:GetObject")), IDENTITY).added
    assert first.action.startswith("newservice:")
    assert second.action == "other:DoThis"


def test_principals_count() -> None:
    old = document(grant({"AWS": "111122223333"}, "s3:GetObject", Resource="*"))
    new = document(grant("*", "s3:GetObject", Resource="*"))
    (item,) = added_access(new, old, RESOURCE).added
    assert item.witness.principal == "*"
    assert added_access(old, new, RESOURCE) == Access()


def test_the_same_unknown_makes_no_noise() -> None:
    table = text("arn:aws:dynamodb:*:*:table/", unknown("Table"))
    owner = {"StringEquals": {"aws:PrincipalTag/owner": text(unknown("Owner"))}}
    old = document(allow("dynamodb:GetItem", table, Condition=owner))
    new = document(allow(["dynamodb:GetItem", "dynamodb:PutItem"], table, Condition=owner))
    assert names(added_access(new, old, IDENTITY)) == ["dynamodb:PutItem"]
    assert names(added_access(old, new, IDENTITY)) == []


@pytest.mark.parametrize(
    "guard",
    [
        {"Condition": {"StringNotEquals": {"aws:SourceVpc": text(unknown("Vpc"))}}},
        {"Condition": {"NumericLessThan": {"s3:max-keys": text(unknown("Keys"))}}},
        {"Condition": {"IpAddress": {"aws:SourceIp": text(unknown("Net"))}}},
        {"Condition": text(unknown("Condition"))},
    ],
)
def test_the_same_guard_makes_no_noise(guard: dict[str, Any]) -> None:
    old = document(allow("s3:GetObject", **guard))
    new = document(allow(["s3:GetObject", "s3:PutObject"], **guard))
    assert names(added_access(new, old, IDENTITY)) == ["s3:PutObject"]
    assert names(added_access(document(allow("s3:GetObject")), old, IDENTITY)) == ["s3:GetObject"]


@pytest.mark.parametrize("operator", ["StringLike", "StringEqualsIgnoreCase"])
def test_an_unknown_is_not_the_same_to_operators_that_read_it_otherwise(operator: str) -> None:
    def tagged(operator: str) -> Any:
        return allow("s3:Get*", Condition={operator: {"aws:PrincipalTag/a": text(unknown("A"))}})

    old, new = document(tagged("StringEquals")), document(tagged(operator))
    assert "s3:GetObject" in names(added_access(new, old, IDENTITY))
    wider = document({**tagged(operator), "Action": "s3:*"})
    assert "s3:GetObject" not in names(added_access(wider, new, IDENTITY))


def test_what_excludes_texts_does_not_cover_an_unknown() -> None:
    """The value may be one of those."""
    bucket = text("arn:aws:s3:::", unknown("Bucket"))
    all_but = {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::secret"}
    old = document(all_but, allow("s3:ListBucket", bucket))
    new = document(all_but, allow(["s3:ListBucket", "s3:GetObject"], bucket))
    assert names(added_access(new, old, IDENTITY)) == ["s3:GetObject"]
    denied = {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::secret"}
    old, new = (document(*held["Statement"][1:], denied) for held in (old, new))
    assert names(added_access(new, old, IDENTITY)) == ["s3:GetObject"]


def test_an_unknown_of_one_side_is_taken_for_what_misses_nothing() -> None:
    wide = document(allow("s3:GetObject", text("arn:aws:s3:::", unknown("Bucket"), "/*")))
    known = document(allow("s3:GetObject", "arn:aws:s3:::known/*"))
    assert names(added_access(wide, known, IDENTITY)) == ["s3:GetObject"]
    assert names(added_access(known, wide, IDENTITY)) == ["s3:GetObject"]


def test_an_unknown_deny_that_is_gone_may_have_kept_out_anything() -> None:
    secret = "arn:aws:s3:::secret/*"
    old = document(allow("s3:GetObject", secret), deny("s3:*", text(unknown("Bucket"))))
    (*_, item) = [
        item
        for item in added_access(document(allow("s3:GetObject", secret)), old, IDENTITY).added
        if item.action == "s3:GetObject"
    ]
    assert item.statement == 0
    stronger = document(allow("s3:GetObject", secret), deny("*", text(unknown("Bucket"))))
    assert added_access(stronger, old, IDENTITY) == Access()


def test_a_colon_in_a_value_is_not_overlooked() -> None:
    old = document(allow("iam:PassRole", "arn:aws:iam::*:role/x"))
    new = document(allow("iam:PassRole", text("arn:aws:iam::", unknown("Account"), ":role/x")))
    access = added_access(new, old, IDENTITY)
    assert access.added == ()
    assert [item.action for item in access.undecided] == ["iam:PassRole"]
    assert added_access(new, new, IDENTITY) == Access()


def test_a_colon_in_a_value_that_is_excluded_is_not_overlooked() -> None:
    some = text("arn:aws:iam::", unknown("Account"), ":role/x")
    role = allow("iam:PassRole", "arn:aws:iam::*:role/x")
    all_but = {"Effect": "Allow", "Action": "iam:PassRole", "NotResource": some}
    only = {"Effect": "Deny", "Action": "iam:PassRole", "NotResource": some}
    everything = allow("iam:PassRole")
    for new, old in (([everything], [role, all_but]), ([everything, only], [role])):
        access = added_access(document(*new), document(*old), IDENTITY)
        assert access.added == ()
        assert [item.action for item in access.undecided] == ["iam:PassRole"]


def test_policy_variables_are_text_in_the_old_version() -> None:
    statement = allow("s3:GetObject", "arn:aws:s3:::b/${aws:username}")
    access = added_access(document(statement), document(statement, version="2008-10-17"), IDENTITY)
    assert names(access) == ["s3:GetObject"]


@pytest.mark.parametrize(
    "new",
    [
        text(unknown("Whole")),
        document(text(unknown("Statement"))),
        document(allow("s3:Get*") | {"Effect": text(unknown("Effect"))}),
        {"Version": text(unknown("Version")), "Statement": []},
        {"Version": "2012-10-17", "Statement": [{"Action": "s3:*", "Resource": "*"}]},
        document({"Effect": "Allow", "Action": 7, "Resource": "*"}),
        "no policy",
    ],
)
def test_what_cannot_be_compared_is_said(new: Value) -> None:
    with pytest.raises(CannotCompareError):
        added_access(new, document(allow("s3:GetObject")), IDENTITY)


def test_what_is_undecided_is_told_apart() -> None:
    odd = {"StringMatches": {"aws:PrincipalTag/team": "x"}}
    access = added_access(document(allow("s3:GetObject", Condition=odd)), None, IDENTITY)
    assert access.added == ()
    assert [(item.action, item.question) for item in access.undecided] == [
        ("s3:GetObject", "the condition on aws:PrincipalTag/team decides")
    ]


@examples(150)
@given(
    st.lists(conditional(statements()), max_size=4),
    st.lists(conditional(statements()), max_size=3),
    st.integers(0, 3),
)
def test_it_agrees_with_the_whole_question(new: Statements, old: Statements, kept: int) -> None:
    """Apart from what a Deny that is gone gives to other policies, and in either direction."""
    old = [*old, *new[:kept]]
    whole = access_by_action(
        json.dumps(document(*new)), json.dumps(document(*old)), IDENTITY, ACTIONS
    )
    access = added_access(document(*new), document(*old), IDENTITY, lambda _: ACTIONS)
    own = {item.action for item in access.added if item.statement is not None}
    listed = {name for name in own if name in ACTIONS}
    assert {item.action for item in whole.possible} == listed
    for item in access.added:
        assert decide(json.dumps(document(*old)), item.witness) != "ALLOW"
        if item.statement is not None:
            assert decide(json.dumps(document(*new)), item.witness) == "ALLOW"


VALUES = ["*", "A", "a", "a/x", "b", "", "s3:::a", "?", "a:x"]
OPERATORS = ["StringEquals", "StringEqualsIgnoreCase", "StringLike", "StringNotEquals"]
PLACES = ["arn:aws:s3:::{}", "arn:aws:s3:::{}/x", "arn:aws:{}:a", "{}", "arn:aws:iam::{}:a"]


def _filled(item: Any, value: str) -> Any:
    if isinstance(item, DeferredText):
        return "".join(part if isinstance(part, str) else value for part in item.parts)
    if isinstance(item, dict):
        return {key: _filled(child, value) for key, child in item.items()}
    return [_filled(child, value) for child in item] if isinstance(item, list) else item


def _of_s3(statement: dict[str, Any]) -> dict[str, Any]:
    others = {key: value for key, value in statement.items() if key != "NotAction"}
    return {**others, "Action": "s3:*"}


@st.composite
def deferred(draw: st.DrawFn) -> dict[str, Any]:
    statement = draw(statements())
    key = "Resource" if "Resource" in statement else "NotResource"
    before, after = draw(st.sampled_from(PLACES)).split("{}")
    held = statement[key] if isinstance(statement[key], list) else [statement[key]]
    entry = DeferredText(tuple(part for part in (before, unknown("P"), after) if part))
    if draw(st.booleans()):
        statement = {**statement, key: [*held, entry] if draw(st.booleans()) else entry}
    if draw(st.integers(0, 3)) == 0:
        operator = draw(st.sampled_from(OPERATORS))
        value = draw(st.sampled_from([text(unknown("P")), text(unknown("P")), "a"]))
        condition = {operator: {"aws:PrincipalTag/team": value}}
        statement = {**statement, "Condition": condition}
    return statement


@examples(150)
@given(
    st.lists(deferred(), max_size=3),
    st.lists(deferred(), max_size=3),
    st.integers(0, 2),
    st.integers(0, 2),
    st.sampled_from(VALUES),
)
def test_nothing_that_a_value_adds_is_missed(
    new: Statements, old: Statements, kept: int, changed: int, value: str
) -> None:
    old = [*old, *new[:kept], *map(_of_s3, new[:changed])]
    access = added_access(document(*new), document(*old), IDENTITY, lambda _: ACTIONS)
    told = {item.action for item in access.added} | {item.action for item in access.undecided}
    after, before = (json.dumps(_filled(document(*items), value)) for items in (new, old))
    really = access_by_action(after, before, IDENTITY, ACTIONS)
    assert {item.action for item in really.possible} <= told
