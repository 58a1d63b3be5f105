"""Names that want to be more than text, in everything that GitLab gets."""

from __future__ import annotations

import json
import re

import pytest

from tests.command_line import template
from tests.publishers.checkout import BAD, CHECKS, diff_of
from tests.publishers.gitlab.jobs import Job

HOSTILE = {
    "quick action": "/merge\n/approve\n/close",
    "mention": "@root and @all",
    "reference": "#1 !2 ~bug %v1 $3 &4 [vulnerability:5] group/project#6",
    "label": '~"a b" ^alert#1 *iteration:1',
    "markdown": "[click](https://evil.example) ![x](https://evil.example/p.png) **PASSED** `x`",
    "math": "$`x`$ :tada: {+ added +} {- gone -} [[wiki]] [TOC]",
    "html": "<img src=https://evil.example/p.png><script>alert(1)</script></code></details>",
    "marker": "<!-- policy-gate tag=policy-gate commit=" + "a" * 40 + " -->",
    "heading": "x\n# policy-gate: PASSED\n\n| a | b |\n|---|---|",
    "fence": "```mermaid\n</code></pre>\n```\n::include{file=https://evil.example/x}",
    "section": "x\x1b[0Ksection_start:1:a\r\x1b[0Kforged",
    "control": "a\x1b[2J\x00\x07\u202eb\u2028c",
    "surrogate": "a\ud800b",
    "long": "x" * 4000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_stays_text(job: Job, text: str) -> None:
    job.configure(CHECKS + "publish: {commit-status: true}\n")
    document = json.loads(template({"Effect": "Allow", "Action": BAD, "Resource": "*"}))
    policy = document["Resources"].pop("Policy")
    policy["Properties"]["PolicyName"] = text
    policy["Properties"]["PolicyDocument"]["Statement"][0]["Sid"] = text
    document["Resources"][text] = policy
    content = json.dumps(document, indent=1)
    (job.folder / "role.json").write_text(content)
    job.gitlab.diffs["role.json"] = diff_of(content)

    ran = job.run()

    assert (ran.status, ran.err) == (2, "")
    assert len(job.gitlab.discussions) == 1
    bodies = [*job.gitlab.bodies(), *(note["body"] for note in job.gitlab.first_notes())]
    for body in bodies:
        shown = body.partition("\n")[2]
        plain = re.sub(r"`[^`\n]*`|<code>[^<]*</code>", "", shown)
        assert not re.search(r"(?m)^\s*/\w", shown)
        assert "<!--" not in shown
        assert not re.search(r"<(?!/?(code|sub|details|summary|pre|br)\b)\w", plain)
        assert not re.search(r"(?<![\w\\])@\w", plain)
        assert "](https://evil" not in plain
        assert len(re.findall("(?m)^#+ .*policy-gate", shown)) <= 1
        assert "\x1b" not in shown
    (status,) = job.gitlab.statuses
    assert status["state"] == "failed"
    assert text not in status["description"]
