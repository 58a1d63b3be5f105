"""The rule about services that resource control policies do not reach."""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.actions import service_of
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import PolicyView
from policy_gate.model import PolicyKind

_GOOD = example(
    '{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",\n'
    '     "Condition": {"Bool": {"aws:SecureTransport": "false"}}}'
)


@rule(
    "RCP_SYNTAX_ERROR_ACTION",
    "ERROR",
    kinds=(PolicyKind.RESOURCE_CONTROL,),
    bad=_GOOD.replace("s3:*", "ec2:*"),
    good=_GOOD,
)
def rcp_syntax_error_action(policy: PolicyView) -> Iterator[Problem]:
    """Reports an action of a service that resource control policies do not support, and Deny `*`.

    Why is this bad? AWS Organizations refuses the policy.

    Use instead: actions of supported services, as `s3:*`, `sts:*`, `sqs:*`, `kms:*` and
    `secretsmanager:*`; for others, a service control policy.
    """
    for statement in policy.statements:
        for action in statement.texts("Action"):
            service = service_of(action.value)
            if action.value == "*" and statement.denies:
                yield Problem(
                    'Action "*" reaches beyond the services that resource control policies '
                    'support: name the actions with their service, as "s3:*".',
                    (action.place,),
                )
            # A service that does not exist has a rule of its own.
            elif policy.catalog.has_service(service) and (
                service not in policy.catalog.rcp_services()
            ):
                yield Problem(
                    f"{quoted(action.value)} is of a service that resource control policies do "
                    "not support: remove it, or put it into a service control policy.",
                    (action.place,),
                )
