"""What Ref and Fn::GetAtt return for the resource types that IAM policies name most.

Written by hand from the "Return values" section of each type's page in the CloudFormation
template reference and from the ARN formats of the Service Authorization Reference;
`make_cloudformation_data.py` checks each row against the provider schemas and those formats.

A type is missing, or has no ARN, where its shape hangs on more than its own properties:
- the service changes the case of the name: RDS, Redshift, ElastiCache, SageMaker, Glue databases;
- a property holds a name or an ARN: Lambda::Alias, Lambda::Version, ECS::Service;
- the identifier is another resource's: KMS::ReplicaKey shares the key id of its primary key;
- the ARN is not its name's plain text: SSM::Parameter (leading slash).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Known:
    """One resource type; texts hold `${Placeholder}` as documented in `tables.ResourceType`."""

    arn: str = ""
    ref: str = ""
    """A text, `arn` for the text of `arn`, or empty where it is unknown."""

    arn_attributes: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    unless: tuple[str, ...] = ()
    ref_differs: bool = False
    """True where Ref is documented to return something else than the primaryIdentifier."""


def regional(service: str, resource: str) -> str:
    return f"arn:${{Partition}}:{service}:${{Region}}:${{Account}}:{resource}"


def in_account(service: str, resource: str) -> str:
    return f"arn:${{Partition}}:{service}::${{Account}}:{resource}"


def named(service: str, prefix: str, name: str, attribute: str = "Arn") -> Known:
    """A type whose Ref is its name and whose regional ARN ends in that name."""
    return Known(regional(service, f"{prefix}${{{name}}}"), f"${{{name}}}", (attribute,))


def ref_to_arn(service: str, resource: str, attribute: str = "Arn") -> Known:
    """A type whose Ref is its regional ARN."""
    return Known(regional(service, resource), "arn", (attribute,))


def identified(name: str, attribute: str = "") -> Known:
    """A type whose Ref is an identifier that the service generates."""
    return Known(ref=f"${{{name}}}", attributes={attribute or name: f"${{{name}}}"})


def only_ref(name: str) -> Known:
    """A type of which only Ref, its name, matters."""
    return Known(ref=f"${{{name}}}")


def with_path(resource: str, name: str, attributes: Mapping[str, str] | None = None) -> Known:
    """An IAM resource that stands under a path."""
    arn = in_account("iam", f"{resource}${{Path}}${{{name}}}")
    return Known(arn, f"${{{name}}}", ("Arn",), attributes or {}, defaults={"Path": "/"})


STORAGE = {
    "AWS::S3::Bucket": Known(
        "arn:${Partition}:s3:::${BucketName}",
        "${BucketName}",
        ("Arn",),
        unless=("BucketNamePrefix", "BucketNamespace"),
    ),
    "AWS::S3::AccessPoint": named("s3", "accesspoint/", "Name"),
    "AWS::S3::MultiRegionAccessPoint": Known(ref="${Name}", attributes={"Alias": "${Alias}"}),
    "AWS::S3Express::DirectoryBucket": named("s3express", "bucket/", "BucketName"),
    "AWS::S3ObjectLambda::AccessPoint": named("s3-object-lambda", "accesspoint/", "Name"),
    "AWS::S3Tables::TableBucket": ref_to_arn(
        "s3tables", "bucket/${TableBucketName}", "TableBucketARN"
    ),
    "AWS::DynamoDB::Table": Known(
        regional("dynamodb", "table/${TableName}"),
        "${TableName}",
        ("Arn",),
        {"StreamArn": regional("dynamodb", "table/${TableName}/stream/${StreamLabel}")},
    ),
    "AWS::DynamoDB::GlobalTable": Known(
        regional("dynamodb", "table/${TableName}"),
        "${TableName}",
        ("Arn",),
        {
            "StreamArn": regional("dynamodb", "table/${TableName}/stream/${StreamLabel}"),
            "TableId": "${TableId}",
        },
    ),
    "AWS::Backup::BackupVault": named(
        "backup", "backup-vault:", "BackupVaultName", "BackupVaultArn"
    ),
    "AWS::Timestream::Database": named("timestream", "database/", "DatabaseName"),
    "AWS::Timestream::Table": Known(
        regional("timestream", "database/${DatabaseName}/table/${TableName}"),
        arn_attributes=("Arn",),
        attributes={"Name": "${TableName}"},
    ),
    "AWS::OpenSearchService::Domain": Known(
        regional("es", "domain/${DomainName}"), "${DomainName}", ("Arn", "DomainArn")
    ),
    "AWS::Elasticsearch::Domain": Known(
        regional("es", "domain/${DomainName}"),
        "${DomainName}",
        ("Arn", "DomainArn"),
        ref_differs=True,
    ),
    "AWS::OpenSearchServerless::Collection": Known(
        regional("aoss", "collection/${Id}"), "${Id}", ("Arn",), {"Id": "${Id}"}
    ),
    "AWS::RDS::DBInstance": Known(attributes={"DbiResourceId": "${DbiResourceId}"}),
    "AWS::RDS::DBCluster": Known(attributes={"DBClusterResourceId": "${DBClusterResourceId}"}),
    "AWS::DocDB::DBCluster": Known(attributes={"ClusterResourceId": "${ClusterResourceId}"}),
    "AWS::Neptune::DBCluster": Known(attributes={"ClusterResourceId": "${ClusterResourceId}"}),
}

IDENTITY = {
    "AWS::IAM::Role": with_path("role", "RoleName", {"RoleId": "${RoleId}"}),
    "AWS::IAM::User": with_path("user", "UserName"),
    "AWS::IAM::Group": with_path("group", "GroupName"),
    "AWS::IAM::InstanceProfile": with_path("instance-profile", "InstanceProfileName"),
    "AWS::IAM::ServerCertificate": with_path("server-certificate", "ServerCertificateName"),
    "AWS::IAM::ManagedPolicy": Known(
        in_account("iam", "policy${Path}${ManagedPolicyName}"),
        "arn",
        ("PolicyArn",),
        {"PolicyId": "${PolicyId}"},
        defaults={"Path": "/"},
    ),
    "AWS::IAM::OIDCProvider": Known(
        in_account("iam", "oidc-provider/${Url|without https://}"), "arn", ("Arn",)
    ),
    "AWS::IAM::SAMLProvider": Known(in_account("iam", "saml-provider/${Name}"), "arn", ("Arn",)),
    "AWS::Cognito::UserPool": Known(
        regional("cognito-idp", "userpool/${UserPoolId}"),
        "${UserPoolId}",
        ("Arn",),
        {"UserPoolId": "${UserPoolId}"},
    ),
    "AWS::Cognito::IdentityPool": identified("Id"),
    "AWS::KMS::Key": Known(
        regional("kms", "key/${KeyId}"), "${KeyId}", ("Arn",), {"KeyId": "${KeyId}"}
    ),
    "AWS::KMS::Alias": only_ref("AliasName"),
    "AWS::ACMPCA::CertificateAuthority": ref_to_arn(
        "acm-pca", "certificate-authority/${CertificateAuthorityId}"
    ),
    "AWS::SecretsManager::Secret": Known(
        # Secrets Manager appends a hyphen and six random characters to the name.
        regional("secretsmanager", "secret:${Name}-${Random}"),
        "arn",
        ("Id",),
    ),
    "AWS::SSM::Parameter": only_ref("Name"),
    "AWS::SSM::Document": only_ref("Name"),
}

MESSAGING = {
    "AWS::SQS::Queue": Known(
        regional("sqs", "${QueueName}"),
        "https://sqs.${Region}.${URLSuffix}/${Account}/${QueueName}",
        ("Arn",),
        {
            "QueueName": "${QueueName}",
            "QueueUrl": "https://sqs.${Region}.${URLSuffix}/${Account}/${QueueName}",
        },
    ),
    "AWS::SNS::Topic": Known(
        regional("sns", "${TopicName}"), "arn", ("TopicArn",), {"TopicName": "${TopicName}"}
    ),
    "AWS::Events::EventBus": Known(
        regional("events", "event-bus/${Name}"), "${Name}", ("Arn",), {"Name": "${Name}"}
    ),
    "AWS::Events::Rule": Known(
        # On another bus than the default one the ARN is rule/bus/name and Ref is bus|name.
        regional("events", "rule/${Name}"),
        "${Name}",
        ("Arn",),
        unless=("EventBusName",),
        ref_differs=True,
    ),
    "AWS::Events::Archive": named("events", "archive/", "ArchiveName"),
    "AWS::Events::ApiDestination": Known(
        regional("events", "api-destination/${Name}/${Uuid}"), "${Name}", ("Arn",)
    ),
    "AWS::Events::Connection": Known(
        regional("events", "connection/${Name}/${Uuid}"), "${Name}", ("Arn",)
    ),
    "AWS::Kinesis::Stream": named("kinesis", "stream/", "Name"),
    "AWS::KinesisFirehose::DeliveryStream": named(
        "firehose", "deliverystream/", "DeliveryStreamName"
    ),
    "AWS::KinesisVideo::Stream": Known(
        regional("kinesisvideo", "stream/${Name}/${CreationTime}"), "${Name}", ("Arn",)
    ),
    "AWS::KinesisAnalyticsV2::Application": only_ref("ApplicationName"),
    "AWS::MSK::Cluster": ref_to_arn("kafka", "cluster/${ClusterName}/${Uuid}"),
    "AWS::MSK::ServerlessCluster": ref_to_arn("kafka", "cluster/${ClusterName}/${Uuid}"),
    "AWS::Pipes::Pipe": named("pipes", "pipe/", "Name"),
    "AWS::Scheduler::Schedule": Known(
        regional("scheduler", "schedule/${GroupName}/${Name}"),
        "${Name}",
        ("Arn",),
        defaults={"GroupName": "default"},
    ),
    "AWS::Scheduler::ScheduleGroup": named("scheduler", "schedule-group/", "Name"),
    "AWS::IoT::Policy": Known(
        regional("iot", "policy/${PolicyName}"), "${PolicyName}", ("Arn",), ref_differs=True
    ),
    "AWS::IoT::RoleAlias": named("iot", "rolealias/", "RoleAlias", "RoleAliasArn"),
    "AWS::IoT::Thing": named("iot", "thing/", "ThingName"),
    "AWS::IoT::ThingGroup": named("iot", "thinggroup/", "ThingGroupName"),
    "AWS::IoT::ThingType": named("iot", "thingtype/", "ThingTypeName"),
    "AWS::IoT::TopicRule": named("iot", "rule/", "RuleName"),
    "AWS::SES::ConfigurationSet": only_ref("Name"),
}

COMPUTE = {
    "AWS::Lambda::Function": named("lambda", "function:", "FunctionName"),
    "AWS::Lambda::LayerVersion": ref_to_arn(
        "lambda", "layer:${LayerName}:${LayerVersion}", "LayerVersionArn"
    ),
    "AWS::Lambda::EventSourceMapping": Known(
        regional("lambda", "event-source-mapping:${Id}"),
        "${Id}",
        ("EventSourceMappingArn",),
        {"Id": "${Id}"},
    ),
    "AWS::StepFunctions::StateMachine": Known(
        regional("states", "stateMachine:${StateMachineName}"),
        "arn",
        ("Arn",),
        {"Name": "${StateMachineName}"},
    ),
    "AWS::StepFunctions::Activity": Known(
        regional("states", "activity:${Name}"), "arn", ("Arn",), {"Name": "${Name}"}
    ),
    "AWS::ECS::Cluster": named("ecs", "cluster/", "ClusterName"),
    "AWS::ECS::Service": Known(attributes={"Name": "${ServiceName}"}),
    "AWS::ECS::TaskDefinition": ref_to_arn(
        "ecs", "task-definition/${Family}:${Revision}", "TaskDefinitionArn"
    ),
    "AWS::ECR::Repository": named("ecr", "repository/", "RepositoryName"),
    "AWS::ECR::PublicRepository": Known(
        in_account("ecr-public", "repository/${RepositoryName}"), "${RepositoryName}", ("Arn",)
    ),
    "AWS::EKS::Cluster": named("eks", "cluster/", "Name"),
    "AWS::Batch::ComputeEnvironment": ref_to_arn(
        "batch", "compute-environment/${ComputeEnvironmentName}", "ComputeEnvironmentArn"
    ),
    "AWS::Batch::JobQueue": ref_to_arn("batch", "job-queue/${JobQueueName}", "JobQueueArn"),
    "AWS::Batch::JobDefinition": Known(
        regional("batch", "job-definition/${JobDefinitionName}:${Revision}"),
        "arn",
        ("JobDefinitionArn",),
        ref_differs=True,
    ),
    "AWS::EC2::Instance": identified("InstanceId"),
    "AWS::EC2::InternetGateway": identified("InternetGatewayId"),
    "AWS::EC2::LaunchTemplate": identified("LaunchTemplateId"),
    "AWS::EC2::NatGateway": identified("NatGatewayId"),
    "AWS::EC2::NetworkAcl": identified("Id"),
    "AWS::EC2::NetworkInterface": identified("Id"),
    "AWS::EC2::RouteTable": identified("RouteTableId"),
    "AWS::EC2::SecurityGroup": Known(
        ref="${GroupId}",
        attributes={"GroupId": "${GroupId}", "Id": "${GroupId}"},
        ref_differs=True,
    ),
    "AWS::EC2::Subnet": identified("SubnetId"),
    "AWS::EC2::TransitGateway": identified("Id"),
    "AWS::EC2::VPC": identified("VpcId"),
    "AWS::EC2::VPCEndpoint": identified("Id"),
    "AWS::EC2::VPCEndpointService": identified("ServiceId"),
    "AWS::EC2::Volume": identified("VolumeId"),
    "AWS::AutoScaling::AutoScalingGroup": Known(
        regional(
            "autoscaling",
            "autoScalingGroup:${GroupId}:autoScalingGroupName/${AutoScalingGroupName}",
        ),
        "${AutoScalingGroupName}",
        ("AutoScalingGroupARN",),
    ),
    "AWS::AutoScaling::LaunchConfiguration": only_ref("LaunchConfigurationName"),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Known(
        regional("elasticloadbalancing", "loadbalancer/app/${Name}/${LoadBalancerId}"),
        "arn",
        ("LoadBalancerArn",),
        {"LoadBalancerName": "${Name}"},
        unless=("Type",),
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": Known(
        regional("elasticloadbalancing", "targetgroup/${Name}/${TargetGroupId}"),
        "arn",
        ("TargetGroupArn",),
        {"TargetGroupName": "${Name}"},
    ),
    "AWS::Bedrock::Flow": Known(
        regional("bedrock", "flow/${Id}"), "arn", ("Arn",), {"Id": "${Id}"}
    ),
    "AWS::Bedrock::Prompt": Known(
        regional("bedrock", "prompt/${Id}"), "arn", ("Arn",), {"Id": "${Id}"}
    ),
    "AWS::EMR::Cluster": identified("Id"),
    "AWS::MWAA::Environment": named("airflow", "environment/", "Name"),
}

OPERATIONS = {
    "AWS::Logs::LogGroup": Known(
        # GetAtt Arn of a log group ends in :*.
        regional("logs", "log-group:${LogGroupName}:*"),
        "${LogGroupName}",
        ("Arn",),
    ),
    "AWS::Logs::Destination": named("logs", "destination:", "DestinationName"),
    "AWS::CloudWatch::Alarm": named("cloudwatch", "alarm:", "AlarmName"),
    "AWS::CloudWatch::CompositeAlarm": named("cloudwatch", "alarm:", "AlarmName"),
    "AWS::CloudWatch::Dashboard": only_ref("DashboardName"),
    "AWS::CloudTrail::EventDataStore": ref_to_arn(
        "cloudtrail", "eventdatastore/${EventDataStoreId}", "EventDataStoreArn"
    ),
    "AWS::CloudTrail::Trail": named("cloudtrail", "trail/", "TrailName"),
    "AWS::CodeBuild::Project": Known(
        regional("codebuild", "project/${Name}"), "${Name}", ("Arn",), ref_differs=True
    ),
    "AWS::CodePipeline::Pipeline": named("codepipeline", "", "Name"),
    "AWS::CodeCommit::Repository": Known(
        regional("codecommit", "${RepositoryName}"),
        "${RepositoryId}",
        ("Arn",),
        {"Name": "${RepositoryName}", "RepositoryId": "${RepositoryId}"},
    ),
    "AWS::CodeConnections::Connection": ref_to_arn(
        "codeconnections", "connection/${ConnectionId}", "ConnectionArn"
    ),
    "AWS::CodeStarConnections::Connection": ref_to_arn(
        "codestar-connections", "connection/${ConnectionId}", "ConnectionArn"
    ),
    "AWS::CodeDeploy::Application": only_ref("ApplicationName"),
    "AWS::CodeArtifact::Domain": Known(
        regional("codeartifact", "domain/${DomainName}"),
        "arn",
        ("Arn",),
        {"Name": "${DomainName}"},
    ),
    "AWS::CodeArtifact::Repository": Known(
        regional("codeartifact", "repository/${DomainName}/${RepositoryName}"),
        "arn",
        ("Arn",),
        {"Name": "${RepositoryName}"},
    ),
    "AWS::Athena::WorkGroup": only_ref("Name"),
    "AWS::Glue::Crawler": only_ref("Name"),
    "AWS::Glue::Job": only_ref("Name"),
    "AWS::Glue::Registry": ref_to_arn("glue", "registry/${Name}"),
    "AWS::Glue::Trigger": only_ref("Name"),
    "AWS::Glue::Workflow": only_ref("Name"),
    "AWS::OSIS::Pipeline": ref_to_arn("osis", "pipeline/${PipelineName}", "PipelineArn"),
    "AWS::Synthetics::Canary": only_ref("Name"),
}

EDGE = {
    "AWS::ApiGateway::RestApi": identified("RestApiId"),
    "AWS::ApiGatewayV2::Api": identified("ApiId"),
    "AWS::AppSync::GraphQLApi": Known(
        regional("appsync", "apis/${ApiId}"), "arn", ("Arn",), {"ApiId": "${ApiId}"}
    ),
    "AWS::CertificateManager::Certificate": ref_to_arn(
        "acm", "certificate/${CertificateId}", "CertificateArn"
    ),
    "AWS::CloudFront::Distribution": identified("Id"),
    "AWS::CloudFront::CloudFrontOriginAccessIdentity": Known(
        ref="${Id}", attributes={"Id": "${Id}", "S3CanonicalUserId": "${S3CanonicalUserId}"}
    ),
    "AWS::CloudFront::Function": Known(
        in_account("cloudfront", "function/${Name}"), "arn", ("FunctionARN",)
    ),
    "AWS::Route53::HostedZone": identified("Id"),
}

KNOWN: Mapping[str, Known] = STORAGE | IDENTITY | MESSAGING | COMPUTE | OPERATIONS | EDGE
