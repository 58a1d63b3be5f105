"""Questions that are hard on purpose end within the budget, and never in a wrong PASS."""

from __future__ import annotations

import json
import random
from itertools import product
from typing import Any

import pytest

from policy_gate.reasoning.answer import PolicyDocumentError
from policy_gate.reasoning.checks import (
    check_access_not_granted,
    check_no_new_access,
    check_no_public_access,
)
from policy_gate.reasoning.document import MAX_DOCUMENT
from tests.reasoning.documents import IDENTITY, RESOURCE, allow, deny, grant, policy


def three_sat(seed: int, keys: int, clauses: int) -> tuple[str, list[list[int]]]:
    """A policy that allows a request where a random formula has a solution, and the formula."""
    chance = random.Random(seed)
    formula = [
        [chance.choice([-1, 1]) * name for name in chance.sample(range(1, keys + 1), 3)]
        for _ in range(clauses)
    ]
    denies = [
        deny(Condition={
            "StringEquals": {f"aws:k{-name}": "1" for name in clause if name < 0},
            "StringNotEquals": {f"aws:k{name}": "1" for name in clause if name > 0},
        })
        for clause in formula
    ]  # fmt: skip
    return policy(allow("s3:*"), *denies), formula


@pytest.mark.parametrize("seed", range(12))
def test_small_formulas_are_decided_as_trying_all_values_does(seed: int) -> None:
    document, formula = three_sat(seed, 8, 40)
    is_solvable = any(
        all(any(values[abs(name) - 1] is (name > 0) for name in clause) for clause in formula)
        for values in product([True, False], repeat=8)
    )
    answer = check_no_new_access(document, policy(), IDENTITY)
    assert answer.result == ("FAIL" if is_solvable else "PASS")


@pytest.mark.parametrize("seed", range(6))
def test_forty_keys_in_170_denies(seed: int) -> None:
    document, _ = three_sat(seed, 40, 170)
    assert check_no_new_access(document, policy(), IDENTITY).result in ("PASS", "FAIL")


def test_a_reference_of_500_statements_with_conditions() -> None:
    def statement(number: int) -> dict[str, Any]:
        condition = {"StringLike": {"aws:PrincipalTag/team": f"t{number % 7}*"}}
        return allow(f"s3:Get{number}*", f"arn:aws:s3:::b{number}/*", Condition=condition)

    reference = policy(*map(statement, range(500)))
    assert check_no_new_access(reference, reference, IDENTITY).result == "PASS"
    more = policy(*map(statement, range(499)), allow("s3:Get499*", "arn:aws:s3:::b499/*"))
    answer = check_no_new_access(more, reference, IDENTITY)
    assert [reason.statementIndex for reason in answer.reasons] == [499]


def test_a_bucket_policy_of_20_kilobytes() -> None:
    statements = [
        grant(
            {"AWS": f"arn:aws:iam::{111122223333 + number}:role/*"},
            ["s3:GetObject", "s3:List*"],
            Resource=[f"arn:aws:s3:::bucket/{number}/*", "arn:aws:s3:::bucket"],
            Condition={"Bool": {"aws:SecureTransport": "true"}},
        )
        for number in range(90)
    ]
    document = policy(*statements)
    assert len(document) > 20_000
    assert check_no_public_access(document, "AWS::S3::Bucket").result == "FAIL"
    assert check_no_new_access(document, document, RESOURCE).result == "PASS"


def test_a_hundred_actions_on_a_hundred_resources_with_variables() -> None:
    actions = [f"s3:*{number}*" for number in range(100)]
    resources = [f"arn:aws:s3:::*{number}*/x" for number in range(100)]
    document = policy(allow("s3:*", [f"arn:aws:s3:::b/${{aws:k{n}}}/x" for n in range(20)]))
    assert check_access_not_granted(document, actions, resources, IDENTITY).result == "FAIL"


@pytest.mark.parametrize(
    "text",
    [
        " " * (MAX_DOCUMENT + 1),
        json.dumps({"Statement": [allow("x" * 5_000_000)]}),
        "[" * 500_000,
        '{"Statement": {"Condition": ' * 2_000,
        '{"Statement": ' + "9" * 100_000 + "}",
        '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": NaN}}',
        "\ufeff{}",
    ],
)
def test_hostile_documents_are_errors(text: str) -> None:
    with pytest.raises(PolicyDocumentError):
        check_no_new_access(text, policy(), IDENTITY)


def test_a_list_of_variables_in_every_element_is_bounded() -> None:
    names = [f"${{aws:k{number}}}" for number in range(60)]
    condition = {"StringEquals": {"aws:a": names, "aws:b": names}}
    resources = [f"arn:aws:s3:::{name}" for name in names]
    document = policy(allow("s3:*", resources, Condition=condition))
    assert check_no_new_access(document, document, IDENTITY).result == "PASS"
    assert check_no_new_access(document, policy(), IDENTITY).result in ("FAIL", "UNKNOWN")
