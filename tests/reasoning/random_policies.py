"""Random pairs of policies of which one is often nearly, or exactly, the other."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from policy_gate.reasoning.document import PolicyType

Statement = dict[str, Any]

ACTION_PATTERNS = ["*", "s3:*", "s3:Get*", "S3:getobject", "s3:?etObject", "*:Get*", "iam:P*", "i*"]
RESOURCE_PATTERNS = [
    "*",
    "arn:*",
    "arn:aws:s3:::a",
    "arn:aws:s3:::a/x",
    "arn:aws:s3:::a*",
    "arn:aws:s3:::b/*",
    "arn:aws:s3:::?",
    "arn:aws:s3:::a/*/x",
    "arn:aws:*:*:*:a*",
    "arn:aws:iam::111122223333:role/a",
    "arn:aws:sqs:eu-west-1:444455556666:a:b",
    "arn:aws:s3:::${aws:username}",
    "arn:aws:s3:::a/${aws:username}/*",
    "arn:aws:s3:::a/${aws:username, 'bob'}/x",
    "arn:aws:s3:::a/${*}",
    "arn:aws:*:a",
]
ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Dev"
PRINCIPALS: list[Any] = [
    "*",
    {"AWS": "*"},
    {"AWS": ACCOUNT},
    {"AWS": ROLE},
    {"AWS": [ROLE, "444455556666"]},
    {"Service": "ec2.amazonaws.com"},
    {"Federated": "accounts.google.com", "AWS": []},
]
TEXTS = ["a", "b", "ab", "A", "bob", "", "*", "a*", "?b", "${aws:username}", "x${aws:userid, 'b'}"]
STRINGS = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike",
           "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"]  # fmt: skip
NUMBERS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
DATES = ["2020-01-01", "2020-01-01T00:00:00Z", "1577836800", "2021-06-01T12:00:00+02:00", "2021"]
ARNS = ["arn:aws:s3:::a", "arn:aws:s3:::*", "arn:aws:s3:::a?*", "arn:aws:sns:*:1:t", "arn:aws:s3*",
        "arn:aws:s3:::${aws:username}", "*"]  # fmt: skip
TYPED: dict[str, tuple[list[str], list[Any]]] = {
    "Numeric": ([f"Numeric{name}" for name in NUMBERS], ["10", "10.0", 5, "-1", "5.5", "2021"]),
    "Date": ([f"Date{name}" for name in NUMBERS], DATES),
    "Ip": (
        ["IpAddress", "NotIpAddress"],
        ["10.0.0.0/8", "10.0.0.1/9", "10.128.0.0/9", "10.1.2.3", "0.0.0.0/0", "2001:db8::/32"],
    ),
    "Arn": (["ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"], ARNS),
    "Bool": (["Bool"], ["true", False, "TRUE"]),
    "Binary": (["BinaryEquals"], ["a", "YQ=="]),
}
KEYS = {
    "aws:PrincipalTag/team": [
        "String",
        "String",
        "String",
        "String",
        "Numeric",
        "Bool",
        "Binary",
        "Arn",
        "Ip",
    ],
    "aws:PrincipalTag/since": ["Date", "Numeric"],
    "aws:username": ["String"],
    "aws:TagKeys": ["String"],
    "aws:SourceIp": ["Ip", "Ip", "Ip", "String"],
    "s3:max-keys": ["Numeric", "Numeric", "Numeric", "String"],
    "aws:CurrentTime": ["Date"],
    "aws:SourceArn": ["Arn", "Arn", "String"],
    "aws:SecureTransport": ["Bool"],
}
OPPOSITES = {
    "StringEquals": "StringNotEquals",
    "StringEqualsIgnoreCase": "StringNotEqualsIgnoreCase",
    "StringLike": "StringNotLike",
    "ArnLike": "ArnNotLike",
    "ArnEquals": "ArnNotEquals",
    "NumericEquals": "NumericNotEquals",
    "NumericLessThan": "NumericGreaterThanEquals",
    "NumericGreaterThan": "NumericLessThanEquals",
    "DateEquals": "DateNotEquals",
    "DateLessThan": "DateGreaterThanEquals",
    "DateGreaterThan": "DateLessThanEquals",
    "IpAddress": "NotIpAddress",
}
OPPOSITES |= {other: name for name, other in OPPOSITES.items()}


class Pair(NamedTuple):
    """The arguments of `check_no_new_access`."""

    new: str
    existing: str
    kind: PolicyType


class Policies:
    """Random policies of one kind."""

    def __init__(self, chance: random.Random, resource_policy: bool) -> None:
        self.chance = chance
        self.resource_policy = resource_policy

    def glob(self, letters: str) -> str:
        return "".join(self.chance.choices(letters, k=self.chance.randint(1, 5)))

    def some(self, draw: Callable[[], Any], most: int = 3) -> Any:
        """Up to `most` different items, of which a single one may stand alone."""
        items = []
        for _ in range(self.chance.randint(1, most)):
            item = draw()
            if item not in items:
                items.append(item)
        return items[0] if len(items) == 1 and self.chance.random() < 0.5 else items

    def action(self) -> str:
        return self.chance.choice(ACTION_PATTERNS)

    def resource(self) -> str:
        if self.chance.random() < 0.3:
            return "arn:aws:s3:::" + self.glob("ab/**?")
        return self.chance.choice(RESOURCE_PATTERNS)

    def text(self) -> str:
        return self.chance.choice(TEXTS) if self.chance.random() < 0.6 else self.glob("aab**?")

    def element(self, name: str) -> tuple[str, Any]:
        key = f"Not{name}" if self.chance.random() < 0.15 else name
        if self.chance.random() < 0.03:
            return key, []
        return key, self.some(self.action if name == "Action" else self.resource)

    def values(self, operator: str) -> Any:
        """Values for an operator, which may have a set operator or IfExists about it."""
        base = operator.rpartition(":")[2].removesuffix("IfExists")
        if base == "Null":
            return self.chance.choice(["true", "false", False, ["true", "false"]])
        for operators, values in TYPED.values():
            if base in operators:
                return self.some(partial(self.chance.choice, values))
        return self.some(self.text)

    def condition(self) -> tuple[str, str, Any]:
        key = self.chance.choice(list(KEYS))
        kind = self.chance.choice(KEYS[key])
        operator = self.chance.choice(TYPED[kind][0] if kind in TYPED else STRINGS)
        if self.chance.random() < (0.9 if key == "aws:TagKeys" else 0.1):
            operator = f"{self.chance.choice(['ForAllValues', 'ForAnyValue'])}:{operator}"
        if self.chance.random() < 0.15:
            operator += "IfExists"
        if self.chance.random() < 0.1:
            operator = "Null"
        spelled = self.chance.choice([key, key, key.lower(), key.upper()])
        return operator, spelled, self.values(operator)

    def conditions(self, count: int) -> dict[str, dict[str, Any]]:
        conditions: dict[str, dict[str, Any]] = {}
        for _ in range(count):
            operator, key, values = self.condition()
            conditions.setdefault(operator, {})[key] = values
        return conditions

    def statement(self) -> Statement:
        statement: Statement = {"Effect": self.chance.choice(["Allow", "Allow", "Deny"])}
        statement |= [self.element("Action"), self.element("Resource")]
        if self.resource_policy:
            name = "NotPrincipal" if self.chance.random() < 0.1 else "Principal"
            statement[name] = self.chance.choice(PRINCIPALS)
        conditions = self.conditions(self.chance.choice([0, 0, 1, 1, 2, 3]))
        return statement | ({"Condition": conditions} if conditions else {})

    def statements(self) -> list[Statement]:
        return [self.statement() for _ in range(self.chance.choice([1, 1, 2, 3]))]


class Changes:
    """Small changes of lists of statements."""

    def __init__(self, policies: Policies) -> None:
        self.policies = policies
        self.chance = policies.chance

    def of(self, statements: list[Statement]) -> list[Statement]:
        """The statements with up to three changes, some of which change nothing but the words."""
        changed: list[Statement] = json.loads(json.dumps(statements))
        change = [self.add, self.drop, self.condition, self.element, self.cases, self.value,
                  self.operator, self.entries]  # fmt: skip
        for _ in range(self.chance.randint(1, 3)):
            index = self.chance.randrange(len(changed))
            changed[index : index + 1] = self.chance.choice(change)(changed[index])
            changed = changed or [self.policies.statement()]
        return changed

    def add(self, statement: Statement) -> list[Statement]:
        return [statement, self.policies.statement()]

    def drop(self, _: Statement) -> list[Statement]:
        return []

    def condition(self, statement: Statement) -> list[Statement]:
        """Other conditions, or none."""
        others = {key: value for key, value in statement.items() if key != "Condition"}
        conditions = self.policies.conditions(self.chance.randint(0, 2))
        return [others | ({"Condition": conditions} if conditions else {})]

    def element(self, statement: Statement) -> list[Statement]:
        name = self.chance.choice(["Action", "Resource"])
        others = {key: value for key, value in statement.items() if not key.endswith(name)}
        return [others | dict([self.policies.element(name)])]

    def cases(self, statement: Statement) -> list[Statement]:
        """The statement in two cases, a condition and its opposite, each added to it."""
        operator, key, values = self.policies.condition()
        base = operator.rpartition(":")[2].removesuffix("IfExists")
        if base not in OPPOSITES:
            base, values = "Null", "true"
        opposite = (base, "false") if base == "Null" else (OPPOSITES[base], values)
        cases = []
        for name, value in ((base, values), opposite):
            conditions = json.loads(json.dumps(statement.get("Condition", {})))
            conditions.setdefault(name, {})[key] = value
            cases.append(statement | {"Condition": conditions})
        return cases

    def value(self, statement: Statement) -> list[Statement]:
        """Other values of one condition."""
        for operator, block in statement.get("Condition", {}).items():
            key = self.chance.choice(list(block))
            block[key] = self.policies.values(operator)
            break
        return [statement]

    def operator(self, statement: Statement) -> list[Statement]:
        """One condition with another operator that takes its values."""
        conditions = statement.get("Condition", {})
        if not conditions:
            return [statement]
        name = self.chance.choice(list(conditions))
        block = conditions.pop(name)
        base = name.rpartition(":")[2].removesuffix("IfExists")
        others = [base, f"{base}IfExists", f"ForAllValues:{base}", f"ForAnyValue:{base}"]
        others = ["Null"] if base == "Null" else [OPPOSITES.get(base, base), *others]
        conditions.setdefault(self.chance.choice(others), {}).update(block)
        return [statement]

    def entries(self, statement: Statement) -> list[Statement]:
        """One statement for each entry of an element; the same, where it is not negated."""
        name = self.chance.choice(
            [key for key in statement if key.endswith(("Action", "Resource"))]
        )
        values = statement[name]
        if not isinstance(values, list) or not values:
            return [statement]
        return [statement | {name: value} for value in values]


def pair_of(seed: int) -> Pair:
    """The pair of a seed."""
    chance = random.Random(seed)
    resource_policy = chance.random() < 0.4
    policies = Policies(chance, resource_policy)
    new = policies.statements()
    existing = Changes(policies).of(new) if chance.random() < 0.7 else policies.statements()
    if chance.random() < 0.5:
        new, existing = existing, new
    heads = [{"Version": "2012-10-17"} if chance.random() < 0.9 else {} for _ in range(2)]
    return Pair(
        json.dumps({**heads[0], "Statement": new}),
        json.dumps({**heads[1], "Statement": existing}),
        "RESOURCE_POLICY" if resource_policy else "IDENTITY_POLICY",
    )
