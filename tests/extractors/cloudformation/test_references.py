"""What Ref and Fn::GetAtt give for resources of the template."""

from __future__ import annotations

import pytest

from policy_gate.model import AssumptionKind, DeferredText, Value
from tests.extractors.cloudformation.extraction import (
    assumption,
    extract,
    policies,
    refusal,
    template_of,
)

RESOURCES = """
  Named: {Type: AWS::S3::Bucket, Properties: {BucketName: my-bucket}}
  Unnamed: {Type: AWS::S3::Bucket}
  Other: {Type: AWS::S3::Bucket, Properties: {}}
  Derived: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub '${Named}-logs'}}
  Included: {Type: AWS::S3::Bucket, Properties: {Fn::Transform: {Name: AWS::Include}}}
  Removed: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref AWS::NoValue}}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: jobs}}
  Role: {Type: AWS::IAM::Role, Properties: {RoleName: worker, Path: /app/}}
  Custom: {Type: Custom::Thing}
  Loop: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Back}}
  Back: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub '${Loop}-x'}}
  Odd: not a resource
"""
GIVEN = {"AWS::AccountId": "123456789012", "AWS::Region": "eu-west-1"}


def resolved(written: str) -> Value:
    extraction = extract(template_of(written) + RESOURCES, given=GIVEN)
    (policy,) = extraction.policies
    assert isinstance(policy.document, dict)
    return policy.document["X"]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("!Ref Named", "my-bucket"),
        ("!GetAtt Named.Arn", "arn:aws:s3:::my-bucket"),
        ("{'Fn::GetAtt': [Named, Arn]}", "arn:aws:s3:::my-bucket"),
        ("!Sub '${Named.Arn}/*'", "arn:aws:s3:::my-bucket/*"),
        ("!Ref Derived", "my-bucket-logs"),
        ("!GetAtt Queue.Arn", "arn:aws:sqs:eu-west-1:123456789012:jobs"),
        ("!GetAtt Role.Arn", "arn:aws:iam::123456789012:role/app/worker"),
        ("!Select [5, !Split [':', !GetAtt Queue.Arn]]", "jobs"),
    ],
)
def test_a_named_resource_is_known(written: str, value: str) -> None:
    assert resolved(written) == value


def test_a_resource_that_cloudformation_names_is_created_here() -> None:
    arn = resolved("!GetAtt Unnamed.Arn")
    assert isinstance(arn, DeferredText)
    assert arn.parts[0] == "arn:aws:s3:::"
    created = assumption(arn)
    assert (created.kind, created.expression) == (AssumptionKind.CREATED_HERE, "${Unnamed}")
    assert created.location is not None


def test_created_resources_are_told_apart_and_the_same_everywhere() -> None:
    values = resolved("[!Ref Unnamed, !Sub '${Unnamed}', !Ref Other]")
    assert isinstance(values, list)
    first, again, other = (assumption(value).stand_in for value in values)
    assert first == again != other


@pytest.mark.parametrize("written", ["!Ref Removed", "!GetAtt Removed.Arn"])
def test_a_name_that_is_removed_is_created_here(written: str) -> None:
    assert "${Removed}" in str(resolved(written))


@pytest.mark.parametrize(
    "written",
    ["!Ref Custom", "!GetAtt Custom.Thing", "!GetAtt Named.Nothing", "!Ref Odd", "!Ref Included"],
)
def test_an_unknown_shape_is_any_value(written: str) -> None:
    assert assumption(resolved(written)).kind is AssumptionKind.SUPPLIED


def test_the_arn_of_a_created_resource_is_split_at_its_colons() -> None:
    assert str(resolved("!Select [5, !Split [':', !GetAtt Unnamed.Arn]]")) == "${Unnamed}"


@pytest.mark.parametrize("delimiter", ["-", "/", ":::d", "e"])
def test_a_name_that_may_hold_the_delimiter_is_not_split(delimiter: str) -> None:
    value = resolved(f"!Select [0, !Split ['{delimiter}', !GetAtt Unnamed.Arn]]")
    assert assumption(value).kind is AssumptionKind.SUPPLIED


@pytest.mark.parametrize("written", ["!Ref Loop", "!GetAtt Back.Arn"])
def test_a_cycle_costs_only_what_depends_on_it(written: str) -> None:
    template = (
        template_of(written)
        + RESOURCES
        + (
            "  Fine: {Type: AWS::IAM::ManagedPolicy,"
            " Properties: {PolicyDocument: {a: !Ref Named}}}\n"
        )
    )
    extraction = extract(template)
    assert [item.document for item in extraction.policies] == [{"a": "my-bucket"}]
    messages = [item.message for item in extraction.not_checked]
    assert any("circular reference: " in message for message in messages)


def test_a_long_chain_of_names_is_refused() -> None:
    chain = "".join(
        f"  B{i}: {{Type: AWS::S3::Bucket, Properties: {{BucketName: !Ref B{i + 1}}}}}\n"
        for i in range(500)
    )
    assert "made from one another" in refusal(template_of("!Ref B0") + chain).message


def test_names_that_double_do_not_starve_other_policies() -> None:
    doubling = "".join(
        f"  B{i}: {{Type: AWS::S3::Bucket,"
        f" Properties: {{BucketName: !Sub '${{B{i + 1}}}${{B{i + 1}}}'}}}}\n"
        for i in range(19)
    )
    template = (
        template_of("!Ref B0")
        + doubling
        + "  B19: {Type: AWS::S3::Bucket, Properties: {BucketName: abc}}\n"
        + "  Fine: {Type: AWS::IAM::ManagedPolicy, Properties: {PolicyDocument: {a: !Ref B19}}}\n"
    )
    extraction = extract(template)
    assert [item.document for item in extraction.policies] == [{"a": "abc"}]
    assert "too many steps" in extraction.not_checked[0].message


def test_names_of_resources_that_a_transform_makes_are_any_value() -> None:
    sections = "Transform: AWS::Serverless-2016-10-31"
    (policy,) = policies(template_of("!GetAtt FunctionRole.Arn", sections))
    assert isinstance(policy.document, dict)
    assert assumption(policy.document["X"]).expression == "${FunctionRole.Arn}"
