"""Text that is no policy of the type is an error at the place that is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from policy_gate.reasoning.answer import PolicyDocumentError
from policy_gate.reasoning.document import MAX_TEXT, read_document
from tests.reasoning.documents import allow, grant, policy


def without(statement: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in statement.items() if key != name}


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", "", "too early"),
        ("{", "", "double quotes"),
        ("not json", "not", "JSON value"),
        ("[]", "[", "must be a JSON object"),
        ('{"Version": "2012-10-17"}', "{", "no Statement"),
        ('{"Statement": [], "Statment": []}', '"Statment"', "no element 'Statment'"),
        ('{"Statement": [], "Statement": []}', None, "duplicate key"),
        ('{"Version": "2012-10-18", "Statement": []}', '"2012-10-18"', "Version must be"),
        ('{"Version": ["2012-10-17"], "Statement": []}', "[", "Version must be"),
        ('{"Id": 7, "Statement": []}', "7", "Id must be a string"),
        ('{"Statement": "Allow"}', '"Allow"', "must be a JSON object"),
        ('{"Statement": null}', "null", "must be a JSON object"),
        (policy(allow(Efect="Allow")), '"Efect"', "no element 'Efect'"),
        (policy(without(allow(), "Effect")), '{"Action"', "no Effect"),
        (policy({**allow(), "Effect": "allow"}), '"allow"', "Effect must be"),
        (policy({**allow(), "Effect": ["Allow"]}), '["Allow"]', "Effect must be"),
        (policy(allow(Sid=1)), "1}", "Sid must be a string"),
        (policy(without(allow(), "Action")), '{"Effect"', "neither Action nor NotAction"),
        (policy(allow(NotAction="s3:*")), '{"Effect"', "Action or NotAction, not both"),
        (policy(without(allow(), "Resource")), '{"Effect"', "neither Resource nor NotResource"),
        (policy(allow(NotResource="*")), '{"Effect"', "Resource or NotResource, not both"),
        (policy(allow(action=[5])), "5", "Action must be a string"),
        (policy(allow(action={"a": "b"})), '{"a"', "Action must be a string"),
        (policy(allow(resource=[["*"]])), '["*"]', "Resource must be a string"),
        (policy(allow(resource="x" * (MAX_TEXT + 1))), '"xxx', "longer than"),
        (policy(allow(Condition="true")), '"true"', "Condition must be a JSON object"),
        (policy(allow(Condition={"Bool": []})), "[]", "Condition Bool must be a JSON object"),
        (policy(allow(Condition={"Bool": {"k": None}})), "null", "must be a string"),
        (policy(allow(Condition={"Bool": {"k": [{}]}})), "{}", "must be a string"),
        (policy(grant("*", Resource="*")), '"Principal"', "an identity policy has no Principal"),
    ],
)
def test_identity_policy_errors(text: str, place: str | None, message: str) -> None:
    with pytest.raises(PolicyDocumentError, match=message) as caught:
        read_document(text, "IDENTITY_POLICY")
    if place is not None:
        assert text[caught.value.offset :].startswith(place)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (policy(allow()), '{"Effect"', "needs Principal or NotPrincipal"),
        (policy(grant("*", NotPrincipal="*")), '{"Effect"', "not both"),
        (policy(grant("111122223333")), '"111122223333"', "must be"),
        (policy(grant(["*"])), '["*"]', "must be"),
        (policy(grant({"AWS": 111122223333})), "111122223333", "must be a string"),
        (policy(grant({"AWS": [True]})), "true", "must be a string"),
        (policy(grant({"aws": "*"})), '"aws"', "no element 'aws'"),
    ],
)
def test_resource_policy_errors(text: str, place: str, message: str) -> None:
    with pytest.raises(PolicyDocumentError, match=message) as caught:
        read_document(text, "RESOURCE_POLICY")
    assert text[caught.value.offset :].startswith(place)


def test_very_deep_and_very_long_texts_are_errors() -> None:
    for text in ("[" * 100_000, '{"Statement": ' * 5_000, json.dumps("x" * 1_000_001)):
        with pytest.raises(PolicyDocumentError):
            read_document(text, "IDENTITY_POLICY")


def test_what_need_not_be_there() -> None:
    document = read_document(json.dumps({"Statement": allow(Sid="")}), "IDENTITY_POLICY")
    (statement,) = document.statements
    assert statement.sid is None
    assert not document.variables
    assert read_document('{"Statement": []}', "RESOURCE_POLICY").statements == ()
    assert read_document(policy(grant("*")), "RESOURCE_POLICY").statements[0].resource is None
