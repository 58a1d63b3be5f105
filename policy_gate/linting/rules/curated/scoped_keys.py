"""Rules about condition keys that only count together with certain actions or resources.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.actions import concerns, service_of
from policy_gate.linting.arns import arn_of
from policy_gate.linting.resource_types import ACCESS_POINT, BUCKET, RESOURCE_TYPES
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import Condition, PolicyView, Statement
from policy_gate.model import PolicyKind

_TAG_SESSION = "sts:TagSession"
_SET_SOURCE_IDENTITY = "sts:SetSourceIdentity"
_ACTIONS_BY_KEY = {
    "aws:tagkeys": _TAG_SESSION,
    "sts:transitivetagkeys": _TAG_SESSION,
    "sts:sourceidentity": _SET_SOURCE_IDENTITY,
}
_REQUEST_TAG = "aws:requesttag/"
_GOOD_TRUST = example(
    '{"Effect": "Allow", "Principal": {"AWS": "111122223333"},\n'
    '     "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"],\n'
    '     "Condition": {"StringEquals": {"sts:SourceIdentity": "ann"}}}'
)
_IRRELEVANT_KEY = "s3:resourceaccount"
_GOOD_BUCKET = example(
    '{"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject",\n'
    '     "Resource": "arn:aws:s3:::logs/*",\n'
    '     "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcd123456"}}}'
)
# fmt: off
_SERVICES_WITH_ENDPOINT_KEYS = frozenset({
    "acm-pca", "applicationinsights", "apprunner", "athena", "cloudformation",
    "comprehendmedical", "compute-optimizer", "datasync", "discovery", "dynamodb", "ebs", "ecr",
    "ecs", "firehose", "gamelift", "healthlake", "iam", "iotfleetwise", "iotwireless",
    "kinesisanalytics", "kms", "lambda", "medical-imaging", "omics", "payment-cryptography",
    "polly", "rbin", "rekognition", "route53", "s3", "scheduler", "servicediscovery",
    "servicequotas", "shield", "ssm-contacts", "storagegateway", "textract", "transcribe",
    "transfer",
})
_SERVICES_WITH_ENDPOINT_ORGANIZATION = _SERVICES_WITH_ENDPOINT_KEYS | {
    "b2bi", "cassandra", "cognito-identity", "dms", "ds-data", "identitystore", "iottwinmaker",
    "network-firewall", "pricing", "ses", "sms-voice", "sqs", "workmail",
}
# fmt: on
_SERVICES_BY_KEY = {
    "aws:vpceaccount": _SERVICES_WITH_ENDPOINT_KEYS,
    "aws:vpceorgpaths": _SERVICES_WITH_ENDPOINT_KEYS,
    "aws:vpceorgid": _SERVICES_WITH_ENDPOINT_ORGANIZATION,
}
_PASS_ROLE = "iam:passrole"
_GOOD_ENDPOINT = example(
    '{"Effect": "Deny", "Action": "s3:*", "Resource": "*",\n'
    '     "Condition": {"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-abcd123456"}}}'
)


@rule(
    "MISSING_ACTION_FOR_CONDITION_KEY",
    "ERROR",
    kinds=(PolicyKind.TRUST,),
    bad=_GOOD_TRUST.replace('["sts:AssumeRole", "sts:SetSourceIdentity"]', '"sts:AssumeRole"'),
    good=_GOOD_TRUST,
)
def missing_action_for_condition_key(policy: PolicyView) -> Iterator[Problem]:
    """Reports a test of session tags or of the source identity without the action that sets them.

    Why is this bad? Who assumes the role cannot pass them without the permission for it: the test
    fails, or says nothing.

    Use instead: sts:TagSession beside aws:RequestTag/..., aws:TagKeys and sts:TransitiveTagKeys,
    and sts:SetSourceIdentity beside sts:SourceIdentity.
    """
    for statement in policy.statements:
        actions = statement.element("Action")
        # A Deny works on requests that other statements allow to set them.
        if actions and statement.allows:
            setters = [_action_that_sets(condition) for condition in statement.conditions]
            missing = {name for name in set(setters) if name and not concerns(statement, name)}
            for condition, name in zip(statement.conditions, setters, strict=True):
                if name in missing:
                    yield Problem(
                        f"{quoted(condition.key)} can only be set by whoever is allowed {name}: "
                        f"add {name} to Action.",
                        (actions.place, condition.key_place),
                    )


def _action_that_sets(condition: Condition) -> str | None:
    key = condition.folded_key
    action = _TAG_SESSION if key.startswith(_REQUEST_TAG) else _ACTIONS_BY_KEY.get(key)
    absent = condition.operator.family == "Null" and condition.asks_for("true")
    return None if absent else action


@rule(
    "IRRELEVANT_CONDITION_KEY_IN_POLICY",
    "SUGGESTION",
    kinds=(PolicyKind.RESOURCE,),
    bad=_GOOD_BUCKET.replace(
        '"aws:PrincipalOrgID": "o-abcd123456"', '"s3:ResourceAccount": "111122223333"'
    ),
    good=_GOOD_BUCKET,
    resource_type=BUCKET,
)
def irrelevant_condition_key_in_policy(policy: PolicyView) -> Iterator[Problem]:
    """Reports s3:ResourceAccount in the policy of a bucket or access point.

    Why is this bad? The account of the resource is always the same there, so that the test says
    nothing.

    Use instead: this key in an identity policy; here, keys of the caller as aws:PrincipalOrgID.
    """
    if policy.resource_type in (BUCKET, ACCESS_POINT):
        name = RESOURCE_TYPES[policy.resource_type].name
        for condition in policy.conditions:
            if condition.folded_key == _IRRELEVANT_KEY:
                yield Problem(
                    f"{quoted(condition.key)} is always the same in the policy of {name}: remove "
                    "it, or use it in an identity policy.",
                    (condition.key_place,),
                )


@rule(
    "USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES",
    "WARNING",
    bad=_GOOD_ENDPOINT.replace('"s3:*"', '"*"'),
    good=_GOOD_ENDPOINT,
)
def use_condition_key_only_with_supported_services(policy: PolicyView) -> Iterator[Problem]:
    """Reports a key of a VPC endpoint's owner, as aws:VpceOrgID, with services that lack it.

    Why is this bad? Requests to other services never have the key: an Allow does not allow them,
    and a Deny with a negated test denies them all.

    Use instead: a statement with the actions of services that support the key, as `s3:*` and
    `kms:*`.
    """
    for statement in policy.statements:
        conditions = statement.conditions_on(*_SERVICES_BY_KEY)
        strangers = {
            key: _stranger(policy, statement, _SERVICES_BY_KEY[key])
            for key in {condition.folded_key for condition in conditions}
        }
        for condition in conditions:
            if stranger := strangers[condition.folded_key]:
                yield Problem(
                    f"{quoted(condition.key)} is not in requests for all that {stranger} covers: "
                    "limit the statement to services that support the key.",
                    (condition.key_place,),
                )


def _stranger(policy: PolicyView, statement: Statement, services: frozenset[str]) -> str | None:
    """An action of another service, as a message shows it."""
    arns = [arn_of(text.value) for text in statement.texts("Resource")]
    if arns and all(arn and arn.service in services for arn in arns):
        return None
    if statement.element("NotAction"):
        return "NotAction"
    for action in statement.texts("Action"):
        service = service_of(action.value)
        # A service that does not exist has a rule of its own.
        known = service in services and action.value.lower() != _PASS_ROLE
        if action.value == "*" or (not known and policy.catalog.has_service(service)):
            return quoted(action.value)
    return None
