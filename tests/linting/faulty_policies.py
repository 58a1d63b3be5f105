"""Random policies that are rich in what fixes are for, written in several layouts."""

from __future__ import annotations

import json
import random
from typing import Any

ACTIONS = ["s3:Get*", "s3:GetObject", "S3:getobject", "s3:*", "*", "s3:?etObject", "s3:GetObjekt",
           "ec2:RunInstances", "iam:PassRole"]  # fmt: skip
RESOURCES = ["*", "arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::b/x:y", "arn:aws:s3:*",
             "arn:aws:s3:::b/${aws:username}/*", "arn:aws:*:b", "arn:aws:s3:*:*:b/*",
             "arn:aws:s3:b", "arn:aws:iam::*:role/a", "arn:aws:iam::${aws:PrincipalAccount}:role/a",
             "aws:s3:::b", "arn:aws:s3:::?/x", "arn:aws:s3:::${*}"]  # fmt: skip
PRINCIPALS: list[Any] = [
    "*", {"AWS": "*"}, {"AWS": ["111122223333"], "Service": []}, {},
    {"AWS": ["arn:aws:iam::111122223333:role/a", "arn:aws:sts::111122223333:assumed-role/a/s"]},
]  # fmt: skip
REFUSED_PRINCIPALS: list[Any] = [
    "111122223333", ["*"], {"aws": "111122223333"}, {"AWS": 111122223333},
    {"Account": "111122223333"},
]  # fmt: skip
TESTS: list[tuple[str, str, Any]] = [
    ("StringLike", "aws:PrincipalTag/t", "*"),
    ("StringLike", "aws:PrincipalTag/t", ["**"]),
    ("StringLike", "aws:PrincipalTag/u", ["a*", "b"]),
    ("StringLike", "aws:username", "*"),
    ("StringNotLike", "aws:PrincipalTag/t", "*"),
    ("StringNotLike", "aws:userid", "*"),
    ("StringLikeIfExists", "aws:PrincipalTag/t", "*"),
    ("StringEquals", "aws:PrincipalTag/t", "a"),
    ("StringEquals", "AWS:principaltag/T", "a"),
    ("StringEquals", "aws:principalTag/t", ["a", "c"]),
    ("StringEquals", "aws:PrincipalTag/u", "b*"),
    ("Null", "aws:PrincipalTag/t", "false"),
    ("Null", "aws:PrincipalTag/u", "true"),
    ("null", "aws:userid", "false"),
    ("ForAllValues:StringLike", "aws:TagKeys", "*"),
    ("ForAnyValue:StringNotLike", "aws:TagKeys", "*"),
    ("NumericLessThan", "s3:max-keys", ["10", "20", 5]),
    ("NumericGreaterThanEquals", "s3:max-keys", ["10", "10", "20.5"]),
    ("IpAddress", "aws:SourceIp", ["203.0.113.7/24", "10.0.0.0/8"]),
    ("Bool", "aws:SecureTransport", ["true", "TRUE"]),
    ("Bool", "aws:SecureTransport", " True"),
    ("DateLessThan", "aws:CurrentTime", ["1924992000", "2031"]),
    ("StringEquals", "s3:prefix", ["a", 7, True]),
]
REFUSED_TESTS: list[tuple[str, str, Any]] = [
    ("NullIfExists", "aws:PrincipalTag/t", "true"),
    ("NullIfExists", "aws:PrincipalTag/v", False),
    ("ForAnyValue:Null", "aws:TagKeys", "false"),
    ("StringEqual", "aws:userid", "x"),
]
LAYOUTS: list[dict[str, Any]] = [
    {},
    {"indent": 2},
    {"indent": 4},
    {"indent": "\t"},
    {"separators": (",", ":")},
    {"separators": (" ,  ", " : ")},
]


class Faulty:
    """One random policy, of which `refused` ones have what AWS takes for no policy at all."""

    def __init__(self, chance: random.Random, principals: bool, refused: bool) -> None:
        self.chance = chance
        self.principals = principals
        self.refused = refused

    def pick(self, good: list[Any], bad: list[Any]) -> Any:
        return self.chance.choice([*good, *good, *bad] if self.refused else good)

    def some(self, good: list[str], bad: list[Any]) -> Any:
        chosen = [self.pick(good, bad) for _ in range(self.chance.choice([0, 1, 1, 2, 3, 4]))]
        return chosen[0] if len(chosen) == 1 and self.chance.random() < 0.7 else chosen

    def condition(self) -> dict[str, Any]:
        blocks: dict[str, Any] = {}
        tests = [*TESTS, *REFUSED_TESTS] if self.refused else TESTS
        for operator, key, values in self.chance.sample(tests, self.chance.randint(0, 6)):
            blocks.setdefault(operator, {})[key] = values
        if self.chance.random() < 0.1:
            blocks.setdefault("StringLike", {})
        return blocks

    def statement(self) -> dict[str, Any]:
        statement: dict[str, Any] = {
            self.pick(["Effect"], ["effect"]): self.pick(["Allow", "Deny"], ["allow", ["Deny"]]),
            self.pick(["Action", "Action", "NotAction"], ["action"]): self.some(ACTIONS, [""]),
            self.pick(["Resource", "Resource", "NotResource"], ["Ressource"]): self.some(
                RESOURCES, [["arn:aws:s3:::b"]]
            ),
        }
        if self.principals or (self.refused and self.chance.random() < 0.1):
            name = self.pick(["Principal", "Principal", "NotPrincipal"], [])
            statement[name] = self.pick(PRINCIPALS, REFUSED_PRINCIPALS)
        if self.chance.random() < 0.7:
            statement["Condition"] = self.condition()
        if self.chance.random() < 0.4:
            statement["Sid"] = self.pick(["", "A", "A", "A2", "a-b", "--"], [5])
        items = list(statement.items())
        self.chance.shuffle(items)
        return dict(items)

    def document(self) -> dict[str, Any]:
        statements = [self.statement() for _ in range(self.chance.randint(1, 3))]
        if self.chance.random() < 0.3:
            statements.append(dict(self.chance.choice(statements)))
        head = self.pick(
            [{"Version": "2012-10-17"}, {"Version": "2012-10-17"}, {}],
            [{"version": "2012-10-17"}, {"Version": "2012-10-18"}, {"Version": ["2012-10-17"]}],
        )
        single = len(statements) == 1 and self.chance.random() < 0.5
        body: dict[str, Any] = {"Statement": statements[0] if single else statements}
        return {**head, **body} if self.chance.random() < 0.8 else {**body, **head}


def faulty_text(seed: int, *, principals: bool, refused: bool) -> str:
    """The policy of a seed as JSON text."""
    chance = random.Random(seed)
    policy = Faulty(chance, principals, refused).document()
    text = json.dumps(policy, **chance.choice(LAYOUTS))
    return text.replace("\n", "\r\n") if chance.random() < 0.2 else text
