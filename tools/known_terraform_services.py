"""The rows of `known_terraform_types.py` for what runs, what builds and what faces the network."""

from __future__ import annotations

from collections.abc import Mapping

from terraform_shapes import (
    NAME_IN_LOWER_CASE,
    Shapes,
    Variant,
    arn_and_id,
    arn_only,
    firewall,
    generated,
    identified,
    in_account,
    in_ec2,
    load_balancer,
    only_when,
    plain,
    regional,
)

COMPUTE: Mapping[str, Shapes] = {
    "aws_lambda_function": plain(
        {"arn": regional("lambda", "function:${function_name}"), "id": "${function_name}"}
    ),
    "aws_lambda_alias": arn_only("lambda", "function:${function_name}:${name}"),
    "aws_lambda_layer_version": plain(
        {
            "arn": regional("lambda", "layer:${layer_name}:${LayerVersion|any}"),
            "id": regional("lambda", "layer:${layer_name}:${LayerVersion|any}"),
            "layer_arn": regional("lambda", "layer:${layer_name}"),
        }
    ),
    "aws_lambda_event_source_mapping": identified(
        "lambda", "event-source-mapping:{}", "${Uuid}", "uuid"
    ),
    "aws_lambda_code_signing_config": arn_and_id(
        "lambda", "code-signing-config:csc-${CodeSigningConfigId}"
    ),
    "aws_sfn_state_machine": Shapes(
        (
            Variant(
                {
                    "arn": regional("states", "stateMachine:${name}"),
                    "id": regional("states", "stateMachine:${name}"),
                    "name": "${name}",
                }
            ),
        ),
        {"name": ("name_prefix", "terraform-")},
    ),
    "aws_sfn_activity": arn_and_id("states", "activity:${name}"),
    "aws_ecs_cluster": arn_and_id("ecs", "cluster/${name}"),
    "aws_ecs_capacity_provider": arn_and_id("ecs", "capacity-provider/${name}"),
    "aws_ecs_task_definition": plain(
        {
            "arn": regional("ecs", "task-definition/${family}:${Revision|any}"),
            "arn_without_revision": regional("ecs", "task-definition/${family}"),
            "id": "${family}",
        }
    ),
    "aws_ecr_repository": plain(
        {
            "arn": regional("ecr", "repository/${name}"),
            "id": "${name}",
            "registry_id": "${Account}",
        }
    ),
    "aws_ecrpublic_repository": plain(
        {"arn": in_account("ecr-public", "repository/${repository_name}")}
    ),
    "aws_eks_cluster": plain({"arn": regional("eks", "cluster/${name}"), "id": "${name}"}),
    "aws_eks_node_group": arn_only(
        "eks", "nodegroup/${cluster_name}/${node_group_name|known}/${Id}"
    ),
    "aws_eks_fargate_profile": arn_only(
        "eks", "fargateprofile/${cluster_name}/${fargate_profile_name}/${Id}"
    ),
    "aws_eks_addon": arn_only("eks", "addon/${cluster_name}/${addon_name}/${Id}"),
    "aws_batch_compute_environment": arn_only("batch", "compute-environment/${name|known}"),
    "aws_batch_job_queue": arn_and_id("batch", "job-queue/${name}"),
    "aws_batch_job_definition": plain(
        {
            "arn": regional("batch", "job-definition/${name}:${Revision|any}"),
            "arn_prefix": regional("batch", "job-definition/${name}"),
        }
    ),
    "aws_autoscaling_group": generated(
        {
            "arn": regional(
                "autoscaling", "autoScalingGroup:${GroupId}:autoScalingGroupName/${name}"
            ),
            "id": "${name}",
            "name": "${name}",
        }
    ),
    "aws_emr_cluster": identified("elasticmapreduce", "cluster/{}", "j-${ClusterId}"),
    "aws_emrserverless_application": identified(
        "emr-serverless", "/applications/{}", "${ApplicationId}"
    ),
    "aws_mwaa_environment": arn_only("airflow", "environment/${name}"),
    "aws_apprunner_service": arn_only("apprunner", "service/${service_name}/${Id}"),
    "aws_bedrock_guardrail": plain(
        {
            "guardrail_arn": regional("bedrock", "guardrail/${GuardrailId}"),
            "guardrail_id": "${GuardrailId}",
        }
    ),
    "aws_bedrockagent_agent": plain(
        {
            "agent_arn": regional("bedrock", "agent/${AgentId}"),
            "agent_id": "${AgentId}",
            "id": "${AgentId}",
        }
    ),
    "aws_bedrockagent_knowledge_base": identified(
        "bedrock", "knowledge-base/{}", "${KnowledgeBaseId}"
    ),
    "aws_sagemaker_domain": identified("sagemaker", "domain/{}", "d-${DomainId}"),
    "aws_sagemaker_endpoint": arn_only("sagemaker", f"endpoint/{NAME_IN_LOWER_CASE}"),
    "aws_sagemaker_endpoint_configuration": arn_only(
        "sagemaker", f"endpoint-config/{NAME_IN_LOWER_CASE}"
    ),
    "aws_sagemaker_model": arn_only("sagemaker", f"model/{NAME_IN_LOWER_CASE}"),
    "aws_sagemaker_notebook_instance": arn_only(
        "sagemaker", f"notebook-instance/{NAME_IN_LOWER_CASE}"
    ),
    "aws_vpc": in_ec2("vpc", "vpc"),
    "aws_subnet": in_ec2("subnet", "subnet"),
    "aws_security_group": in_ec2("security-group", "sg"),
    "aws_instance": in_ec2("instance", "i"),
    "aws_vpc_endpoint": in_ec2("vpc-endpoint", "vpce"),
    "aws_vpc_endpoint_service": in_ec2("vpc-endpoint-service", "vpce-svc"),
    "aws_route_table": in_ec2("route-table", "rtb"),
    "aws_network_interface": in_ec2("network-interface", "eni"),
    "aws_network_acl": in_ec2("network-acl", "acl"),
    "aws_internet_gateway": in_ec2("internet-gateway", "igw"),
    "aws_nat_gateway": plain({"id": "nat-${Id}"}),
    "aws_ebs_volume": in_ec2("volume", "vol"),
    "aws_launch_template": in_ec2("launch-template", "lt"),
    "aws_eip": plain({"id": "eipalloc-${Id}", "allocation_id": "eipalloc-${Id}"}),
    "aws_ec2_transit_gateway": in_ec2("transit-gateway", "tgw"),
    "aws_ec2_managed_prefix_list": in_ec2("prefix-list", "pl"),
    "aws_flow_log": in_ec2("vpc-flow-log", "fl"),
    "aws_ebs_snapshot": plain(
        {"arn": "arn:${Partition}:ec2:${Region}::snapshot/snap-${Id}", "id": "snap-${Id}"}
    ),
}

OPERATIONS: Mapping[str, Shapes] = {
    "aws_cloudwatch_log_group": generated(
        {"arn": regional("logs", "log-group:${name}"), "id": "${name}", "name": "${name}"}
    ),
    "aws_cloudwatch_log_stream": arn_only("logs", "log-group:${log_group_name}:log-stream:${name}"),
    "aws_cloudwatch_log_destination": arn_only("logs", "destination:${name}"),
    "aws_cloudwatch_metric_alarm": plain(
        {"arn": regional("cloudwatch", "alarm:${alarm_name}"), "id": "${alarm_name}"}
    ),
    "aws_cloudwatch_composite_alarm": plain(
        {"arn": regional("cloudwatch", "alarm:${alarm_name}"), "id": "${alarm_name}"}
    ),
    "aws_cloudwatch_dashboard": plain(
        {"dashboard_arn": in_account("cloudwatch", "dashboard/${dashboard_name}")}
    ),
    "aws_cloudtrail": arn_only("cloudtrail", "trail/${name}"),
    "aws_cloudtrail_event_data_store": arn_and_id(
        "cloudtrail", "eventdatastore/${EventDataStoreId}"
    ),
    "aws_codebuild_project": arn_and_id("codebuild", "project/${name}"),
    "aws_codepipeline": plain({"arn": regional("codepipeline", "${name}"), "id": "${name}"}),
    "aws_codecommit_repository": plain(
        {
            "arn": regional("codecommit", "${repository_name}"),
            "repository_id": "${RepositoryId}",
        }
    ),
    "aws_codestarconnections_connection": arn_and_id(
        "codestar-connections", "connection/${ConnectionId}"
    ),
    "aws_codeconnections_connection": arn_and_id("codeconnections", "connection/${ConnectionId}"),
    "aws_codedeploy_app": arn_only("codedeploy", "application:${name}"),
    "aws_codedeploy_deployment_group": arn_only(
        "codedeploy", "deploymentgroup:${app_name}/${deployment_group_name}"
    ),
    "aws_codeartifact_domain": arn_and_id("codeartifact", "domain/${domain}"),
    "aws_codeartifact_repository": only_when(
        "domain_owner",
        ("",),
        dict.fromkeys(
            ("arn", "id"), regional("codeartifact", "repository/${domain}/${repository}")
        ),
    ),
    "aws_athena_workgroup": plain(
        {"arn": regional("athena", "workgroup/${name}"), "id": "${name}"}
    ),
    "aws_athena_data_catalog": arn_only("athena", "datacatalog/${name}"),
    "aws_glue_catalog_database": only_when(
        "catalog_id", ("",), {"arn": regional("glue", "database/${name|lower}")}
    ),
    "aws_glue_catalog_table": only_when(
        "catalog_id", ("",), {"arn": regional("glue", "table/${database_name|lower}/${name|lower}")}
    ),
    "aws_glue_crawler": plain({"arn": regional("glue", "crawler/${name}"), "id": "${name}"}),
    "aws_glue_job": plain({"arn": regional("glue", "job/${name}"), "id": "${name}"}),
    "aws_glue_registry": arn_and_id("glue", "registry/${registry_name}"),
    "aws_glue_trigger": plain({"arn": regional("glue", "trigger/${name}"), "id": "${name}"}),
    "aws_glue_workflow": arn_only("glue", "workflow/${name|known}"),
    "aws_datasync_task": arn_and_id("datasync", "task/task-${TaskId}"),
    "aws_transfer_server": identified("transfer", "server/{}", "s-${ServerId}"),
    "aws_prometheus_workspace": identified("aps", "workspace/{}", "ws-${WorkspaceId}"),
    "aws_grafana_workspace": identified("grafana", "/workspaces/{}", "g-${WorkspaceId}"),
    "aws_resourcegroups_group": arn_only("resource-groups", "group/${name}"),
    "aws_budgets_budget": only_when(
        "account_id", ("",), {"arn": in_account("budgets", "budget/${name|known}")}
    ),
    "aws_synthetics_canary": arn_only("synthetics", "canary:${name}"),
    "aws_dax_cluster": arn_only("dax", "cache/${cluster_name|lower}"),
}

EDGE: Mapping[str, Shapes] = {
    "aws_api_gateway_rest_api": plain(
        {
            "arn": "arn:${Partition}:apigateway:${Region}::/restapis/${RestApiId}",
            "execution_arn": regional("execute-api", "${RestApiId}"),
            "id": "${RestApiId}",
        }
    ),
    "aws_api_gateway_stage": plain(
        {
            "arn": "arn:${Partition}:apigateway:${Region}"
            "::/restapis/${rest_api_id}/stages/${stage_name}",
            "execution_arn": regional("execute-api", "${rest_api_id}/${stage_name}"),
        }
    ),
    "aws_apigatewayv2_api": plain(
        {
            "arn": "arn:${Partition}:apigateway:${Region}::/apis/${ApiId}",
            "execution_arn": regional("execute-api", "${ApiId}"),
            "id": "${ApiId}",
        }
    ),
    "aws_appsync_graphql_api": identified("appsync", "apis/{}", "${ApiId}"),
    "aws_amplify_app": identified("amplify", "apps/{}", "${AppId}"),
    "aws_acm_certificate": arn_and_id("acm", "certificate/${CertificateId}"),
    "aws_cloudfront_distribution": plain(
        {
            "arn": in_account("cloudfront", "distribution/${DistributionId}"),
            "id": "${DistributionId}",
        }
    ),
    "aws_cloudfront_origin_access_identity": plain(
        {
            "iam_arn": "arn:${Partition}:iam::cloudfront"
            ":user/CloudFront Origin Access Identity ${Id}",
            "id": "${Id}",
            "s3_canonical_user_id": "${CanonicalUserId}",
        }
    ),
    "aws_cloudfront_origin_access_control": plain({"id": "${Id}"}),
    "aws_cloudfront_function": plain(
        {"arn": in_account("cloudfront", "function/${name}"), "id": "${name}"}
    ),
    "aws_wafv2_web_acl": firewall("webacl"),
    "aws_wafv2_ip_set": firewall("ipset"),
    "aws_wafv2_rule_group": firewall("rulegroup"),
    "aws_route53_zone": plain(
        dict.fromkeys(("id", "zone_id"), "Z${ZoneId}")
        | {"arn": "arn:${Partition}:route53:::hostedzone/Z${ZoneId}"}
    ),
    "aws_route53_health_check": plain(
        {"arn": "arn:${Partition}:route53:::healthcheck/${Id}", "id": "${Id}"}
    ),
    "aws_lb": load_balancer(),
    "aws_alb": load_balancer(),
    "aws_lb_target_group": plain(
        dict.fromkeys(("arn", "id"), regional("elasticloadbalancing", "targetgroup/${name}/${Id}"))
        | {"arn_suffix": "targetgroup/${name}/${Id}", "name": "${name}"},
        "name",
        "name_prefix",
        "tf-",
    ),
    "aws_elb": plain(
        {
            "arn": regional("elasticloadbalancing", "loadbalancer/${name}"),
            "id": "${name}",
            "name": "${name}",
        },
        "name",
        "name_prefix",
        "tf-lb-",
    ),
    "aws_networkfirewall_firewall": arn_and_id("network-firewall", "firewall/${name}"),
}
