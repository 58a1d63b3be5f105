"""Each row of the table of policy properties, in each form that CloudFormation takes for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

import pytest

from policy_gate.extractors.cloudformation import tables
from policy_gate.extractors.cloudformation.policies import SYNTHESISED
from policy_gate.extractors.cloudformation.tables import Effect, PolicyProperty, PropertyKind
from policy_gate.model import PolicyKind, ReasonCode
from tests.extractors.cloudformation.extraction import extract, only, refusal, shown

KINDS = {
    PropertyKind.IDENTITY: PolicyKind.IDENTITY,
    PropertyKind.TRUST: PolicyKind.TRUST,
    PropertyKind.RESOURCE: PolicyKind.RESOURCE,
    PropertyKind.SCP: PolicyKind.SERVICE_CONTROL,
    PropertyKind.VPCE: PolicyKind.RESOURCE,
    PropertyKind.SESSION: PolicyKind.IDENTITY,
    PropertyKind.PERMISSION_STATEMENT: PolicyKind.RESOURCE,
}
STATEMENT = {"Sid": "Here", "Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}
DOCUMENT = {"Version": "2012-10-17", "Statement": [STATEMENT]}
LINES = ['{"Version": "2012-10-17",', '"Statement": [', json.dumps(STATEMENT), "]}"]
YAML = """
Version: '2012-10-17'
Statement:
  - Sid: Here
    Effect: Allow
    Action: s3:Get*
    Resource: '*'"""
BLOCK = indent("\n".join(LINES), "  ")
ITEMS = "".join(f"\n    - '{line}'" for line in LINES)
FORMS = {
    "object": YAML,
    "flow": json.dumps(DOCUMENT),
    "text": f"'{json.dumps(DOCUMENT)}'",
    "quoted": json.dumps(json.dumps(DOCUMENT)),
    "block": f"|\n{BLOCK}",
    "folded": f">-\n{BLOCK}",
    "sub": f"!Sub |\n{BLOCK}".replace("s3:Get*", "${Service}:Get*"),
    "sub map": "\nFn::Sub:\n  - |\n"
    + indent(BLOCK, "  ").replace("s3:Get*", "${S}:Get*")
    + "\n  - S: !Ref Service",
    "join": f"\nFn::Join:\n  - ''\n  -{ITEMS}",
    "to json": f"\nFn::ToJsonString:{indent(YAML, '  ')}",
    "if": f"!If\n  - IsIn\n  - {indent(YAML, '    ').lstrip()}\n  - !Ref AWS::NoValue",
}
SECTIONS = """\
Parameters: {Service: {Type: String, Default: s3}}
Conditions: {IsIn: !Equals [a, a]}
"""
BESIDE = {"AWS::Organizations::Policy": "Type: SERVICE_CONTROL_POLICY\n"}

# They are looked at below, in test_permissions.py and in test_provisioning.py.
ELSEWHERE = ("AWS::IoT::ProvisioningTemplate", "AWS::RAM::Permission", "AWS::Serverless::")


DATA = Path(tables.__file__).parent / "data" / "policy_properties.json"


def types_in(section: str) -> list[str]:
    return sorted({row["type"] for row in json.loads(DATA.read_text())[section]})


def rows() -> Iterator[PolicyProperty]:
    for name in sorted(tables.policy_resource_types()):
        yield from tables.policy_properties(name)


DOCUMENT_ROWS = [
    row
    for row in rows()
    if row.kind not in SYNTHESISED and not row.resource_type.startswith(ELSEWHERE)
]


def written(path: tables.PropertyPath, value: str) -> str:
    """The value at the path, in YAML."""
    text = value
    for key in reversed(path):
        start = "" if text.startswith("\n") else " "
        text = (
            f"\n-{start}{indent(text, '  ').lstrip(' ')}"
            if key == "*"
            else (f"\n{key}:{start}{indent(text, '  ').lstrip(' ')}")
        )
    return text


def template_of(resource_type: str, path: tables.PropertyPath, value: str) -> str:
    properties = BESIDE.get(resource_type, "") + written(path, value).lstrip("\n")
    return (
        f"{SECTIONS}Resources:\n  R:\n    Type: {resource_type}\n    Properties:\n"
        f"{indent(properties, ' ' * 6)}\n"
    )


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "row", DOCUMENT_ROWS, ids=[f"{row.resource_type}/{'/'.join(row.path)}" for row in DOCUMENT_ROWS]
)
def test_the_document_is_found_at_its_lines(row: PolicyProperty, form: str) -> None:
    template = template_of(row.resource_type, row.path, FORMS[form])

    policy = only(template)

    assert policy.kind is KINDS[row.kind]
    assert policy.document == DOCUMENT
    assert policy.validate_policy_resource_type == row.validate_policy_resource_type
    line = next(n for n, text in enumerate(template.split("\n"), 1) if "Here" in text)
    assert policy.sources.locate(("Statement", 0)).line == line
    sid = policy.sources.locate(("Statement", 0, "Sid"))
    assert (sid.line, shown(template, sid).strip("\\\"'")) == (line, "Here")


STATEMENT_FORMS = {
    "object": "".join(f"\n{key}: '{value}'" for key, value in STATEMENT.items()),
    "text": f"'{json.dumps(STATEMENT)}'",
    "block": f"|\n  {LINES[2]}",
    "sub": f"!Sub |\n  {LINES[2]}".replace("s3:Get*", "${Service}:Get*"),
    "join": f"!Join ['', ['{LINES[2][:20]}', '{LINES[2][20:]}']]",
    "to json": f"\nFn::ToJsonString: {LINES[2]}",
}


@pytest.mark.parametrize("form", STATEMENT_FORMS)
def test_one_statement_instead_of_a_document(form: str) -> None:
    (row,) = (row for row in rows() if row.kind is PropertyKind.PERMISSION_STATEMENT)
    template = template_of(row.resource_type, row.path, STATEMENT_FORMS[form])

    policy = only(template)

    assert policy.kind is PolicyKind.RESOURCE
    assert policy.document == DOCUMENT
    line = next(n for n, text in enumerate(template.split("\n"), 1) if "Here" in text)
    assert policy.sources.locate(("Statement", 0, "Sid")).line == line


FUNCTION = "Handler: a.b, Runtime: python3.13, CodeUri: src"
MACHINE = "DefinitionUri: a.json"
API = "StageName: prod, DefinitionBody: {swagger: '2.0', paths: {}}"
SAM = {
    (
        "AWS::Serverless::Api",
        "Auth",
    ): f"{{{API}, Auth: {{ResourcePolicy: {{CustomStatements: [X]}}}}}}",
    ("AWS::Serverless::Api", "Domain/Policy"): (
        f"{{{API}, Domain: {{DomainName: a, CertificateArn: b, EndpointConfiguration: PRIVATE,"
        " Policy: {Version: '2012-10-17', Statement: [X]}}}"
    ),
    ("AWS::Serverless::Api", "Policy"): f"{{{API}, Policy: {{Statement: [X]}}}}",
    ("AWS::Serverless::Function", "AssumeRolePolicyDocument"): (
        f"{{{FUNCTION}, AssumeRolePolicyDocument: {{Statement: [X]}}}}"
    ),
    ("AWS::Serverless::Function", "Policies"): (f"{{{FUNCTION}, Policies: [{{Statement: [X]}}]}}"),
    ("AWS::Serverless::StateMachine", "Policies"): (
        f"{{{MACHINE}, Policies: [{{Statement: [X]}}]}}"
    ),
}


@pytest.mark.parametrize(("resource_type", "path"), SAM)
def test_what_sam_makes_of_a_policy_stands_where_it_is_written(
    resource_type: str, path: str
) -> None:
    template = (
        f"Transform: AWS::Serverless-2016-10-31\nResources:\n  R:\n    Type: {resource_type}\n"
        f"    Properties: {SAM[resource_type, path]}\n"
    ).replace("X", "{Sid: Here, Effect: Allow, Action: 's3:Get*', Resource: '*'}")

    extraction = extract(template)

    reasons = {item.reason for item in extraction.not_checked}
    assert reasons <= {ReasonCode.DOCUMENT_UNAVAILABLE}
    places = [
        shown(template, policy.sources.locate(("Statement", 0, "Sid")))
        for policy in extraction.policies
        if "Here" in str(policy.document)
    ]
    assert places == ["Here"]


OTHERS = [
    (name, other) for name in types_in("not_iam_grammar") for other in tables.other_grammar(name)
]


@pytest.mark.parametrize(("resource_type", "other"), OTHERS)
@pytest.mark.parametrize("value", ["{a: b}", "'{}'", "!Sub '${Service}'", "!Ref Service"])
def test_another_grammar_is_named_and_neutral(
    resource_type: str, other: tables.OtherGrammar, value: str
) -> None:
    template = template_of(resource_type, other.path, value)

    item = refusal(template)

    assert item.reason is ReasonCode.NOT_APPLICABLE
    assert other.grammar in item.message
    assert item.identity.policy_name == other.path[-1]
    assert item.location
    assert shown(template, item.location) == value


ATTACHMENTS = [
    (name, row)
    for name in types_in("attachments")
    if not name.startswith("AWS::Serverless::")
    for row in tables.attachments(name)
]
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"


@pytest.mark.parametrize(("resource_type", "row"), ATTACHMENTS)
@pytest.mark.parametrize(
    "value", [ADMIN, f"['{ADMIN}']", f"!If [IsIn, '{ADMIN}', !Ref AWS::NoValue]"]
)
def test_an_attached_policy_is_a_policy_or_listed(
    resource_type: str, row: tables.AttachingProperty, value: str
) -> None:
    template = template_of(resource_type, row.path, value)

    extraction = extract(template)

    if row.effect is Effect.ALLOWS:
        (policy,) = extraction.policies
        assert policy.identity.policy_name == "AdministratorAccess"
        assert policy.kind is PolicyKind.IDENTITY
        assert "AdministratorAccess" in shown(template, policy.sources.locate(("Statement", 0)))
    else:
        assert extraction.policies == ()
        (item,) = extraction.not_checked
        assert item.reason is ReasonCode.NOT_APPLICABLE


def test_every_row_is_looked_at() -> None:
    synthesised = [row for row in rows() if row.kind in SYNTHESISED]
    assert (len(DOCUMENT_ROWS), len(synthesised)) == (95, 8)
    # Besides: a connector (test_sam.py), a provisioning template and the RAM template.
    assert len(DOCUMENT_ROWS) + len(synthesised) + len(SAM) + 3 == len(list(rows()))
    assert len(OTHERS) == 35
    # Two of SAM, whose boundaries are those of the roles it makes.
    assert len(ATTACHMENTS) == 18 - 2
