"""Names that want to be more than text, in everything that is published.

docs/github.md has a row for each.
"""

from __future__ import annotations

import json
import re

import pytest

from policy_gate.model import (
    CheckResult,
    Coverage,
    Finding,
    GateReport,
    Location,
    PolicyIdentity,
    PolicyKind,
    Severity,
    Status,
    Verdict,
)
from policy_gate.publishers.github import GitHubPublisher
from policy_gate.publishers.interface import PublishSettings
from policy_gate.publishers.marker import Marker, marker_of
from tests.command_line import Ran, template
from tests.publishers.checkout import BAD, diff_of
from tests.publishers.jobs import Job

ALL = (
    "checks: {access-not-granted: {actions: ['iam:CreateUser']}}\n"
    "publish: {check-run: true, commit-status: true, sarif: true}\n"
)
HOSTILE = {
    "mention": "@octocat and @github/security-team",
    "reference": "fixes #1, GH-1, octocat/Hello-World#1",
    "markdown": "[click](https://evil.example) ![x](https://evil.example/p.png) **PASSED** `x`",
    "html": "<img src=https://evil.example/p.png><script>alert(1)</script></details>",
    "marker": "<!-- policy-gate tag=policy-gate commit=" + "a" * 40 + " -->",
    "end of a marker": "--> <h1>PASSED</h1>",
    "heading": "x\n# policy-gate: PASSED\n\n| a | b |\n|---|---|",
    "fence": "```\n</code></pre>\n```",
    "command": "x\n::error::forged\n::set-output name=result::passed\n::add-mask::o\n##[error]x",
    "property": "a,line=1,title=x::forged",
    "output": "x\nresult=passed\nresult<<EOF\npassed\nEOF",
    "control": "a\x1b[2J\x00\x07\u202eb\u2028c",
    "surrogate": "a\ud800b",
    "long": "x" * 4000,
}


def run_with(job: Job, text: str) -> Ran:
    """The text is the name of the policy and the Sid of the statement that fails."""
    job.configure(ALL)
    document = json.loads(template({"Effect": "Allow", "Action": BAD, "Resource": "*"}))
    policy = document["Resources"].pop("Policy")
    policy["Properties"]["PolicyName"] = text
    policy["Properties"]["PolicyDocument"]["Statement"][0]["Sid"] = text
    document["Resources"][text] = policy
    content = json.dumps(document, indent=1)
    (job.folder / "role.json").write_text(content)
    job.github.patches["role.json"] = diff_of(content)
    return job.run()


def published(job: Job) -> list[str]:
    """Every Markdown that GitHub got, without its marker."""
    bodies = [comment["body"] for comment in job.github.review_comments.values()]
    bodies += job.github.bodies()
    texts = [body.partition("\n")[2] for body in bodies]
    runs = [call.body for call in job.github.calls if call.path.endswith("/check-runs")]
    return [*texts, *(run["output"]["summary"] for run in runs), job.summary_text()]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_stays_text(job: Job, text: str) -> None:
    ran = run_with(job, text)
    assert ran.status == 2
    assert ran.err == ""
    assert len(job.github.review_comments) == 1
    for shown in published(job):
        plain = re.sub(r"`[^`\n]*`|```.*?```", "", shown, flags=re.DOTALL)
        assert "<!--" not in shown
        assert not re.search(r"<(?!/?(code|sub|details|summary)\b)\w", plain)
        assert not re.search(r"(?<![\w\\])@\w", plain)
        assert "](https://evil" not in plain.replace("\\]", "").replace("\\(", "")
        assert len(re.findall("(?m)^#+ .*policy-gate", shown)) <= 1
    assert job.github.statuses[0]["state"] == "failure"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_no_command_of_the_runner(job: Job, text: str) -> None:
    output = job.folder.parent / "output"
    job.set(GITHUB_TOKEN=None, GITHUB_OUTPUT=str(output), GITHUB_ENV=str(output))
    ran = run_with(job, text)
    lines = ran.err.splitlines()
    assert [line[:8] for line in lines if line.lstrip().startswith(("::", "##"))] == ["::error "]
    assert len(lines) == 2
    [annotation] = [line for line in lines if line.startswith("::error ")]
    properties = annotation.removeprefix("::error ").partition("::")[0]
    assert {name.partition("=")[0] for name in properties.split(",")} <= {
        *("title", "file", "line", "endLine", "col", "endColumn")
    }
    assert not output.exists()


@pytest.mark.parametrize(
    "name",
    ["@octocat.json", "<img>.json", "a`b.json", "a,line=9::x.json", "--> x.json", "a b.json"],
)
def test_a_hostile_file_name_stays_text(job: Job, name: str) -> None:
    job.configure(ALL)
    job.write(BAD, name=name)
    ran = job.run()
    assert (ran.status, ran.err) == (2, "")
    assert [each["path"] for each in job.github.review_comments.values()] == [name]
    for shown in published(job):
        assert "<img>" not in re.sub(r"`[^`\n]*`", "", shown)
        assert "<!--" not in shown


def many(count: int) -> GateReport:
    """A report of findings at the lines of one file."""
    findings = tuple(
        Finding(
            "CHECK_ACCESS_NOT_GRANTED",
            Severity.SECURITY_WARNING,
            "It grants what it must not.",
            blocking=True,
            locations=(Location("role.json", line, 1, line, 2),),
            fingerprint=f"{line:016x}",
        )
        for line in range(1, count + 1)
    )
    identity = PolicyIdentity("role.json", "Role", "AWS::IAM::Role", "app", PolicyKind.IDENTITY)
    result = CheckResult(identity, "access-not-granted", Verdict.FAIL, findings, blocking=True)
    coverage = Coverage(found=1, checked=1, failed=1)
    return GateReport(Status.FAILED, 2, "embedded", "offline", coverage, (result,))


def test_five_thousand_findings(job: Job) -> None:
    job.github.patches["role.json"] = diff_of("\n" * 5000)
    settings = PublishSettings(check_run=True, commit_status=True, sarif=True)
    assert GitHubPublisher().publish(many(5000), settings) == []
    [body] = job.github.bodies()
    assert 20_000 < len(body) <= 65_536
    assert len(job.github.review_comments) == 30
    [annotations] = job.github.annotations.values()
    assert len(annotations) == 500
    assert job.summary.stat().st_size <= 1 << 20
    writes = [call for call in job.github.calls if call.verb != "GET"]
    assert len(writes) == 1 + 1 + 10 + 1 + 1


def test_five_thousand_findings_without_a_token_are_few_annotations(
    job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    job.set(GITHUB_TOKEN=None)
    assert GitHubPublisher().publish(many(5000), PublishSettings()) != []
    out, err = capsys.readouterr()
    assert out == ""
    assert sum(line.startswith("::error ") for line in err.splitlines()) == 10


def test_a_marker_in_a_template_makes_no_comment_ours(job: Job) -> None:
    run_with(job, str(Marker("other")))
    job.run("--publish-tag", "other")
    tags = [marker.tag for body in job.github.bodies() if (marker := marker_of(body))]
    assert tags == ["policy-gate", "other"]
