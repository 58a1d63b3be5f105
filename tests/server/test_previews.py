"""The account's analyzer and access previews, under real boto3."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session

from policy_gate.server.preview_store import MAX_PREVIEWS
from policy_gate.server.previews import POLICIES
from tests.local_aws import only_this_aws
from tests.reasoning.documents import grant, policy
from tests.server.raw import serving_embedded
from tests.server.test_operations import MODEL, asked

ACCOUNT, OTHER = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/deployer"
ASSUME = "sts:AssumeRole"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with serving_embedded() as url, pytest.MonkeyPatch.context() as patch:
        only_this_aws(patch, tmp_path_factory.mktemp("aws"), url)
        yield get_session().create_client("accessanalyzer", region_name="eu-central-1")


@pytest.fixture(scope="module")
def analyzer(client: Any) -> str:
    (analyzer,) = asked(client, "list_analyzers", type="ACCOUNT")["analyzers"]
    arn: str = analyzer["arn"]
    return arn


def preview_of(client: Any, analyzer: str, configuration: dict[str, Any]) -> dict[str, str]:
    """What identifies a new preview."""
    created = asked(
        client, "create_access_preview", analyzerArn=analyzer, configurations={ROLE: configuration}
    )
    return {"analyzerArn": analyzer, "accessPreviewId": created["id"]}


def findings_of(client: Any, analyzer: str, *statements: dict[str, Any]) -> list[Any]:
    trust = policy(*statements)
    preview = preview_of(client, analyzer, {"iamRole": {"trustPolicy": trust}})
    told = asked(client, "get_access_preview", **preview)["accessPreview"]
    assert (told["status"], told["configurations"]) == (
        "COMPLETED", {ROLE: {"iamRole": {"trustPolicy": trust}}},
    )  # fmt: skip
    found: list[Any] = asked(client, "list_access_preview_findings", **preview)["findings"]
    return found


def test_the_account_has_one_analyzer(client: Any, analyzer: str) -> None:
    assert analyzer == (
        f"arn:aws:access-analyzer:eu-central-1:{ACCOUNT}:analyzer/policy-gate-serve"
    )
    (listed,) = asked(client, "list_analyzers")["analyzers"]
    assert (listed["arn"], listed["status"], listed["type"]) == (analyzer, "ACTIVE", "ACCOUNT")
    assert asked(client, "list_analyzers", type="ORGANIZATION") == {"analyzers": []}
    assert [len(page["analyzers"]) for page in client.get_paginator("list_analyzers").paginate()]


@pytest.mark.parametrize(
    ("principal", "condition", "shown"),
    [
        ({"AWS": ACCOUNT}, {}, None),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/build"}, {}, None),
        ({"Service": "ec2.amazonaws.com"}, {}, None),
        ("*", {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}, None),
        ("*", {"StringEquals": {"aws:SourceAccount": ACCOUNT}}, None),
        ("*", {}, {"AWS": "*"}),
        ({"AWS": f"arn:aws:iam::{OTHER}:role/x"}, {}, {"AWS": f"arn:aws:iam::{OTHER}:role/x"}),
        ({"Federated": "accounts.google.com"}, {}, {"Federated": "accounts.google.com"}),
        ("*", {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}, {"AWS": "*"}),
    ],
)
def test_who_is_external(
    client: Any, analyzer: str, principal: Any, condition: Any, shown: Any
) -> None:
    condition = {"Condition": condition} if condition else {}
    found = findings_of(client, analyzer, grant(principal, ASSUME, **condition))
    assert [finding["principal"] for finding in found] == ([shown] if shown else [])


def test_a_finding_tells_the_request_and_whether_it_is_public(client: Any, analyzer: str) -> None:
    in_organization = {"StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij"}}
    confined, public = findings_of(
        client, analyzer, grant("*", ASSUME, Condition=in_organization), grant("*", ASSUME)
    )
    assert (confined["isPublic"], public["isPublic"]) == (False, True)
    assert confined["condition"] == {"aws:PrincipalOrgID": "o-abcdefghij"}
    for finding in (confined, public):
        assert finding["action"] == [ASSUME]
        assert (finding["resource"], finding["resourceType"]) == (ROLE, "AWS::IAM::Role")
        assert (finding["status"], finding["changeType"]) == ("ACTIVE", "NEW")
        assert finding["resourceOwnerAccount"] == ACCOUNT
    assert confined["id"] != public["id"]


def test_what_is_undecided_is_a_finding_with_an_error(client: Any, analyzer: str) -> None:
    odd = {"StringMatches": {"aws:PrincipalTag/team": "x"}}
    (finding,) = findings_of(client, analyzer, grant("*", ASSUME, Condition=odd))
    assert finding["error"].startswith("Undecided: ")
    assert "principal" not in finding


def test_findings_come_in_pages(client: Any, analyzer: str) -> None:
    statements = [grant({"AWS": f"{n:012}"}, ASSUME) for n in range(1, 8)]
    preview = preview_of(client, analyzer, {"iamRole": {"trustPolicy": policy(*statements)}})
    pages = client.get_paginator("list_access_preview_findings").paginate(
        **preview, PaginationConfig={"PageSize": 3}
    )
    assert [len(page["findings"]) for page in pages] == [3, 3, 1]


@pytest.mark.parametrize("kind", sorted(POLICIES))
def test_each_kind_of_policy(client: Any, analyzer: str, kind: str) -> None:
    name, resource_type = POLICIES[kind]
    members = MODEL.shape_for("Configuration").members[kind].members
    text = policy(grant("*", "s3:*" if kind != "iamRole" else ASSUME))
    value = text if members[name].type_name == "string" else {"default": text}
    preview = preview_of(client, analyzer, {kind: {name: value}})
    (finding,) = asked(client, "list_access_preview_findings", **preview)["findings"]
    assert (finding["resourceType"], finding["isPublic"]) == (resource_type, True)


def test_a_policy_that_is_none_fails_the_preview(client: Any, analyzer: str) -> None:
    preview = preview_of(client, analyzer, {"iamRole": {"trustPolicy": "{"}})
    told = asked(client, "get_access_preview", **preview)["accessPreview"]
    assert told["status"] == "FAILED"
    assert told["statusReason"] == {"code": "INVALID_CONFIGURATION"}
    with pytest.raises(ClientError) as caught:
        client.list_access_preview_findings(**preview)
    assert caught.value.response["Error"]["Code"] == "ConflictException"


@pytest.mark.parametrize(
    ("configurations", "problem"),
    [
        ({}, "exactly one element"),
        ({"a": {"iamRole": {"trustPolicy": ""}}, "b": {"iamRole": {}}}, "exactly one element"),
        ({"a": {"ebsSnapshot": {"groups": ["all"]}}}, "knows dynamodbStream, .*sqsQueue"),
        ({"a": {"iamRole": {}}}, "must have trustPolicy and nothing else"),
        ({"a": {"s3Bucket": {"bucketPolicy": "", "accessPoints": {}}}}, "judges one policy"),
        ({"a": {"kmsKey": {"keyPolicies": {"other": ""}}}}, "no policy in keyPolicies"),
    ],
)
def test_what_cannot_be_previewed_is_refused(
    client: Any, analyzer: str, configurations: Any, problem: str
) -> None:
    with pytest.raises(ClientError, match=problem) as caught:
        client.create_access_preview(analyzerArn=analyzer, configurations=configurations)
    assert caught.value.response["Error"]["Code"] == "ValidationException"


def test_what_there_is_not(client: Any, analyzer: str) -> None:
    preview = preview_of(client, analyzer, {"iamRole": {"trustPolicy": policy()}})
    unknown = f"{'0' * 8}-0000-0000-0000-{'f' * 12}"
    questions: list[Callable[[], Any]] = [
        lambda: client.get_access_preview(**{**preview, "accessPreviewId": unknown}),
        lambda: client.get_access_preview(**{**preview, "analyzerArn": analyzer + "x"}),
        lambda: client.create_access_preview(analyzerArn=analyzer + "x", configurations={}),
    ]
    for ask in questions:
        with pytest.raises(ClientError) as caught:
            ask()
        assert caught.value.response["Error"]["Code"] == "ResourceNotFoundException"
    with pytest.raises(ClientError, match="filter is not supported"):
        client.list_access_preview_findings(**preview, filter={"isPublic": {"eq": ["true"]}})


def test_the_oldest_previews_are_forgotten(client: Any, analyzer: str) -> None:
    role = {"iamRole": {"trustPolicy": json.dumps({"Statement": []})}}
    oldest = preview_of(client, analyzer, role)
    newer = preview_of(client, analyzer, role)
    for _ in range(MAX_PREVIEWS - 1):
        client.create_access_preview(analyzerArn=analyzer, configurations={ROLE: role})
    assert client.get_access_preview(**newer)["accessPreview"]["status"] == "COMPLETED"
    with pytest.raises(ClientError, match="there is no such access preview"):
        client.get_access_preview(**oldest)
