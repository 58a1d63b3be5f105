"""Requests at the boundaries of what a pair of policies is about."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from fnmatch import fnmatch
from typing import Any

from policy_gate.reasoning.answer import Witness
from tests.reasoning.random_policies import ACCOUNT, ROLE, Pair, Statement

ACTIONS = ["s3:GetObject", "s3:SetObject", "s3:GetObjectTagging", "s3:PutObject", "iam:GetRole",
           "iam:PassRole", "sts:AssumeRole"]  # fmt: skip
RESOURCES = [
    "*",
    "arn:aws:s3:::a",
    "arn:aws:s3:::a/x",
    "arn:aws:s3:::a/bob/x",
    "arn:aws:s3:::a/*",
    "arn:aws:s3:::b",
    "arn:aws:s3:::/",
    "arn:aws:iam::111122223333:role/a",
    "arn:aws:sqs:eu-west-1:444455556666:a:b",
]
PRINCIPALS = [
    "*",
    f"AWS:arn:aws:iam::{ACCOUNT}:root",
    f"AWS:{ROLE}",
    f"AWS:arn:aws:sts::{ACCOUNT}:assumed-role/Dev/me",
    "AWS:arn:aws:iam::444455556666:user/me",
    "Service:ec2.amazonaws.com",
    "Federated:accounts.google.com",
]
RESOURCE = r"(?s)\*|arn:[^:]+:[^:]+:[^:]*:[^:]*:.+"
"""What a resource looks like."""

NEAR = {
    "aws:sourceip": ["10.0.0.0", "10.128.0.0", "11.0.0.0", "9.255.255.255", "10.1.2.3", "10.1.2.4",
                     "2001:db8::1", "2001:db9::", "::1", "x"],
    "s3:max-keys": ["9.99", "10.00", "11", "4", "5", "5.1", "5.5", "-1", "-2", "x"],
    "aws:currenttime": ["2019-12-31T23:59:59Z", "2020-01-01T00:00:00.5Z", "2022-01-01", "x",
                        "2021-06-01T10:00:00Z", "2020-12-31T23:59:59Z", "1577836800"],
    "aws:principaltag/since": ["2020", "2021", "2022", "0010", "2021.0", "5", "10", "11", "-2"],
    "aws:sourcearn": ["arn:aws:s3:::bob", "arn:aws:sns:eu:1:t", "arn:aws:s3:::a:b", "x",
                      "arn:aws:s3:eu:1:ab", "arn:aws:s3:::", "arn:aws:s3"],
    "aws:principaltag/team": ["true", "false", "10", "5", "-1", "5.5", "7", "11", "arn:aws:s3:::a",
                              "arn:aws:s3:::b", "YQ=="],
    "aws:securetransport": ["true", "false", "TRUE", "x"],
    "aws:username": ["a", "b", "bob", "ab"],
    "aws:userid": ["a", "b"],
}  # fmt: skip
ANY = ["a", "b", "ab", "aab", "A", "bob", "xb", "x", "", "zz", "*"]


class Requests:
    """Requests near those that a pair is about; many meet an Allow of the new policy."""

    def __init__(self, pair: Pair, chance: random.Random) -> None:
        self.chance = chance
        self.kind = pair.kind
        documents = [json.loads(text)["Statement"] for text in (pair.new, pair.existing)]
        statements: list[Statement] = [item for document in documents for item in document]
        self.allows = [item for item in documents[0] if item["Effect"] == "Allow"]
        self.resources = [text for item in statements for text in _entries(item, "Resource")]
        self.values: dict[str, list[str]] = {}
        self.sets: set[str] = set()
        self.single = set(re.findall(r"\$\{(aws:\w+)", pair.new + pair.existing))
        for operator, key, values in (c for item in statements for c in _conditions(item)):
            self.values.setdefault(key, []).extend(values if operator != "Null" else [])
            if operator != "Null":
                (self.sets if ":" in operator else self.single).add(key)
        for key in self.single:
            self.values.setdefault(key, [])

    def some(self, count: int) -> Iterator[Witness]:
        for _ in range(count if self.allows else 0):
            yield self.one(self.chance.choice(self.allows))

    def one(self, allow: Statement) -> Witness:
        """A request that the statement may allow."""
        own = _entries(allow, "Resource") if "Resource" in allow else []
        pool = own if own and self.chance.random() < 0.6 else [*self.resources, *RESOURCES]
        pattern = self.chance.choice(RESOURCES if self.chance.random() < 0.1 else pool)
        context = self.context(allow, self.instance(pattern, {}))
        resource = self.instance(pattern, context)
        if not re.fullmatch(RESOURCE, resource):
            resource = self.chance.choice(RESOURCES)
        principal = self.chance.choice(PRINCIPALS) if self.kind == "RESOURCE_POLICY" else None
        patterns = [text.lower() for text in _entries(allow, "Action")]
        inside = [name for name in ACTIONS if any(fnmatch(name.lower(), text) for text in patterns)]
        use = inside if "Action" in allow and inside and self.chance.random() < 0.9 else ACTIONS
        return Witness(self.chance.choice(use), resource, principal, context)

    def context(self, allow: Statement, resource: str) -> dict[str, tuple[str, ...]]:
        """Values of the keys in use, some of which are parts of a resource."""
        own: dict[str, list[str]] = {}
        for _, key, values in _conditions(allow):
            own.setdefault(key, []).extend(values)
        context: dict[str, tuple[str, ...]] = {}
        # Keys of policy variables come first: the values of others may hold theirs.
        for key in sorted(self.values, key=lambda key: key not in ("aws:username", "aws:userid")):
            if self.chance.random() < 0.25:
                continue
            many = key in self.sets and key not in self.single
            size = self.chance.choice([1, 1, 2, 3]) if many else 1
            values = [self.value(key, own.get(key, []), context) for _ in range(size)]
            if key == "aws:username" and self.chance.random() < 0.3:
                name = resource.rpartition(":")[2]
                values = [self.chance.choice([name, *name.split("/")])]
            context[key] = tuple(dict.fromkeys(values))
        return context

    def value(self, key: str, own: list[str], context: dict[str, tuple[str, ...]]) -> str:
        pool = own if own and self.chance.random() < 0.5 else self.values[key]
        if self.chance.random() < 0.4 or not pool:
            pool = NEAR.get(key, []) + (ANY if key not in NEAR or "team" in key else [])
        return self.instance(self.chance.choice(pool), context)

    def instance(self, text: str, context: dict[str, tuple[str, ...]]) -> str:
        """A text that a pattern may match, or nearly so."""

        def of_variable(match: re.Match[str]) -> str:
            name, _, default = match.group(1).partition(",")
            if name in ("*", "?", "$"):
                return name
            return next(iter(context.get(name.lower(), ())), default.strip(" '"))

        text = re.sub(r"\$\{([^{}]*)\}", of_variable, text) if self.chance.random() < 0.9 else text
        if self.chance.random() < 0.05:
            return text.swapcase()
        fills = ["", "a", "b", "ab", "/", "x", "bob", ":", "b/x", "1"]
        text = re.sub(r"\*", lambda _: self.chance.choice(fills), text)
        return re.sub(r"\?", lambda _: self.chance.choice("ab/"), text)


def _entries(statement: Statement, name: str) -> list[str]:
    value: Any = statement.get(name, statement.get(f"Not{name}", []))
    return value if isinstance(value, list) else [value]


def _conditions(statement: Statement) -> Iterator[tuple[str, str, list[str]]]:
    for operator, block in statement.get("Condition", {}).items():
        for key, values in block.items():
            texts = values if isinstance(values, list) else [values]
            yield (
                operator,
                key.lower(),
                [str(text).lower() if isinstance(text, bool) else str(text) for text in texts],
            )
