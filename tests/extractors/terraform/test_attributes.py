"""An attribute that a plan does not know has the shape that AWS and the provider give it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from policy_gate.extractors.terraform import attributes
from policy_gate.extractors.terraform.assumptions import supplied
from policy_gate.extractors.terraform.attributes import computed
from policy_gate.extractors.terraform.changes import ResourceChange
from policy_gate.extractors.terraform.deployment import Deployment, Parts
from policy_gate.extractors.texts import join
from policy_gate.model import AssumptionKind

CONTENT = json.loads(
    (Path(attributes.__file__).parent / "data" / "computed_attributes.json").read_text()
)
PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
HERE = Deployment.of("111122223333", "eu-west-1")


def change(resource_type: str, *unset: str, **known: object) -> ResourceChange:
    return ResourceChange(
        address=f"{resource_type}.x",
        module=(),
        mode="managed",
        type=resource_type,
        name="x",
        key=None,
        actions=("create",),
        after=dict(known),
        after_unknown=dict.fromkeys(unset, True),
    )


def parts_of(
    resource: ResourceChange,
    name: str,
    deployment: Deployment = HERE,
    deferred: Mapping[str, Parts] | None = None,
) -> Parts | None:
    def value(attribute: str) -> Parts | None:
        if deferred and attribute in deferred:
            return deferred[attribute]
        known = (resource.after or {}).get(attribute)
        return None if known is None else (str(known),)

    return computed(resource, name, deployment, value)


def written(
    resource: ResourceChange,
    name: str,
    deployment: Deployment = HERE,
    deferred: Mapping[str, Parts] | None = None,
) -> str | None:
    parts = parts_of(resource, name, deployment, deferred)
    return None if parts is None else str(join(parts))


@pytest.mark.parametrize(
    ("resource", "name", "expected"),
    [
        (change("aws_s3_bucket", bucket="logs"), "arn", "arn:aws:s3:::logs"),
        (change("aws_s3_bucket", bucket="logs"), "id", "logs"),
        (
            change("aws_sqs_queue", name="jobs"),
            "arn",
            "arn:aws:sqs:eu-west-1:111122223333:jobs",
        ),
        (
            change("aws_sqs_queue", name="jobs"),
            "url",
            "https://sqs.eu-west-1.amazonaws.com/111122223333/jobs",
        ),
        (
            change("aws_sqs_queue", name="jobs.fifo", fifo_queue="true"),
            "arn",
            "arn:aws:sqs:eu-west-1:111122223333:jobs.fifo",
        ),
        (
            change("aws_iam_role", name="app", path="/service/"),
            "arn",
            "arn:aws:iam::111122223333:role/service/app",
        ),
        (change("aws_iam_role", name="app"), "arn", "arn:aws:iam::111122223333:role/app"),
        (change("aws_iam_role", name="app"), "id", "app"),
        (
            change("aws_iam_openid_connect_provider", url="https://token.example.com"),
            "arn",
            "arn:aws:iam::111122223333:oidc-provider/token.example.com",
        ),
        (
            change("aws_cloudwatch_log_group", name="/app/web"),
            "arn",
            "arn:aws:logs:eu-west-1:111122223333:log-group:/app/web",
        ),
        (
            change("aws_ssm_parameter", name="/app/key"),
            "arn",
            "arn:aws:ssm:eu-west-1:111122223333:parameter/app/key",
        ),
        (
            change("aws_ssm_parameter", name="key"),
            "arn",
            "arn:aws:ssm:eu-west-1:111122223333:parameter/key",
        ),
        (
            change("aws_cloudwatch_event_rule", name="r", event_bus_name="default"),
            "arn",
            "arn:aws:events:eu-west-1:111122223333:rule/r",
        ),
        (
            change("aws_cloudwatch_event_rule", name="r", event_bus_name="orders"),
            "arn",
            "arn:aws:events:eu-west-1:111122223333:rule/orders/r",
        ),
        (
            change("aws_elasticache_cluster", cluster_id="Cache"),
            "arn",
            "arn:aws:elasticache:eu-west-1:111122223333:cluster:cache",
        ),
        (
            change("aws_secretsmanager_secret", name="db"),
            "arn",
            (
                "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db"
                "-${aws_secretsmanager_secret.x.random}"
            ),
        ),
        (
            change("aws_kms_key", "key_id", multi_region="true"),
            "arn",
            "arn:aws:kms:eu-west-1:111122223333:key/mrk-${aws_kms_key.x.key_id}",
        ),
        (
            change("aws_lb", name="web", load_balancer_type="network"),
            "arn",
            "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/net/web/${aws_lb.x.id}",
        ),
        (
            change("aws_api_gateway_rest_api", name="api"),
            "execution_arn",
            "arn:aws:execute-api:eu-west-1:111122223333:${aws_api_gateway_rest_api.x.rest_api_id}",
        ),
        (
            change("aws_cloudfront_origin_access_identity"),
            "iam_arn",
            (
                "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity "
                "${aws_cloudfront_origin_access_identity.x.id}"
            ),
        ),
        (
            change("awscc_iam_role", role_name="app"),
            "arn",
            "arn:aws:iam::111122223333:role/app",
        ),
        (
            change("awscc_logs_log_group", log_group_name="app"),
            "arn",
            "arn:aws:logs:eu-west-1:111122223333:log-group:app:*",
        ),
    ],
    ids=lambda value: value.type if isinstance(value, ResourceChange) else None,
)
def test_a_name_that_is_known_gives_the_exact_text(
    resource: ResourceChange, name: str, expected: str
) -> None:
    assert written(resource, name) == expected


def test_a_name_that_the_provider_makes_up_is_a_fresh_literal() -> None:
    bucket = change("aws_s3_bucket", "bucket", "bucket_prefix")
    parts = parts_of(bucket, "arn")
    assert parts is not None
    assert parts[-2] == "terraform-"
    assert not isinstance(parts[-1], str)
    assert parts[-1].kind is AssumptionKind.CREATED_HERE
    assert parts_of(bucket, "id") == parts[-2:]


def test_a_prefix_is_kept() -> None:
    bucket = change("aws_s3_bucket", "bucket", bucket_prefix="logs-")
    assert written(bucket, "arn") == "arn:aws:s3:::logs-${aws_s3_bucket.x.bucket_suffix}"


@pytest.mark.parametrize(
    "resource",
    [
        replace(change("aws_kms_key", "key_id"), actions=("update",)),
        replace(change("aws_kms_key", "key_id"), is_import=True),
    ],
)
def test_only_what_the_plan_creates_is_fresh(resource: ResourceChange) -> None:
    parts = parts_of(resource, "key_id")
    assert parts is not None
    [part] = parts
    assert not isinstance(part, str)
    assert part.kind is AssumptionKind.SUPPLIED


def test_a_replacement_is_created_too() -> None:
    parts = parts_of(replace(change("aws_kms_key"), actions=("delete", "create")), "key_id")
    assert parts is not None
    assert [getattr(part, "kind", "") for part in parts] == [AssumptionKind.CREATED_HERE]


def test_a_count_may_be_one_that_a_policy_names() -> None:
    parts = parts_of(change("aws_ecs_task_definition", family="app"), "arn")
    assert parts is not None
    assert [part.kind for part in parts if not isinstance(part, str)] == [AssumptionKind.SUPPLIED]


def test_instances_are_told_apart() -> None:
    one = change("aws_kms_key")
    keys = [parts_of(replace(one, address=f"aws_kms_key.x[{i}]"), "key_id") for i in range(2)]
    assert keys[0] != keys[1]
    assert keys[0] == parts_of(replace(one, address="aws_kms_key.x[0]"), "key_id")


@pytest.mark.parametrize(
    ("resource", "name"),
    [
        (change("aws_s3_bucket", bucket="logs"), "hosted_zone_id"),
        (change("google_storage_bucket", name="logs"), "id"),
        (replace(change("aws_s3_bucket", bucket="logs"), mode="data"), "arn"),
        (
            change("aws_lambda_alias", function_name="arn:aws:lambda:x:y:function:f", name="a"),
            "arn",
        ),
        (change("aws_cloudwatch_event_rule", name="r", event_bus_name="arn:aws:events"), "arn"),
        (change("aws_s3_bucket", bucket="x", bucket_namespace="account-regional"), "arn"),
        (change("aws_sqs_queue", "name", fifo_queue="true"), "arn"),
        (change("aws_lb", "name", load_balancer_type="new-kind"), "arn"),
        (change("aws_glue_catalog_database", name="d", catalog_id="999999999999"), "arn"),
        (change("aws_db_instance", "identifier"), "arn"),
    ],
    ids=lambda value: value.type if isinstance(value, ResourceChange) else None,
)
def test_in_case_of_doubt_nothing_is_known(resource: ResourceChange, name: str) -> None:
    assert parts_of(resource, name) is None


def test_a_name_under_another_key_in_another_version_is_not_taken_for_unset() -> None:
    older = change("aws_s3_bucket", bucket_name="logs")
    assert parts_of(older, "arn") is None


def test_an_empty_name_is_none() -> None:
    assert written(change("aws_s3_bucket", bucket=""), "id") == (
        "terraform-${aws_s3_bucket.x.bucket_suffix}"
    )


def test_a_name_that_is_unknown_stays_so() -> None:
    team = supplied("var.team", "it is known after apply")
    bucket = change("aws_s3_bucket", "bucket")
    found = parts_of(bucket, "arn", deferred={"bucket": ("logs-", team)})
    assert found is not None
    assert join(found) == join(("arn:aws:s3:::logs-", team))


def test_what_aws_drops_or_writes_in_lower_case_is_changed_in_what_may_be_too() -> None:
    team = replace(supplied("var.team", "of its type"), allowed=("/A", "/b"), pattern="/*")
    parameter = parts_of(change("aws_ssm_parameter"), "arn", deferred={"name": (team,)})
    assert parameter is not None
    assert getattr(parameter[-1], "allowed", None) == ("A", "b")
    assert getattr(parameter[-1], "pattern", None) == "**"
    cluster = parts_of(
        change("aws_redshift_cluster"), "arn", deferred={"cluster_identifier": ("A-", team)}
    )
    assert cluster is not None
    assert cluster[-2] == "a-"
    assert getattr(cluster[-1], "allowed", None) == ("/a", "/b")


def test_a_value_that_may_be_an_arn_is_no_name() -> None:
    either = replace(supplied("var.f", "of its type"), allowed=("f", "arn:aws:lambda:x:y:f"))
    alias = change("aws_lambda_alias", name="live")
    assert parts_of(alias, "arn", deferred={"function_name": (either,)}) is None


def test_a_variant_that_only_deployment_chooses_is_not_guessed() -> None:
    bus = supplied("var.bus", "it is known after apply")
    rule = change("aws_cloudwatch_event_rule", name="r")
    assert parts_of(rule, "arn", deferred={"event_bus_name": (bus,)}) is None


def test_where_it_is_deployed_is_assumed_where_it_is_not_known() -> None:
    queue = change("aws_sqs_queue", name="jobs")
    parts = parts_of(queue, "arn", Deployment.of())
    assert parts is not None
    kinds = {part.expression: part.kind for part in parts if not isinstance(part, str)}
    assert kinds == {
        "${AWS::Partition}": AssumptionKind.DEFAULT,
        "${AWS::Region}": AssumptionKind.SUPPLIED,
        "${AWS::AccountId}": AssumptionKind.SUPPLIED,
    }


def test_the_region_of_a_resource_goes_before_that_of_its_provider() -> None:
    queue = change("aws_sqs_queue", name="jobs", region="cn-north-1")
    assert written(queue, "arn", Deployment.of(account="111122223333")) == (
        "arn:aws-cn:sqs:cn-north-1:111122223333:jobs"
    )
    assert written(queue, "url", Deployment.of(account="111122223333")) == (
        "https://sqs.cn-north-1.amazonaws.com.cn/111122223333/jobs"
    )


def test_the_partition_follows_from_the_region() -> None:
    assert Deployment.of(region="us-gov-west-1").partition == ("aws-us-gov",)
    assert Deployment.of(region="eu-west-1", partition="aws-eusc").partition == ("aws-eusc",)


def test_the_types_that_policies_name_have_shapes() -> None:
    known = {name for name in CONTENT["types"] if name.startswith("aws_")}
    assert len(known) >= 150
    assert len(CONTENT["types"]) - len(known) >= 200


def test_every_text_of_the_table_is_well_formed() -> None:
    for name, entry in CONTENT["types"].items():
        for variant in entry["variants"]:
            for text in variant["attributes"].values():
                assert text.count("${") == len(PLACEHOLDER.findall(text)), name
                for placeholder in PLACEHOLDER.findall(text):
                    first, *rules = placeholder.split("|")
                    assert re.fullmatch(r"[a-z]\w*|[A-Z]\w*", first), name
                    assert all(
                        rule in ("known", "lower", "any") or rule.startswith("without ")
                        for rule in rules
                    ), name
                if text.startswith("arn:"):
                    assert text.count(":") >= 5, name
        used = {key for variant in entry["variants"] for key in variant["attributes"]}
        assert set(entry.get("names", {})) <= used
