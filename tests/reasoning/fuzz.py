"""Random pairs of policies, decided and then attacked with random requests.

`make fuzz` runs many of them, `python -m tests.reasoning.fuzz --pairs N --seed S` as many as you
like. A PASS is unsound if the evaluator finds one request new; a FAIL needs a witness that it
confirms. Pairs are numbered from the seed, so that `--seed S --pairs 1` repeats one of them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, NamedTuple

from policy_gate.reasoning.answer import Witness
from policy_gate.reasoning.checks import check_no_new_access
from policy_gate.reasoning.document import PolicyType
from policy_gate.reasoning.evaluator import Evaluator

Statement = dict[str, Any]

REQUESTS = 120
"""Requests that a PASS is tried with."""

ACTIONS = ["s3:GetObject", "s3:GetObjectTagging", "s3:PutObject", "iam:GetRole", "iam:PassRole"]
ACTION_PATTERNS = ["*", "s3:*", "s3:Get*", "S3:getobject", "s3:?etObject", "*:Get*", "iam:P*", "i*"]
RESOURCES = [
    "*",
    "arn:aws:s3:::a",
    "arn:aws:s3:::a/x",
    "arn:aws:s3:::a/bob/x",
    "arn:aws:s3:::b/*",
    "arn:aws:iam::111122223333:role/a",
    "arn:aws:sqs:eu-west-1:444455556666:a:b",
]
RESOURCE_PATTERNS = [
    *RESOURCES,
    "arn:*",
    "arn:aws:s3:::a*",
    "arn:aws:s3:::?",
    "arn:aws:s3:::a/*/x",
    "arn:aws:*:*:*:a*",
    "arn:aws:s3:::${aws:username}",
    "arn:aws:s3:::a/${aws:username}/*",
    "arn:aws:s3:::a/${aws:username, 'bob'}/x",
    "arn:aws:s3:::a/${*}",
]
ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Dev"
PRINCIPALS = [
    "*",
    f"AWS:arn:aws:iam::{ACCOUNT}:root",
    f"AWS:{ROLE}",
    f"AWS:arn:aws:sts::{ACCOUNT}:assumed-role/Dev/me",
    "AWS:arn:aws:iam::444455556666:user/me",
    "Service:ec2.amazonaws.com",
    "Federated:accounts.google.com",
]
PRINCIPAL_ELEMENTS: list[Any] = [
    "*",
    {"AWS": "*"},
    {"AWS": ACCOUNT},
    {"AWS": ROLE},
    {"AWS": [ROLE, "444455556666"]},
    {"Service": "ec2.amazonaws.com"},
    {"Federated": "accounts.google.com", "AWS": []},
]
TEXTS = ["a", "b", "ab", "A", "bob", "", "*", "a*", "?b", "${aws:username}", "x${aws:userid, 'b'}"]
KEYS: dict[str, tuple[list[str], list[Any]]] = {
    "aws:PrincipalTag/team": (
        ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike",
         "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "NumericEquals", "Bool"],
        TEXTS,
    ),
    "aws:username": (["StringEquals", "StringLike", "StringNotEquals"], ["a", "bob", "b*", "B"]),
    "aws:TagKeys": (["StringEquals", "StringLike", "StringNotEquals", "StringNotLike"], TEXTS[:8]),
    "aws:SourceIp": (
        ["IpAddress", "NotIpAddress", "StringEquals"],
        ["10.0.0.0/8", "10.0.0.0/9", "10.128.0.0/9", "10.1.2.3", "0.0.0.0/0", "2001:db8::/32"],
    ),
    "s3:max-keys": (
        ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
         "NumericGreaterThan", "NumericGreaterThanEquals", "StringEquals"],
        ["10", "10.0", 5, "-1", "5.5"],
    ),
    "aws:CurrentTime": (
        ["DateEquals", "DateNotEquals", "DateLessThan", "DateGreaterThan", "DateLessThanEquals"],
        ["2020-01-01", "2020-01-01T00:00:00Z", "1577836800", "2021-06-01T12:00:00+02:00"],
    ),
    "aws:SourceArn": (
        ["ArnLike", "ArnNotLike", "ArnEquals", "StringLike"],
        ["arn:aws:s3:::a", "arn:aws:s3:::*", "arn:aws:sns:*:1:t", "arn:aws:s3:::${aws:username}"],
    ),
    "aws:SecureTransport": (["Bool"], ["true", False, "TRUE"]),
}  # fmt: skip
EXTRA_VALUES = {
    "aws:SourceIp": ["10.0.0.0", "10.128.0.0", "11.0.0.0", "9.255.255.255", "2001:db8::1", "::1"],
    "s3:max-keys": ["9.99", "10.00", "11", "4", "x"],
    "aws:CurrentTime": ["2019-12-31T23:59:59Z", "2020-01-01T00:00:01Z", "2022-01-01", "x"],
    "aws:SourceArn": ["arn:aws:s3:::bob", "arn:aws:sns:eu:1:t", "arn:aws:s3:::a:b", "x"],
    "aws:PrincipalTag/team": ["c", "xb", "true", "10", "5"],
    "aws:userid": ["a", "b"],
}


class Pair(NamedTuple):
    new: str
    existing: str
    kind: PolicyType


class Policies:
    """Random policies of one kind."""

    def __init__(self, chance: random.Random, resource_policy: bool) -> None:
        self.chance = chance
        self.resource_policy = resource_policy

    def some(self, items: list[Any], most: int = 3) -> list[Any]:
        return self.chance.sample(items, self.chance.randint(1, most))

    def element(self, name: str, patterns: list[str]) -> tuple[str, Any]:
        key = f"Not{name}" if self.chance.random() < 0.15 else name
        values = self.some(patterns) if self.chance.random() < 0.97 else []
        return key, values[0] if len(values) == 1 and self.chance.random() < 0.5 else values

    def condition(self) -> tuple[str, str, Any]:
        key = self.chance.choice(list(KEYS))
        operators, values = KEYS[key]
        operator = self.chance.choice(operators)
        chosen = self.some(values)
        if operator in ("NumericEquals", "Bool") and key == "aws:PrincipalTag/team":
            chosen = ["10"] if operator == "NumericEquals" else ["true"]
        if operator == "StringEquals" and key == "aws:SourceIp":
            chosen = ["10.1.2.3"]
        if key == "aws:TagKeys" or self.chance.random() < 0.1:
            operator = f"{self.chance.choice(['ForAllValues', 'ForAnyValue'])}:{operator}"
        if self.chance.random() < 0.15:
            operator += "IfExists"
        if self.chance.random() < 0.1:
            operator, chosen = "Null", [self.chance.choice(["true", "false"])]
        spelled = self.chance.choice([key, key, key.lower(), key.upper()])
        return operator, spelled, chosen

    def statement(self) -> Statement:
        statement: Statement = {"Effect": self.chance.choice(["Allow", "Allow", "Deny"])}
        statement |= [self.element("Action", ACTION_PATTERNS)]
        statement |= [self.element("Resource", RESOURCE_PATTERNS)]
        if self.resource_policy:
            name = "NotPrincipal" if self.chance.random() < 0.1 else "Principal"
            statement[name] = self.chance.choice(PRINCIPAL_ELEMENTS)
        conditions: dict[str, dict[str, Any]] = {}
        for _ in range(self.chance.choice([0, 0, 1, 1, 2])):
            operator, key, values = self.condition()
            conditions.setdefault(operator, {})[key] = values
        if conditions:
            statement["Condition"] = conditions
        return statement

    def statements(self) -> list[Statement]:
        return [self.statement() for _ in range(self.chance.choice([1, 1, 2, 3]))]

    def mutated(self, statements: list[Statement]) -> list[Statement]:
        """The statements with one or two small changes."""
        changed = [json.loads(json.dumps(statement)) for statement in statements]
        for _ in range(self.chance.randint(1, 2)):
            index = self.chance.randrange(len(changed) + 1)
            if index == len(changed) or self.chance.random() < 0.3:
                changed.insert(index, self.statement())
                continue
            statement = changed[index]
            kind = self.chance.choice(["drop", "condition", "action", "resource"])
            if kind == "drop" and len(changed) > 1:
                del changed[index]
            elif kind == "condition" and "Condition" in statement:
                del statement["Condition"]
            elif kind == "condition":
                operator, key, values = self.condition()
                statement["Condition"] = {operator: {key: values}}
            elif kind in ("action", "resource"):
                name = kind.title()
                patterns = ACTION_PATTERNS if kind == "action" else RESOURCE_PATTERNS
                statement.pop(name, None)
                statement.pop(f"Not{name}", None)
                statement |= [self.element(name, patterns)]
        return changed


def pair_of(seed: int) -> Pair:
    """The pair of a seed."""
    chance = random.Random(seed)
    resource_policy = chance.random() < 0.4
    policies = Policies(chance, resource_policy)
    new = policies.statements()
    existing = policies.mutated(new) if chance.random() < 0.6 else policies.statements()
    if chance.random() < 0.5:
        new, existing = existing, new
    version = {"Version": "2012-10-17"} if chance.random() < 0.85 else {}
    return Pair(
        json.dumps({**version, "Statement": new}),
        json.dumps({**version, "Statement": existing}),
        "RESOURCE_POLICY" if resource_policy else "IDENTITY_POLICY",
    )


def requests_of(pair: Pair, chance: random.Random) -> Iterator[Witness]:
    """Requests near those that the pair is about."""
    sets, single = _key_use(pair)
    for _ in range(REQUESTS):
        context: dict[str, tuple[str, ...]] = {}
        for key, (_, values) in KEYS.items():
            if chance.random() < 0.35:
                continue
            pool = [_text(value) for value in values] + EXTRA_VALUES.get(key, [])
            folded = key.lower()
            many = folded in sets and folded not in single
            size = chance.choice([1, 1, 2, 3]) if many else 1
            context[key] = tuple(chance.sample(pool, min(size, len(pool))))
        if chance.random() < 0.3:
            context["aws:userid"] = (chance.choice(EXTRA_VALUES["aws:userid"]),)
        principal = None
        if pair.kind == "RESOURCE_POLICY":
            principal = chance.choice(PRINCIPALS)
        yield Witness(chance.choice(ACTIONS), chance.choice(RESOURCES), principal, context)


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _key_use(pair: Pair) -> tuple[set[str], set[str]]:
    """Keys with set operators, and keys that have one value at most."""
    sets: set[str] = set()
    single = {"aws:username", "aws:userid"}
    for document in (pair.new, pair.existing):
        for statement in json.loads(document)["Statement"]:
            for operator, block in statement.get("Condition", {}).items():
                if operator != "Null":
                    (sets if ":" in operator else single).update(key.lower() for key in block)
    return sets, single


class Verdict(NamedTuple):
    result: str
    problem: str
    """Empty where nothing is wrong."""

    question: str
    """Why it is UNKNOWN."""


def attack(seed: int) -> Verdict:
    """Decide the pair of a seed and look for what contradicts the answer."""
    pair = pair_of(seed)
    answer = check_no_new_access(*pair)
    new, existing = Evaluator(pair.new), Evaluator(pair.existing)

    def is_new(request: Witness) -> bool:
        return new.decide(request) == "ALLOW" and existing.decide(request) in (
            "DENY",
            "IMPLICIT_DENY",
        )

    if answer.result == "FAIL":
        for reason in answer.reasons:
            if reason.witness is None or not is_new(reason.witness):
                return Verdict("FAIL", f"no proof: {reason}", "")
    if answer.result == "PASS":
        for request in requests_of(pair, random.Random(seed)):
            if is_new(request):
                return Verdict("PASS", f"unsound: {request}", "")
    questions = [reason.description.partition(": ")[2] for reason in answer.reasons]
    return Verdict(answer.result, "", questions[0] if answer.result == "UNKNOWN" else "")


def attack_many(seeds: range) -> tuple[Counter[str], Counter[str], list[str]]:
    results: Counter[str] = Counter()
    questions: Counter[str] = Counter()
    problems = []
    for seed in seeds:
        verdict = attack(seed)
        results[verdict.result] += 1
        if verdict.question:
            questions[verdict.question.partition("index")[0]] += 1
        if verdict.problem:
            problems.append(f"seed {seed}: {verdict.problem}")
    return results, questions, problems


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    arguments = parser.parse_args()
    last = arguments.seed + arguments.pairs
    print(f"{arguments.pairs:,} pairs from seed {arguments.seed}", flush=True)
    size = max(1, min(500, arguments.pairs))
    parts = [range(first, min(first + size, last)) for first in range(arguments.seed, last, size)]
    results: Counter[str] = Counter()
    questions: Counter[str] = Counter()
    problems: list[str] = []
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for number, found in enumerate(pool.map(attack_many, parts), 1):
            results += found[0]
            questions += found[1]
            problems += found[2]
            if number % 40 == 0:
                print(f"{number * size:,} pairs: {dict(results)}", file=sys.stderr, flush=True)
    unsound = sum("unsound" in problem for problem in problems)
    print(
        f"PASS {results['PASS']:,}, FAIL {results['FAIL']:,}, UNKNOWN {results['UNKNOWN']:,};"
        f" unsound {unsound}, FAIL without a confirmed witness {len(problems) - unsound}"
    )
    for question, count in questions.most_common(8):
        print(f"  UNKNOWN {count:,} times: {question}")
    print(*problems[:10], sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
