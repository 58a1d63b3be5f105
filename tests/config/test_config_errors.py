"""What is wrong with the configuration is named with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import gate

REFERENCE = """{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("templates").mkdir()
    Path("reference.json").write_text(REFERENCE)
    Path("buckets.yaml").write_text(
        "Statement: {Effect: Allow, Principal: '*', Action: '*', Resource: '*'}\n"
    )


def configure(text: str) -> None:
    Path(".policy-gate.yml").write_text(text)


# A configuration, the line of the message and what it says.
WRONG = [
    ("anaylzer: embedded\n", 1, "anaylzer: unknown key; did you mean 'analyzer'?"),
    ("checks: {}\nanalyzer: amazon\n", 2, "analyzer: 'amazon' is not one of embedded, aws, auto"),
    ("analyzer: [aws]\nchecks: {}\n", 1, "analyzer: a text is expected"),
    ("analyzer: embedded\n", 1, "'checks' is missing"),
    ("checks:\n  - validate-policy\n", 2, "checks: a mapping is expected"),
    ("checks: true\n", 1, "checks: a mapping is expected"),
    ("checks: null\n", 1, "'checks' is missing"),
    ("checks:\n  no-public-acess: true\n", 2, "did you mean 'no-public-access'?"),
    ("checks:\n  no-public-access: please\n", 2, "checks.no-public-access"),
    ("checks:\n  no-public-access: {x: 1}\n", 2, "checks.no-public-access.x: unknown key"),
    ("checks:\n  validate-policy:\n    fail_on: [ERROR]\n", 3, "did you mean 'fail-on'?"),
    ("checks:\n  validate-policy:\n    fail-on: ERROR\n", 3, "a list of texts is expected"),
    (
        "checks:\n  validate-policy:\n    fail-on: [EROR]\n",
        3,
        (
            "checks.validate-policy.fail-on: 'EROR' is not one of ERROR, SECURITY_WARNING, WARNING,"
            " SUGGESTION; did you mean 'ERROR'?"
        ),
    ),
    ("checks: {}\naws: {send-sensitive: yes please}\n", 2, "aws.send-sensitive: `true` or"),
    ("checks: {}\nembedded: {service-data-days: -1}\n", 2, "a whole number from 0 is expected"),
    ("checks: {}\nembedded: {service-data-days: true}\n", 2, "a whole number from 0 is"),
    ("checks: {}\nembedded: {approximate: 1}\n", 2, "embedded.approximate: `true` or `false`"),
    ("checks: {}\nembedded: {exact: true}\n", 2, "embedded.exact: unknown key"),
    ("checks: {}\naws: {sends: true}\n", 2, "aws.sends: unknown key; did you mean 'send-sensi"),
    ("checks: {}\naws: true\n", 2, "aws: a mapping is expected"),
    ("checks: {}\nterraform-roots: infra\n", 2, "terraform-roots: a list of texts is expected"),
    ("checks: {}\nterraform-roots: [infra]\n", 2, "terraform-roots: there is no folder infra"),
    ("checks:\n  validate-policy: 3\n", 2, "a mapping is expected"),
    ("checks:\n  no-new-access: true\n", 2, "checks.no-new-access: a list is expected"),
    ("checks:\n  no-new-access: []\n", 2, "checks.no-new-access: at least one entry"),
    ("checks:\n  no-public-access:\n", 2, "checks.no-public-access: a value is missing"),
    ("checks:\n  no-new-access: [x]\n", 2, "checks.no-new-access[0]: a mapping is expected"),
    ("checks:\n  no-new-access: [{name: x}]\n", 2, "the key 'reference' is missing"),
    ("checks:\n  no-new-access: [{reference: reference.json}]\n", 2, "the key 'name' is missing"),
    (
        "checks:\n  no-new-access:\n    - {name: x, referense: reference.json}\n",
        3,
        "checks.no-new-access[0].referense: unknown key; did you mean 'reference'?",
    ),
    (
        "checks:\n  no-new-access:\n    - {name: x, reference: missing.json}\n",
        3,
        "checks.no-new-access[0].reference: there is no file missing.json",
    ),
    ("checks:\n  no-new-access: [{name: x, reference: templates}]\n", 2, "there is no file"),
    ('checks:\n  no-new-access: [{name: x, reference: "\\0"}]\n', 2, "there is no file"),
    (
        (
            "checks:\n  no-new-access:\n"
            "    - {name: x, reference: reference.json}\n"
            "    - {name: x, reference: reference.json}\n"
        ),
        4,
        "two references named 'x'",
    ),
    (
        (
            "checks:\n  no-new-access:\n"
            "    - {name: x, reference: reference.json, applies-to: [identities]}\n"
        ),
        3,
        "did you mean 'identity'?",
    ),
    (
        (
            "checks:\n  no-new-access:\n"
            "    - {name: x, reference: buckets.yaml, applies-to: [AWS::S3::Buket]}\n"
        ),
        3,
        "did you mean 'AWS::S3::Bucket",
    ),
    (
        "checks:\n  no-new-access: [{name: x, reference: reference.json, applies-to: []}]\n",
        2,
        "name at least one",
    ),
    (
        (
            "checks:\n  no-new-access:\n"
            "    - {name: x, reference: reference.json, applies-to: [identity, trust]}\n"
        ),
        3,
        "checks.no-new-access[0].applies-to",
    ),
    ("checks:\n  access-not-granted: true\n", 2, "needs actions"),
    ("checks:\n  access-not-granted: {actions: []}\n", 2, "needs actions"),
    ("checks:\n  access-not-granted: {actions: 's3:*'}\n", 2, "a list of texts is expected"),
    ("checks:\n  access-not-granted: {actions: [1]}\n", 2, "a list of texts is expected"),
    ("checks:\n  access-not-granted:\n    actions: ['s3:*', create]\n", 3, "'create'"),
    ("checks:\n  access-not-granted:\n    resources: [bucket]\n", 3, "'bucket'"),
    ("checks:\n  access-not-granted: {actions-file: no.txt}\n", 2, "there is no file no.txt"),
    ("checks:\n  access-not-granted: {action-file: a}\n", 2, "did you mean 'actions-file'?"),
    ("checks: {}\ninputs: templates\n", 2, "inputs: a list of texts is expected"),
    ("checks: {}\ninputs: [{a: b}]\n", 2, "inputs: a list of texts is expected"),
    ("checks: {}\ninputs: ['a**/b']\n", 2, "'a**/b'"),
    ("checks: {}\nparameters: [Env]\n", 2, "parameters: a mapping"),
    ("checks: {}\nparameters:\n  Env:\n", 3, "parameters.Env: a text"),
    ("checks: {}\nparameters:\n  Env: {a: b}\n", 3, "parameters.Env: a text"),
    ("checks: {}\nunknown: ignore\n", 2, "unknown: 'ignore' is not one of block, report"),
    ("checks: {}\nmanaged-policies: yes\n", 2, "managed-policies"),
    ("checks: {}\nparameter-defaults: 1\n", 2, "parameter-defaults: a text is expected"),
    ("- checks\n", 1, "a mapping is expected"),
    ("", 1, "a mapping is expected"),
    ("words\n", 1, "a mapping is expected"),
    ("true\n", 1, "a mapping is expected"),
    ("checks: {}\nchecks: {}\n", 2, "duplicate key"),
    ("checks:\n\tvalidate-policy: true\n", 2, "tabs"),
    ("checks: [\n", 2, ""),
    ("checks: &a [*a]\n", 1, ""),
    (f"checks: {'[' * 2000}{']' * 2000}\n", 1, "collections inside each other"),
    ("? [a]\n: b\n", 1, ""),
]


@pytest.mark.parametrize(("text", "line", "message"), WRONG)
def test_what_is_wrong_is_named_with_file_line_and_key(text: str, line: int, message: str) -> None:
    configure(text)
    for command in ("run", "extract"):
        ran = gate(command, "templates")
        assert (ran.status, ran.out) == (1, "")
        assert ran.err.startswith(f"policy-gate: error: .policy-gate.yml:{line}:")
        assert message in ran.err
        assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\0\1", "binary"),
        (b"checks: \xff", "UTF-8"),
        (b"#" * 1_000_001, "larger than 1 MB"),
    ],
)
def test_a_configuration_that_is_no_text_is_an_error(content: bytes, message: str) -> None:
    Path(".policy-gate.yml").write_bytes(content)
    ran = gate("run")
    assert ran.status == 1
    assert ".policy-gate.yml" in ran.err
    assert message in ran.err


def test_a_configuration_that_cannot_be_read_is_never_taken_for_none() -> None:
    assert gate("run", "--config", "missing.yml").status == 1
    assert gate("run", "--config", "templates").status == 1
    Path(".policy-gate.yml").symlink_to("missing")
    assert gate("run").status == 1


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        ("", 1, "must be a JSON object"),
        ("[]", 1, "must be a JSON object"),
        ("words", 1, "must be a JSON object"),
        ("{", 1, ""),
        ('{"Statement": [\n{"Effect": "Allow", "Action": "*"}]}', 2, ""),
        ('{"Statement": [],\n "Statement": []}', 2, "duplicate key"),
        ("Statement: []\nStatement: []\n", 2, "duplicate key"),
        (('{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*",\n'
         '"Principal": "*"}}'), 2, "Principal"),
    ],
)  # fmt: skip
def test_a_reference_that_is_no_policy_is_an_error_at_its_line(
    content: str, line: int, message: str
) -> None:
    configure("checks: {no-new-access: [{name: x, reference: broken.json}]}\n")
    Path("broken.json").write_text(content)
    ran = gate("run")
    assert ran.status == 1
    assert ran.err.startswith(f"policy-gate: error: broken.json:{line}:")
    assert message in ran.err


@pytest.mark.parametrize(
    ("content", "line"),
    [("", 1), ("# none\n\n", 1), ("s3:*\n\n  create user\n", 3), ("s3:GetObject,s3:Put*\n", 1)],
)
def test_an_actions_file_that_names_none_or_no_action_is_an_error_at_its_line(
    content: str, line: int
) -> None:
    configure("checks: {access-not-granted: {actions-file: broken.txt}}\n")
    Path("broken.txt").write_text(content)
    ran = gate("run")
    assert ran.status == 1
    assert ran.err.startswith(f"policy-gate: error: broken.txt:{line}:")


def test_messages_do_not_obey_what_they_quote() -> None:
    configure('"a\\e[31m\\n::error::x": 1\n')
    ran = gate("run")
    assert ran.status == 1
    assert "\x1b" not in ran.err
    assert ran.err.count("\n") == 1
