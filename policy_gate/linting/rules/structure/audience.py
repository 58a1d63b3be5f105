"""Rules about the audience of a token, which OIDC providers put into the claim `aud`.

Source:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.federation import GITHUB
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import Condition, PolicyView
from policy_gate.model import PolicyKind

_TRUST = (PolicyKind.TRUST,)
_SUB = f'"{GITHUB}:sub": "repo:acme/shop:ref:refs/heads/main"'
_AUD = f'"{GITHUB}:aud": "sts.amazonaws.com"'


def _with(condition: str) -> str:
    return example(
        '{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",\n'
        f'     "Principal": {{"Federated": "arn:aws:iam::111122223333:oidc-provider/{GITHUB}"}},\n'
        f'     "Condition": {{{condition}}}}}'
    )


_GOOD = _with(f'"StringEquals": {{{_SUB}, {_AUD}}}')


@rule(
    "FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE",
    "SECURITY_WARNING",
    kinds=_TRUST,
    bad=_with(f'"StringEquals": {{{_SUB}}}, "ForAnyValue:StringEquals": {{{_AUD}}}'),
    good=_GOOD,
)
def foranyvalue_with_audience_claim_type(policy: PolicyView) -> Iterator[Problem]:
    """Reports ForAnyValue before the test of an audience.

    Why is this bad? An audience is one value. A qualifier is for keys of several values, of which
    ForAnyValue lets a single match do.

    Use instead: the operator without a qualifier, as StringEquals.
    """
    for condition in _qualified_audiences(policy, "ForAnyValue"):
        yield Problem(
            f"{quoted(condition.key)} has one value, so that ForAnyValue can let in more than was "
            f"meant: write {_bare(condition)}.",
            (condition.key_place,),
        )


@rule(
    "CONFIRM_AUDIENCE_CLAIM_TYPE",
    "SUGGESTION",
    kinds=_TRUST,
    bad=_with(f'"StringEquals": {{{_SUB}}}, "ForAllValues:StringEquals": {{{_AUD}}}'),
    good=_GOOD,
)
def confirm_audience_claim_type(policy: PolicyView) -> Iterator[Problem]:
    """Reports ForAllValues before the test of an audience.

    Why is this bad? ForAllValues is also true for a token without an audience, and an audience is
    one value with most providers.

    Use instead: the operator without a qualifier, as StringEquals, unless the tokens of the
    provider have several audiences.
    """
    for condition in _qualified_audiences(policy, "ForAllValues"):
        yield Problem(
            f"{quoted(condition.key)} has one value with most providers, and ForAllValues is true "
            f"without any: write {_bare(condition)}, unless its tokens have several audiences.",
            (condition.key_place,),
        )


def _qualified_audiences(policy: PolicyView, qualifier: str) -> Iterator[Condition]:
    for condition in policy.conditions:
        provider, _, claim = condition.folded_key.rpartition(":")
        operator = condition.operator
        # Null with a qualifier has a rule of its own, and the audience of SAML is no OIDC claim.
        if (
            (claim, operator.qualifier) == ("aud", qualifier)
            and operator.family not in ("", "Null")
            and provider not in ("", "saml")
        ):
            yield condition


def _bare(condition: Condition) -> str:
    return str(condition.operator._replace(qualifier=""))
