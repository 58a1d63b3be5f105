"""The committed data files hold together, and say what AWS documents of the common types."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from policy_gate.extractors.cloudformation import tables
from policy_gate.extractors.cloudformation.tables import Effect, PropertyKind

EXTRACTORS = Path(tables.__file__).parent.parent
RESOURCE_TYPES = json.loads(
    (EXTRACTORS / "cloudformation" / "data" / "resource_types.json").read_text()
)
POLICY_PROPERTIES = json.loads(
    (EXTRACTORS / "cloudformation" / "data" / "policy_properties.json").read_text()
)
MANAGED_POLICIES = json.loads(
    (EXTRACTORS.parent / "managed_policies" / "data" / "managed_policies.json").read_text()
)
PLACEHOLDER = re.compile(r"\$\{(\w+)(?:\|without [^}]+)?\}")


def all_properties() -> list[tables.PolicyProperty]:
    names = sorted(tables.policy_resource_types())
    return [row for name in names for row in tables.policy_properties(name)]


def test_every_file_documents_its_origin() -> None:
    for content in (RESOURCE_TYPES, POLICY_PROPERTIES, MANAGED_POLICIES):
        assert re.search(r"\d+\.\d+\.\d+", content["origin"])


def test_the_policy_properties_are_complete_and_unique() -> None:
    rows = all_properties()
    assert len(rows) == 112
    assert len(tables.policy_resource_types()) == 103
    assert len({(row.resource_type, row.path) for row in rows}) == len(rows)


@pytest.mark.parametrize("section", ["policies", "not_iam_grammar", "attachments"])
def test_rows_are_sorted_and_their_keys_unique(section: str) -> None:
    keys = [(row["type"], row["path"]) for row in POLICY_PROPERTIES[section]]
    assert keys == sorted(set(keys))


def test_every_row_fits_the_access_analyzer_api() -> None:
    for row in all_properties():
        assert all(row.path) or row.path == ()
        assert row.policy_type in {"IDENTITY_POLICY", "RESOURCE_POLICY", "SERVICE_CONTROL_POLICY"}
        assert row.grammar in {"iam", "iot"}
        if row.validate_policy_resource_type or row.public_access_resource_type:
            assert row.policy_type == "RESOURCE_POLICY"


def test_only_a_statement_made_from_properties_has_no_path() -> None:
    without = {row.value_form for row in all_properties() if not row.path}
    assert without == {"synthesised", "any"}
    pathless = [row.resource_type for row in all_properties() if not row.path]
    assert "AWS::Lambda::Permission" in pathless
    assert all(row.note for row in all_properties() if not row.path)


def test_no_property_is_both_a_policy_and_another_grammar() -> None:
    policies = {(row["type"], row["path"]) for row in POLICY_PROPERTIES["policies"]}
    others = {(row["type"], row["path"]) for row in POLICY_PROPERTIES["not_iam_grammar"]}
    assert not policies & others


def test_a_role_has_a_trust_policy_and_inline_policies() -> None:
    by_path = {row.path: row for row in tables.policy_properties("AWS::IAM::Role")}
    trust = by_path[("AssumeRolePolicyDocument",)]
    assert trust.kind is PropertyKind.TRUST
    assert trust.validate_policy_resource_type == "AWS::IAM::AssumeRolePolicyDocument"
    inline = by_path[("Policies", "*", "PolicyDocument")]
    assert inline.kind is PropertyKind.IDENTITY
    assert inline.name_path == ("Policies", "*", "PolicyName")
    assert inline.public_access_resource_type is None
    assert tables.attachments("AWS::IAM::Role") == (
        (("ManagedPolicyArns",), Effect.ALLOWS),
        (("PermissionsBoundary",), Effect.LIMITS),
    )


def test_a_bucket_policy_is_checked_as_a_bucket() -> None:
    [row] = tables.policy_properties("AWS::S3::BucketPolicy")
    assert row.validate_policy_resource_type == "AWS::S3::Bucket"
    assert row.public_access_resource_type == "AWS::S3::Bucket"


def test_other_grammars_and_nested_templates_are_told_apart() -> None:
    [cedar] = tables.other_grammar("AWS::VerifiedPermissions::PolicyTemplate")
    assert (cedar.path, cedar.grammar) == (("Statement",), "Cedar")
    [nested] = tables.template_containers("AWS::CloudFormation::Stack")
    assert (nested.path, nested.form) == (("TemplateURL",), "url")


def test_an_unknown_type_gives_nothing() -> None:
    for name in ("AWS::Nothing::Here", "Custom::Thing", ""):
        assert tables.policy_properties(name) == ()
        assert tables.other_grammar(name) == ()
        assert tables.attachments(name) == ()
        assert tables.template_containers(name) == ()
        assert tables.resource_type(name) is None


def known(name: str) -> tables.ResourceType:
    found = tables.resource_type(name)
    assert found is not None
    return found


@pytest.mark.parametrize("name", sorted(RESOURCE_TYPES["types"]))
def test_every_resource_type_is_well_formed(name: str) -> None:
    found = known(name)
    assert found.ref or found.attributes
    assert bool(found.arn) == bool(found.arn_attributes)
    for attribute in found.arn_attributes:
        assert found.attributes[attribute] == found.arn
    if found.arn:
        # Partition, service, region, account, resource; nothing but placeholders between colons
        # that a policy would compare.
        assert re.fullmatch(
            r"arn:\$\{Partition\}:[a-z0-9-]+:(\$\{Region\})?:(\$\{Account\})?:\S+",
            found.arn.replace("|without ", "|"),
        )
    for text in (*found.attributes.values(), found.ref or ""):
        assert "$" not in PLACEHOLDER.sub("", text)
    placeholders = Counter(PLACEHOLDER.findall(found.arn or ""))
    assert all(option in placeholders for option in found.defaults)
    assert all(count == 1 for count in placeholders.values())


HERE = "${Region}:${Account}"


@pytest.mark.parametrize(
    ("name", "ref", "arn"),
    [
        ("AWS::S3::Bucket", "${BucketName}", "s3:::${BucketName}"),
        ("AWS::IAM::Role", "${RoleName}", "iam::${Account}:role${Path}${RoleName}"),
        ("AWS::Lambda::Function", "${FunctionName}", f"lambda:{HERE}:function:${{FunctionName}}"),
        ("AWS::DynamoDB::Table", "${TableName}", f"dynamodb:{HERE}:table/${{TableName}}"),
        ("AWS::KMS::Key", "${KeyId}", f"kms:{HERE}:key/${{KeyId}}"),
        ("AWS::Logs::LogGroup", "${LogGroupName}", f"logs:{HERE}:log-group:${{LogGroupName}}:*"),
        ("AWS::Events::Rule", "${Name}", f"events:{HERE}:rule/${{Name}}"),
        ("AWS::ECR::Repository", "${RepositoryName}", f"ecr:{HERE}:repository/${{RepositoryName}}"),
        ("AWS::Kinesis::Stream", "${Name}", f"kinesis:{HERE}:stream/${{Name}}"),
        ("AWS::CodePipeline::Pipeline", "${Name}", f"codepipeline:{HERE}:${{Name}}"),
    ],
)
def test_ref_is_the_name_and_arn_holds_it(name: str, ref: str, arn: str) -> None:
    found = known(name)
    assert found.ref == ref
    assert found.arn == f"arn:${{Partition}}:{arn}"
    assert found.attributes["Arn"] == found.arn


@pytest.mark.parametrize(
    ("name", "arn"),
    [
        ("AWS::SNS::Topic", f"sns:{HERE}:${{TopicName}}"),
        ("AWS::IAM::ManagedPolicy", "iam::${Account}:policy${Path}${ManagedPolicyName}"),
        ("AWS::StepFunctions::StateMachine", f"states:{HERE}:stateMachine:${{StateMachineName}}"),
        ("AWS::SecretsManager::Secret", f"secretsmanager:{HERE}:secret:${{Name}}-${{Random}}"),
        ("AWS::AppSync::GraphQLApi", f"appsync:{HERE}:apis/${{ApiId}}"),
        ("AWS::MSK::Cluster", f"kafka:{HERE}:cluster/${{ClusterName}}/${{Uuid}}"),
    ],
)
def test_ref_is_the_arn(name: str, arn: str) -> None:
    found = known(name)
    assert found.ref == found.arn == f"arn:${{Partition}}:{arn}"


def test_the_ref_of_a_queue_is_its_url() -> None:
    queue = known("AWS::SQS::Queue")
    assert queue.ref == "https://sqs.${Region}.${URLSuffix}/${Account}/${QueueName}"
    assert queue.attributes["Arn"] == "arn:${Partition}:sqs:${Region}:${Account}:${QueueName}"
    assert queue.attributes["QueueName"] == "${QueueName}"


def test_properties_that_change_the_shape_are_named() -> None:
    assert known("AWS::IAM::Role").defaults == {"Path": "/"}
    assert known("AWS::Events::Rule").unless == ("EventBusName",)
    assert "BucketNamePrefix" in known("AWS::S3::Bucket").unless


@pytest.mark.parametrize(
    "name",
    [
        "AWS::ElastiCache::ReplicationGroup",  # the service lower-cases the name
        "AWS::KMS::ReplicaKey",  # shares the key id of its primary key
        "AWS::Lambda::Alias",  # FunctionName may be an ARN
        "AWS::CloudFront::KeyValueStore",  # the ARN holds an id, not the name
    ],
)
def test_types_whose_shape_is_uncertain_have_no_entry(name: str) -> None:
    assert tables.resource_type(name) is None


def test_a_lower_cased_name_gives_no_arn() -> None:
    instance = known("AWS::RDS::DBInstance")
    assert instance.ref is None
    assert instance.arn is None
    assert instance.attributes == {"DbiResourceId": "${DbiResourceId}"}


def test_importing_the_tables_reads_no_data() -> None:
    program = (
        "import sys, builtins, io\n"
        "opened = []\n"
        "sys.addaudithook(lambda event, args: opened.append(str(args[0]))"
        " if event == 'open' else None)\n"
        "from policy_gate.extractors.cloudformation import tables\n"
        "assert not [name for name in opened if name.endswith('.json')], opened\n"
        "tables.policy_properties('AWS::IAM::Role')\n"
        "assert [name for name in opened if name.endswith('policy_properties.json')]\n"
        "assert not [name for name in opened if name.endswith('resource_types.json')]\n"
        "tables.policy_properties('AWS::IAM::User')\n"
        "assert len([name for name in opened if name.endswith('.json')]) == 1\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_administrator_grade_policies_are_at_hand() -> None:
    policies = MANAGED_POLICIES["policies"]
    assert policies["AdministratorAccess"]["Statement"] == [
        {"Action": "*", "Effect": "Allow", "Resource": "*"}
    ]
    assert {"PowerUserAccess", "IAMFullAccess", "job-function/SystemAdministrator"} <= set(policies)
    assert "ReadOnlyAccess" not in policies
    for document in policies.values():
        assert document["Version"] == "2012-10-17"
        assert any(statement["Effect"] == "Allow" for statement in document["Statement"])
