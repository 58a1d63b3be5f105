"""What a policy document answers to one request.

Independent of the decision procedure, whose witnesses it confirms: it reads the plain JSON and
matches texts, where the procedure compares languages.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

from policy_gate.casing import folded
from policy_gate.reasoning.answer import Witness
from policy_gate.reasoning.evaluator_conditions import conditions_met
from policy_gate.reasoning.evaluator_variables import Context, filled, first_variable
from policy_gate.reasoning.kleene import all_of, any_of, negation
from policy_gate.reasoning.matching import arn_matches, glob_matches

Decision = Literal["ALLOW", "DENY", "IMPLICIT_DENY", "UNDECIDED"]
"""UNDECIDED where something decides that AWS does not document."""

Document = Mapping[str, Any]
"""The parsed JSON of a policy document that `document.read_document` accepts."""

_ARN_OF_ACCOUNT = r"(?s)arn:[^:]*:(iam|sts)::([^:]*):(.+)"
_SEGMENTS = 6


class Evaluator:
    """Answers about one policy."""

    def __init__(self, document: str) -> None:
        policy: Document = json.loads(document)
        variables = policy.get("Version") == "2012-10-17"
        self._statements = [_Statement(item, variables) for item in _list(policy["Statement"])]

    def decide(self, witness: Witness) -> Decision:
        """Whether the policy allows the request of a witness."""
        context, action = _context_of(witness), folded(witness.action)
        allow, deny = (
            any_of(
                statement.matches(witness, context, action)
                for statement in self._statements
                if statement.effect == effect
            )
            for effect in ("Allow", "Deny")
        )
        if deny is True:
            return "DENY"
        if allow is False:
            return "IMPLICIT_DENY"
        return "ALLOW" if allow is True and deny is False else "UNDECIDED"

    def matches(self, index: int, witness: Witness) -> bool | None:
        """Whether the statement of an index matches the request; None where that is open."""
        statement = self._statements[index]
        return statement.matches(witness, _context_of(witness), folded(witness.action))

    def denying(self, witness: Witness) -> tuple[int, str | None] | None:
        """Index and Sid of the first Deny that matches the request."""
        context, action = _context_of(witness), folded(witness.action)
        for index, statement in enumerate(self._statements):
            if statement.effect == "Deny" and statement.matches(witness, context, action):
                return index, statement.sid
        return None


@lru_cache(maxsize=16)
def evaluator_of(document: str) -> Evaluator:
    """The evaluator of a document; remembered, since a run asks much of few references."""
    return Evaluator(document)


def decide(document: str, witness: Witness) -> Decision:
    """Whether the document allows the request of a witness.

    IMPLICIT_DENY says that no Allow matches and no Deny certainly does.
    """
    return evaluator_of(document).decide(witness)


class _Statement:
    def __init__(self, statement: Document, variables: bool) -> None:
        self.effect: str = statement["Effect"]
        self.sid: str | None = statement.get("Sid") or None
        self._statement = statement
        self._variables = variables
        self._actions: dict[str, list[str]] = {}
        for pattern in _list(statement.get("Action", statement.get("NotAction"))):
            service, _, name = folded(pattern).partition(":")
            key = "" if re.search(r"[*?]", service) or not name else service
            self._actions.setdefault(key, []).append(folded(pattern))
        self._apart_from_action: tuple[Witness, bool | None] | None = None

    def matches(self, witness: Witness, context: Context, action: str) -> bool | None:
        """`context` and `action` are those of the witness in lower case."""
        is_action = self._matches_action(action)
        if is_action is ("NotAction" in self._statement):
            return False
        # Thousands of requests in a row may differ in nothing but the action.
        last = self._apart_from_action
        if last is None or last[0][1:] != witness[1:]:
            last = self._apart_from_action = witness, self._matches_others(witness, context)
        return last[1]

    def _matches_others(self, witness: Witness, context: Context) -> bool | None:
        return all_of(
            (
                self._matches_resource(witness.resource, context),
                _principal(self._statement, witness.principal),
                conditions_met(self._statement.get("Condition", {}), context, self._variables),
            )
        )

    def _matches_action(self, action: str) -> bool:
        patterns = self._actions.get(action.partition(":")[0], []), self._actions.get("", [])
        return any(glob_matches(pattern, action) for listed in patterns for pattern in listed)

    def _matches_resource(self, resource: str, context: Context) -> bool | None:
        for name in ("Resource", "NotResource"):
            if name in self._statement:
                matched = any_of(
                    _resource(pattern, resource, context if self._variables else None)
                    for pattern in _list(self._statement[name])
                )
                return matched if name == "Resource" else negation(matched)
        return True


def _context_of(witness: Witness) -> Context:
    return {folded(key): values for key, values in witness.context.items()}


def _resource(pattern: str, resource: str, context: Context | None) -> bool | None:
    """Whether a Resource entry matches; without a context it has no policy variables.

    A variable counts after the fifth colon. An ARN of too few segments is invalid, so that it is
    open whether its wildcards match colons.
    """
    elements: Sequence[str] = pattern
    if context is not None and "${" in pattern:
        beginning = pattern[: first_variable(pattern)]
        try:
            with_values = filled(pattern, context)
        except ValueError:
            return None
        if with_values is None:
            return False if beginning.count(":") >= _SEGMENTS - 1 else None
        elements, is_broken = with_values
        if is_broken or (len(beginning) < len(pattern) and beginning.count(":") < _SEGMENTS - 1):
            return None if glob_matches([*_known(beginning), "*"], resource) else False
    if arn_matches(elements, resource):
        return True
    is_short = pattern.startswith("arn:") and list(elements).count(":") < _SEGMENTS - 1
    return None if is_short and glob_matches(elements, resource) else False


def _known(beginning: str) -> list[str]:
    known = filled(beginning, {})
    return known[0] if known else []


def _principal(statement: Document, principal: str | None) -> bool | None:
    if "Principal" in statement:
        entries = _entries(statement["Principal"])
        return any(_covers(kind, text, principal) for kind, text in entries)
    if "NotPrincipal" in statement:
        return negation(_named(list(_entries(statement["NotPrincipal"])), principal))
    return True


def _entries(element: Any) -> Iterable[tuple[str, str]]:
    if element == "*":
        yield "AWS", "*"
    else:
        for kind, texts in element.items():
            for text in _list(texts):
                yield kind, text


def _covers(kind: str, text: str, principal: str | None) -> bool:
    """Whether a Principal entry covers the principal: an account its own, a role its sessions."""
    if (kind, text) == ("AWS", "*"):
        return True
    own_kind, _, name = (principal or "").partition(":")
    if kind != own_kind:
        return False
    if _arn_or_text(text, name):
        return True
    arn = re.fullmatch(_ARN_OF_ACCOUNT, name)
    if kind != "AWS" or not arn:
        return False
    account = _account(text)
    if account:
        return account == arn.group(2)
    role = _role_of(name)
    return role is not None and _is_role(text, *role)


def _named(entries: list[tuple[str, str]], principal: str | None) -> bool | None:
    """Whether NotPrincipal names the principal: True in all its forms, None in some of them."""
    if ("AWS", "*") in entries:
        return True
    kind, _, name = (principal or "").partition(":")
    texts = [text for entry_kind, text in entries if entry_kind == kind]
    arn = re.fullmatch(_ARN_OF_ACCOUNT, name)
    if kind != "AWS" or not arn:
        return any(_arn_or_text(text, name) for text in texts)
    by_account = any(_account(text) == arn.group(2) for text in texts)
    if arn.group(1) == "iam" and arn.group(3) == "root":
        return by_account
    forms = [by_account, any(_arn_or_text(text, name) for text in texts)]
    if role := _role_of(name):
        forms.append(any(_is_role(text, *role) for text in texts))
    return None if any(forms) and not all(forms) else all(forms)


def _account(text: str) -> str | None:
    """The account that an entry names as a whole."""
    if len(text) == 12 and text.isascii() and text.isdigit():
        return text
    arn = re.fullmatch(_ARN_OF_ACCOUNT, text)
    return arn.group(2) if arn and arn.group(1) == "iam" and arn.group(3) == "root" else None


def _role_of(session: str) -> tuple[str, str, str] | None:
    """Partition, account and name of the role of an assumed-role session."""
    parts = session.split(":", 5)
    if len(parts) < 6 or parts[2] != "sts":
        return None
    kind, _, rest = parts[5].partition("/")
    name, slash, _ = rest.partition("/")
    return (parts[1], parts[4], name) if kind == "assumed-role" and slash else None


def _is_role(text: str, partition: str, account: str, name: str) -> bool:
    """Whether an entry is the role of that name, in whatever path."""
    parts = text.split(":", 5)
    if len(parts) < 6 or parts[2] != "iam" or not parts[5].startswith("role/"):
        return False
    pairs = ((parts[1], partition), (parts[4], account), (parts[5].rpartition("/")[2], name))
    return all(glob_matches(list(pattern), value) for pattern, value in pairs)


def _arn_or_text(pattern: str, text: str) -> bool:
    return arn_matches(list(pattern), text)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
