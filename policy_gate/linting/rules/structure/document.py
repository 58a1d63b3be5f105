"""Rules about the document as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from policy_gate.linting.fixers.document import with_version
from policy_gate.linting.fixers.spelling import current_version, misspelled_element
from policy_gate.linting.fixers.syntax import commas
from policy_gate.linting.grammar import POLICY_ELEMENTS, STATEMENT_ELEMENTS
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import Part, Place, PolicyView
from policy_gate.syntax.node import Lines

_VERSIONS = ("2012-10-17", "2008-10-17")
_GOOD = example('{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::logs/*"}')


@rule(
    "JSON_SYNTAX_ERROR",
    "ERROR",
    bad=_GOOD.replace('"Allow",', '"Allow"'),
    good=_GOOD,
    fix=commas,
)
def json_syntax_error(policy: PolicyView) -> Iterator[Problem]:
    """Reports a text that is not JSON. No other rule looks at such a text.

    Why is this bad? AWS refuses the document. A key that stands twice in one object is reported
    too: most readers silently keep the last, so that the policy is not the one you read.

    Use instead: JSON with double quotes, without comments and trailing commas, each key once.
    """
    if error := policy.unreadable:
        start = min(error.offset, len(policy.text))
        line, column = Lines(policy.text).position(start)
        yield Problem(
            f"This is not a JSON document: {error.message} "
            f"(line {line}, column {column}, index {start}).",
            (Place((), start, min(start + 1, len(policy.text))),),
        )


@rule(
    "INVALID_POLICY_ELEMENT",
    "ERROR",
    bad=example('{"Effect": "Allow", "Actions": "s3:Get*", "Action": "s3:Put*", "Resource": "*"}'),
    good=example('{"Effect": "Allow", "Action": ["s3:Get*", "s3:Put*"], "Resource": "*"}'),
    fix=misspelled_element,
)
def invalid_policy_element(policy: PolicyView) -> Iterator[Problem]:
    """Reports a key of the document or of a statement that is no element of the policy grammar.

    Why is this bad? AWS refuses the policy. Names are case-sensitive: `action` is not `Action`.

    Use instead: the names of the grammar, as Version, Statement, Effect, Action, Resource.
    """
    for name, part in policy.root.members():
        if name not in POLICY_ELEMENTS:
            yield _unknown(name, part, "policy", POLICY_ELEMENTS)
    for statement in policy.statements:
        for name, part in statement.part.members():
            if name not in STATEMENT_ELEMENTS:
                yield _unknown(name, part, "statement", STATEMENT_ELEMENTS)


def _unknown(name: str, part: Part, owner: str, known: tuple[str, ...]) -> Problem:
    near = get_close_matches(name[:40], known, 1) or [k for k in known if k.lower() == name.lower()]
    hint = f"did you mean {near[0]}?" if near else f"use one of {', '.join(known)}."
    return Problem(f"{quoted(name)} is no element of a {owner}: {hint}", (part.place,))


@rule("MISSING_STATEMENT", "ERROR", bad='{"Version": "2012-10-17"}', good=_GOOD)
def missing_statement(policy: PolicyView) -> Iterator[Problem]:
    """Reports a document without a Statement, or with an empty array of statements.

    Why is this bad? AWS refuses a policy that states nothing.

    Use instead: a Statement with at least one statement.
    """
    statement = policy.root.member("Statement")
    if isinstance(policy.root.value, dict) and (statement is None or statement.value == []):
        yield Problem("The policy has no statement: add a Statement element.", (policy.place,))


@rule(
    "MISSING_VERSION",
    "WARNING",
    bad=_GOOD.replace('  "Version": "2012-10-17",\n', ""),
    good=_GOOD,
    fix=with_version,
)
def missing_version(policy: PolicyView) -> Iterator[Problem]:
    """Reports a document without a Version.

    Why is this bad? It defaults to 2008-10-17, in which policy variables as `${aws:username}` are
    plain text: the policy then matches something else than it seems to.

    Use instead: `"Version": "2012-10-17"`.
    """
    if isinstance(policy.root.value, dict) and policy.root.member("Version") is None:
        yield Problem(
            'The policy has no Version, so the language of 2008 applies: add "Version": '
            '"2012-10-17".',
            (policy.place,),
        )


@rule(
    "INVALID_VERSION",
    "ERROR",
    bad=_GOOD.replace("2012-10-17", "2012-10-18"),
    good=_GOOD,
    fix=current_version,
)
def invalid_version(policy: PolicyView) -> Iterator[Problem]:
    """Reports a Version that names no version of the policy language.

    Why is this bad? AWS refuses the policy. Version is not the date of your last edit.

    Use instead: `2012-10-17`; `2008-10-17` only in policies that rely on its lack of variables.
    """
    version = policy.root.member("Version")
    text = version.text() if version else None
    if text and text.value not in _VERSIONS:
        yield Problem(
            f'Version {quoted(text.value)} is no version of the policy language: write "2012-10-17"'
            ' (or "2008-10-17").',
            (text.place,),
        )
