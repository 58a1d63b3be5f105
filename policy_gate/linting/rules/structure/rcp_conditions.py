"""Rules about resource control policies that hit others than they are meant for.

They apply to users and roles as well as to AWS services that come with their own principal, and
each kind of caller has condition keys that the other lacks.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import Condition, PolicyView, Statement
from policy_gate.model import PolicyKind

_RCP = (PolicyKind.RESOURCE_CONTROL,)
_IS_SERVICE = "aws:principalisawsservice"
_PRINCIPAL_KEYS = (
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
)
_PRINCIPAL_TAG = "aws:principaltag/"
_SOURCE_KEYS = (
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
)
_PRESENT_WITH_SOURCE = ("aws:sourceaccount", "aws:sourcearn")


def _with(condition: str) -> str:
    return example(
        '{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",\n'
        f'     "Condition": {{{condition}}}}}'
    )


_OTHER_PRINCIPAL = '"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abcd123456"}'
_OTHER_SOURCE = '"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-abcd123456"}'
_SERVICE = '"Bool": {"aws:PrincipalIsAWSService": "true"}'
_SOURCE_GIVEN = '"Null": {"aws:SourceAccount": "false"}'
_GOOD_SOURCE = _with(f"{_OTHER_SOURCE}, {_SERVICE}, {_SOURCE_GIVEN}")


@rule(
    "RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY",
    "WARNING",
    kinds=_RCP,
    bad=_with(_OTHER_PRINCIPAL),
    good=_with(f'{_OTHER_PRINCIPAL}, "BoolIfExists": {{"aws:PrincipalIsAWSService": "false"}}'),
)
def rcp_missing_related_principal_condition_key(policy: PolicyView) -> Iterator[Problem]:
    """Reports a key of the principal, as aws:PrincipalOrgID, in a Deny that is also for services.

    Why is this bad? AWS services that act with their own principal lack such keys: the Deny can
    stop CloudTrail from writing its logs.

    Use instead: `"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}` beside it.
    """
    for statement in _denies(policy):
        if not _asks_for_service(statement, "false"):
            for condition in statement.conditions:
                if _is_principal_key(condition):
                    yield Problem(
                        f"{quoted(condition.key)} is not in requests of AWS services, which the "
                        "Deny may stop: add "
                        '"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}.',
                        (condition.key_place,),
                    )


@rule(
    "RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY",
    "WARNING",
    kinds=_RCP,
    bad=_with(f"{_OTHER_SOURCE}, {_SOURCE_GIVEN}"),
    good=_GOOD_SOURCE,
)
def rcp_missing_related_service_principal_condition_key(policy: PolicyView) -> Iterator[Problem]:
    """Reports a key of the source, as aws:SourceOrgID, in a Deny that is also for users and roles.

    Why is this bad? Only AWS services that act with their own principal bring such keys: the Deny
    can lock out users and roles.

    Use instead: `"Bool": {"aws:PrincipalIsAWSService": "true"}` beside it.
    """
    for statement in _denies(policy):
        if not _asks_for_service(statement, "true"):
            for condition in _source_tests(statement):
                yield Problem(
                    f"{quoted(condition.key)} is only in requests of AWS services, and the Deny "
                    'may stop users and roles: add "Bool": {"aws:PrincipalIsAWSService": "true"}.',
                    (condition.key_place,),
                )


@rule(
    "RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK",
    "WARNING",
    kinds=_RCP,
    bad=_with(f"{_OTHER_SOURCE}, {_SERVICE}"),
    good=_GOOD_SOURCE,
)
def rcp_missing_service_condition_key_null_check(policy: PolicyView) -> Iterator[Problem]:
    """Reports a key of the source, as aws:SourceOrgID, in a Deny that does not ask for a source.

    Why is this bad? Some integrations of AWS services act for no resource in particular and bring
    no such key: the Deny can stop them.

    Use instead: `"Null": {"aws:SourceAccount": "false"}` beside it, or the same of aws:SourceArn.
    """
    for statement in _denies(policy):
        given = any(
            condition.operator.family == "Null" and condition.asks_for("false")
            for condition in statement.conditions_on(*_PRESENT_WITH_SOURCE)
        )
        for condition in _source_tests(statement) if not given else ():
            yield Problem(
                f"{quoted(condition.key)} is not in all requests of AWS services, and the Deny may "
                'stop those without it: add "Null": {"aws:SourceAccount": "false"}.',
                (condition.key_place,),
            )


def _denies(policy: PolicyView) -> Iterator[Statement]:
    return (statement for statement in policy.statements if statement.denies)


def _is_principal_key(condition: Condition) -> bool:
    key = condition.folded_key
    return key in _PRINCIPAL_KEYS or key.startswith(_PRINCIPAL_TAG)


def _source_tests(statement: Statement) -> Iterator[Condition]:
    for condition in statement.conditions_on(*_SOURCE_KEYS):
        if condition.operator.family != "Null":
            yield condition


def _asks_for_service(statement: Statement, value: str) -> bool:
    return any(
        condition.operator.family == "Bool" and condition.asks_for(value)
        for condition in statement.conditions_on(_IS_SERVICE)
    )
