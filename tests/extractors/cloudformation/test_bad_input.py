"""Whatever a file holds, extracting ends in policies, reasons or one documented error."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policy_gate.extractors.cloudformation.extract import CloudFormationExtractor
from policy_gate.extractors.interface import NotSupportedError
from policy_gate.model import Extraction
from policy_gate.syntax.node import ReadError
from tests.extractors.cloudformation.extraction import extract, only, template_of
from tests.properties import examples

TEMPLATE = """\
Transform: AWS::LanguageExtensions
Parameters:
  Env: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Names: {Type: CommaDelimitedList, Default: 'a,b'}
  Key: {Type: 'AWS::SSM::Parameter::Value<String>', Default: /k, NoEcho: true}
Mappings:
  Map: {dev: {Id: '1'}, prod: {Id: '2'}}
Conditions:
  IsDev: !Equals [!Ref Env, dev]
  Both: !And [!Condition IsDev, !Not [!Equals [!Ref Key, x]]]
  Either: !Or [!Condition Both, !Equals [!Select [0, !Ref Names], !Ref Env]]
Resources:
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub '${Env}-b'}}
  Role:
    Type: AWS::IAM::Role
    Condition: Either
    Properties: &properties
      ManagedPolicyArns: [!Sub 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess']
      AssumeRolePolicyDocument:
        Fn::Sub: |
          {"Statement": {"Principal": {"AWS": "${Env}"}, "Action": "${!a}"}}
      Policies:
        - PolicyName: !Join ['-', [a, !Ref Env]]
          PolicyDocument:
            Statement:
              - !If [IsDev, {Effect: Allow}, !Ref AWS::NoValue]
              - Resource: [!GetAtt Bucket.Arn, !FindInMap [Map, !Ref Env, Id]]
                Action: !Split [',', 'a,b']
                Sid: {'Fn::Length': !Ref Names}
  Copy: {Type: AWS::IAM::Role, Properties: {<<: *properties}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties: {Principal: !ImportValue x, SourceArn: !Base64 b, FunctionName: !Ref Bucket}
  Topic:
    Type: AWS::SNS::TopicPolicy
    Properties: {PolicyDocument: {'Fn::ToJsonString': {a: '{{resolve:ssm:/a}}'}}}
  Fleet:
    Type: AWS::IoT::ProvisioningTemplate
    Properties:
      TemplateBody: !Sub |
        {"Resources": {"p": {"Type": "AWS::IoT::Policy", "Properties": {"PolicyDocument":
          {"a": {"Fn::Join": ["", ["${Env}", {"Ref": "x"}]]}, "b": [{"Ref": "y"}]}}}}}
"""
TOKENS = [
    "!Ref ", "!Sub ", "!If ", "!GetAtt ", "!Select ", "!Join ", "!Condition ", "Fn::If: ", "Fn::",
    "Properties", "Policies", "[", "]", "{", "}", "- ", ": ", "'", '"', "\n", "  ", "*properties",
    "&x ", "<<: ", "null", "~", "1e999", "0x1F", "AWS::NoValue", "${", "}", "|", ">", "#", "\t",
    "\\u0000", "\U000f0000", "\x85", "IsDev", "Env", "Bucket", ",", "?", "%", "@", "---\n",
]  # fmt: skip


def survives(text: str) -> None:
    """Extracts, and allows the documented errors only, inside the text."""
    extraction = extracted(text)
    if isinstance(extraction, ReadError | NotSupportedError):
        assert extraction.message
        assert 0 <= extraction.offset <= len(text)
        return
    lines = text.count("\n") + 1
    for policy in extraction.policies:
        for location in [*policy.sources.values.values(), *policy.sources.keys.values()]:
            assert 1 <= location.line <= location.end_line <= lines
            assert (location.line, location.column) <= (location.end_line, location.end_column)


def extracted(text: str) -> Extraction | ReadError | NotSupportedError:
    try:
        return extract(text)
    except (ReadError, NotSupportedError) as error:
        return error


def test_the_template_that_is_mutated_is_valid() -> None:
    extraction = extract(TEMPLATE)
    assert len(extraction.policies) > 5
    assert extraction.not_checked == ()


@given(st.randoms(use_true_random=False), st.integers(1, 6))
@examples(150)
def test_mutated_text(source: random.Random, count: int) -> None:
    text = TEMPLATE
    for _ in range(count):
        start = source.randrange(len(text))
        end = start + source.choice([0, 0, 1, 3, 10, 40])
        text = text[:start] + source.choice([*TOKENS, ""]) + text[end:]
    survives(text)


@given(st.randoms(use_true_random=False), st.integers(1, 6))
@examples(150)
def test_swapped_lines(source: random.Random, count: int) -> None:
    lines = TEMPLATE.splitlines()
    for _ in range(count):
        line = source.choice(lines)
        other = source.randrange(len(lines))
        indentation = len(lines[other]) - len(lines[other].lstrip())
        lines[other] = " " * indentation + line.lstrip()
    survives("\n".join(lines))


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
keys = st.sampled_from(
    [
        "Ref",
        "Fn::If",
        "Fn::Sub",
        "Fn::Join",
        "Fn::Select",
        "Fn::Split",
        "Fn::GetAtt",
        "Fn::FindInMap",
        "Fn::ToJsonString",
        "Fn::Length",
        "Fn::Base64",
        "Fn::Cidr",
        "Fn::Transform",
        "Fn::Equals",
        "Statement",
        "Policies",
        "PolicyName",
        "PolicyDocument",
        "Principal",
        "Condition",
        "Name",
    ]
)
names = st.sampled_from(["Env", "Names", "Bucket", "Bucket.Arn", "IsDev", "AWS::NoValue", "Map"])
values = st.recursive(
    scalars | names,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=15,
)


@given(values, st.sampled_from(["Role", "Lambda", "Sns"]))
@examples(150)
def test_any_value_anywhere(value: object, kind: str) -> None:
    written = repr_of(value)
    properties = {
        "Role": f"AWS::IAM::Role, Properties: {{Policies: {written},"
        f" ManagedPolicyArns: {written}}}",
        "Lambda": f"AWS::Lambda::Permission, Properties: {{Principal: {written}, Action: a}}",
        "Sns": f"AWS::SNS::TopicPolicy, Properties: {written}",
    }[kind]
    head = TEMPLATE[: TEMPLATE.index("  Role:")]
    survives(f"{head}  X: {{Type: {properties}, Condition: {written}}}\n")
    survives(f"{head.replace('IsDev:', f'Own: {written}' + chr(10) + '  IsDev:')}")
    survives(f"Transform: {written}\n{head[head.index('Parameters') :]}")


def repr_of(value: object) -> str:
    """A value in YAML's flow style, which takes JSON but for its escapes of surrogates."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"'{key}': {repr_of(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(repr_of, value)) + "]"
    if isinstance(value, str):
        return "'" + "".join(char for char in value if char.isalnum() or char in ":.") + "'"
    return "null" if value is None else str(value).lower()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("[]", "a template is a mapping"),
        ("text", "a template is a mapping"),
        ("a: b", "no Resources section"),
        ("Resources: []", "Resources must be a mapping"),
        ("{Resources: {}, Parameters: []}", "Parameters must be a mapping"),
        ("{Resources: {}, Conditions: text}", "Conditions must be a mapping"),
        ("{Resources: {}, Mappings: [a]}", "Mappings must be a mapping"),
        ("Resources:\n\tA: b", "tabs"),
        ("Resources: {A: {}, A: {}}", "duplicate key 'A'"),
        ('{"Resources": {"A": {}, "A": {}}}', "duplicate key 'A'"),
        ("Resources: {}\n---\nResources: {}", "but found another document"),
        ("Resources: !!python/object/apply:os.system [id]", "unknown tag"),
        ("Resources: " + "[" * 200_000, "inside each other"),
        ('{"Resources": ' + "[" * 200_000, "inside each other"),
        ("Resources: &a [*a]", "inside each other"),
        ("," * 700_000, "more than 600,000 values"),
    ],
)
def test_a_file_that_is_no_template_is_one_clear_error(text: str, message: str) -> None:
    error = extracted(text)
    assert isinstance(error, ReadError | NotSupportedError)
    assert message in error.message
    assert 0 <= error.offset <= len(text)


def test_sections_may_be_empty_or_null() -> None:
    extraction = extract("Parameters:\nConditions:\nMappings: {}\nResources: {}\n")
    assert (extraction.policies, extraction.not_checked) == ((), ())


def test_large_texts_are_refused_and_others_still_read() -> None:
    sections = f"Parameters: {{A: {{Type: String, Default: '{'x' * 600_000}'}}}}"
    template = template_of("!Sub '${A}${A}'", sections) + (
        "  Fine: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {a: b}}}\n"
    )
    extraction = extract(template)
    assert [item.document for item in extraction.policies] == [{"a": "b"}]
    assert "more than 1,000,000 characters" in extraction.not_checked[0].message


def test_a_split_into_too_many_items_is_refused() -> None:
    sections = f"Parameters: {{A: {{Type: String, Default: '{'x-' * 20_000}'}}}}"
    extraction = extract(template_of("!Split ['-', !Ref A]", sections))
    assert "more than 10,000 items" in extraction.not_checked[0].message


def test_a_long_text_with_many_assumptions_is_read() -> None:
    document = only(template_of(f"!Sub '{'${AWS::Region}' * 5_000}'")).document
    assert isinstance(document, dict)
    assert len(str(document["X"])) == 5_000 * len("${AWS::Region}")


@pytest.mark.parametrize(
    "text",
    [
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  A:\n    Type: AWS::IAM::Role\n",
        "# comment\n---\nResources:\n  A: {Type: AWS::IAM::Role}\n",
        '{"AWSTemplateFormatVersion":"2010-09-09","Resources":{"A":{"Type":"AWS::IAM::Role"}}}',
        '{\n  "Description": "x",\n  "Resources": {"A": {"Type": "AWS::IAM::Role"}}\n}',
        "{Resources: {A: {Type: AWS::IAM::Role}}}",
        "Resources:\n\tA:\n\t\tType: AWS::IAM::Role\n",
        "  Description: x\n  Resources:\n    A: {Type: AWS::IAM::Role}\n",
    ],
)
def test_templates_are_recognised_by_their_content(text: str) -> None:
    assert CloudFormationExtractor().recognises(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Resources:\n  AWS::IAM::Role\n",
        "The Resources: of AWS::IAM::Role\n",
        '{"resource_changes": [], "format_version": "1.2"}',
        " " * 300_000 + "x",
        "service: x\nresources:\n  Resources:\n    A: {Type: AWS::IAM::Role}\n",
        "Metadata: x\n" + (" " * 1000 + "\n") * 1000,
        "{\n" + " " * 300_000 + "x",
        "{" + ",\n" * 300_000 + "x",
    ],
)
def test_other_texts_are_not(text: str) -> None:
    assert not CloudFormationExtractor().recognises(text)


def test_the_documents_of_all_worlds_together_are_bounded() -> None:
    names = range(6)
    sections = ["Parameters:", *(f"  P{i}: {{Type: String, Default: a}}" for i in names)]
    sections += ["Conditions:", *(f"  C{i}: !Equals [!Ref P{i}, a]" for i in names)]
    statement = ", ".join(f"!If [C{i}, a{i}, b{i}]" for i in names)
    policy = f"{{PolicyDocument: {{Statement: [{statement}]}}}}"
    resources = [
        f"  R{i}: {{Type: AWS::IAM::ManagedPolicy, Properties: {policy}}}" for i in range(60)
    ]

    extraction = extract("\n".join([*sections, "Resources:", *resources]))

    assert len(extraction.policies) % 64 == 0
    assert 0 < len(extraction.policies) < 60 * 64
    assert len(extraction.not_checked) == 60 - len(extraction.policies) // 64
    assert "too many steps" in extraction.not_checked[-1].message
