"""Resources that stand for one statement of a resource policy, as the statement AWS creates.

Source: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html and the pages of the
resource types under https://registry.terraform.io/providers/hashicorp/aws/latest/docs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from policy_gate.extractors.arns import as_arn, is_service, may_be_arn
from policy_gate.extractors.terraform.deployment import Deployment
from policy_gate.extractors.terraform.hcl.documents import structure_of
from policy_gate.extractors.terraform.values import Located, Piece, Place, pieces_of, text
from policy_gate.extractors.texts import join

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
        if not isinstance(written.value, list):
            return self.mapping({_principal_kind(written): written})
        kinds: dict[str, list[Located]] = {}
        for item in written.value:
            kinds.setdefault(_principal_kind(item), []).append(item)
        return self.mapping({kind: Located(items, written.place) for kind, items in kinds.items()})

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

    def arn(
        self, name: str, service: str, kind: str, default: str = "", qualifier: str = ""
    ) -> Located:
        """An attribute as an ARN: as it is, or as a name in this account and Region.

        `kind` is what stands before the name, as `function:`; `qualifier` is the attribute, if any,
        whose value stands after it.
        """
        written = self.get(name, default)
        if (pieces := pieces_of(written)) is None:
            return written
        after = self._qualifier(qualifier, written)
        return text([*self._arn_pieces(pieces, service, kind), *after], written.place)

    def _qualifier(self, name: str, written: Located) -> tuple[Piece, ...]:
        """What stands after the name of a function or layer, unless that has it already."""
        found = self.attributes.get(name)
        pieces = None if found is None else pieces_of(found)
        if not pieces:
            return ()
        after = (Piece(":", written.place), *pieces)
        suffix = str(join(piece.part for piece in after))
        return () if suffix == ":" or str(written.value).endswith(suffix) else after

    def _arn_pieces(self, pieces: tuple[Piece, ...], service: str, kind: str) -> Sequence[Piece]:
        if not pieces:
            return pieces
        first, place, _ = pieces[0]
        if may_be_arn(first):
            arn = as_arn(first)
            return pieces if arn is first else (Piece(arn, place), *pieces[1:])
        if isinstance(first, str):
            # The ARN may begin at the account id, as in 123456789012:function:name.
            pieces = (Piece(first.rpartition(f":{kind}")[2], place), *pieces[1:])
        where = self.deployment
        parts = ("arn:", *where.partition, f":{service}:", *where.region, ":", *where.account)
        return [*(Piece(part, place) for part in (*parts, f":{kind}")), *pieces]

    def allow(self, principal: Located, action: Located, **others: Located | None) -> Located:
        return self.mapping(
            {
                "Effect": self.literal("Allow"),
                "Principal": principal,
                "Action": action,
                **others,
            }
        )


def _principal_kind(written: Located) -> str:
    pieces = pieces_of(written) or ()
    return "Service" if pieces and is_service([piece.part for piece in pieces]) else "AWS"


def _lambda_permission(build: _Builder) -> Located:
    return build.allow(
        build.principal(),
        build.get("action"),
        Resource=build.arn("function_name", "lambda", "function:", qualifier="qualifier"),
        Condition=build.conditions(_LAMBDA_CONDITIONS),
    )


def _layer_permission(build: _Builder) -> Located:
    organization = {"organization_id": ("StringEquals", "aws:PrincipalOrgID")}
    layer = build.attributes.get("layer_version_arn")
    return build.allow(
        build.principal(),
        build.get("action"),
        Resource=layer or build.arn("layer_name", "lambda", "layer:", qualifier="version_number"),
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
    statement = build.attributes.get("statement")
    return _event_permission(build) if statement is None else structure_of(statement)


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
    condition = build.attributes.get("condition")
    statement = build.allow(
        build.principal(),
        build.get("action"),
        Resource=build.get("arn"),
        Condition=None if condition is None else structure_of(condition),
    )
    return build.mapping({**_entries(statement), "Effect": build.get("effect", "Allow")})


def _entries(value: Located) -> dict[str, Located]:
    return value.value if isinstance(value.value, dict) else {}


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
