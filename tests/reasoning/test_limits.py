"""Large and adversarial documents end, and where a limit is met the answer is UNKNOWN."""

from __future__ import annotations

import random

import pytest

from policy_gate.reasoning.budget import Budget, BudgetExceededError
from policy_gate.reasoning.checks import check_access_not_granted, check_no_new_access
from tests.reasoning.documents import IDENTITY, allow, deny, policy


def test_a_budget_that_is_spent() -> None:
    budget = Budget(10)
    budget.spend(10)
    with pytest.raises(BudgetExceededError, match="10 steps"):
        budget.spend(1)


@pytest.mark.parametrize("count", [4, 8, 16])
def test_many_stars_in_conjunction_never_pass(count: int) -> None:
    letters = random.Random(count)
    globs = ["".join(f"*{letters.choice('abcd')}" for _ in range(6)) + "*" for _ in range(count)]
    only = [
        {"Effect": "Deny", "Action": "*", "NotResource": f"arn:aws:s3:::{glob}"} for glob in globs
    ]
    answer = check_no_new_access(
        policy(allow("s3:*", "arn:aws:s3:::*"), *only),
        policy(allow("*", "arn:aws:s3:::*zz*")),
        IDENTITY,
    )
    # All globs together match the concatenation of their letters, which holds no z.
    assert answer.result == ("FAIL" if count == 4 else answer.result)
    assert answer.result in ("FAIL", "UNKNOWN")


def test_a_limit_that_is_met_is_named() -> None:
    many = [allow(f"s3:*a{i}*", f"arn:aws:s3:::*b{i}*") for i in range(1500)]
    answer = check_no_new_access(policy(*many), policy(*many), IDENTITY)
    assert answer.result == "UNKNOWN"
    assert "the limit of 4,000,000 steps was reached" in answer.message
    assert len(answer.message) < 2000


def test_the_union_of_many_patterns_covers_another() -> None:
    existing = [allow("s3:*", [f"arn:aws:s3:::{'?' * i}" for i in range(50)])]
    existing.append(allow("s3:*", f"arn:aws:s3:::{'?' * 50}*"))
    new = policy(allow("s3:*", "arn:aws:s3:::?*"))
    assert check_no_new_access(new, policy(*existing), IDENTITY).result == "PASS"
    del existing[0]["Resource"][25]
    answer = check_no_new_access(new, policy(*existing), IDENTITY)
    assert answer.reasons[0].witness
    assert len(answer.reasons[0].witness.resource) == len("arn:aws:s3:::") + 25


def test_two_denies_that_exclude_each_other_ask_for_a_choice_each() -> None:
    denies = [deny(f"s3:*{a}*", f"arn:aws:s3:::*{b}*") for a in "abcdefgh" for b in "abcdefgh"]
    some = policy(allow("s3:*"), *denies)
    actions = [f"s3:*{letter}*" for letter in "abcdefgh"]
    answer = check_access_not_granted(some, actions, [], IDENTITY)
    assert answer.result == "FAIL"
    resources = [f"arn:aws:s3:::*{letter}*" for letter in "abcdefgh"]
    assert check_access_not_granted(some, actions, resources, IDENTITY).result == "PASS"
    more = policy(allow("s3:*"), *denies[1:])
    assert check_access_not_granted(more, actions, resources, IDENTITY).result == "FAIL"


def test_thousands_of_literal_actions_and_resources() -> None:
    new = policy(
        allow([f"s3:a{i}" for i in range(5000)], [f"arn:aws:s3:::b{i}" for i in range(5000)])
    )
    existing = policy(allow([f"s3:a{i}" for i in range(4999)]))
    answer = check_no_new_access(new, existing, IDENTITY)
    assert answer.reasons[0].witness
    assert answer.reasons[0].witness.action == "s3:a4999"


def test_patterns_of_four_thousand_characters() -> None:
    long = "arn:aws:s3:::" + "*a" * 2000
    assert (
        check_no_new_access(
            policy(allow("s3:*", long)), policy(allow("s3:*", "arn:aws:s3:::*a")), IDENTITY
        ).result
        == "PASS"
    )
    assert check_no_new_access(
        policy(allow("s3:*", long)), policy(allow("s3:*", long + "?")), IDENTITY
    ).result in ("FAIL", "UNKNOWN")
