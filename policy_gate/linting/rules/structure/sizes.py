"""Rules about how long a policy may be.

White space is not counted: IAM does not count it, and elsewhere consoles remove it, so that the
text at hand need not be the one that is saved.
Sources: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_gate.linting.resource_types import RESOURCE_TYPES
from policy_gate.linting.rule import Problem, example, rule
from policy_gate.linting.view import PolicyView
from policy_gate.model import PolicyKind

_IDENTITY_QUOTA = 10_240
_SCP_QUOTA = 10_240
_RCP_QUOTA = 5_120
_TRUST_QUOTA = 2_048
_LONG = "l" + "o" * 20_480 + "gs"
_IDENTITY = example(
    '{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}'
)
_RESOURCE = _IDENTITY.replace('"Allow",', '"Allow", "Principal": {"AWS": "111122223333"},')
_SCP = _IDENTITY.replace("Allow", "Deny")
_RCP = _RESOURCE.replace("Allow", "Deny").replace('{"AWS": "111122223333"}', '"*"')
_TRUST = example(
    '{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/ci"},\n'
    '     "Action": "sts:AssumeRole",\n'
    '     "Condition": {"StringEquals": {"sts:ExternalId": "logs"}}}'
)


@rule(
    "POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA",
    "WARNING",
    kinds=(PolicyKind.IDENTITY,),
    bad=_IDENTITY.replace("logs", _LONG),
    good=_IDENTITY,
)
def policy_size_exceeds_identity_policy_quota(policy: PolicyView) -> Iterator[Problem]:
    """Reports an identity policy of more than 10,240 characters, white space not counted.

    Why is this bad? No identity takes it: the inline policies of a role have 10,240 characters
    together, those of a group 5,120, those of a user 2,048, and a managed policy has 6,144.

    Use instead: wildcards for groups of actions, or several managed policies.
    """
    yield from _too_long(
        policy,
        _IDENTITY_QUOTA,
        "any identity takes",
        "shorten it or split it into managed policies",
    )


@rule(
    "POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA",
    "WARNING",
    kinds=(PolicyKind.RESOURCE,),
    bad=_RESOURCE.replace("logs", _LONG),
    good=_RESOURCE,
    resource_type="AWS::S3::Bucket",
)
def policy_size_exceeds_resource_policy_quota(policy: PolicyView) -> Iterator[Problem]:
    """Reports a policy that is longer than its type of resource takes, as 20 kB for a bucket.

    Why is this bad? AWS refuses the policy.

    Use instead: wildcards for groups of actions and resources, a Condition on aws:PrincipalOrgID
    for many accounts, or several access points with a policy each.
    """
    resource_type = RESOURCE_TYPES.get(policy.resource_type or "")
    if resource_type and resource_type.quota:
        yield from _too_long(
            policy, resource_type.quota, f"{resource_type.name} takes", "shorten it"
        )


@rule(
    "POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA",
    "WARNING",
    kinds=(PolicyKind.TRUST,),
    bad=_TRUST.replace("logs", _LONG),
    good=_TRUST,
)
def policy_size_exceeds_role_trust_policy_quota(policy: PolicyView) -> Iterator[Problem]:
    """Reports a trust policy of more than 2,048 characters, white space not counted.

    Why is this bad? AWS refuses the policy, unless the quota of the account has been raised.

    Use instead: fewer principals, as an account or an organization for many roles; or a higher
    quota, which Service Quotas raises up to 8,192.
    """
    yield from _too_long(
        policy,
        _TRUST_QUOTA,
        "a role takes by default",
        "shorten it, or have the quota of the account raised",
    )


@rule(
    "POLICY_SIZE_EXCEEDS_SCP_QUOTA",
    "ERROR",
    kinds=(PolicyKind.SERVICE_CONTROL,),
    bad=_SCP.replace("logs", _LONG),
    good=_SCP,
)
def policy_size_exceeds_scp_quota(policy: PolicyView) -> Iterator[Problem]:
    """Reports a service control policy of more than 10,240 characters, white space not counted.

    Why is this bad? AWS Organizations refuses the policy.

    Use instead: wildcards for groups of actions, or several policies.
    """
    yield from _too_long(
        policy, _SCP_QUOTA, "a service control policy may have", "shorten it or split it"
    )


@rule(
    "POLICY_SIZE_EXCEEDS_RCP_QUOTA",
    "ERROR",
    kinds=(PolicyKind.RESOURCE_CONTROL,),
    bad=_RCP.replace("logs", _LONG),
    good=_RCP,
)
def policy_size_exceeds_rcp_quota(policy: PolicyView) -> Iterator[Problem]:
    """Reports a resource control policy of more than 5,120 characters, white space not counted.

    Why is this bad? AWS Organizations refuses the policy.

    Use instead: wildcards for groups of actions, or several policies.
    """
    yield from _too_long(
        policy, _RCP_QUOTA, "a resource control policy may have", "shorten it or split it"
    )


def _too_long(policy: PolicyView, quota: int, who: str, advice: str) -> Iterator[Problem]:
    size = len(re.sub(r"\s", "", policy.text))
    if size > quota:
        yield Problem(
            f"The policy has {size:,} characters without white space, more than {who} "
            f"({quota:,}): {advice}.",
            (policy.place,),
        )
