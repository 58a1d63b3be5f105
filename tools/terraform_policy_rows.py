"""What `make_terraform_data.py` knows of Terraform resource types beside the classified policies.

Written by hand from the schemas of the providers and from the pages of the resource types under
https://registry.terraform.io/providers/hashicorp/aws/latest/docs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

NAMES: Mapping[str, str] = {
    "aws_cloudwatch_event_bus_policy": "event_bus_name",
    "aws_schemas_registry_policy": "registry_name",
    "aws_cloudwatch_log_resource_policy": "policy_name",
    "aws_cloudwatch_log_destination_policy": "destination_name",
    "aws_cloudwatch_log_delivery_destination_policy": "delivery_destination_name",
    "aws_codebuild_resource_policy": "resource_arn",
    "aws_ecr_repository_policy": "repository",
    "aws_ecrpublic_repository_policy": "repository_name",
    "aws_ecr_repository_creation_template": "prefix",
    "aws_media_store_container_policy": "container_name",
    "aws_msk_cluster_policy": "cluster_arn",
    "aws_networkfirewall_resource_policy": "resource_arn",
    "aws_oam_sink_policy": "sink_identifier",
    "aws_osis_resource_policy": "resource_arn",
    "aws_pinpointsmsvoicev2_resource_policy": "resource_arn",
    "aws_prometheus_resource_policy": "workspace_id",
    "aws_redshift_resource_policy": "resource_arn",
    "aws_redshiftserverless_resource_policy": "resource_arn",
    "aws_sagemaker_model_package_group_policy": "model_package_group_name",
    "aws_ses_identity_policy": "name",
    "aws_sesv2_email_identity_policy": "policy_name",
    "aws_vpclattice_auth_policy": "resource_identifier",
    "aws_vpclattice_resource_policy": "resource_arn",
    "aws_xray_resource_policy": "policy_name",
    "aws_dsql_cluster_policy": "identifier",
    "aws_bedrockagentcore_resource_policy": "resource_arn",
    "aws_ram_permission": "name",
    "aws_odb_network": "display_name",
    "aws_transfer_user": "user_name",
    "aws_transfer_access": "external_id",
    "aws_rolesanywhere_profile": "name",
    "aws_eks_pod_identity_association": "service_account",
    "aws_iot_policy": "name",
    "aws_s3files_file_system_policy": "file_system_id",
    "aws_lambda_layer_version_permission": "layer_name",
    "aws_signer_signing_profile_permission": "profile_name",
    "aws_acmpca_permission": "certificate_authority_arn",
    "aws_acmpca_policy": "resource_arn",
    "aws_vpc_endpoint_service_allowed_principal": "vpc_endpoint_service_id",
}
"""The attribute that names a policy or what it is attached to, where it is not classified."""

INSIDE: Mapping[tuple[str, str], str] = {
    ("aws_api_gateway_rest_api", "body"): "x-amazon-apigateway-policy",
    ("awscc_apigateway_rest_api", "body"): "x-amazon-apigateway-policy",
}
"""The key of the text in an attribute under which the policy is."""

ATTACHMENTS = (
    ("aws_budgets_budget_action", "definition/iam_action_definition/policy_arn", "allows"),
    ("aws_budgets_budget_action", "definition/scp_action_definition/policy_id", "limits"),
    ("aws_chatbot_slack_channel_configuration", "guardrail_policy_arns", "limits"),
    ("aws_chatbot_teams_channel_configuration", "guardrail_policy_arns", "limits"),
    ("aws_eks_access_policy_association", "policy_arn", "kubernetes"),
    ("aws_emr_studio_session_mapping", "session_policy_arn", "allows"),
    ("aws_iam_group_policy_attachment", "policy_arn", "allows"),
    ("aws_iam_group_policy_attachments_exclusive", "policy_arns", "allows"),
    ("aws_iam_policy_attachment", "policy_arn", "allows"),
    ("aws_iam_role", "managed_policy_arns", "allows"),
    ("aws_iam_role", "permissions_boundary", "limits"),
    ("aws_iam_role_policy_attachment", "policy_arn", "allows"),
    ("aws_iam_role_policy_attachments_exclusive", "policy_arns", "allows"),
    ("aws_iam_user", "permissions_boundary", "limits"),
    ("aws_iam_user_policy_attachment", "policy_arn", "allows"),
    ("aws_iam_user_policy_attachments_exclusive", "policy_arns", "allows"),
    ("aws_organizations_policy_attachment", "policy_id", "limits"),
    ("aws_quicksight_iam_policy_assignment", "policy_arn", "allows"),
    ("aws_rolesanywhere_profile", "managed_policy_arns", "allows"),
    (
        "aws_ssoadmin_customer_managed_policy_attachment",
        "customer_managed_policy_reference",
        "allows",
    ),
    (
        "aws_ssoadmin_customer_managed_policy_attachments_exclusive",
        "customer_managed_policy_reference",
        "allows",
    ),
    ("aws_ssoadmin_managed_policy_attachment", "managed_policy_arn", "allows"),
    ("aws_ssoadmin_managed_policy_attachments_exclusive", "managed_policy_arns", "allows"),
    ("aws_ssoadmin_permissions_boundary_attachment", "permissions_boundary", "limits"),
)
"""Type, path and effect of what attaches a policy by its name or ARN."""

GRAMMARS: Mapping[str, tuple[str, ...]] = {
    "Cedar": (
        "aws_bedrockagentcore_policy.definition/cedar/statement",
        "aws_verifiedaccess_endpoint.policy_document",
        "aws_verifiedaccess_group.policy_document",
        "aws_verifiedpermissions_policy.definition/static/statement",
        "aws_verifiedpermissions_policy_template.statement",
    ),
    "Chrome browser": ("aws_workspacesweb_browser_settings.browser_policy",),
    "Cloud WAN network": (
        "aws_networkmanager_core_network.base_policy_document",
        "aws_networkmanager_core_network_policy_attachment.policy_document",
    ),
    "CloudFormation Guard": (
        "aws_config_config_rule.source/custom_policy_details/policy_text",
        "aws_config_organization_custom_policy_rule.policy_text",
    ),
    "CloudFormation stack policy": ("aws_cloudformation_stack.policy_body",),
    "CloudWatch Logs account": ("aws_cloudwatch_log_account_policy.policy_document",),
    "CloudWatch Logs data protection": (
        "aws_cloudwatch_log_data_protection_policy.policy_document",
    ),
    "CloudWatch Logs index": ("aws_cloudwatch_log_index_policy.policy_document",),
    "OpenSearch Serverless": (
        "aws_opensearchserverless_lifecycle_policy.policy",
        "aws_opensearchserverless_security_policy.policy",
    ),
    "OpenSearch Serverless access": ("aws_opensearchserverless_access_policy.policy",),
    "QuickSight row-level security": (
        "aws_quicksight_data_set.row_level_permission_data_set/permission_policy",
    ),
    "Route 53 traffic": ("aws_route53_traffic_policy.document",),
    "SES receipt filter": ("aws_ses_receipt_filter.policy",),
    "SNS archive": ("aws_sns_topic.archive_policy",),
    "SNS data protection": ("aws_sns_topic_data_protection_policy.policy",),
    "SNS delivery": (
        "aws_sns_topic.delivery_policy",
        "aws_sns_topic_subscription.delivery_policy",
    ),
    "SNS replay": ("aws_sns_topic_subscription.replay_policy",),
    "SNS subscription filter": ("aws_sns_topic_subscription.filter_policy",),
    "Security Hub configuration": ("aws_securityhub_configuration_policy.configuration_policy",),
    "dead-letter queue": (
        "aws_sns_topic_subscription.redrive_policy",
        "aws_sqs_queue.redrive_allow_policy",
        "aws_sqs_queue.redrive_policy",
        "aws_sqs_queue_redrive_allow_policy.redrive_allow_policy",
        "aws_sqs_queue_redrive_policy.redrive_policy",
    ),
    "lifecycle": (
        "aws_ecr_lifecycle_policy.policy",
        "aws_ecr_repository_creation_template.lifecycle_policy",
    ),
}
"""What is called a policy and is not written in the IAM policy language."""

Containers: TypeAlias = tuple[tuple[str, str, str], ...]

_STACK: Containers = (("template_body", "template", "parameters"), ("template_url", "url", ""))
_PACK: Containers = (
    ("template_body", "template", "input_parameter"),
    ("template_s3_uri", "url", ""),
)
_AWSCC_PACK: Containers = (
    ("template_body", "template", "conformance_pack_input_parameters"),
    ("template_s3_uri", "url", ""),
)

CONTAINERS: Mapping[str, Containers] = {
    "aws_cloudcontrolapi_resource": (("desired_state", "properties", ""),),
    "aws_cloudformation_stack": _STACK,
    "aws_cloudformation_stack_set": _STACK,
    "aws_config_conformance_pack": _PACK,
    "aws_config_organization_conformance_pack": _PACK,
    "aws_iot_ca_certificate": (("registration_config/template_body", "provisioning", ""),),
    "aws_iot_provisioning_template": (("template_body", "provisioning", ""),),
    "aws_serverlessapplicationrepository_cloudformation_stack": (("application_id", "url", ""),),
    "aws_servicecatalog_product": (("provisioning_artifact_parameters/template_url", "url", ""),),
    "aws_servicecatalog_provisioning_artifact": (("template_url", "url", ""),),
}
"""By type: the path, the form of what is there, and the attribute with its parameters."""

AWSCC_CONTAINERS: Mapping[str, Containers] = {
    "awscc_apigateway_rest_api": (("body_s3_location", "url", ""),),
    "awscc_cloudformation_change_set": (
        ("template_body", "template", ""),
        ("template_url", "url", ""),
    ),
    "awscc_cloudformation_stack": _STACK,
    "awscc_cloudformation_stack_set": _STACK,
    "awscc_config_conformance_pack": (
        *_AWSCC_PACK,
        ("template_ssm_document_details", "url", ""),
    ),
    "awscc_config_organization_conformance_pack": _AWSCC_PACK,
    "awscc_iot_ca_certificate": (("registration_config/template_body", "provisioning", ""),),
    "awscc_iot_provisioning_template": (("template_body", "provisioning", ""),),
    "awscc_serverlessrepo_application": (("template_body", "template", ""),),
    "awscc_servicecatalog_cloudformation_product": (
        ("provisioning_artifact_parameters/info", "url", ""),
    ),
}
