"""Rules about roles that workflows of GitHub Actions assume.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
"""

from __future__ import annotations

from collections.abc import Iterator

from policy_gate.linting.federation import GITHUB, Trust, oidc_trusts
from policy_gate.linting.patterns import has_variable, has_wildcard
from policy_gate.linting.rule import Problem, example, quoted, rule
from policy_gate.linting.view import Condition, PolicyView
from policy_gate.model import PolicyKind

_SUB = f"{GITHUB}:sub"
_REF = f"{GITHUB}:ref"
_TRUST = (PolicyKind.TRUST,)
_MAIN = "repo:acme/shop:ref:refs/heads/main"
_GOOD = example(
    '{"Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",\n'
    f'     "Principal": {{"Federated": "arn:aws:iam::111122223333:oidc-provider/{GITHUB}"}},\n'
    f'     "Condition": {{"StringEquals": {{"{_SUB}": "{_MAIN}"}}}}}}'
)


@rule(
    "MISSING_GITHUB_REPO_CONDITION_KEY",
    "SECURITY_WARNING",
    kinds=_TRUST,
    bad=_GOOD.replace(_SUB, f"{GITHUB}:aud").replace(_MAIN, "sts.amazonaws.com"),
    good=_GOOD,
)
def missing_github_repo_condition_key(policy: PolicyView) -> Iterator[Problem]:
    """Reports trust in GitHub Actions without a test of the subject.

    Why is this bad? A workflow in any repository of any organization can assume the role; its
    audience is the same for all.

    Use instead: a Condition on token.actions.githubusercontent.com:sub with the repository and the
    branch, as `repo:acme/shop:ref:refs/heads/main`.
    """
    for statement, principal, _ in _github_trusts(policy):
        if not statement.conditions_on(_SUB):
            yield Problem(
                f'Any repository of GitHub can assume the role: test "{_SUB}" for the repository '
                f'and branch, as "{_MAIN}".',
                (principal.place,),
            )


@rule(
    "SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED",
    "WARNING",
    kinds=_TRUST,
    bad=_GOOD.replace("StringEquals", "StringLike").replace("ref:refs/heads/main", "*"),
    good=_GOOD,
)
def specific_github_repo_and_branch_recommended(policy: PolicyView) -> Iterator[Problem]:
    """Reports a subject of GitHub Actions that leaves the repository or the branch open.

    Why is this bad? Whoever can push some branch, or owns some repository that matches, can run a
    workflow that assumes the role. A subject that names an environment says nothing of the branch.

    Use instead: the repository and the branch in token.actions.githubusercontent.com:sub, as
    `repo:acme/shop:ref:refs/heads/main`; or the branch in token.actions.githubusercontent.com:ref.
    """
    for statement, _, _ in _github_trusts(policy):
        names_ref = any(map(_names_ref, statement.conditions_on(_REF)))
        for condition in statement.conditions_on(_SUB):
            for text in condition.texts if _must_match(condition) else ():
                pattern = condition.operator.takes_wildcards and has_wildcard(text.value)
                if not pattern and ("refs/" in text.value or names_ref):
                    continue
                if not has_variable(text.value):
                    yield Problem(
                        f"{quoted(text.value)} leaves open which repository or branch of GitHub "
                        f'assumes the role: write both, as "{_MAIN}", or test the branch in '
                        f'"{_REF}".',
                        (text.place,),
                    )


def _github_trusts(policy: PolicyView) -> Iterator[Trust]:
    """One a statement: all name the same provider."""
    seen = None
    for trust in oidc_trusts(policy):
        if trust.provider.name.lower() == GITHUB and trust.statement is not seen:
            seen = trust.statement
            yield trust


def _names_ref(condition: Condition) -> bool:
    patterns = condition.operator.takes_wildcards
    return (
        _must_match(condition)
        and condition.texts != ()
        and not any(patterns and has_wildcard(text.value) for text in condition.texts)
    )


def _must_match(condition: Condition) -> bool:
    """Whether the condition asks for one of its values."""
    return condition.operator.family == "String" and not condition.operator.negated
