"""Resources that stand for one statement of a resource policy, as the statement AWS creates.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html and the pages of the
resource types under https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from policy_gate.extractors.arns import as_arn, is_service, may_be_arn
from policy_gate.extractors.cloudformation.documents import as_structure
from policy_gate.extractors.cloudformation.evaluator import Evaluator
from policy_gate.extractors.cloudformation.resolved import Resolved, UnresolvableError, parts_of
from policy_gate.extractors.texts import Part, join
from policy_gate.syntax.node import Node

Properties: TypeAlias = dict[str, Resolved]

_LAMBDA_CONDITIONS = {
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}


def permission_document(
    resource_type: str, evaluator: Evaluator, properties: Resolved, node: Node
) -> Resolved:
    """The policy document with one statement; deferred where the properties are.

    Raises UnresolvableError where the properties are no mapping.
    """
    if properties.is_deferred:
        return properties
    if not isinstance(properties.value, dict):
        raise UnresolvableError("Properties must be a mapping", node)
    statement = BUILDERS[resource_type](_Builder(evaluator, properties.value, node))
    return _document(statement, node)


class _Builder:
    """The properties of one resource, and the values that statements are made of."""

    def __init__(self, evaluator: Evaluator, properties: Properties, node: Node) -> None:
        self.evaluator = evaluator
        self.properties = properties
        self.node = node

    def literal(self, text: str) -> Resolved:
        return Resolved(text, self.node.start, self.node.end)

    def get(self, name: str, default: str = "") -> Resolved:
        """A property, or a default; the empty text where there is none (ValidatePolicy tells)."""
        return self.properties.get(name) or self.literal(default)

    def structure(self, name: str) -> Resolved | None:
        """A property that may be written as JSON text."""
        value = self.properties.get(name)
        return None if value is None else as_structure(value, self.evaluator.template.source)

    def mapping(self, entries: dict[str, Resolved | None]) -> Resolved:
        children = {key: value for key, value in entries.items() if value is not None}
        return Resolved(dict(children), self.node.start, self.node.end)

    def principal(self, name: str = "Principal") -> Resolved:
        """`*`, or services and AWS principals, told apart by the text."""
        written = self.get(name)
        if written.value == "*" or isinstance(written.value, dict):
            return written
        if not isinstance(written.value, list):
            return self.mapping({self._principal_kind(written): written})
        kinds: dict[str, list[Resolved]] = {}
        for item in written.value:
            kinds.setdefault(self._principal_kind(item), []).append(item)
        lists = {kind: Resolved(items, written.start, written.end) for kind, items in kinds.items()}
        return self.mapping(dict(lists))

    def _principal_kind(self, written: Resolved) -> str:
        return "Service" if is_service(parts_of(written, self.node)) else "AWS"

    def arn(self, written: Resolved, service: str, kind: str) -> Resolved:
        """A property as an ARN: as it is, or as a name in this account and Region.

        `kind` is what stands before the name, as `function:`.
        """
        parts = parts_of(written, self.node)
        if may_be_arn(parts[0]):
            return Resolved(join((as_arn(parts[0]), *parts[1:])), written.start, written.end)
        if isinstance(parts[0], str):
            # The ARN may begin at the account id, as in 123456789012:function:name.
            parts = (parts[0].rpartition(f":{kind}")[2], *parts[1:])
        pseudo = [
            parts_of(self.evaluator.parameter(f"AWS::{key}", self.node), self.node)
            for key in ("Partition", "Region", "AccountId")
        ]
        text: list[Part] = ["arn:", *pseudo[0], f":{service}:", *pseudo[1], ":", *pseudo[2]]
        return Resolved(join([*text, f":{kind}", *parts]), written.start, written.end)

    def conditions(self, table: dict[str, tuple[str, str]]) -> Resolved | None:
        operators: dict[str, dict[str, Resolved | None]] = {}
        for name, (operator, key) in table.items():
            if name in self.properties:
                operators.setdefault(operator, {})[key] = self.properties[name]
        if not operators:
            return None
        return self.mapping({name: self.mapping(keys) for name, keys in operators.items()})

    def allow(self, principal: Resolved, action: Resolved, **others: Resolved | None) -> Resolved:
        return self.mapping(
            {
                "Effect": self.literal("Allow"),
                "Principal": principal,
                "Action": action,
                **others,
            }
        )


def _lambda_permission(build: _Builder) -> Resolved:
    return build.allow(
        build.principal(),
        build.get("Action"),
        Resource=build.arn(build.get("FunctionName"), "lambda", "function:"),
        Condition=build.conditions(_LAMBDA_CONDITIONS),
    )


def _layer_permission(build: _Builder) -> Resolved:
    organization = {"OrganizationId": ("StringEquals", "aws:PrincipalOrgID")}
    return build.allow(
        build.principal(),
        build.get("Action"),
        Resource=build.get("LayerVersionArn"),
        Condition=build.conditions(organization),
    )


def _signer_permission(build: _Builder) -> Resolved:
    version = {"ProfileVersion": ("StringEquals", "signer:ProfileVersion")}
    return build.allow(
        build.principal(),
        build.get("Action"),
        Resource=build.literal("*"),
        Condition=build.conditions(version),
    )


def _acm_pca_permission(build: _Builder) -> Resolved:
    return build.allow(
        build.principal(), build.get("Actions"), Resource=build.get("CertificateAuthorityArn")
    )


def _q_business_permission(build: _Builder) -> Resolved:
    return build.allow(
        build.principal(),
        build.get("Actions"),
        Resource=build.literal("*"),
        Condition=_q_business_conditions(build),
    )


def _q_business_conditions(build: _Builder) -> Resolved | None:
    listed = build.properties.get("Conditions")
    if listed is None or not isinstance(listed.value, list):
        return listed
    operators: dict[str, dict[str, Resolved | None]] = {}
    for item in listed.value:
        entry = item.value if isinstance(item.value, dict) else {}
        named = _operator_and_key(entry, "ConditionOperator", "ConditionKey")
        if named is None or named[1] in operators.get(named[0], {}):
            return listed
        operators.setdefault(named[0], {})[named[1]] = entry.get("ConditionValues")
    return build.mapping({name: build.mapping(keys) for name, keys in operators.items()})


def _operator_and_key(entry: Properties, operator: str, key: str) -> tuple[str, str] | None:
    """The two that a condition is made of, None where one of them is no plain text."""
    texts = [entry[name].value if name in entry else None for name in (operator, key)]
    if isinstance(texts[0], str) and isinstance(texts[1], str):
        return texts[0], texts[1]
    return None


def _entity_resolution_statement(build: _Builder) -> Resolved:
    statement = build.allow(
        build.principal(),
        build.get("Action"),
        Resource=build.get("Arn"),
        Condition=build.structure("Condition"),
    )
    if "Effect" in build.properties and isinstance(statement.value, dict):
        statement.value["Effect"] = build.properties["Effect"]
    return statement


def _endpoint_service_permissions(build: _Builder) -> Resolved:
    nobody = Resolved([], build.node.start, build.node.end)
    return build.allow(
        build.mapping({"AWS": build.properties.get("AllowedPrincipals", nobody)}),
        build.literal("vpce:AllowConnection"),
        Resource=build.literal("*"),
    )


def _event_bus_statement(build: _Builder) -> Resolved:
    if statement := build.structure("Statement"):
        return statement
    return build.allow(
        build.principal(),
        build.get("Action"),
        Resource=build.arn(build.get("EventBusName", "default"), "events", "event-bus/"),
        Condition=_event_bus_condition(build),
    )


def _event_bus_condition(build: _Builder) -> Resolved | None:
    condition = build.properties.get("Condition")
    if condition is None or not isinstance(condition.value, dict):
        return condition
    named = _operator_and_key(condition.value, "Type", "Key")
    if named is None:
        return condition
    return build.mapping({named[0]: build.mapping({named[1]: condition.value.get("Value")})})


def _document(statement: Resolved, node: Node) -> Resolved:
    version = Resolved("2012-10-17", node.start, node.end)
    statements = Resolved([statement], statement.start, statement.end)
    return Resolved({"Version": version, "Statement": statements}, node.start, node.end)


BUILDERS: dict[str, Callable[[_Builder], Resolved]] = {
    "AWS::ACMPCA::Permission": _acm_pca_permission,
    "AWS::EC2::VPCEndpointServicePermissions": _endpoint_service_permissions,
    "AWS::EntityResolution::PolicyStatement": _entity_resolution_statement,
    "AWS::Events::EventBusPolicy": _event_bus_statement,
    "AWS::Lambda::LayerVersionPermission": _layer_permission,
    "AWS::Lambda::Permission": _lambda_permission,
    "AWS::QBusiness::Permission": _q_business_permission,
    "AWS::Signer::ProfilePermission": _signer_permission,
}
