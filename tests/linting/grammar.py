"""Policies out of a grammar: mostly as people write them, with something wrong here and there."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

from policy_gate.linting.operators import OPERATORS
from policy_gate.linting.rules import RULES
from policy_gate.linting.view import view_policy
from policy_gate.model import PolicyKind

EXAMPLES = sorted({text for rule in RULES for text in (rule.bad, rule.good)})
"""Texts of policies, one with each problem and one without it."""

_DOCUMENTS = [text for text in EXAMPLES if not view_policy(text, PolicyKind.IDENTITY).unreadable]
_VARIABLES = st.sampled_from(
    ["${aws:username}", "${aws:PrincipalTag/a, 'b'}", "${}", "${ x}", "${a, 'b}", "${", "${*}", "$"]
)
_WORDS = st.sampled_from(
    ["*", "?", "", "a", "A", "s3", "logs", "-", "/", ":", "\u00e9", "\ud83d\ude00", "\x00", "\x1b"]
)
_PIECES = st.lists(_WORDS | _VARIABLES, max_size=4).map("".join)
_ACTIONS = st.sampled_from(
    [
        *("*", "s3:*", "s3:Get*", "s3:GetObject", "S3:getobject", "iam:PassRole", "iam:Create*"),
        *("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:TagSession", "ec2:RunInstances"),
    ]
)
_ARN_FIELDS = st.tuples(
    st.sampled_from(["arn", "arn", "ARN", ""]),
    st.sampled_from(["aws", "aws-cn", "*", "amazon"]),
    st.sampled_from(["s3", "iam", "sqs", "S3", "nosuch", "*", ""]),
    st.sampled_from(["", "eu-west-1", "eu-west-11", "*"]),
    st.sampled_from(["", "111122223333", "aws", "1111", "*"]),
    st.sampled_from(["logs/*", "role/app", "role/*", "*", "a:b:c", "oidc-provider/x.example"]),
)
_ARNS = _ARN_FIELDS.map(":".join)
_TEXTS = _PIECES | _ACTIONS | _ARNS
_PRINCIPALS = st.sampled_from(
    [
        *("*", "111122223333", "AROAEXAMPLE", "AIDAEXAMPLE", "ec2.amazonaws.com"),
        *("accounts.google.com", "rolesanywhere.amazonaws.com"),
        "arn:aws:sts::111122223333:assumed-role/app/session",
        "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com",
    ]
)
_KEYS = st.sampled_from(
    [
        *("aws:SourceIp", "aws:TagKeys", "aws:PrincipalOrgID", "aws:userid", "aws:SourceVpc"),
        *("aws:ARN", "aws:SourceArn", "aws:PrincipalIsAWSService", "aws:ResourceTag/"),
        *("aws:ResourceTag/team", "aws:CurrentTime", "aws:RequestedRegion", "aws:CalledVia"),
        *("kms:ViaService", "s3:prefix", "token.actions.githubusercontent.com:sub"),
        *("accounts.google.com:aud", "dynamodb:Attributes", "iam:PassedToService"),
        *("iam:AWSServiceName", "nosuch:key", "aws:nosuch", "nokey", ":", ""),
    ]
)
_VALUES = st.sampled_from(
    [
        *("true", "no", "5", "2031", "2031-01-01", "next week", "10.0.0.0/8", "10.0.0.1/8"),
        *("::1/64", "203.0.113.0/24", "o-abcd123456", "vpc-1", "QUJD", "us-east-1"),
        *("athena.amazonaws.com", "repo:example/*", "**", "a*"),
    ]
)
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)


def _one_or_more(texts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return texts | st.lists(texts, max_size=4) | _SCALARS.filter(lambda value: value is None)


_OPERATORS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "ForAllValues:", "ForAnyValue:"]),
    st.sampled_from([*OPERATORS, "StringMatches"]),
    st.sampled_from(["", "", "IfExists"]),
)
_CONDITIONS = st.dictionaries(
    _OPERATORS,
    st.dictionaries(
        _KEYS, _one_or_more(_VALUES | _TEXTS | st.booleans() | st.integers()), max_size=3
    ),
    max_size=3,
)
_PRINCIPAL_ELEMENTS = st.just("*") | st.dictionaries(
    st.sampled_from(["AWS", "Service", "Federated", "CanonicalUser", "Account"]),
    _one_or_more(_PRINCIPALS | _PIECES),
    max_size=2,
)
_STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny", "allow"])},
    optional={
        "Sid": _PIECES,
        "Principal": _PRINCIPAL_ELEMENTS,
        "NotPrincipal": _PRINCIPAL_ELEMENTS,
        "Action": _one_or_more(_ACTIONS | _TEXTS),
        "NotAction": _one_or_more(_ACTIONS | _TEXTS),
        "Resource": _one_or_more(_ARNS | _TEXTS),
        "NotResource": _one_or_more(_ARNS | _TEXTS),
        "Condition": _CONDITIONS,
    },
)
POLICIES = st.fixed_dictionaries(
    {"Statement": _STATEMENTS | st.lists(_STATEMENTS, max_size=3)},
    optional={"Version": st.sampled_from(["2012-10-17", "2008-10-17", "2012"]), "Id": _PIECES},
)


@st.composite
def mutated_examples(draw: st.DrawFn) -> str:
    """A policy with parts of another one, or of no policy, in some places."""
    policy = json.loads(draw(st.sampled_from(_DOCUMENTS)))
    donor = json.loads(draw(st.sampled_from(_DOCUMENTS)))
    for _ in range(draw(st.integers(1, 3))):
        holders = [part for part in _parts(policy) if isinstance(part, (dict, list)) and part]
        if not holders:
            break
        holder = draw(st.sampled_from(holders))
        place = draw(
            st.sampled_from([*(holder if isinstance(holder, dict) else range(len(holder)))])
        )
        part = copy.deepcopy(draw(st.sampled_from([*_parts(donor)]) | _SCALARS | _TEXTS))
        if isinstance(holder, dict) and draw(st.booleans()):
            holder[draw(_KEYS | _OPERATORS | st.sampled_from(["Action", "Resource"]))] = part
        else:
            holder[place] = part
    return json.dumps(policy, indent=draw(st.sampled_from([None, 2])))


def _parts(value: Any) -> list[Any]:
    """The value and everything inside it."""
    children = (
        value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    )
    return [value, *(part for child in children for part in _parts(child))]
