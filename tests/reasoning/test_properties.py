"""Laws that hold for all policies, and every answer against all requests of a small world."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policy_gate.reasoning.answer import Answer, Witness
from policy_gate.reasoning.checks import (
    check_access_not_granted,
    check_no_new_access,
    check_no_public_access,
)
from policy_gate.reasoning.document import PolicyType
from policy_gate.reasoning.evaluator import decide
from tests.properties import examples
from tests.reasoning.documents import IDENTITY, RESOURCE, allow, policy
from tests.reasoning.strategies import (
    ACTION_PATTERNS,
    ACTIONS,
    PRINCIPALS,
    RESOURCE_PATTERNS,
    RESOURCES,
    conditional,
    statements,
)

Statements = list[dict[str, Any]]
identity = st.lists(statements(), max_size=4)
resource = st.lists(statements(resource_policy=True), max_size=4)
REQUESTS = [Witness(action, name) for action, name in product(ACTIONS, RESOURCES)]
RESOURCE_REQUESTS = [
    Witness(action, name, principal)
    for action, name, principal in product(ACTIONS[:3], RESOURCES[:3], PRINCIPALS)
]


def new_access(new: Statements, existing: Statements, kind: PolicyType = IDENTITY) -> Answer:
    return check_no_new_access(policy(*new), policy(*existing), kind)


def is_new(new: str, existing: str, request: Witness) -> bool:
    """Whether the evaluator is certain that the request is new."""
    allowed = decide(new, request) == "ALLOW"
    return allowed and decide(existing, request) in ("DENY", "IMPLICIT_DENY")


def assert_right(answer: Answer, new: str, existing: str, requests: list[Witness]) -> None:
    """A FAIL has proofs; where some request is certainly new, the answer is FAIL."""
    for reason in answer.reasons:
        if answer.result == "FAIL":
            assert reason.witness
            assert is_new(new, existing, reason.witness)
    if answer.result != "FAIL":
        assert not [request for request in requests if is_new(new, existing, request)]


@examples(300)
@given(identity, identity)
def test_identity_answers_are_exact(new: Statements, existing: Statements) -> None:
    answer = new_access(new, existing)
    assert answer.result in ("PASS", "FAIL")
    assert_right(answer, policy(*new), policy(*existing), REQUESTS)


@examples(200)
@given(resource, resource)
def test_resource_answers_are_right(new: Statements, existing: Statements) -> None:
    answer = new_access(new, existing, RESOURCE)
    assert_right(answer, policy(*new), policy(*existing), RESOURCE_REQUESTS)
    if not any("NotPrincipal" in statement for statement in (*new, *existing)):
        assert answer.result != "UNKNOWN"


@examples(100)
@given(identity, identity, st.sampled_from(["bob", "*", "a/x", ""]))
def test_a_pass_holds_for_every_value_of_a_variable(
    new: Statements, existing: Statements, value: str
) -> None:
    def put(side: Statements, text: str) -> str:
        return policy(*side).replace(":::a*", f":::{text}").replace(":::b", f":::x{text}")

    variable = "${aws:username}"
    answer = check_no_new_access(put(new, variable), put(existing, variable), IDENTITY)
    literal = {"*": "${*}"}.get(value, value)
    settled = check_no_new_access(put(new, literal), put(existing, literal), IDENTITY)
    if answer.result == "PASS":
        assert settled.result == "PASS"


@examples(100)
@given(st.lists(conditional(statements(resource_policy=True)), max_size=4))
def test_every_policy_is_within_itself(new: Statements) -> None:
    assert new_access(new, new, RESOURCE).result == "PASS"
    assert new_access(new, list(reversed(new)) + new, RESOURCE).result == "PASS"


@examples(100)
@given(st.lists(conditional(statements()), max_size=4), conditional(statements()))
def test_allowing_more_and_denying_more(new: Statements, statement: dict[str, Any]) -> None:
    if statement["Effect"] == "Allow":
        assert new_access(new, [*new, statement]).result == "PASS"
    else:
        assert new_access([*new, statement], new).result == "PASS"
    assert new_access(new, [allow()]).result == "PASS"


@examples(60)
@given(identity, identity, identity)
def test_inclusion_is_transitive(one: Statements, two: Statements, three: Statements) -> None:
    if new_access(one, two).result == new_access(two, three).result == "PASS":
        assert new_access(one, three).result == "PASS"


@examples(100)
@given(identity, identity, st.randoms(use_true_random=False))
def test_spelling_does_not_matter(new: Statements, existing: Statements, random: Any) -> None:
    def respell(statement: dict[str, Any]) -> dict[str, Any]:
        result = {}
        for key, value in statement.items():
            values = list(value) if isinstance(value, list) else [value]
            if key.endswith("Action"):
                values = [random.choice([str.upper, str.lower])(text) for text in values]
            random.shuffle(values)
            result[key] = value if key == "Effect" else values * 2
        return result

    again = [respell(statement) for statement in (*existing, *existing)]
    random.shuffle(again)
    answer, respelled = (
        new_access(new, existing),
        new_access([respell(statement) for statement in new], again),
    )
    assert answer.result == respelled.result
    assert [r.statementIndex for r in answer.reasons] == [
        r.statementIndex for r in respelled.reasons
    ]


@examples(150)
@given(
    identity,
    st.lists(st.sampled_from(ACTION_PATTERNS), min_size=1, max_size=3),
    st.lists(st.sampled_from(RESOURCE_PATTERNS), max_size=2),
)
def test_access_not_granted(new: Statements, actions: list[str], resources: list[str]) -> None:
    answer = check_access_not_granted(policy(*new), actions, resources, IDENTITY)
    asked = policy(allow(actions, resources or "*"))
    granted = [
        request
        for request in (*REQUESTS, *(r.witness for r in answer.reasons if r.witness))
        if decide(policy(*new), request) == "ALLOW" and decide(asked, request) == "ALLOW"
    ]
    assert answer.result in ("PASS", "FAIL")
    if answer.result == "PASS":
        assert not granted
    else:
        assert all(reason.witness in granted for reason in answer.reasons)


@examples(100)
@given(resource)
def test_no_public_access(new: Statements) -> None:
    answer = check_no_public_access(policy(*new), "AWS::S3::Bucket")
    anyone = [request for request in RESOURCE_REQUESTS if request.principal == "*"]
    if any(decide(policy(*new), request) == "ALLOW" for request in anyone):
        assert answer.result == "FAIL"
    for reason in answer.reasons:
        if reason.witness:
            assert decide(policy(*new), reason.witness) == "ALLOW"


@examples(100)
@given(st.lists(conditional(statements()), min_size=1, max_size=3), identity)
def test_a_statement_may_be_split_by_its_actions(new: Statements, existing: Statements) -> None:
    first = new[0]
    if "Action" not in first:
        return
    actions = first["Action"] if isinstance(first["Action"], list) else [first["Action"]]
    split = [{**first, "Action": action} for action in actions]
    assert new_access([*split, *new[1:]], existing).result == new_access(new, existing).result
    assert new_access(new, [*split, *new[1:]]).result == "PASS"
