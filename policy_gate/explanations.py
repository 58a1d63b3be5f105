"""What each code of a finding means: the documentation of rules and of the gate's own checks."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Literal

from policy_gate.linting.fix import Fix
from policy_gate.linting.rule import Rule
from policy_gate.linting.rules import CATALOGUE, CURATED, STRUCTURE
from policy_gate.linting.view import view_policy
from policy_gate.model import PolicyKind

Basis = Literal["structure", "catalogue", "curated", "proof", "comparison", "waiver"]
Fixed = Literal["no", "safe", "unsafe", "sometimes"]
"""What `--fix` does with the example: nothing for other findings either, or nothing for it."""

BASES: dict[Basis, str] = {
    "structure": "the policy alone",
    "catalogue": "the data about AWS services",
    "curated": "tables that AWS documents in part",
    "proof": "a proof or a counterexample",
    "comparison": "the answers of two analyzers",
    "waiver": "the waivers, and the day of the run in UTC",
}
"""What a finding rests on."""

_KINDS = {
    PolicyKind.IDENTITY: "identity policies",
    PolicyKind.RESOURCE: "resource policies",
    PolicyKind.TRUST: "trust policies of roles",
    PolicyKind.SERVICE_CONTROL: "service control policies",
    PolicyKind.RESOURCE_CONTROL: "resource control policies",
}
_COMMAND = "policy-gate check validate-policy --fix"
_SUGGESTED = 5


@dataclass(frozen=True, slots=True)
class Example:
    """A policy, and what it shows."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The page of one code. Its texts are plain but for code in backticks."""

    code: str
    check: str
    """The check of the gate that reports it, as `validate-policy`, or the option that does."""

    severity: str
    """The finding type of Access Analyzer, or NOTE."""

    what: str
    why: str
    instead: str
    fixed: Fixed
    fix: str
    """A sentence about how `--fix` mends it."""

    policies: str
    basis: Basis
    examples: tuple[Example, ...] = ()
    link: str = ""
    """To the documentation of AWS, where there is any."""

    is_approximate: bool = False
    """Off unless asked for."""

    resource_type: str | None = None
    """The ValidatePolicyResourceType of the examples."""


@cache
def explanations() -> dict[str, Explanation]:
    """The pages by code: those of the rules, then those of the other checks."""
    from policy_gate.checks.explained import ACCESS_CHECKS, ADDED, DISAGREEMENT
    from policy_gate.checks.explained_waivers import WAIVERS

    pages = [_of_rule(rule, basis) for basis, rules in _RULES.items() for rule in rules]
    return {page.code: page for page in (*pages, *ACCESS_CHECKS, DISAGREEMENT, ADDED, *WAIVERS)}


_RULES: dict[Basis, tuple[Rule, ...]] = {
    "structure": STRUCTURE,
    "catalogue": CATALOGUE,
    "curated": CURATED,
}


def _of_rule(rule: Rule, basis: Basis) -> Explanation:
    what, why, instead = (" ".join(part.split()) for part in rule.docs.split("\n\n"))
    return Explanation(
        rule.code,
        "validate-policy",
        rule.finding_type,
        what,
        why.removeprefix("Why is this bad? "),
        instead.removeprefix("Use instead: "),
        *_fix(rule),
        _policies(rule.kinds),
        basis,
        (Example("A policy with this finding", rule.bad), Example("Without it", rule.good)),
        rule.learn_more_link,
        rule.approximate,
        rule.resource_type,
    )


def _policies(kinds: tuple[PolicyKind, ...]) -> str:
    if set(kinds) == set(PolicyKind):
        return "all policies"
    names = [name for kind, name in _KINDS.items() if kind in kinds]
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _fix(rule: Rule) -> tuple[Fixed, str]:
    """What `--fix` does about it, as of the example."""
    if rule.fix is None:
        return "no", "None: what is meant is for its author to say."
    fix = example_fix(rule)
    if fix is None:
        return "sometimes", f"`{_COMMAND}` mends it where it is certain how: not in the example."
    if fix.safe:
        return "safe", f"`{_COMMAND}` mends the example: {fix.description}"
    guess = f"`{_COMMAND} --unsafe-fixes` mends the example, by a guess that is to be checked"
    return "unsafe", f"{guess}: {fix.description}"


def example_fix(rule: Rule) -> Fix | None:
    """The fix of the bad example of a rule."""
    policy = view_policy(rule.bad, rule.kinds[0], rule.resource_type)
    problem = next(iter(rule.check(policy)), None)
    return rule.fix(policy, problem.places) if rule.fix and problem else None


def similar_codes(text: str) -> list[str]:
    """The codes that somebody may have meant: those that hold the text, or are spelled like it."""
    wanted = normal(text)
    holding = [code for code in explanations() if wanted and wanted in code]
    return (holding or get_close_matches(wanted[:100], explanations(), _SUGGESTED))[:_SUGGESTED]


def normal(text: str) -> str:
    """A code as findings have it: `redundant-action` is REDUNDANT_ACTION."""
    return text.strip().upper().replace("-", "_")
