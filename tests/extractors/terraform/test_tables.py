"""The committed table of policy attributes holds together, and mirrors that of CloudFormation."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from policy_gate.extractors.cloudformation import tables as cloudformation
from policy_gate.extractors.cloudformation.tables import Effect, PropertyKind
from policy_gate.extractors.terraform import tables
from policy_gate.extractors.terraform.tables import PolicyAttribute

CONTENT = json.loads(
    (Path(tables.__file__).parent / "data" / "policy_attributes.json").read_text(encoding="utf-8")
)
SECTIONS = ["policies", "attachments", "not_iam_grammar", "containers"]
CLASSIFIED = Path(__file__).parents[4] / "shared" / "iac" / "tf_policy_resources.json"


def all_rows(provider: str) -> list[PolicyAttribute]:
    names = sorted(name for name in tables.policy_resource_types() if name.startswith(provider))
    return [row for name in names for row in tables.policy_attributes(name)]


def row_of(resource_type: str, *path: str) -> PolicyAttribute:
    return {row.path: row for row in tables.policy_attributes(resource_type)}[path]


def test_the_table_says_where_it_comes_from() -> None:
    assert re.search(r"hashicorp/aws \d+\.\d+\.\d+", CONTENT["origin"])


@pytest.mark.parametrize(("provider", "rows", "types"), [("aws_", 98, 94), ("awscc_", 97, 91)])
def test_the_table_is_complete(provider: str, rows: int, types: int) -> None:
    assert len(all_rows(provider)) == rows
    assert len({row.resource_type for row in all_rows(provider)}) == types


@pytest.mark.parametrize("section", SECTIONS)
def test_rows_are_sorted_and_unique(section: str) -> None:
    keys = [(row["type"], row["path"]) for row in CONTENT[section]]
    assert keys == sorted(set(keys))


def test_no_attribute_is_both_a_policy_and_something_else() -> None:
    places = [{(row["type"], row["path"]) for row in CONTENT[section]} for section in SECTIONS]
    assert sum(map(len, places)) == len(set.union(*places))


@pytest.mark.skipif(not CLASSIFIED.exists(), reason="the classification is not at hand")
def test_no_classified_type_is_missing() -> None:
    classified = json.loads(CLASSIFIED.read_text(encoding="utf-8"))
    for row in classified["policies"] + classified["awscc"]:
        kind = row["type"]
        assert tables.policy_attributes(kind) or tables.containers(kind), kind
    for path in classified["attachments"]:
        assert tables.attachments(path.split(".")[0]), path


def test_only_a_statement_made_from_attributes_has_no_path() -> None:
    without = [row for row in all_rows("aws") if not row.path]
    assert {row.kind for row in without} == {PropertyKind.PERMISSION}
    assert "aws_lambda_permission" in {row.resource_type for row in without}


def test_a_role_has_a_trust_policy_and_inline_policies_in_blocks() -> None:
    trust = row_of("aws_iam_role", "assume_role_policy")
    inline = row_of("aws_iam_role", "inline_policy", "*", "policy")
    assert trust.kind is PropertyKind.TRUST
    assert trust.validate_policy_resource_type == "AWS::IAM::AssumeRolePolicyDocument"
    assert (inline.kind, inline.name_attribute) == (PropertyKind.IDENTITY, "name")


def test_a_nested_object_is_no_list_where_the_provider_has_an_object() -> None:
    row_of("aws_fsx_s3_access_point_attachment", "s3_access_point", "*", "policy")
    row_of("awscc_fsx_s3_access_point_attachment", "s3_access_point", "policy")
    row_of("awscc_iam_role", "policies", "*", "policy_document")
    row_of("awscc_dynamodb_global_table", "replicas", "*", "resource_policy", "policy_document")


def test_the_policy_of_an_api_is_inside_of_its_body() -> None:
    assert row_of("aws_api_gateway_rest_api", "body").inside == "x-amazon-apigateway-policy"
    assert row_of("aws_api_gateway_rest_api", "policy").inside is None


def test_the_two_providers_agree_with_cloudformation() -> None:
    known = {
        row.public_access_resource_type
        for name in cloudformation.policy_resource_types()
        for row in cloudformation.policy_properties(name)
    }
    mirrored = {row.public_access_resource_type for row in all_rows("awscc")}
    assert mirrored <= known
    assert {row.public_access_resource_type for row in all_rows("aws_")} <= known | {
        "AWS::S3::Glacier"
    }


def test_attachments_say_what_they_do() -> None:
    def effects(resource_type: str) -> dict[str, Effect]:
        return {"/".join(row.path): row.effect for row in tables.attachments(resource_type)}

    assert effects("aws_iam_role") == {
        "managed_policy_arns/*": Effect.ALLOWS,
        "permissions_boundary": Effect.LIMITS,
    }
    assert effects("aws_organizations_policy_attachment") == {"policy_id": Effect.LIMITS}
    assert effects("aws_eks_access_policy_association") == {"policy_arn": Effect.KUBERNETES}
    assert effects("awscc_iam_user")["managed_policy_arns/*"] is Effect.ALLOWS


def test_other_grammars_and_containers_are_known() -> None:
    [cedar] = tables.other_grammar("aws_verifiedpermissions_policy")
    assert cedar == (("definition", "*", "static", "*", "statement"), "Cedar")
    body, url = tables.containers("aws_cloudformation_stack")
    assert body == (("template_body",), "template", ("parameters",))
    assert url == (("template_url",), "url", ())


def test_an_unknown_type_has_nothing() -> None:
    assert tables.policy_attributes("google_project_iam_policy") == ()
    assert tables.attachments("aws_vpc") == ()


def test_importing_reads_no_data() -> None:
    code = (
        "import pathlib; pathlib.Path.read_text = None;"
        "import policy_gate.extractors.terraform.tables"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
