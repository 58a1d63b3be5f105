"""The global condition keys: those that any request may have, whatever the service.

Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from policy_gate.casing import folded
from policy_gate.catalog.interface import ConditionKey

_TYPES = {
    "String": (
        "aws:CalledViaAWSMCP",
        "aws:CalledViaFirst",
        "aws:CalledViaLast",
        "aws:Ec2InstanceSourceVpc",
        "aws:FederatedProvider",
        "aws:PrincipalAccount",
        "aws:PrincipalOrgID",
        # Not documented, accepted by ValidatePolicy.
        "aws:PrincipalOrgMasterAccountId",
        "aws:PrincipalServiceName",
        "aws:PrincipalType",
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:SourceAccount",
        "aws:SourceIdentity",
        "aws:SourceOrgID",
        # Documented by SNS alone, which writes it into its default policies.
        "aws:SourceOwner",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:UserAgent",
        "aws:VpceAccount",
        "aws:VpceOrgID",
        "aws:referer",
        "aws:userid",
        "aws:username",
        "glue:CredentialIssuingService",
        "glue:RoleAssumedBy",
        "identitystore:UserId",
    ),
    "ArrayOfString": (
        "aws:CalledVia",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceNamesList",
        "aws:ResourceOrgPaths",
        "aws:SourceOrgPaths",
        "aws:TagKeys",
        "aws:VpceOrgPaths",
    ),
    "ARN": (
        "aws:ChatbotSourceArn",
        "aws:PrincipalArn",
        "aws:SignInSessionArn",
        "aws:SourceArn",
        "aws:SourceVpcArn",
        "codebuild:BuildArn",
        "codebuild:ProjectArn",
        "ec2:SourceInstanceArn",
        "lambda:SourceFunctionArn",
        "ssm:SourceInstanceArn",
    ),
    "Bool": (
        "aws:AssumedRoot",
        "aws:IsMcpServiceAction",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalIsAWSService",
        "aws:SecureTransport",
        "aws:ViaAWSMCPService",
        "aws:ViaAWSService",
    ),
    "Numeric": ("aws:MultiFactorAuthAge", "ec2:RoleDelivery"),
    "Date": ("aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime"),
    "IPAddress": ("aws:Ec2InstanceSourcePrivateIPv4", "aws:SourceIp", "aws:VpcSourceIp"),
}
_TAGS = ("aws:PrincipalTag", "aws:RequestTag", "aws:ResourceTag")
"""Their names go on with a slash and the key of a tag."""

_KEYS = {name.lower(): ConditionKey(name, kind) for kind, names in _TYPES.items() for name in names}
_TAG_KEYS = {name.lower(): ConditionKey(f"{name}/${{TagKey}}", "String") for name in _TAGS}


def global_key(name: str) -> ConditionKey | None:
    """The global key of a name in any case, None where there is none."""
    key = folded(name)
    return _KEYS.get(key) or _TAG_KEYS.get(key.partition("/")[0])


def global_key_names() -> list[str]:
    """All names, those of tags as `aws:PrincipalTag/${TagKey}`."""
    return [key.name for key in (*_KEYS.values(), *_TAG_KEYS.values())]
