"""The embedded analyzer behind the interface of the Access Analyzer API."""

from __future__ import annotations

import pytest

from policy_gate.analyzers.embedded import PUBLIC_ACCESS_RESOURCE_TYPES, EmbeddedAnalyzer
from policy_gate.analyzers.interface import Access, Analyzer, AnalyzerError
from tests.reasoning.documents import IDENTITY, RESOURCE, allow, grant, policy

ANALYZER: Analyzer = EmbeddedAnalyzer()
READ = policy(allow("s3:Get*"))


def error_of(caught: pytest.ExceptionInfo[AnalyzerError]) -> str:
    assert caught.value.code == "ValidationException"
    return caught.value.message


def test_it_answers_the_three_access_checks() -> None:
    assert ANALYZER.name == "embedded"
    assert ANALYZER.check_no_new_access(READ, policy(allow("s3:*")), IDENTITY).result == "PASS"
    access = Access(actions=["s3:GetObject"], resources=["arn:aws:s3:::bucket/*"])
    answer = ANALYZER.check_access_not_granted(READ, access, IDENTITY)
    assert answer.result == "FAIL"
    assert answer.reasons[0].witness
    for resource_type in PUBLIC_ACCESS_RESOURCE_TYPES:
        answer = ANALYZER.check_no_public_access(policy(grant("*")), resource_type)
        assert answer.result == "FAIL"


def test_it_lints() -> None:
    findings = ANALYZER.validate_policy("{", "IDENTITY_POLICY")
    assert [finding["findingType"] for finding in findings] == ["ERROR"]


@pytest.mark.parametrize(
    ("new", "existing", "message", "offset"),
    [
        ("{\n  oops", READ, "a key in double quotes", 4),
        (READ, '{"Statement": [\n{}]}', "line 2, column 1 of the existing policy: ", None),
        ("", "", "the text ends", 0),
    ],
)
def test_what_is_no_policy_is_named_with_its_place(
    new: str, existing: str, message: str, offset: int | None
) -> None:
    with pytest.raises(AnalyzerError) as caught:
        ANALYZER.check_no_new_access(new, existing, IDENTITY)
    assert error_of(caught).startswith(message)
    assert caught.value.offset == offset


def test_the_other_checks_name_the_place_too() -> None:
    with pytest.raises(AnalyzerError) as caught:
        ANALYZER.check_access_not_granted("[]", Access(actions=["*"]), IDENTITY)
    assert caught.value.offset == 0
    with pytest.raises(AnalyzerError) as caught:
        ANALYZER.check_no_public_access(READ, "AWS::S3::Bucket")
    assert "Principal" in error_of(caught)


@pytest.mark.parametrize(
    ("access", "message"),
    [
        (Access(), "at least one"),
        (Access(actions=["GetObject"]), "'GetObject' is no action"),
        (Access(actions=["s3:"]), "'s3:' is no action"),
        (Access(actions=["s3:GetObject", ""]), "'' is no action"),
        (Access(actions=["s3:Get Object"]), "is no action"),
        (Access(actions=["s3:GetObject\n"]), "is no action"),
        (Access(resources=["example"]), "Invalid ARN: 'example'"),
    ],
)
def test_access_that_cannot_be_looked_for(access: Access, message: str) -> None:
    with pytest.raises(AnalyzerError) as caught:
        ANALYZER.check_access_not_granted(READ, access, RESOURCE)
    assert message in error_of(caught)


@pytest.mark.parametrize("access", [Access(actions=["*", "s3:*", "ec2:Run?nstances"])])
def test_wildcards_can_be_looked_for(access: Access) -> None:
    assert ANALYZER.check_access_not_granted(READ, access, IDENTITY).result == "FAIL"


@pytest.mark.parametrize(
    ("resource_type", "nearest"),
    [
        ("AWS::S3::bucket", "AWS::S3::Bucket"),
        ("AWS::SNS::Topics", "AWS::SNS::Topic"),
        ("aws_s3_bucket", "AWS::S3::Bucket"),
    ],
)
def test_an_unknown_resource_type_is_an_error_with_the_nearest(
    resource_type: str, nearest: str
) -> None:
    with pytest.raises(AnalyzerError) as caught:
        ANALYZER.check_no_public_access(policy(grant("*")), resource_type)
    assert f"did you mean {nearest}?" in error_of(caught)
