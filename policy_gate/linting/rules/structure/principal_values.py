"""Rules about who a resource policy names as principals.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from policy_gate.linting.patterns import has_wildcard
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import PRINCIPAL_ELEMENTS, PRINCIPAL_KEYS, PolicyView, Text
from policy_gate.model import PolicyKind

_IN_RESOURCE_POLICIES = (PolicyKind.RESOURCE, PolicyKind.TRUST)
_ROLE_ID = re.compile(r"AROA[A-Z0-9]{12,}")
_USER_ID = re.compile(r"AIDA[A-Z0-9]{12,}")
_ROLE = "arn:aws:iam::111122223333:role/app"
_USER = "arn:aws:iam::111122223333:user/ann"
_GOOD = example(
    f'{{"Effect": "Allow", "Principal": {{"AWS": "{_ROLE}"}}, "Action": "s3:GetObject",\n'
    '     "Resource": "arn:aws:s3:::logs/*"}'
)


@rule(
    "UNSUPPORTED_WILDCARD_IN_PRINCIPAL",
    "ERROR",
    kinds=_IN_RESOURCE_POLICIES,
    bad=_GOOD.replace("role/app", "role/*"),
    good=_GOOD,
)
def unsupported_wildcard_in_principal(policy: PolicyView) -> Iterator[Problem]:
    """Reports `*` and `?` in a principal, but for `*` alone under AWS.

    Why is this bad? AWS refuses the policy: a principal is one account, user, role, session,
    service or provider, and no pattern.

    Use instead: each principal by its whole name; or `{"AWS": "*"}` with a Condition on
    aws:PrincipalArn, which takes patterns.
    """
    for statement in policy.statements:
        for key in PRINCIPAL_KEYS:
            for text in statement.principals(key):
                if has_wildcard(text.value) and (key, text.value) != ("AWS", "*"):
                    yield Problem(
                        f"{key} {quoted(text.value)} has a wildcard, which a principal does not "
                        "take: name each principal whole, or test aws:PrincipalArn.",
                        (text.place,),
                    )


@rule(
    "INVALID_ROLE_REFERENCE",
    "WARNING",
    kinds=_IN_RESOURCE_POLICIES,
    bad=_GOOD.replace(_ROLE, "AROAIDEXAMPLEROLE1234"),
    good=_GOOD,
)
def invalid_role_reference(policy: PolicyView) -> Iterator[Problem]:
    """Reports the unique id of a role, as `AROA...`, as a principal.

    Why is this bad? IAM puts the id in the place of the ARN of a role that has been deleted: it
    gives access to nobody, and does not tell which role was meant.

    Use instead: the ARN of the role. IAM keeps its id, so that a later role of the same name does
    not inherit the access.
    """
    for text in _principals(policy):
        if _ROLE_ID.fullmatch(text.value):
            yield Problem(
                f"Principal {quoted(text.value)} is the unique id of a role: write the ARN of the "
                f'role, as "{_ROLE}".',
                (text.place,),
            )


@rule(
    "INVALID_USER_REFERENCE",
    "WARNING",
    kinds=_IN_RESOURCE_POLICIES,
    bad=_GOOD.replace(_ROLE, "AIDAIDEXAMPLEUSER1234"),
    good=_GOOD.replace(_ROLE, _USER),
)
def invalid_user_reference(policy: PolicyView) -> Iterator[Problem]:
    """Reports the unique id of a user, as `AIDA...`, as a principal.

    Why is this bad? IAM puts the id in the place of the ARN of a user that has been deleted: it
    gives access to nobody, and does not tell which user was meant.

    Use instead: the ARN of the user. IAM keeps its id, so that a later user of the same name does
    not inherit the access.
    """
    for text in _principals(policy):
        if _USER_ID.fullmatch(text.value):
            yield Problem(
                f"Principal {quoted(text.value)} is the unique id of a user: write the ARN of the "
                f'user, as "{_USER}".',
                (text.place,),
            )


def _principals(policy: PolicyView) -> Iterator[Text]:
    for statement in policy.statements:
        yield from statement.principals("AWS", ("Principal",))


@rule(
    "FEDERATED_PRINCIPAL_NOT_SUPPORTED",
    "ERROR",
    kinds=(PolicyKind.RESOURCE,),
    bad=_GOOD.replace(
        f'{{"AWS": "{_ROLE}"}}', '{"Federated": "arn:aws:iam::111122223333:saml-provider/corp"}'
    ),
    good=_GOOD,
    resource_type="AWS::S3::Bucket",
)
def federated_principal_not_supported(policy: PolicyView) -> Iterator[Problem]:
    """Reports identity providers as principals of a policy for a resource that is no role.

    Why is this bad? AWS refuses the policy: users of an identity provider assume a role, and reach
    resources as sessions of that role.

    Use instead: the ARN of the role that they assume, as `{"AWS": "arn:aws:iam::...:role/app"}`.
    """
    # Without a resource type the policy may be that of a role: a recorded answer has no finding.
    for statement in policy.statements if policy.resource_type else ():
        for name, part in statement.elements(PRINCIPAL_ELEMENTS):
            if providers := part.member("Federated"):
                yield Problem(
                    f"{name} names identity providers under Federated, which only the trust policy "
                    "of a role takes: name the role that their users assume.",
                    (providers.place,),
                )
