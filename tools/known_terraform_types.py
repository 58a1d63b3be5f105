"""What attributes of Terraform resources give that a plan does not know before apply.

Written by hand from the "Attribute Reference" of each resource type's page under
https://registry.terraform.io/providers/hashicorp/aws/latest/docs, from the code of the provider
where it makes up names (https://github.com/hashicorp/terraform-provider-aws, internal/create), and
from the ARN formats of the Service Authorization Reference. `make_terraform_data.py` checks each
row against the provider's schema and those formats. What the texts hold is documented in
`policy_gate/extractors/terraform/attributes.py`.

A type or an attribute is missing where its shape hangs on more than the resource's own attributes:
- it may adopt what is there already: aws_default_vpc, aws_iam_service_linked_role;
- an attribute holds a name or an ARN: aws_ecs_service, aws_s3_access_point (Outposts);
- the identifier is another resource's: aws_kms_replica_key shares the key id of its primary key.
"""

from __future__ import annotations

from collections.abc import Mapping

from known_terraform_services import COMPUTE, EDGE, OPERATIONS
from terraform_shapes import (
    NAME_IN_LOWER_CASE,
    Shapes,
    Variant,
    arn_and_id,
    arn_only,
    customer_key,
    first_in_first_out,
    identified,
    in_account,
    plain,
    regional,
    with_path,
)

STORAGE: Mapping[str, Shapes] = {
    "aws_s3_bucket": Shapes(
        (
            Variant(
                {
                    "arn": "arn:${Partition}:s3:::${bucket}",
                    "bucket": "${bucket}",
                    "id": "${bucket}",
                },
                {"bucket_namespace": ("", "global")},
            ),
        ),
        {"bucket": ("bucket_prefix", "terraform-")},
    ),
    "aws_s3_directory_bucket": plain(
        {"arn": regional("s3express", "bucket/${bucket}"), "id": "${bucket}"}
    ),
    "aws_s3tables_table_bucket": arn_only("s3tables", "bucket/${name}"),
    "aws_dynamodb_table": plain(
        {
            "arn": regional("dynamodb", "table/${name}"),
            "id": "${name}",
            "stream_arn": regional("dynamodb", "table/${name}/stream/${StreamLabel}"),
        }
    ),
    "aws_efs_file_system": identified("elasticfilesystem", "file-system/{}", "fs-${Id}"),
    "aws_efs_access_point": identified("elasticfilesystem", "access-point/{}", "fsap-${Id}"),
    "aws_backup_vault": plain({"arn": regional("backup", "backup-vault:${name}"), "id": "${name}"}),
    "aws_backup_plan": identified("backup", "backup-plan:{}", "${BackupPlanId}"),
    "aws_opensearch_domain": arn_and_id("es", "domain/${domain_name}"),
    "aws_elasticsearch_domain": arn_and_id("es", "domain/${domain_name}"),
    "aws_opensearchserverless_collection": identified("aoss", "collection/{}", "${Id}"),
    "aws_db_instance": plain(
        {
            "arn": regional("rds", "db:${identifier|known}"),
            "resource_id": "db-${ResourceId}",
        }
    ),
    "aws_rds_cluster": plain(
        {
            "arn": regional("rds", "cluster:${cluster_identifier|known}"),
            "cluster_resource_id": "cluster-${ResourceId}",
        }
    ),
    "aws_rds_cluster_instance": plain(
        {
            "arn": regional("rds", "db:${identifier|known}"),
            "dbi_resource_id": "db-${ResourceId}",
        }
    ),
    "aws_docdb_cluster": plain(
        {
            "arn": regional("rds", "cluster:${cluster_identifier|known}"),
            "cluster_resource_id": "cluster-${ResourceId}",
        }
    ),
    "aws_neptune_cluster": plain(
        {
            "arn": regional("rds", "cluster:${cluster_identifier|known}"),
            "cluster_resource_id": "cluster-${ResourceId}",
        }
    ),
    "aws_redshift_cluster": arn_only("redshift", "cluster:${cluster_identifier|lower}"),
    "aws_redshiftserverless_namespace": plain(
        {
            "arn": regional("redshift-serverless", "namespace/${NamespaceId}"),
            "namespace_id": "${NamespaceId}",
        }
    ),
    "aws_redshiftserverless_workgroup": plain(
        {
            "arn": regional("redshift-serverless", "workgroup/${WorkgroupId}"),
            "workgroup_id": "${WorkgroupId}",
        }
    ),
    "aws_elasticache_cluster": arn_only("elasticache", "cluster:${cluster_id|lower}"),
    "aws_elasticache_replication_group": arn_only(
        "elasticache", "replicationgroup:${replication_group_id|lower}"
    ),
    "aws_memorydb_cluster": arn_only("memorydb", f"cluster/{NAME_IN_LOWER_CASE}"),
    "aws_keyspaces_keyspace": arn_only("cassandra", "/keyspace/${name}/"),
    "aws_timestreamwrite_database": arn_only("timestream", "database/${database_name}"),
    "aws_timestreamwrite_table": arn_only(
        "timestream", "database/${database_name}/table/${table_name}"
    ),
}

IDENTITY: Mapping[str, Shapes] = {
    "aws_iam_role": with_path("role", ("unique_id", "AROA"), is_named=False),
    "aws_iam_user": with_path("user", ("unique_id", "AIDA"), is_named=True),
    "aws_iam_group": with_path("group", ("unique_id", "AGPA"), is_named=True),
    "aws_iam_instance_profile": with_path(
        "instance-profile", ("unique_id", "AIPA"), is_named=False
    ),
    "aws_iam_policy": Shapes(
        (
            Variant(
                {
                    "arn": in_account("iam", "policy${path}${name}"),
                    "id": in_account("iam", "policy${path}${name}"),
                    "name": "${name}",
                    "policy_id": "ANPA${PolicyId}",
                }
            ),
        ),
        {"name": ("name_prefix", "terraform-")},
        {"path": "/"},
    ),
    "aws_iam_openid_connect_provider": plain(
        dict.fromkeys(("arn", "id"), in_account("iam", "oidc-provider/${url|without https://}"))
    ),
    "aws_iam_saml_provider": plain(
        dict.fromkeys(("arn", "id"), in_account("iam", "saml-provider/${name}"))
    ),
    "aws_cognito_user_pool": identified("cognito-idp", "userpool/{}", "${Region}_${UserPoolId}"),
    "aws_cognito_identity_pool": identified(
        "cognito-identity", "identitypool/{}", "${Region}:${IdentityPoolId}"
    ),
    "aws_kms_key": customer_key("id", "key_id"),
    "aws_kms_external_key": customer_key("id"),
    "aws_kms_alias": plain(
        {"arn": regional("kms", "${name}"), "id": "${name}", "name": "${name}"},
        "name",
        "name_prefix",
        "alias/",
    ),
    "aws_acmpca_certificate_authority": arn_and_id(
        "acm-pca", "certificate-authority/${CertificateAuthorityId}"
    ),
    "aws_secretsmanager_secret": Shapes(
        (
            # Secrets Manager appends a hyphen and six random characters to the name.
            Variant(
                dict.fromkeys(("arn", "id"), regional("secretsmanager", "secret:${name}-${Random}"))
                | {"name": "${name}"}
            ),
        ),
        {"name": ("name_prefix", "terraform-")},
    ),
    "aws_ssm_parameter": plain(
        {"arn": regional("ssm", "parameter/${name|without /}"), "id": "${name}"}
    ),
    "aws_ssm_document": plain({"arn": regional("ssm", "document/${name}"), "id": "${name}"}),
    "aws_rolesanywhere_trust_anchor": identified(
        "rolesanywhere", "trust-anchor/{}", "${TrustAnchorId}"
    ),
    "aws_rolesanywhere_profile": identified("rolesanywhere", "profile/{}", "${ProfileId}"),
    "aws_ram_resource_share": arn_and_id("ram", "resource-share/${ResourceShareId}"),
    "aws_accessanalyzer_analyzer": arn_only("access-analyzer", "analyzer/${analyzer_name}"),
    "aws_guardduty_detector": identified("guardduty", "detector/{}", "${DetectorId}"),
}

MESSAGING: Mapping[str, Shapes] = {
    "aws_sqs_queue": first_in_first_out(
        "fifo_queue",
        {
            "arn": regional("sqs", "${name}"),
            "id": "https://sqs.${Region}.${URLSuffix}/${Account}/${name}",
            "name": "${name}",
            "url": "https://sqs.${Region}.${URLSuffix}/${Account}/${name}",
        },
    ),
    "aws_sns_topic": first_in_first_out(
        "fifo_topic",
        {
            "arn": regional("sns", "${name}"),
            "id": regional("sns", "${name}"),
            "name": "${name}",
            "owner": "${Account}",
        },
    ),
    "aws_sns_platform_application": arn_and_id("sns", "app/${platform}/${name}"),
    "aws_cloudwatch_event_bus": plain(
        {"arn": regional("events", "event-bus/${name}"), "id": "${name}"}
    ),
    "aws_cloudwatch_event_rule": Shapes(
        (
            Variant(
                {"arn": regional("events", "rule/${name}"), "name": "${name}"},
                {"event_bus_name": ("", "default")},
            ),
            Variant(
                {"arn": regional("events", "rule/${event_bus_name}/${name}"), "name": "${name}"},
                {"event_bus_name": None},
            ),
        ),
        {"name": ("name_prefix", "terraform-")},
    ),
    "aws_cloudwatch_event_archive": arn_only("events", "archive/${name}"),
    "aws_cloudwatch_event_api_destination": arn_only("events", "api-destination/${name}/${Id}"),
    "aws_cloudwatch_event_connection": arn_only("events", "connection/${name}/${Id}"),
    "aws_kinesis_stream": arn_and_id("kinesis", "stream/${name}"),
    "aws_kinesis_firehose_delivery_stream": arn_and_id("firehose", "deliverystream/${name}"),
    "aws_kinesis_video_stream": arn_and_id("kinesisvideo", "stream/${name}/${CreationTime}"),
    "aws_msk_cluster": arn_and_id("kafka", "cluster/${cluster_name}/${Id}"),
    "aws_msk_serverless_cluster": arn_and_id("kafka", "cluster/${cluster_name}/${Id}"),
    "aws_mq_broker": identified("mq", "broker:${{broker_name}}:{}", "${BrokerId}"),
    "aws_pipes_pipe": arn_only("pipes", "pipe/${name|known}"),
    "aws_scheduler_schedule": Shapes(
        (Variant({"arn": regional("scheduler", "schedule/${group_name}/${name|known}")}),),
        defaults={"group_name": "default"},
    ),
    "aws_scheduler_schedule_group": arn_only("scheduler", "schedule-group/${name|known}"),
    "aws_iot_policy": plain({"arn": regional("iot", "policy/${name}"), "id": "${name}"}),
    "aws_iot_role_alias": arn_only("iot", "rolealias/${alias}"),
    "aws_iot_thing": arn_only("iot", "thing/${name}"),
    "aws_iot_topic_rule": arn_only("iot", "rule/${name}"),
    "aws_ses_domain_identity": arn_only("ses", "identity/${domain}"),
    "aws_ses_email_identity": arn_only("ses", "identity/${email}"),
    "aws_ses_configuration_set": arn_only("ses", "configuration-set/${name}"),
    "aws_sesv2_email_identity": arn_only("ses", "identity/${email_identity}"),
    "aws_sesv2_configuration_set": arn_only("ses", "configuration-set/${configuration_set_name}"),
}

KNOWN: Mapping[str, Shapes] = STORAGE | IDENTITY | MESSAGING | COMPUTE | OPERATIONS | EDGE
