"""Our documents are those of cfn-policy-validator, but for a list of differences with reasons.

The oracle fails on many templates, and only what it reads is compared. For what only deployment
decides it makes something up, most often from the logical id; where our document has a value that
the template creates, the logical id has to stand in its place, and any value we leave open fits.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from policy_gate.extractors.cloudformation.extract import CloudFormationExtractor
from policy_gate.extractors.cloudformation.resolved import scalar_text
from policy_gate.extractors.cloudformation.template import Template, read_template
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import Assumption, AssumptionKind, DeferredText, Policy, Value
from policy_gate.syntax.source import Source
from tests.cfn_policy_validator import ACCOUNT, REGION, RESOURCE_TYPES, documents, parse

ROOT = Path(__file__).parents[3]
HERE = Path(__file__).parent / "data" / "peer"
OWN = [
    *sorted(HERE.glob("*.yaml")),
    ROOT / "examples" / "getting-started" / "template.yaml",
    *sorted((ROOT / "tests" / "data" / "aws-post").glob("*.yaml")),
    ROOT / "tests" / "reporters" / "data" / "role.yaml",
]
SHARED = ROOT.parent / "shared" / "iac" / "cloudformation"
REAL = [
    SHARED / entry["path"]
    for entry in (
        json.loads((SHARED / "manifest.json").read_text(encoding="utf-8"))
        if SHARED.is_dir()
        else []
    )
]


class Difference(NamedTuple):
    """A policy that is not the same for the oracle."""

    template: str
    """The end of its path."""

    theirs: str
    """A text in the oracle's document, empty where it has none."""

    ours: str
    """A text in ours, empty where we have none."""

    reason: str


DIFFERENCES = tuple(
    Difference(template, theirs, ours, reason)
    for reason, differences in {
        "the resource has a condition that is false, which the oracle does not look at": (
            ("peer/differences.yaml", '"Absent"', ""),
            ("MSKSampleStack.yml", '"key-default-1"', ""),
            ("MANAGEDAD.cfn.yaml", '"Service": ["ec2.amazonaws.com"]', ""),
            ("MANAGEDAD.cfn.yaml", "s3:::aws-ssm-us-east-1/*", ""),
            ("MANAGEDAD.cfn.yaml", ":secret:AWSManagedADLinux", ""),
            ("ec2/al2-mutable-public.yaml", '"iam:ListUsers"', ""),
            ("state/s3.yaml", '"lambda.amazonaws.com"', ""),
            ("state/s3.yaml", '"s3:PutBucketAcl"', ""),
            ("state/s3.yaml", ":log-group:LambdaLogGroup", ""),
            ("state/secretsmanager-dbsecret.yaml", '"secretsmanager:DeleteSecret"', ""),
        ),
        "the template names the resource, of which the oracle looks at six types only": (
            ("peer/differences.yaml", ":table/Table", ":table/orders"),
            (
                "VPCPeering-Accepter-Tag.cfn.json",
                ":log-group:TagVpc",
                ":log-group:/aws/lambda/CR-TagVpc",
            ),
            ("MythicalMisfitsStack.json", ":table/MysfitsTable54ADD99F", ":table/MysfitsTable"),
            (
                "eventbridge-pipes-ddbstream-to-eventbridge-suffix-matching/template.yaml",
                ":table/DynamoDBUsersTable/",
                "",
            ),
            (
                "eventbridge-pipes-ddbstream-to-eventbridge-suffix-matching/template.yaml",
                ":event-bus/ApplicationEventBus",
                "",
            ),
            ("20221206T025957326/template.yaml", ":table/MyDdbTable", ""),
        ),
        "the ARN of a log group that Fn::GetAtt gives ends in :*": (
            ("peer/differences.yaml", ':log-group:LogGroup"', ":log-group:${LogGroup}:*"),
            ("resources/com/amazonaws/cdk/examples/expected.cfn.json", 'F541"', "F541}:*"),
            ("ec2/al2-mutable-public.yaml", ':log-group:Logs"', ":log-group:${Logs}:*"),
            (
                "apigw-lambda-json-xml-vtl-transformation/template.yaml",
                ":log-group:MyApiAccessLogs",
                "",
            ),
        ),
        "the oracle copies the brackets of an ARN format": (
            ("peer/differences.yaml", ":rule/[Rule/]Rule", ":rule/${Rule}"),
            ("s3-b2bi-eventbridge-sqs/template.yaml", ":rule/[MyEventRule/]", ""),
        ),
        "the ARN of an API destination ends in an id": (
            ("1-webhook-site/template.yaml", ":api-destination/MyApiDestination", ""),
        ),
        "Ref of a SAM state machine gives its ARN, not its name": (
            ("appsync-stepfunctions-express-sam/template.yaml", '"StateMachine"', ""),
        ),
        "the oracle reads an account id that begins with 0 as an octal number": (
            ("peer/differences.yaml", "1229530843", "011122223333"),
        ),
        "Fn::Sub with a mapping writes ${!Name} as ${Name} too": (
            ("peer/identities.yaml", "${!aws:username}", "${aws:username}"),
        ),
        "for a principal * AWS writes the principal *, and the oracle leaves conditions out": (
            (
                "peer/differences.yaml",
                '"lambda:InvokeFunctionUrl", "Principal": {"AWS": "*"}',
                '"lambda:FunctionUrlAuthType": "NONE"',
            ),
            (
                "peer/resources.yaml",
                '"Principal": {"AWS": "*"}, "Condition"',
                '"Principal": "*", "Action": "lambda:GetLayerVersion"',
            ),
        ),
    }.items()
    for template, theirs, ours in differences
)


@pytest.mark.parametrize("path", [*OWN, *REAL], ids=lambda path: "/".join(path.parts[-3:]))
def test_documents_are_those_of_the_oracle(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    template = read_template(Source(str(path), text))
    given = parameters(template)
    try:
        theirs = list(documents(parse(text, given)))
    except Exception as error:  # Whatever it is, there is nothing to compare with.
        if path in OWN:
            raise
        pytest.skip(f"cfn-policy-validator cannot read it: {error}")
    ours = [policy.document for policy in policies(text, given)]
    alike = {
        (i, j)
        for i, document in enumerate(ours)
        for j, other in enumerate(theirs)
        if fits(document, other)
    }
    only_theirs = [json.dumps(theirs[j]) for j in set(range(len(theirs))) - {j for _, j in alike}]
    only_ours = [shown(ours[i]) for i in set(range(len(ours))) - {i for i, _ in alike}]
    if template.transforms:
        # The oracle does not see what a transform makes.
        only_ours = []
    entries = [entry for entry in DIFFERENCES if path.as_posix().endswith(entry.template)]
    unexplained = [
        *(item for item in only_theirs if not any(e.theirs and e.theirs in item for e in entries)),
        *(item for item in only_ours if not any(e.ours and e.ours in item for e in entries)),
    ]
    assert not unexplained
    stale = [
        entry
        for entry in entries
        if not any(entry.theirs in item for item in only_theirs or [""])
        or not any(entry.ours in item for item in only_ours or [""])
    ]
    assert not stale, "remove these from DIFFERENCES"


def test_every_resource_type_that_the_oracle_knows_is_compared() -> None:
    found = {
        policy.identity.resource_type
        for path in HERE.glob("*.yaml")
        for policy in policies(path.read_text(encoding="utf-8"), {})
    }
    assert found == RESOURCE_TYPES


@pytest.mark.parametrize(
    ("theirs", "same"),
    [
        ({"Resource": ["arn:aws:s3:::Bucket/x"]}, True),
        ({"Resource": ["arn:aws:s3:::Other/x"]}, False),
        ({"Resource": ["arn:aws:s3:::Bucket/x", "*"]}, False),
        ({"Resource": "arn:aws:s3:::Bucket/x"}, False),
        ({"Resource": ["arn:aws:s3:::Bucket/x"], "Sid": "S"}, False),
        ({"NotResource": ["arn:aws:s3:::Bucket/x"]}, False),
    ],
)
def test_a_document_that_differs_is_told_apart(theirs: Any, same: bool) -> None:
    created = Assumption(AssumptionKind.CREATED_HERE, "${Bucket}", "", "deferred-bucket")
    ours: Value = {"Resource": [DeferredText(("arn:aws:s3:::", created, "/x"))]}
    assert fits(ours, theirs) is same


def shown(document: Value) -> str:
    return json.dumps(document, default=str)


def parameters(template: Template) -> dict[str, str]:
    """A value for every parameter: the oracle knows no defaults."""
    return {name: _value(name, template) for name in template.parameters}


def _value(name: str, template: Template) -> str:
    declared = template.parameters[name].entries
    allowed = declared.get("AllowedValues")
    if "Default" in declared:
        return scalar_text(declared["Default"].value) or ""
    if allowed is not None and isinstance(allowed.value, list):
        return scalar_text(allowed.value[0].value) or ""
    return f"given-{name}"


def policies(text: str, given: dict[str, str]) -> Iterator[Policy]:
    """Our policies of the resource types that the oracle knows."""
    deployment = {
        "AWS::AccountId": ACCOUNT,
        "AWS::Region": REGION,
        "AWS::StackName": "StackName",
    }
    settings = ExtractSettings({**given, **deployment})
    for policy in CloudFormationExtractor().extract(Source("t", text), settings).policies:
        if policy.identity.resource_type in RESOURCE_TYPES:
            yield policy


def fits(ours: Value, theirs: Any) -> bool:
    """Is their value ours, or one that ours can be?"""
    if isinstance(ours, DeferredText):
        if len(ours.parts) == 1 and _is_open(ours.parts[0]):
            return True
        pattern = "".join(_pattern(part) for part in ours.parts)
        return isinstance(theirs, str) and re.fullmatch(pattern, theirs, re.DOTALL) is not None
    if isinstance(ours, dict) and isinstance(theirs, dict):
        same_keys = ours.keys() == theirs.keys()
        return same_keys and all(fits(value, theirs[key]) for key, value in ours.items())
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(fits, ours, theirs))
    return type(ours) is type(theirs) and ours == theirs


def _is_open(part: str | Assumption) -> bool:
    return isinstance(part, Assumption) and part.kind is AssumptionKind.SUPPLIED


def _pattern(part: str | Assumption) -> str:
    if isinstance(part, str):
        return re.escape(part)
    if part.kind is AssumptionKind.SUPPLIED:
        return ".*"
    created_here = part.kind is AssumptionKind.CREATED_HERE
    return re.escape(part.expression[2:-1] if created_here else part.stand_in)
