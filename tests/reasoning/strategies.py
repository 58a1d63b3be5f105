"""Random policies over a small world, in which all requests can be tried."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

ACTIONS = ["s3:Get", "s3:GetX", "s3:Put", "iam:Get", "iam:Put"]
RESOURCES = [
    "arn:aws:s3:::a",
    "arn:aws:s3:::a/x",
    "arn:aws:s3:::b",
    "arn:aws:iam::1:a",
    "arn:aws:iam:r:1:a/x:y",
    "*",
]
A, B = "111122223333", "444455556666"
PRINCIPALS = [
    "*",
    f"AWS:arn:aws:iam::{A}:root",
    f"AWS:arn:aws:iam::{A}:role/Dev",
    f"AWS:arn:aws:sts::{A}:assumed-role/Dev/me",
    f"AWS:arn:aws:iam::{A}:user/me",
    f"AWS:arn:aws:iam::{B}:role/Dev",
    "Service:ec2.amazonaws.com",
    "Federated:accounts.google.com",
]
ACTION_PATTERNS = ["*", "s3:*", "s3:get", "s3:Get*", "s3:?et*", "*:Get", "iam:*", "i*:P*", "*t*x"]
RESOURCE_PATTERNS = [
    "*",
    "arn:*",
    "arn:aws:s3:::a*",
    "arn:aws:s3:::a/*",
    "arn:aws:s3:::?",
    "arn:aws:s3:::b",
    "arn:aws:*:*:*:a",
    "arn:aws:iam::1:*",
    "arn:aws:iam:*:1:*:y",
    "arn:aws:i*",
    "*a",
]
PRINCIPAL_ELEMENTS: list[Any] = [
    "*",
    {"AWS": "*"},
    {"AWS": A},
    {"AWS": [f"arn:aws:iam::{A}:role/Dev", B]},
    {"AWS": f"arn:aws:iam::{A}:role/Dev"},
    {"AWS": [f"arn:aws:sts::{A}:assumed-role/Dev/me", f"arn:aws:iam::{A}:user/me"]},
    {"Service": "ec2.amazonaws.com", "AWS": f"arn:aws:iam::{A}:root"},
    {"Federated": ["accounts.google.com"]},
    {"AWS": []},
]
CONDITIONS = [
    {"Bool": {"aws:SecureTransport": "true"}},
    {"StringEquals": {"aws:PrincipalTag/team": ["x", "y"]}},
]


def element(name: str, patterns: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    """An element or its Not form, as a string or a list."""
    values = st.lists(st.sampled_from(patterns), max_size=3, unique=True)
    key = st.sampled_from([name, name, name, f"Not{name}"])
    value = st.one_of(st.sampled_from(patterns), values)
    return st.builds(lambda key, value: {key: value}, key, value)


def statements(resource_policy: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    principals: st.SearchStrategy[dict[str, Any]] = st.just({})
    if resource_policy:
        principals = st.builds(
            lambda key, value: {key: value},
            st.sampled_from(["Principal", "Principal", "NotPrincipal"]),
            st.sampled_from(PRINCIPAL_ELEMENTS),
        )
    return st.builds(
        lambda effect, *parts: {
            k: v for part in ({"Effect": effect}, *parts) for k, v in part.items()
        },
        st.sampled_from(["Allow", "Allow", "Deny"]),
        element("Action", ACTION_PATTERNS),
        element("Resource", RESOURCE_PATTERNS),
        principals,
    )


def conditional(statement: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Statements of which about a half has a condition."""
    condition = st.sampled_from([{}, {}, *({"Condition": block} for block in CONDITIONS)])
    return st.builds(lambda one, other: {**one, **other}, statement, condition)
