"""Reports about `data/role.yaml`, as the runner makes them."""

from __future__ import annotations

from policy_gate.model import (
    Assumption,
    AssumptionKind,
    CheckResult,
    Coverage,
    Finding,
    GateReport,
    Location,
    PolicyIdentity,
    PolicyKind,
    ReasonCode,
    Severity,
    Status,
    Verdict,
)
from policy_gate.reasoning.answer import Witness

FILE = "role.yaml"
PERIMETER = "no-new-access (perimeter)"


def span(line: int, column: int, end_column: int, path: str = FILE) -> Location:
    """A range inside one line."""
    return Location(path, line, column, line, end_column)


TRUST = PolicyIdentity(
    FILE, "AppRole", "AWS::IAM::Role", "AssumeRolePolicyDocument", PolicyKind.TRUST
)
INLINE = PolicyIdentity(FILE, "AppRole", "AWS::IAM::Role", "app", PolicyKind.IDENTITY)
BUCKET = PolicyIdentity(
    FILE, "DataPolicy", "AWS::S3::BucketPolicy", "PolicyDocument", PolicyKind.RESOURCE
)
TRUST_AT = Location(FILE, 13, 9, 17, 37)
INLINE_AT = Location(FILE, 21, 13, 40, 28)
BUCKET_AT = Location(FILE, 48, 9, 49, 96)

TABLE_NAME = Assumption(
    AssumptionKind.SUPPLIED,
    "${TableName}",
    "a parameter without a value: any text",
    location=span(6, 3, 12),
)
ENV = Assumption(
    AssumptionKind.DEFAULT,
    "${Env}",
    "its default, `dev`, is used",
    stand_in="dev",
    location=span(3, 3, 6),
)

DELETE_TABLE = Finding(
    "ACCESS_GRANTED",
    Severity.ERROR,
    "The policy allows dynamodb:DeleteTable, which no policy should grant.",
    blocking=True,
    locations=(span(30, 21, 37),),
    statement_index=1,
    sid="Table",
    witness=Witness("dynamodb:DeleteTable", "arn:aws:dynamodb:us-east-1:111122223333:table/orders"),
    fix="Name the actions that the workload needs in place of dynamodb:Delete*, for example "
    "dynamodb:DeleteItem.",
    assumptions=(TABLE_NAME,),
    fingerprint="3c1f",
)
PASS_ROLE = Finding(
    "NEW_ACCESS",
    Severity.ERROR,
    "The policy allows a request that the reference policy `perimeter` does not.",
    blocking=True,
    locations=(Location(FILE, 32, 17, 40, 28), span(33, 25, 37)),
    statement_index=2,
    witness=Witness(
        "iam:PassRole",
        "arn:aws:iam::111122223333:role/my-sensitive-roles/my-custom-admin-role",
        context={"aws:PrincipalTag/team": ("platform",), "aws:SourceIp": ("203.0.113.7",)},
    ),
    fix="Pass only roles outside of `/my-sensitive-roles/`.",
    fingerprint="77aa",
)
PUBLIC = Finding(
    "PUBLIC_ACCESS",
    Severity.ERROR,
    "The policy grants public access to the bucket.",
    blocking=True,
    locations=(span(49, 40, 43),),
    statement_index=0,
    witness=Witness("s3:GetObject", "arn:aws:s3:::data-1f3a/x", "*"),
    fix="Name the accounts or roles that need access as the Principal.",
    help="https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    fingerprint="b0b0",
)
SUGGESTION = Finding(
    "MISSING_VERSION",
    Severity.SUGGESTION,
    "Without the Version element, policy variables such as ${aws:username} are plain text.",
    blocking=False,
    locations=(span(47, 7, 21),),
    fix="Add the Version element, with the value 2012-10-17.",
    fingerprint="5e5e",
)

UNDECIDED = CheckResult(
    INLINE,
    PERIMETER,
    Verdict.UNKNOWN,
    message="The Condition of Statement[2] decides on the team of the caller.",
    location=span(36, 19, 29),
    blocking=True,
)
THROTTLED = CheckResult(
    INLINE,
    PERIMETER,
    Verdict.ERROR,
    message="ThrottlingException: Rate exceeded",
    location=INLINE_AT,
    blocking=True,
)
NOT_ANALYSED = CheckResult(
    PolicyIdentity(FILE, "Nested", "AWS::CloudFormation::Stack", ""),
    "",
    Verdict.NOT_CHECKED,
    reason=ReasonCode.NOT_ANALYSED,
    message="Nested stacks are not read yet; this one may hold policies.",
    location=span(42, 5, 26),
    blocking=True,
)
UNAVAILABLE = CheckResult(
    PolicyIdentity(FILE, "AppRole", "AWS::IAM::Role", "arn:aws:iam::aws:policy/Custom"),
    "",
    Verdict.NOT_CHECKED,
    reason=ReasonCode.DOCUMENT_UNAVAILABLE,
    message="The document of this AWS-managed policy is not at hand.",
    location=span(10, 5, 25),
)
NOT_APPLICABLE = CheckResult(
    INLINE, "no-public-access", Verdict.NOT_CHECKED, reason=ReasonCode.NOT_APPLICABLE
)


def passes(identity: PolicyIdentity, location: Location, *checks: str) -> list[CheckResult]:
    return [
        CheckResult(identity, check, Verdict.PASS, location=location, assumptions=(ENV,))
        for check in checks
    ]


def fails(
    identity: PolicyIdentity, location: Location, check: str, *findings: Finding
) -> CheckResult:
    return CheckResult(identity, check, Verdict.FAIL, findings, location=location, blocking=True)


def report(
    status: Status,
    exit_status: int,
    results: list[CheckResult],
    coverage: Coverage,
    notes: tuple[str, ...] = (),
) -> GateReport:
    return GateReport(
        status, exit_status, "embedded", "the default", coverage, tuple(results), notes
    )


def passed_report() -> GateReport:
    results = [
        *passes(TRUST, TRUST_AT, "validate-policy"),
        *passes(INLINE, INLINE_AT, "validate-policy", PERIMETER, "access-not-granted"),
        NOT_APPLICABLE,
    ]
    coverage = Coverage(found=2, checked=2, passed=2, not_checked={ReasonCode.NOT_APPLICABLE: 1})
    return report(Status.PASSED, 0, results, coverage, ("No configuration file: defaults apply.",))


def failed_report() -> GateReport:
    results = [
        *passes(TRUST, TRUST_AT, "validate-policy"),
        *passes(INLINE, INLINE_AT, "validate-policy"),
        fails(INLINE, INLINE_AT, "access-not-granted", DELETE_TABLE),
        fails(INLINE, INLINE_AT, PERIMETER, PASS_ROLE),
        CheckResult(BUCKET, "validate-policy", Verdict.PASS, (SUGGESTION,), location=BUCKET_AT),
        fails(BUCKET, BUCKET_AT, "no-public-access", PUBLIC),
    ]
    coverage = Coverage(found=3, checked=3, passed=1, failed=2, skipped_files=3)
    return report(Status.FAILED, 2, results, coverage)


def undecided_report(status: Status, exit_status: int, *results: CheckResult) -> GateReport:
    reasons = [result.reason for result in results]
    verdicts = [result.verdict for result in results]
    coverage = Coverage(
        found=2,
        checked=1,
        passed=1,
        unknown=verdicts.count(Verdict.UNKNOWN),
        not_checked={reason: reasons.count(reason) for reason in ReasonCode},
        errors=verdicts.count(Verdict.ERROR),
    )
    passing = passes(TRUST, TRUST_AT, "validate-policy")
    return report(status, exit_status, [*passing, *results], coverage)
