"""Policies written as text are read like any other, and found at the right character."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.model import DeferredText, DocumentPath, SourceMap, Value
from tests.extractors.cloudformation.extraction import only, shown
from tests.properties import examples

DOCUMENT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}],
}
TEXT = json.dumps(DOCUMENT)


def template_of(document: str, sections: str = "") -> str:
    return (
        f"{sections}Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n"
        f"      PolicyDocument: {document}\n"
    )


def block(text: str) -> str:
    return "".join(f"\n          {line}" for line in text.splitlines())


def texts_of(template: str, sources: SourceMap) -> dict[DocumentPath, str]:
    return {path: shown(template, location) for path, location in sources.values.items()}


@pytest.mark.parametrize(
    "written",
    [
        f"'{TEXT}'",
        json.dumps(TEXT),
        f"!Sub '{TEXT}'",
        f"!Sub\n        '{TEXT}'",
        f"&anchor '{TEXT}'",
        f"&anchor !Sub '{TEXT}'",
        f"|{block(json.dumps(DOCUMENT, indent=2))}",
        f"|-  # a comment{block(json.dumps(DOCUMENT, indent=1))}",
        f"!Sub |{block(json.dumps(DOCUMENT, indent=2))}",
        f">-{block(json.dumps(DOCUMENT, indent=2))}",
        f"!Sub >{block(json.dumps(DOCUMENT, indent=0))}",
        f"'{block(json.dumps(DOCUMENT, indent=2))}'",
        f"!Sub ['{TEXT}', {{A: b}}]",
        f"!Join ['', ['{TEXT[:60]}', '{TEXT[60:]}']]",
        f"!Join [',', {json.dumps(TEXT.split(','))}]",
        f"!Select [0, ['{TEXT}']]",
        f"!If [C, '{TEXT}', x]",
        f"{{'Fn::ToJsonString': {TEXT}}}",
    ],
)
def test_every_way_to_write_a_document_as_text(written: str) -> None:
    template = template_of(written, "Conditions: {C: !Equals [a, a]}\n")
    policy = only(template)
    assert policy.document == DOCUMENT
    texts = texts_of(template, policy.sources)
    for path, text in [
        (("Version",), "2012-10-17"),
        (("Statement", 0, "Effect"), "Allow"),
        (("Statement", 0, "Action", 0), "s3:Get*"),
        (("Statement", 0, "Action", 1), "s3:List*"),
        (("Statement", 0, "Resource"), "*"),
    ]:
        assert texts[path].strip('\\"') == text
    key = shown(template, policy.sources.locate_key(("Statement", 0, "Effect")))
    assert key.strip('\\"') == "Effect"


def test_a_document_as_text_in_a_json_template() -> None:
    properties = {"PolicyDocument": TEXT}
    resource = {"Type": "AWS::IAM::ManagedPolicy", "Properties": properties}
    template = json.dumps({"Resources": {"P": resource}}, indent=2)
    policy = only(template)
    assert policy.document == DOCUMENT
    assert shown(template, policy.sources.locate(("Statement", 0, "Effect"))) == '\\"Allow\\"'


@pytest.mark.parametrize(
    "written",
    [
        '!Sub \'{"Resource": "arn:${AWS::Partition}:s3:::b/${Env}/${!aws:username}"}\'',
        (
            '!Join ["", [\'{"Resource": "arn:\', !Ref AWS::Partition, ":s3:::b/", !Ref Env,'
            " '/${aws:username}\"}']]"
        ),
    ],
)
def test_values_inside_the_text_are_resolved(written: str) -> None:
    template = template_of(written, "Parameters: {Env: {Type: String, Default: dev}}\n")
    policy = only(template)
    assert isinstance(policy.document, dict)
    resource = policy.document["Resource"]
    assert str(resource) == "arn:${AWS::Partition}:s3:::b/dev/${aws:username}"
    assert isinstance(resource, DeferredText)
    assert resource.parts[-1] == ":s3:::b/dev/${aws:username}"
    place = shown(template, policy.sources.locate(("Resource",)))
    assert place.startswith('"arn:')
    assert place.endswith('aws:username}"')


def test_a_condition_key_that_is_deferred_is_readable() -> None:
    written = '!Sub \'{"Condition": {"StringEquals": {"${Oidc}:sub": "x"}}}\''
    policy = only(template_of(written, "Parameters: {Oidc: {Type: String}}\n"))
    assert policy.document == {"Condition": {"StringEquals": {"${Oidc}:sub": "x"}}}


def test_a_document_in_a_parameter_stands_where_it_is_used() -> None:
    sections = f"Parameters: {{Doc: {{Type: String, Default: '{TEXT}'}}}}\n"
    template = template_of("!Ref Doc", sections)
    policy = only(template)
    assert policy.document == DOCUMENT
    assert set(texts_of(template, policy.sources).values()) == {"!Ref Doc"}


@pytest.mark.parametrize(
    "written",
    [
        "no json",
        "'{'",
        '\'{"a": 1, "a": 2}\'',
        "!Sub '{\"a\": ${Any}}'",
        '!Sub \'{"${Any}": 1, "${Any}": 2}\'',
        '!Sub \'{"a": "\U000f0000${Any}"}\'',
        "!Ref Any",
    ],
)
def test_text_that_holds_no_single_document_stays_text(written: str) -> None:
    policy = only(template_of(written, "Parameters: {Any: {Type: String}}\n"))
    assert isinstance(policy.document, str | DeferredText)


words = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Co"], exclude_characters="$")
).filter(lambda text: "Ref" not in text and "Fn::" not in text and "{{" not in text)
documents = st.recursive(
    words | st.integers(0, 10**12) | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


def _strings(value: Value, path: DocumentPath = ()) -> Iterator[tuple[DocumentPath, str]]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _strings(child, (*path, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _strings(child, (*path, index))
    elif isinstance(value, str):
        yield path, value


@examples(50)
@given(statement=st.dictionaries(st.sampled_from(["Action", "Sid", "x"]), documents, min_size=1))
def test_every_form_gives_the_same_document(statement: dict[str, Value]) -> None:
    document: dict[str, Value] = {"Statement": [statement]}
    literal = json.dumps(document, ensure_ascii=False)
    forms = {
        "object": literal,
        "string": json.dumps(literal),
        "sub": json.dumps({"Fn::Sub": literal}),
        "join": json.dumps({"Fn::Join": ["", [literal[:9], literal[9:]]]}),
        "to json": f'{{"Fn::ToJsonString": {literal}}}',
    }
    for written in forms.values():
        template = (
            '{"Resources": {"P": {"Type": "AWS::IAM::ManagedPolicy",\n"Properties":'
            f' {{"PolicyDocument": {written}}}}}}}}}'
        )
        policy = only(template)
        assert policy.document == document
        for path, text in _strings(document):
            place = shown(template, policy.sources.locate(path))
            once = json.loads(f'"{place}"') if place.startswith("\\") else place
            assert json.loads(once) == text
