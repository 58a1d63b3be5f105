"""Resources that stand for one statement of a resource policy, as the statement AWS creates.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html and the pages of the
resource types under https://registry.terraform.io/providers/hashicorp/aws/latest/docs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from policy_gate.extractors.terraform.attributes import Deployment
from policy_gate.extractors.terraform.hcl.documents import structure_of
from policy_gate.extractors.terraform.values import Located, Piece, Place, pieces_of, text
from policy_gate.model import Assumption, AssumptionKind

_LAMBDA_CONDITIONS = {
    "source_arn": ("ArnLike", "AWS:SourceArn"),
    "source_account": ("StringEquals", "AWS:SourceAccount"),
    "principal_org_id": ("StringEquals", "aws:PrincipalOrgID"),
    "event_source_token": ("StringEquals", "lambda:EventSourceToken"),
    "function_url_auth_type": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "invoked_via_function_url": ("Bool", "lambda:InvokedViaFunctionUrl"),
}


def permission_document(
    resource_type: str,
    attributes: Mapping[str, Located],
    place: Place,
    deployment: Deployment,
) -> Located:
    """The policy document with one statement, of the attributes that are set."""
    build = _Builder(attributes, place, deployment)
    statement = BUILDERS[resource_type](build)
    return build.mapping(
        {"Version": build.literal("2012-10-17"), "Statement": Located([statement], place)}
    )


class _Builder:
    """The attributes of one resource, and the values that statements are made of."""

    def __init__(
        self, attributes: Mapping[str, Located], place: Place, deployment: Deployment
    ) -> None:
        self.attributes = attributes
        self.place = place
        self.deployment = deployment

    def literal(self, written: str) -> Located:
        return Located(written, self.place)

    def get(self, name: str, default: str = "") -> Located:
        """An attribute, or a default; the empty text where there is none (ValidatePolicy tells)."""
        return self.attributes.get(name) or self.literal(default)

    def mapping(self, entries: Mapping[str, Located | None]) -> Located:
        present = {key: value for key, value in entries.items() if value is not None}
        return Located(dict(present), self.place)

    def principal(self, name: str = "principal") -> Located:
        """`*`, or services and AWS principals, told apart by the text."""
        written = self.get(name)
        if written.value == "*":
            return written
        return self.mapping({"Service" if _is_service(written) else "AWS": written})

    def conditions(self, table: Mapping[str, tuple[str, str]]) -> Located | None:
        operators: dict[str, dict[str, Located | None]] = {}
        for name, (operator, key) in table.items():
            given = self.attributes.get(name)
            # The provider passes over what is empty or false: there is no such condition then.
            if given is not None and given.value not in ("", False):
                operators.setdefault(operator, {})[key] = given
        if not operators:
            return None
        return self.mapping({name: self.mapping(keys) for name, keys in operators.items()})

    def arn(self, name: str, service: str, kind: str, default: str = "") -> Located:
        """An attribute as an ARN: as it is, or as a name in this account and Region.

        `kind` is what stands before the name, as `function:`.
        """
        written = self.get(name, default)
        pieces = pieces_of(written) or ()
        first = pieces[0].part if pieces else ""
        if isinstance(first, Assumption) and first.kind is AssumptionKind.SUPPLIED:
            return written
        if isinstance(first, str) and first.startswith("arn:"):
            return written
        if isinstance(first, str):
            # The ARN may begin at the account id, as in 123456789012:function:name.
            pieces = (Piece(first.rpartition(f":{kind}")[2], written.place), *pieces[1:])
        where = self.deployment
        parts = ("arn:", where.partition, f":{service}:", where.region, ":", where.account)
        before = [Piece(part, written.place) for part in (*parts, f":{kind}")]
        return text([*before, *pieces], written.place)

    def allow(self, principal: Located, action: Located, **others: Located | None) -> Located:
        return self.mapping(
            {
                "Effect": self.literal("Allow"),
                "Principal": principal,
                "Action": action,
                **others,
            }
        )


def _is_service(written: Located) -> bool:
    pieces = pieces_of(written) or ()
    first, last = (pieces[0].part, pieces[-1].part) if pieces else ("", "")
    if isinstance(first, str) and first.startswith("arn:"):
        return False
    if isinstance(last, Assumption):
        return last.expression == "${AWS::URLSuffix}"
    return ".amazonaws.com" in last or last.endswith(".amazon.com")


def _lambda_permission(build: _Builder) -> Located:
    return build.allow(
        build.principal(),
        build.get("action"),
        Resource=build.arn("function_name", "lambda", "function:"),
        Condition=build.conditions(_LAMBDA_CONDITIONS),
    )


def _layer_permission(build: _Builder) -> Located:
    organization = {"organization_id": ("StringEquals", "aws:PrincipalOrgID")}
    name = "layer_version_arn" if "layer_version_arn" in build.attributes else "layer_name"
    return build.allow(
        build.principal(),
        build.get("action"),
        Resource=build.arn(name, "lambda", "layer:"),
        Condition=build.conditions(organization),
    )


def _signer_permission(build: _Builder) -> Located:
    version = {"profile_version": ("StringEquals", "signer:ProfileVersion")}
    return build.allow(
        build.principal(),
        build.get("action"),
        Resource=build.literal("*"),
        Condition=build.conditions(version),
    )


def _acm_pca_permission(build: _Builder) -> Located:
    return build.allow(
        build.principal(), build.get("actions"), Resource=build.get("certificate_authority_arn")
    )


def _event_permission(build: _Builder) -> Located:
    """Another account, or everyone, may send events to the bus."""
    return build.allow(
        build.principal(),
        build.get("action", "events:PutEvents"),
        Resource=build.arn("event_bus_name", "events", "event-bus/", "default"),
        Condition=_event_condition(build),
    )


def _event_condition(build: _Builder) -> Located | None:
    written = build.attributes.get("condition")
    listed = written.value if written else None
    if isinstance(listed, list):
        written = listed[0] if listed else None
    if written is None:
        return None
    entry = written.value if isinstance(written.value, dict) else {}
    operator, key = (entry[name].value if name in entry else None for name in ("type", "key"))
    if isinstance(operator, str) and isinstance(key, str):
        return build.mapping({operator: build.mapping({key: entry.get("value")})})
    return written


def _event_bus_statement(build: _Builder) -> Located:
    return structure_of(build.get("statement"))


def _endpoint_service_principal(build: _Builder) -> Located:
    return _endpoint_service(build, build.get("principal_arn"))


def _endpoint_service_principals(build: _Builder) -> Located:
    nobody = Located([], build.place)
    return _endpoint_service(build, build.attributes.get("allowed_principals", nobody))


def _endpoint_service(build: _Builder, principals: Located) -> Located:
    return build.allow(
        build.mapping({"AWS": principals}),
        build.literal("vpce:AllowConnection"),
        Resource=build.literal("*"),
    )


def _q_business_permission(build: _Builder) -> Located:
    return build.allow(
        build.principal(),
        build.get("actions"),
        Resource=build.literal("*"),
        Condition=_q_business_conditions(build),
    )


def _q_business_conditions(build: _Builder) -> Located | None:
    listed = build.attributes.get("conditions")
    if listed is None or not isinstance(listed.value, list):
        return listed
    operators: dict[str, dict[str, Located | None]] = {}
    for item in listed.value:
        entry = item.value if isinstance(item.value, dict) else {}
        operator = entry["condition_operator"].value if "condition_operator" in entry else None
        key = entry["condition_key"].value if "condition_key" in entry else None
        if not isinstance(operator, str) or not isinstance(key, str):
            return listed
        if key in operators.get(operator, {}):
            return listed
        operators.setdefault(operator, {})[key] = entry.get("condition_values")
    return build.mapping({name: build.mapping(keys) for name, keys in operators.items()})


def _entity_resolution_statement(build: _Builder) -> Located:
    principal, condition = build.attributes.get("principal"), build.attributes.get("condition")
    listed = principal.value if principal and isinstance(principal.value, list) else []
    kinds: dict[str, list[Located]] = {}
    for item in listed:
        kinds.setdefault("Service" if _is_service(item) else "AWS", []).append(item)
    principals = build.mapping(
        {kind: Located(list(items), build.place) for kind, items in kinds.items()}
    )
    return build.mapping(
        {
            "Effect": build.get("effect", "Allow"),
            "Principal": principals,
            "Action": build.get("action"),
            "Resource": build.get("arn"),
            "Condition": structure_of(condition) if condition else None,
        }
    )


BUILDERS: dict[str, Callable[[_Builder], Located]] = {
    "aws_acmpca_permission": _acm_pca_permission,
    "aws_cloudwatch_event_permission": _event_permission,
    "aws_lambda_layer_version_permission": _layer_permission,
    "aws_lambda_permission": _lambda_permission,
    "aws_signer_signing_profile_permission": _signer_permission,
    "aws_vpc_endpoint_service": _endpoint_service_principals,
    "aws_vpc_endpoint_service_allowed_principal": _endpoint_service_principal,
    "awscc_acmpca_permission": _acm_pca_permission,
    "awscc_ec2_vpc_endpoint_service_permissions": _endpoint_service_principals,
    "awscc_entityresolution_policy_statement": _entity_resolution_statement,
    "awscc_events_event_bus_policy": _event_bus_statement,
    "awscc_lambda_layer_version_permission": _layer_permission,
    "awscc_lambda_permission": _lambda_permission,
    "awscc_qbusiness_permission": _q_business_permission,
    "awscc_signer_profile_permission": _signer_permission,
}
