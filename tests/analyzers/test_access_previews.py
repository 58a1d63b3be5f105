"""What access previews of AWS add to the offline answer of no-external-access."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from policy_gate.analyzers.aws import AwsAnalyzer
from policy_gate.analyzers.settings import AwsSettings
from policy_gate.checks.no_external_access import NoExternalAccess
from policy_gate.config.gate import GateConfig
from policy_gate.extractors.discover import extract_paths
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import Verdict
from policy_gate.reasoning.zone import ZoneOfTrust
from policy_gate.runner import run_checks
from policy_gate.server.wire import Reply, reply
from tests.command_line import Ran, gate, gate_json
from tests.local_aws import Call, LocalAws, Script, only_this_aws, refusal, running

HOME, B = "111122223333", "444455556666"
ANALYZER = f"arn:aws:access-analyzer:eu-central-1:{HOME}:analyzer/policy-gate-serve"
OWN = {"Ref": "AWS::AccountId"}
PREVIEW = ["ListAnalyzers", "CreateAccessPreview", "GetAccessPreview", "ListAccessPreviewFindings"]
FINDING = {
    "id": "1",
    "principal": {"AWS": B},
    "action": ["sts:AssumeRole"],
    "condition": {"sts:ExternalId": "x"},
    "resourceType": "AWS::IAM::Role",
    "createdAt": "2026-01-01T00:00:00Z",
    "changeType": "NEW",
    "status": "ACTIVE",
    "resourceOwnerAccount": HOME,
}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    configure("account")
    write(trust({"AWS": OWN}))


def configure(zone: dict[str, object] | str, **aws: object) -> None:
    settings = True if zone == "account" else {"zone-of-trust": zone}
    content = {"checks": {"no-external-access": settings}, "aws": {"deadline": 60, **aws}}
    Path(".policy-gate.yml").write_text(yaml.safe_dump(content))


def write(*documents: dict[str, Any], **resources: Any) -> None:
    """A template of roles with these trust policies, and other resources."""
    roles = {
        f"Role{index}": {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": document},
        }
        for index, document in enumerate(documents)
    }
    content = {"Parameters": {"P": {"Type": "String"}}, "Resources": {**roles, **resources}}
    Path("t.json").write_text(json.dumps(content))


def trust(principal: object) -> dict[str, Any]:
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def scripted(**answers: Reply | list[Reply]) -> Script:
    """Answers every call of an operation, or with a list the first ones, one each."""

    def script(call: Call) -> Reply | None:
        answer = answers.get(call.operation or "")
        if isinstance(answer, list):
            return answer.pop(0) if answer else None
        return answer

    return script


def found(*findings: dict[str, Any]) -> Script:
    return scripted(ListAccessPreviewFindings=reply({"findings": list(findings)}))


class Gate:
    """Runs over the template, against AWS as a script has it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._environment = (monkeypatch, folder)

    def run(
        self, script: Script = lambda call: None, analyzer: str = "aws", *options: str
    ) -> tuple[Ran, LocalAws]:
        with running(script) as server:
            only_this_aws(*self._environment, server.url)
            return gate_json("run", "t.json", "--analyzer", analyzer, *options), server


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Gate:
    return Gate(monkeypatch, tmp_path / "aws")


def operations(server: LocalAws) -> list[str | None]:
    return [call.operation for call in server.calls]


def configurations(server: LocalAws) -> list[dict[str, Any]]:
    return [
        call.question["configurations"]
        for call in server.calls
        if call.operation == "CreateAccessPreview"
    ]


def result(ran: Ran) -> dict[str, Any]:
    (only,) = ran.report["results"]
    return dict(only)


def codes(ran: Ran) -> list[str]:
    return [finding["code"] for finding in result(ran)["findings"]]


def test_a_preview_is_made_in_the_account_of_the_analyzer(aws: Gate) -> None:
    ran, server = aws.run()
    assert (ran.status, result(ran)["verdict"]) == (0, "PASS")
    assert operations(server) == PREVIEW
    (configuration,) = configurations(server)
    ((arn, role),) = configuration.items()
    assert arn.startswith(f"arn:aws:iam::{HOME}:role/")
    assert json.loads(role["iamRole"]["trustPolicy"]) == trust({"AWS": HOME})
    assert server.calls[1].question["analyzerArn"] == ANALYZER
    assert ran.report["analyzer"]["calls"]["made"] == 4
    assert ran.report["analyzer"]["calls"]["estimated_cost"] == 0


def test_somebody_outside_in_the_preview_of_a_policy_that_passes_fails_it(aws: Gate) -> None:
    ran, _ = aws.run(found(FINDING))
    assert (ran.status, result(ran)["verdict"]) == (2, "FAIL")
    assert codes(ran) == ["EXTERNAL_PRINCIPAL"]
    (finding,) = result(ran)["findings"]
    assert f"AWS: {B} with sts:AssumeRole where sts:ExternalId = x" in finding["message"]
    assert finding["locations"][0]["path"] == "t.json"


def test_findings_of_every_page_count(aws: Gate) -> None:
    pages = [
        reply({"findings": [], "nextToken": "more"}),
        reply({"findings": [FINDING]}),
    ]
    ran, server = aws.run(scripted(ListAccessPreviewFindings=pages))
    assert result(ran)["verdict"] == "FAIL"
    assert operations(server).count("ListAccessPreviewFindings") == 2


@pytest.mark.parametrize(
    "change",
    [
        {"status": "ARCHIVED"},
        {"status": "RESOLVED"},
        {"principal": {"AWS": HOME}},
        {"principal": {"AWS": f"arn:aws:iam::{HOME}:role/app"}},
    ],
)
def test_what_is_archived_or_of_the_account_changes_nothing(
    aws: Gate, change: dict[str, Any]
) -> None:
    ran, _ = aws.run(found(FINDING | change))
    assert (ran.status, codes(ran)) == (0, [])


@pytest.mark.parametrize(
    "principal", [{"AWS": "*"}, {"Federated": HOME}, {}, {"AWS": f"arn:aws:iam::{B}:role/{HOME}"}]
)
def test_nobody_is_of_the_account_who_is_not_known_to_be(
    aws: Gate, principal: dict[str, str]
) -> None:
    ran, _ = aws.run(found(FINDING | {"principal": principal}))
    assert result(ran)["verdict"] == "FAIL"


def test_a_preview_makes_nothing_green(aws: Gate) -> None:
    write(trust({"AWS": "*"}))
    ran, server = aws.run(found())
    assert (ran.status, result(ran)["verdict"]) == (2, "FAIL")
    assert operations(server) == []


def test_both_notes_that_a_preview_shows_nobody_where_the_answer_is_fail(aws: Gate) -> None:
    configure({"accounts": [B]})
    write(trust({"AWS": HOME}))
    ran, server = aws.run(analyzer="both")
    assert (ran.status, result(ran)["verdict"]) == (2, "FAIL")
    assert codes(ran) == ["ANALYZERS_DISAGREE", "EXTERNAL_PRINCIPAL"]
    assert "shows nobody outside" in result(ran)["findings"][0]["message"]
    assert operations(server) == PREVIEW


def test_both_has_no_note_where_the_preview_agrees(aws: Gate) -> None:
    write(trust({"AWS": "*"}))
    ran, _ = aws.run(analyzer="both")
    assert codes(ran) == ["EXTERNAL_PRINCIPAL"]


def test_both_says_that_the_embedded_analyzer_would_pass_what_the_preview_fails(aws: Gate) -> None:
    ran, _ = aws.run(found(FINDING), "both")
    assert result(ran)["verdict"] == "FAIL"
    assert codes(ran) == ["EXTERNAL_PRINCIPAL", "ANALYZERS_DISAGREE"]


@pytest.mark.parametrize("analyzer", ["aws", "both"])
def test_in_a_wider_zone_what_the_preview_shows_is_a_note(aws: Gate, analyzer: str) -> None:
    configure({"organizations": ["o-a1b2c3d4e5"]})
    ran, _ = aws.run(found(FINDING), analyzer)
    assert (ran.status, result(ran)["verdict"]) == (0, "PASS")
    assert codes(ran) == ["ANALYZERS_DISAGREE"]
    assert f"AWS: {B}" in result(ran)["findings"][0]["message"]


@pytest.mark.parametrize(
    ("zone", "principal"),
    [
        ({"accounts": [B]}, B),
        ({"accounts": [B]}, f"arn:aws:iam::{B}:root"),
        ({"principals": [f"arn:aws:iam::{B}:role/ci"]}, f"arn:aws:iam::{B}:role/ci"),
    ],
)
def test_principals_that_the_zone_names_are_no_news(
    aws: Gate, zone: dict[str, object], principal: str
) -> None:
    configure(zone)
    ran, _ = aws.run(found(FINDING | {"principal": {"AWS": principal}}))
    assert (ran.status, codes(ran)) == (0, [])


def test_the_account_of_the_analyzer_may_be_named(aws: Gate) -> None:
    ran, _ = aws.run(found(FINDING), "aws", "--parameter", f"AWS::AccountId={HOME}")
    assert result(ran)["verdict"] == "FAIL"


def test_without_an_analyzer_the_report_says_so_and_how_to_make_one(aws: Gate) -> None:
    ran, server = aws.run(scripted(ListAnalyzers=reply({"analyzers": []})))
    assert (ran.status, result(ran)["verdict"]) == (0, "PASS")
    (note,) = [note for note in ran.report["notes"] if "--create-analyzer" in note]
    assert "no active analyzer" in note
    assert operations(server) == ["ListAnalyzers"]
    assert server.calls[0].question["type"] == "ACCOUNT"


def test_an_analyzer_that_is_not_active_is_none(aws: Gate) -> None:
    off = {"arn": ANALYZER, "name": "x", "type": "ACCOUNT", "status": "DISABLED"}
    ran, server = aws.run(
        scripted(ListAnalyzers=reply({"analyzers": [off | {"createdAt": FINDING["createdAt"]}]}))
    )
    assert "no active analyzer" in ran.out
    assert operations(server) == ["ListAnalyzers"]


def test_create_analyzer_makes_one_once_and_waits_until_it_is_active(aws: Gate) -> None:
    made = {"arn": ANALYZER, "name": "policy-gate", "type": "ACCOUNT", "status": "CREATING"}
    made["createdAt"] = "2026-01-01T00:00:00Z"
    empty = reply({"analyzers": []})
    script = scripted(
        ListAnalyzers=[empty, empty, reply({"analyzers": [made]})],
        CreateAnalyzer=reply({"arn": ANALYZER}),
    )

    def create(call: Call) -> Reply | None:
        # The server knows no such operation.
        is_creation = call.operation is None and "analyzerName" in call.question
        return reply({"arn": ANALYZER}) if is_creation else script(call)

    write(trust({"AWS": OWN}), trust({"Service": "ec2.amazonaws.com"}))
    ran, server = aws.run(create, "aws", "--create-analyzer")
    created = [call.question for call in server.calls if "analyzerName" in call.question]
    assert [(call["analyzerName"], call["type"]) for call in created] == [
        ("policy-gate", "ACCOUNT")
    ]
    assert operations(server).count("CreateAccessPreview") == 2
    assert ran.status == 0
    assert "--create-analyzer" not in ran.out


def test_create_analyzer_makes_none_where_there_is_one(aws: Gate) -> None:
    _, server = aws.run(lambda call: None, "aws", "--create-analyzer")
    assert operations(server) == PREVIEW


def test_a_preview_is_waited_for(aws: Gate) -> None:
    creating = {
        "id": "1",
        "analyzerArn": ANALYZER,
        "configurations": {},
        "createdAt": FINDING["createdAt"],
        "status": "CREATING",
    }
    script = scripted(GetAccessPreview=[reply({"accessPreview": creating})])
    ran, server = aws.run(script)
    assert ran.status == 0
    assert operations(server).count("GetAccessPreview") == 2
    assert "gave no answer" not in ran.out


@pytest.mark.parametrize(
    ("script", "code"),
    [
        (
            scripted(CreateAccessPreview=refusal("AccessDeniedException", 403)),
            "AccessDeniedException",
        ),
        (
            scripted(
                GetAccessPreview=reply(
                    {
                        "accessPreview": {
                            "id": "1",
                            "status": "FAILED",
                            "statusReason": {"code": "INVALID_CONFIGURATION"},
                        }
                    }
                )
            ),
            "INVALID_CONFIGURATION",
        ),
        (scripted(CreateAccessPreview=reply({})), "MalformedAnswer"),
        (scripted(GetAccessPreview=reply({"accessPreview": "x"})), "MalformedAnswer"),
        (scripted(ListAccessPreviewFindings=reply({"findings": ["x"]})), "MalformedAnswer"),
        (found(FINDING | {"error": "INTERNAL_ERROR"}), "UndecidedPreview"),
    ],
    ids=["denied", "failed", "no id", "no preview", "no finding", "undecided"],
)
def test_where_a_preview_fails_the_offline_answer_stands_and_the_report_says_so(
    aws: Gate, script: Script, code: str
) -> None:
    ran, _ = aws.run(script)
    assert (ran.status, result(ran)["verdict"]) == (0, "PASS")
    (note,) = [note for note in ran.report["notes"] if "gave no answer" in note]
    assert f"({code})" in note


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (refusal("AccessDeniedException", 403), "Allow access-analyzer:ListAnalyzers"),
        (reply({"analyzers": "x"}), "MalformedAnswer"),
        (reply({"analyzers": [{"arn": "x", "status": "ACTIVE"}]}), "MalformedAnswer"),
    ],
)
def test_the_four_actions_are_enough_for_a_run(aws: Gate, answer: Reply, words: str) -> None:
    ran, server = aws.run(scripted(ListAnalyzers=answer))
    assert (ran.status, result(ran)["verdict"]) == (0, "PASS")
    (note,) = [note for note in ran.report["notes"] if note.startswith("No access previews")]
    assert words in note
    assert operations(server) == ["ListAnalyzers"]


def never_complete(call: Call) -> Reply | None:
    preview = {"id": "1", "analyzerArn": ANALYZER, "configurations": {}, "status": "CREATING"}
    preview["createdAt"] = "2026-01-01T00:00:00Z"
    return reply({"accessPreview": preview}) if call.operation == "GetAccessPreview" else None


def test_a_preview_that_is_never_complete_is_given_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with running(never_complete) as server:
        only_this_aws(monkeypatch, tmp_path / "aws", server.url)
        previews = AwsAnalyzer(AwsSettings(call_deadline=0.5)).previews
        configuration = {"iamRole": {"trustPolicy": json.dumps(trust({"AWS": HOME}))}}
        role = f"arn:aws:iam::{HOME}:role/app"
        assert previews.external_access(role, configuration) is None
    (note,) = previews.notes
    assert "CallDeadline" in note


def test_the_deadline_of_the_run_ends_the_wait_for_a_preview(aws: Gate) -> None:
    configure("account", deadline=1)
    ran, _ = aws.run(never_complete)
    assert (ran.status, result(ran)["verdict"]) == (1, "ERROR")
    assert "RunDeadline" in result(ran)["message"]


def test_equal_policies_have_one_preview_and_nothing_is_kept_for_the_next_run(aws: Gate) -> None:
    write(trust({"AWS": OWN}), trust({"AWS": OWN}))
    for _ in range(2):
        _, server = aws.run()
        assert operations(server) == PREVIEW


def test_one_call_at_a_time_is_enough(aws: Gate) -> None:
    configure("account", **{"max-concurrency": 1})
    write(trust({"AWS": OWN}), trust({"Service": "ec2.amazonaws.com"}))
    ran, server = aws.run()
    assert ran.status == 0
    assert operations(server).count("CreateAccessPreview") == 2


def statement(*resources: object, **members: object) -> dict[str, Any]:
    allowed = {"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "*"}
    return allowed | {"Resource": list(resources)} | members


BUCKET = {"Fn::Sub": "${Made.Arn}/*"}


@pytest.mark.parametrize(
    ("resource", "member", "prefix"),
    [
        (
            {
                "Type": "AWS::S3::BucketPolicy",
                "Properties": {
                    "Bucket": "logs",
                    "PolicyDocument": document(statement("arn:aws:s3:::logs/*")),
                },
            },
            "s3Bucket",
            "arn:aws:s3:::logs",
        ),
        (
            {
                "Type": "AWS::SQS::QueuePolicy",
                "Properties": {
                    "Queues": ["q"],
                    "PolicyDocument": document(
                        statement({"Fn::Sub": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:jobs"})
                    ),
                },
            },
            "sqsQueue",
            f"arn:aws:sqs:eu-central-1:{HOME}:jobs",
        ),
        (
            {
                "Type": "AWS::SNS::TopicPolicy",
                "Properties": {"Topics": ["t"], "PolicyDocument": document(statement("*"))},
            },
            "snsTopic",
            f"arn:aws:sns:eu-central-1:{HOME}:policy-gate",
        ),
        (
            {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": document(statement("*"))}},
            "kmsKey",
            f"arn:aws:kms:eu-central-1:{HOME}:key/",
        ),
        (
            {
                "Type": "AWS::SecretsManager::ResourcePolicy",
                "Properties": {"SecretId": "s", "ResourcePolicy": document(statement("*"))},
            },
            "secretsManagerSecret",
            f"arn:aws:secretsmanager:eu-central-1:{HOME}:secret:",
        ),
        (
            {
                "Type": "AWS::EFS::FileSystem",
                "Properties": {"FileSystemPolicy": document(statement("*"))},
            },
            "efsFileSystem",
            f"arn:aws:elasticfilesystem:eu-central-1:{HOME}:file-system/",
        ),
        (
            {
                "Type": "AWS::DynamoDB::Table",
                "Properties": {"ResourcePolicy": {"PolicyDocument": document(statement("*"))}},
            },
            "dynamodbTable",
            f"arn:aws:dynamodb:eu-central-1:{HOME}:table/",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_type_with_a_policy_text_has_its_configuration(
    aws: Gate, resource: dict[str, Any], member: str, prefix: str
) -> None:
    write(Made=resource)
    ran, server = aws.run()
    assert (ran.status, result(ran)["verdict"]) == (0, "PASS")
    (configuration,) = configurations(server)
    ((arn, described),) = configuration.items()
    assert list(described) == [member]
    assert arn.startswith(prefix)
    assert "gave no answer" not in ran.out


def test_an_image_repository_has_its_configuration_too(aws: Gate) -> None:
    policy = document({"Effect": "Allow", "Principal": {"AWS": OWN}, "Action": "ecr:*"})
    write(
        Made={"Type": "AWS::ECR::Repository", "Properties": {"RepositoryPolicyText": policy}},
    )
    _, server = aws.run()
    ((arn, described),) = configurations(server)[0].items()
    assert arn.startswith(f"arn:aws:ecr:eu-central-1:{HOME}:repository/")
    assert HOME in described["ecrRepository"]["repositoryPolicy"]


def test_what_the_template_creates_is_the_resource_of_the_preview(aws: Gate) -> None:
    bucket_policy = {
        "Type": "AWS::S3::BucketPolicy",
        "Properties": {
            "Bucket": {"Ref": "Made"},
            "PolicyDocument": document(statement(BUCKET, {"Fn::GetAtt": ["Made", "Arn"]})),
        },
    }
    write(Made={"Type": "AWS::S3::Bucket"}, Policy=bucket_policy)
    _, server = aws.run()
    ((arn, described),) = configurations(server)[0].items()
    sent = json.loads(described["s3Bucket"]["bucketPolicy"])
    assert sent["Statement"][0]["Resource"] == [arn, f"{arn}/*"]


@pytest.mark.parametrize(
    "policy",
    [
        document(statement("*", Principal={"AWS": {"Fn::GetAtt": ["Role", "Arn"]}})),
        document(statement({"Ref": "P"})),
        document(statement("*", Condition={"StringEquals": {"aws:PrincipalTag/x": {"Ref": "P"}}})),
    ],
    ids=["principal", "resource", "condition"],
)
def test_no_preview_is_made_of_what_only_deployment_knows(
    aws: Gate, policy: dict[str, Any]
) -> None:
    queue = {"Type": "AWS::SQS::QueuePolicy", "Properties": {"PolicyDocument": policy}}
    write(Made=queue, Role={"Type": "AWS::IAM::Role"})
    ran, server = aws.run()
    assert configurations(server) == []
    assert ran.status == 0


def test_a_type_without_previews_asks_nothing(aws: Gate) -> None:
    layer = {
        "Type": "AWS::Logs::ResourcePolicy",
        "Properties": {
            "PolicyName": "p",
            "PolicyDocument": json.dumps(document(statement("*", Principal={"AWS": "x"}))),
        },
    }
    write(Made=layer)
    _, server = aws.run()
    assert operations(server) == []


def test_the_embedded_analyzer_asks_nobody(aws: Gate) -> None:
    ran, server = aws.run(analyzer="embedded")
    assert ran.status == 0
    assert operations(server) == []


def test_a_hostile_principal_does_not_reach_the_terminal_raw(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    hostile = found(FINDING | {"principal": {"AWS": "\x1b[31m" + "x" * 5000}})
    with running(hostile) as server:
        only_this_aws(monkeypatch, tmp_path / "aws", server.url)
        ran = gate("run", "t.json", "--analyzer", "aws")
    assert ran.status == 2
    assert "\x1b[31m" not in ran.out
    assert "x" * 300 not in ran.out


def test_help_names_the_option() -> None:
    assert "--create-analyzer" in gate("run", "--help").out


def test_of_a_sensitive_policy_a_preview_shows_nothing_but_the_code(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found_here = extract_paths([Path("t.json")], [], ExtractSettings())
    policies = tuple(replace(policy, is_sensitive=True) for policy in found_here.policies)
    config = GateConfig((NoExternalAccess(ZoneOfTrust()),), sends_sensitive=True)
    with running(found(FINDING)) as server:
        only_this_aws(monkeypatch, tmp_path / "aws", server.url)
        made = run_checks(replace(found_here, policies=policies), config, AwsAnalyzer(), "because")
    (only,) = made.results
    (finding,) = only.findings
    assert only.verdict is Verdict.FAIL
    assert finding.message.startswith("the policy gives access to principals outside the zone")
    assert B not in f"{only.message} {made.notes} {finding}"
