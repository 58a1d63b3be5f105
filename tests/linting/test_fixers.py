"""Fixers of documents, names, ARNs, principals and variables, at their edges."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policy_gate.linting.fix import Fixer
from policy_gate.linting.fixers.arns import (
    account_without_dashes,
    missing_fields,
    missing_prefix,
    misspelled_partition,
    misspelled_region,
    service_in_lower_case,
    without_account,
    without_region,
)
from policy_gate.linting.fixers.document import (
    alphanumeric_sid,
    empty_condition,
    empty_principal_kind,
    empty_statement,
    repeated_sids,
    with_version,
    wrong_type,
)
from policy_gate.linting.fixers.keys import key_of_account, key_of_network, key_of_source
from policy_gate.linting.fixers.principals import (
    action_of_key,
    action_of_principal,
    actions_of_roles_anywhere,
    anyone_in_principal,
    misspelled_principal_key,
    principal_with_kind,
    without_principal_of_anyone,
    without_resource,
)
from policy_gate.linting.fixers.redundancy import (
    redundant_actions,
    redundant_resources,
    redundant_sessions,
    redundant_statements,
)
from policy_gate.linting.fixers.spelling import (
    key_without_prefix,
    misspelled_action,
    misspelled_effect,
    misspelled_element,
    misspelled_key,
    misspelled_service,
    misspelled_service_of_action,
    principal_arn_key,
    service_principal_format,
)
from policy_gate.linting.fixers.syntax import commas
from policy_gate.linting.fixers.values import (
    statement_that_never_applies,
    without_test_of_own_account,
)
from policy_gate.linting.fixers.variables import (
    missing_brace,
    missing_quotes,
    space_in_name,
    version_with_variables,
)
from tests.linting.mending import (
    Key,
    Steps,
    mend,
    mend_condition,
    mend_statement,
    mend_text,
    mend_value,
)

SAFE, UNSAFE = True, False
ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/path/ci"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/ci/run"
SAML = f"arn:aws:iam::{ACCOUNT}:saml-provider/corp"
OIDC = f"arn:aws:iam::{ACCOUNT}:oidc-provider/login.example.com"

RESOURCES: list[tuple[Fixer, str, str | None]] = [
    (account_without_dashes, "arn:aws:sqs:eu-west-1:1111-2222-3333:q",
     f"arn:aws:sqs:eu-west-1:{ACCOUNT}:q"),
    (account_without_dashes, "arn:aws:sqs:eu-west-1:1111:q", None),
    (misspelled_partition, "arn:was:s3:::b", "arn:aws:s3:::b"),
    (misspelled_partition, "arn:AWS-CN:s3:::b", "arn:aws-cn:s3:::b"),
    (misspelled_partition, "arn:amazon:s3:::b", None),
    (misspelled_region, "arn:aws:sqs:eu-west1:111122223333:q",
     "arn:aws:sqs:eu-west-1:111122223333:q"),
    (misspelled_region, "arn:aws:sqs:eu-west-4:111122223333:q", None),
    (misspelled_region, "arn:aws:sqs:mars:111122223333:q", None),
    (missing_prefix, "aws:s3:::b", "arn:aws:s3:::b"),
    (missing_prefix, "ARN:aws:s3:::b", "arn:aws:s3:::b"),
    (missing_prefix, "s3:::b", None),
    (missing_prefix, "b/*", None),
    (missing_fields, "arn:aws:s3:b", "arn:aws:s3:::b"),
    (missing_fields, "arn:aws:iam:111122223333:role/a", "arn:aws:iam::111122223333:role/a"),
    (missing_fields, "arn:aws:sqs:q", None),
    (missing_fields, "arn:aws:nosuch:b", None),
    (missing_fields, "arn:aws", None),
    (service_in_lower_case, "arn:aws:S3:::B", "arn:aws:s3:::B"),
    (service_in_lower_case, "S3", None),
    (without_account, "arn:aws:s3::111122223333:b:c", "arn:aws:s3:::b:c"),
    (without_region, "arn:aws:s3:eu-west-1::b", "arn:aws:s3:::b"),
    (misspelled_service, "arn:aws:lambdas:eu-west-1::x", "arn:aws:lambda:eu-west-1::x"),
    (misspelled_service, "arn:aws:simplestorage:::x", None),
    (missing_brace, "a/${aws:username/b/${aws:userid", "a/${aws:username}/b/${aws:userid}"),
    (missing_brace, "${aws:username*", "${aws:username}*"),
    (missing_brace, "${aws:PrincipalTag/team", None),
    (missing_brace, "${aws:user-name", None),
    (missing_quotes, "${aws:PrincipalTag/t, none}", "${aws:PrincipalTag/t, 'none'}"),
    (missing_quotes, "${aws:PrincipalTag/t,'none}", "${aws:PrincipalTag/t, 'none'}"),
    (missing_quotes, "${aws:PrincipalTag/t, 'it's'}", None),
    (space_in_name, "${ aws: user name , 'a b'}", "${aws:username, 'a b'}"),
    (space_in_name, "${ aws:PrincipalTag/a }", "${aws:PrincipalTag/a}"),
    (space_in_name, "${aws:PrincipalTag/a b}", None),
]  # fmt: skip


@pytest.mark.parametrize(("fixer", "resource", "expected"), RESOURCES)
def test_resources(fixer: Fixer, resource: str, expected: str | None) -> None:
    assert mend_value(fixer, resource) == (None if expected is None else (expected, UNSAFE))


@pytest.mark.parametrize(
    ("fixer", "action", "expected"),
    [
        (misspelled_action, "s3:GetObjekt", "s3:GetObject"),
        (misspelled_action, "s3:Frobnicate", None),
        (misspelled_service_of_action, "dynamo:GetItem", "dynamodb:GetItem"),
        (misspelled_service_of_action, "dynamo:Frobnicate", None),
    ],
)
def test_actions(fixer: Fixer, action: str, expected: str | None) -> None:
    mended = mend_value(fixer, action, "Action")
    assert mended == (None if expected is None else (expected, UNSAFE))


@pytest.mark.parametrize(
    ("effect", "expected", "safe"),
    [
        (" allow", "Allow", SAFE),
        ("DENY", "Deny", SAFE),
        ("Denyed", "Deny", UNSAFE),
        ("Permit", None, UNSAFE),
        ("", None, UNSAFE),
    ],
)
def test_effects(effect: str, expected: str | None, safe: bool) -> None:
    mended = mend_value(misspelled_effect, effect, "Effect")
    assert mended == (None if expected is None else (expected, safe))


KEYS: list[tuple[Fixer, str, Any, str | None]] = [
    (misspelled_key, "s3:prefx", "a", "s3:prefix"),
    (misspelled_key, "aws:PrincipalTags/Team", "a", "aws:PrincipalTag/Team"),
    (misspelled_key, "aws:SourceVPCs", "a", "aws:SourceVpc"),
    (misspelled_key, "aws:nosuch", "a", None),
    (misspelled_key, "nosuch:prefix", "a", None),
    (key_without_prefix, "PrincipalOrgID", "a", "aws:PrincipalOrgID"),
    (key_without_prefix, ":sourceip", "a", "aws:SourceIp"),
    (key_without_prefix, "prefix", "a", None),
    (principal_arn_key, "aws:Arn", "a", "aws:PrincipalArn"),
    (principal_arn_key, "aws:SourceArn", "a", None),
    (misspelled_service, "lambdas:FunctionArn", "a", "lambda:FunctionArn"),
    (misspelled_service, "lambdas:NoSuch", "a", None),
    (key_of_network, "aws:SourceVpce", ["vpc-0abc12de"], "aws:SourceVpc"),
    (key_of_network, "aws:SourceVpc", "vpce-0abc12de", "aws:SourceVpce"),
    (key_of_network, "aws:SourceVpc", ["vpce-0abc12de", "vpc-1"], None),
    (key_of_network, "aws:SourceVpc", [], None),
    (key_of_account, "aws:Referer", [ACCOUNT], "aws:SourceAccount"),
    (key_of_account, "aws:Referer", "https://example.com", None),
    (key_of_source, "aws:PrincipalOrgPaths", "a", "aws:SourceOrgPaths"),
    (key_of_source, "aws:username", "a", None),
]


@pytest.mark.parametrize(("fixer", "key", "values", "expected"), KEYS)
def test_condition_keys(fixer: Fixer, key: str, values: Any, expected: str | None) -> None:
    mended = mend_condition(fixer, {"StringEquals": {key: values}}, ("StringEquals", Key(key)))
    assert mended == (expected and ({"StringEquals": {expected: values}}, UNSAFE))
    if expected:
        both = {"StringEquals": {key: values, expected.upper(): "x"}}
        assert mend_condition(fixer, both, ("StringEquals", Key(key))) is None


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("aws:CalledVia", "Athena", "athena.amazonaws.com"),
        ("aws:CalledViaFirst", "athena.amazonaws.com ", "athena.amazonaws.com"),
        ("aws:CalledVia", "nosuch", None),
        ("kms:ViaService", "s3", None),
    ],
)
def test_service_principals(key: str, value: str, expected: str | None) -> None:
    condition = {"StringEquals": {key: value}}
    mended = mend_condition(service_principal_format, condition, ("StringEquals", key))
    assert mended == (expected and ({"StringEquals": {key: expected}}, UNSAFE))


def test_the_service_in_a_value() -> None:
    path = ("StringEquals", "aws:CalledVia")
    condition = {"StringEquals": {"aws:CalledVia": "athenaa.amazonaws.com"}}
    expected = {"StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}
    assert mend_condition(misspelled_service, condition, path) == (expected, UNSAFE)


STATEMENTS: list[tuple[Fixer, dict[str, Any], Steps, dict[str, Any] | None, bool]] = [
    (misspelled_element, {"actions": "a"}, ("actions",), {"Action": "a"}, UNSAFE),
    (misspelled_element, {"action": "a"}, ("action",), {"Action": "a"}, SAFE),
    (misspelled_element, {"action": "a", "Action": "b"}, ("action",), None, UNSAFE),
    (misspelled_element, {"action": "a", "NotAction": "b"}, ("action",), None, UNSAFE),
    (misspelled_element, {"Comment": "a"}, ("Comment",), None, UNSAFE),
    (wrong_type, {"Effect": ["Allow"]}, ("Effect",), {"Effect": "Allow"}, SAFE),
    (wrong_type, {"Effect": ["Allow", "Deny"]}, ("Effect",), None, SAFE),
    (wrong_type, {"Sid": 5}, ("Sid",), {"Sid": "5"}, SAFE),
    (wrong_type, {"Effect": True}, ("Effect",), None, SAFE),
    (wrong_type, {"Action": [["a"], "b"]}, ("Action", 0), {"Action": ["a", "b"]}, SAFE),
    (wrong_type, {"Action": [[], "b"]}, ("Action", 0), None, SAFE),
    (wrong_type, {"Action": [[5], "b"]}, ("Action", 0), None, SAFE),
    (wrong_type, {"Principal": {"AWS": int(ACCOUNT)}}, ("Principal", "AWS"),
     {"Principal": {"AWS": ACCOUNT}}, SAFE),
    (wrong_type, {"Principal": {"AWS": 12}}, ("Principal", "AWS"), None, SAFE),
    (wrong_type, {"Resource": {"Ref": "x"}}, ("Resource",), None, SAFE),
    (alphanumeric_sid, {"Sid": "a-b"}, ("Sid",), {"Sid": "ab"}, SAFE),
    (alphanumeric_sid, {"Sid": "--"}, ("Sid",), {}, SAFE),
    (empty_condition, {"Condition": {}}, ("Condition",), {}, SAFE),
    (empty_condition, {"Condition": {"Bool": {}, "Null": {"a:b": "true"}}}, ("Condition", "Bool"),
     {"Condition": {"Null": {"a:b": "true"}}}, SAFE),
    (empty_condition, {"Condition": {"Bool": {}}}, ("Condition", "Bool"), {}, SAFE),
    (empty_principal_kind, {"Principal": {"AWS": "*", "Service": []}}, ("Principal", "Service"),
     {"Principal": {"AWS": "*"}}, SAFE),
    (empty_principal_kind, {"Principal": {"Service": []}}, ("Principal", "Service"), None, SAFE),
    (principal_with_kind, {"Principal": [ACCOUNT, ROLE]}, ("Principal",),
     {"Principal": {"AWS": [ACCOUNT, ROLE]}}, SAFE),
    (principal_with_kind, {"NotPrincipal": "ec2.amazonaws.com"}, ("NotPrincipal",),
     {"NotPrincipal": {"Service": "ec2.amazonaws.com"}}, SAFE),
    (principal_with_kind, {"Principal": [ACCOUNT, SAML]}, ("Principal",), None, SAFE),
    (principal_with_kind, {"Principal": "someone"}, ("Principal",), None, SAFE),
    (misspelled_principal_key, {"Principal": {"aws": "x"}}, ("Principal", "aws"),
     {"Principal": {"AWS": "x"}}, SAFE),
    (misspelled_principal_key, {"Principal": {"Provider": SAML}}, ("Principal", "Provider"),
     {"Principal": {"Federated": SAML}}, UNSAFE),
    (misspelled_principal_key, {"Principal": {"Account": ACCOUNT, "AWS": "*"}},
     ("Principal", "Account"), None, UNSAFE),
    (without_principal_of_anyone, {"Principal": {"AWS": ["*"]}}, ("Principal",), {}, UNSAFE),
    (without_principal_of_anyone, {"Principal": {"AWS": ACCOUNT}}, ("Principal",), None, UNSAFE),
    (without_principal_of_anyone, {"NotPrincipal": "*"}, ("NotPrincipal",), None, UNSAFE),
    (without_resource, {"Resource": ["*"]}, ("Resource",), {}, SAFE),
    (without_resource, {"Resource": ROLE}, ("Resource",), {}, UNSAFE),
    (without_resource, {"NotResource": "*"}, ("NotResource",), None, UNSAFE),
    (anyone_in_principal, {"Principal": ["*"]}, ("Principal",), {"Principal": "*"}, SAFE),
    (anyone_in_principal, {"Principal": {"AWS": [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root"]}},
     ("Principal",), {"Principal": "*", "Condition":
                      {"StringEquals": {"aws:PrincipalAccount": [ACCOUNT, ACCOUNT]}}}, UNSAFE),
    (anyone_in_principal, {"NotPrincipal": {"AWS": ROLE}, "Condition": {"Null": {"a:b": "true"}}},
     ("NotPrincipal",), {"Principal": "*", "Condition":
                         {"Null": {"a:b": "true"}, "ArnNotEquals": {"aws:PrincipalArn": ROLE}}},
     UNSAFE),
    (anyone_in_principal, {"Principal": {"AWS": [ROLE, ACCOUNT]}}, ("Principal",), None, UNSAFE),
    (anyone_in_principal, {"Principal": {"AWS": SESSION}}, ("Principal",), None, UNSAFE),
    (anyone_in_principal, {"Principal": {"AWS": []}}, ("Principal",), None, UNSAFE),
    (anyone_in_principal, {"Principal": {"AWS": ACCOUNT, "Service": "x"}}, ("Principal",), None,
     UNSAFE),
    (anyone_in_principal, {"Principal": {"AWS": ACCOUNT}, "Condition":
                           {"StringNotEquals": {"aws:principalaccount": "x"}}}, ("Principal",),
     None, UNSAFE),
    (action_of_principal, {"Action": "sts:AssumeRole", "Principal": {"Federated": SAML}},
     ("Action",), {"Action": "sts:AssumeRoleWithSAML", "Principal": {"Federated": SAML}}, UNSAFE),
    (action_of_principal, {"Action": ["sts:AssumeRole"], "Principal": {"Federated": OIDC}},
     ("Action", 0), {"Action": ["sts:AssumeRoleWithWebIdentity"], "Principal": {"Federated": OIDC}},
     UNSAFE),
    (action_of_principal, {"Action": "sts:AssumeRole", "Principal": {"Federated": [SAML, OIDC]}},
     ("Action",), None, UNSAFE),
    (action_of_principal, {"Action": ["sts:AssumeRole", "sts:AssumeRoleWithSAML"],
                           "Principal": {"Federated": SAML}}, ("Action", 0), None, UNSAFE),
    (actions_of_roles_anywhere, {"Action": "sts:AssumeRole"}, ("Action",),
     {"Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"]}, UNSAFE),
    (actions_of_roles_anywhere, {"Action": "sts:*"}, ("Action",), None, UNSAFE),
    (action_of_key, {"Action": "sts:AssumeRole", "Condition":
                     {"StringLike": {"aws:RequestTag/t": "a"}}},
     ("Condition", "StringLike", Key("aws:RequestTag/t")),
     {"Action": ["sts:AssumeRole", "sts:TagSession"], "Condition":
      {"StringLike": {"aws:RequestTag/t": "a"}}}, UNSAFE),
    (action_of_key, {"Action": "sts:AssumeRole", "Condition": {"StringLike": {"aws:userid": "a"}}},
     ("Condition", "StringLike", Key("aws:userid")), None, UNSAFE),
    (redundant_sessions, {"Effect": "Allow", "Principal": {"AWS": [SESSION, ROLE]}},
     ("Principal", "AWS", 0), {"Effect": "Allow", "Principal": {"AWS": [ROLE]}}, UNSAFE),
    (redundant_sessions, {"Effect": "Deny", "Principal": {"AWS": [SESSION, ROLE]}},
     ("Principal", "AWS", 0), {"Effect": "Deny", "Principal": {"AWS": [ROLE]}}, SAFE),
    (redundant_sessions, {"Effect": "Deny", "NotPrincipal": {"AWS": [SESSION, ROLE]}},
     ("NotPrincipal", "AWS", 0), None, SAFE),
    (redundant_sessions, {"Effect": "Allow", "Principal": {"AWS": [SESSION, ACCOUNT]}},
     ("Principal", "AWS", 0), None, UNSAFE),
    (redundant_sessions, {"Effect": "Allow", "Principal": {"AWS": SESSION}}, ("Principal", "AWS"),
     None, UNSAFE),
]  # fmt: skip


@pytest.mark.parametrize(("fixer", "statement", "path", "expected", "safe"), STATEMENTS)
def test_statements(
    fixer: Fixer,
    statement: dict[str, Any],
    path: Steps,
    expected: dict[str, Any] | None,
    safe: bool,
) -> None:
    mended = mend_statement(fixer, statement, path)
    assert (mended and mended[:2]) == (None if expected is None else (expected, safe))


@pytest.mark.parametrize(
    ("effect", "operator", "expected"),
    [
        ("Allow", "StringEquals", True),
        ("Allow", "StringNotEquals", False),
        ("Allow", "Null", False),
        ("Deny", "StringEquals", False),
    ],
)
def test_the_account_of_a_resource(effect: str, operator: str, expected: bool) -> None:
    condition = {operator: {"s3:ResourceAccount": ACCOUNT}}
    path = ("Condition", operator, Key("s3:ResourceAccount"))
    statement = {"Effect": effect, "Condition": condition}
    mended = mend_statement(without_test_of_own_account, statement, path)
    assert (mended and mended[:2]) == (({"Effect": effect}, UNSAFE) if expected else None)


ARRAYS: list[tuple[Fixer, str, list[str], list[str] | None]] = [
    (redundant_actions, "Action", ["s3:Get*", "S3:GETobject", "ec2:*"], ["s3:Get*", "ec2:*"]),
    (redundant_actions, "NotAction", ["a:b", "A:B"], ["a:b"]),
    (redundant_actions, "Action", ["a:b", "a:c"], None),
    (redundant_resources, "Resource", ["arn:aws:s3:::b", "arn:aws:s3:::B"], None),
    (redundant_resources, "Resource", ["arn:aws:*:b", "arn:aws:s3:::b"], None),
    (redundant_resources, "NotResource", ["arn:aws:s3:::b*", "arn:aws:s3:::b/*"],
     ["arn:aws:s3:::b*"]),
]  # fmt: skip


@pytest.mark.parametrize(("fixer", "element", "values", "expected"), ARRAYS)
def test_entries_that_another_covers(
    fixer: Fixer, element: str, values: list[str], expected: list[str] | None
) -> None:
    paths = [(element, index) for index in range(len(values))]
    mended = mend_statement(fixer, {element: values}, *paths)
    assert (mended and mended[:2]) == (None if expected is None else ({element: expected}, SAFE))


A: dict[str, Any] = {"Sid": "A", "Effect": "Allow", "Action": []}
B = A | {}
C = A | {"Sid": ""}


def document(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def at(*indexes: int, last: Steps = ()) -> list[Steps]:
    return [("Statement", index, *last) for index in indexes]


DOCUMENTS: list[tuple[Fixer, Any, list[Steps], Any]] = [
    (redundant_statements, document(A, B, C), at(0, 2), document(A, B)),
    (redundant_statements, document(A), at(0), None),
    (redundant_statements, document(A, B), at(0, 5), None),
    (repeated_sids, document(A, {"Sid": "A2"}, B, A), at(0, 2, 3, last=("Sid",)),
     document(A, {"Sid": "A2"}, {**A, "Sid": "A3"}, {**A, "Sid": "A4"})),
    (empty_statement, document(A, {"Sid": "N"}), at(0, last=("Action",)), document({"Sid": "N"})),
    (empty_statement, document(A), at(0, last=("Action",)), None),
    (empty_statement, document({"NotAction": []}, A), at(0, last=("NotAction",)), None),
    (statement_that_never_applies, document(A, {"Sid": "N"}), at(1), document(A)),
    (statement_that_never_applies, document(A), at(0), None),
    (wrong_type, document([A, C]), at(0), document(A, C)),
    (with_version, {"Statement": []}, [()], document()),
    (with_version, {"version": "2012-10-17"}, [()], None),
    (with_version, [], [()], None),
    (misspelled_element, {"statement": []}, [("statement",)], {"Statement": []}),
]  # fmt: skip


@pytest.mark.parametrize(("fixer", "before", "paths", "expected"), DOCUMENTS)
def test_documents(fixer: Fixer, before: Any, paths: list[Steps], expected: Any) -> None:
    mended = mend(fixer, before, *paths)
    assert (mended and mended[:2]) == (None if expected is None else (expected, SAFE))


def test_a_version_that_makes_variables_of_text_is_a_guess() -> None:
    before: dict[str, Any] = {"Statement": {"Resource": "arn:aws:s3:::${aws:username}"}}
    mended = mend(with_version, before, ())
    assert mended
    assert (mended.document, mended.safe) == ({"Version": "2012-10-17", **before}, UNSAFE)
    for old in (before, {"Version": "2008-10-17", **before}):
        mended = mend(version_with_variables, old, ("Statement", "Resource"))
        assert mended
        assert (mended.document, mended.safe) == ({"Version": "2012-10-17", **before}, UNSAFE)


@pytest.mark.parametrize(
    ("text", "expected", "safe"),
    [
        ('{"a": [1, 2,], }', '{"a": [1, 2] }', SAFE),
        ('{"a": "b"\n "c": {}}', '{"a": "b",\n "c": {}}', UNSAFE),
        ('["a" "b",]', '["a", "b"]', UNSAFE),
        ('["a" b]', None, SAFE),
        ("[,]", None, SAFE),
        ("[" + '"a" ' * 30 + "]", None, SAFE),
        ("", None, SAFE),
    ],
)
def test_commas(text: str, expected: str | None, safe: bool) -> None:
    mended = mend_text(commas, text, ())
    assert (mended and mended[:2]) == (None if expected is None else (expected, safe))
    if expected:
        json.loads(expected)
