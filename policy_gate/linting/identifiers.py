"""Condition keys whose values are ids: of accounts, organizations, networks and identities.

Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

SENSITIVE_KEYS = (
    "aws:principalaccount",
    "aws:principalorgid",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
)
"""Those that AWS calls sensitive, in lower case: a wildcard in such an id lets in others."""

USER_ID = "aws:userid"
"""The id of an identity; for a role, a colon and the name of the session follow it."""
