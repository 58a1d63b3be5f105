"""What a policy document answers to one request.

Independent of the decision procedure, whose witnesses it confirms: it reads the plain JSON and
matches texts, where the procedure compares languages.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from policy_gate.reasoning.answer import Witness
from policy_gate.reasoning.matching import action_matches, arn_matches, glob_matches

Decision = Literal["ALLOW", "DENY", "IMPLICIT_DENY", "UNDECIDED"]
"""UNDECIDED where a condition, a policy variable or the like decides."""

Document = Mapping[str, Any]
"""The parsed JSON of a policy document that `document.read_document` accepts."""

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
_ARN_OF_ACCOUNT = re.compile(r"arn:[^:]*:(iam|sts)::([^:]*):(.+)", re.DOTALL)


def decide(document: str | Document, witness: Witness) -> Decision:
    """Whether the document allows the request of a witness, whatever its context.

    IMPLICIT_DENY says that no Allow matches; a Deny may match besides.
    """
    policy: Document = json.loads(document) if isinstance(document, str) else document
    allow, deny = (
        _any(
            statement_matches(policy, statement, witness)
            for statement in statements_of(policy)
            if statement["Effect"] == effect
        )
        for effect in ("Allow", "Deny")
    )
    if deny is True:
        return "DENY"
    if allow is False:
        return "IMPLICIT_DENY"
    return "ALLOW" if allow is True and deny is False else "UNDECIDED"


def statements_of(policy: Document) -> Sequence[Document]:
    return _list(policy["Statement"])


def statement_matches(policy: Document, statement: Document, witness: Witness) -> bool | None:
    """Whether a statement of the policy matches the request; None where that is open."""
    variables = policy.get("Version") == "2012-10-17"
    has_condition = any(keys for keys in statement.get("Condition", {}).values())
    return _all(
        (
            _element(statement, "Action", lambda value: action_matches(value, witness.action)),
            _element(
                statement, "Resource", lambda value: _resource(value, witness.resource, variables)
            ),
            _principal(statement, witness.principal),
            None if has_condition else True,
        )
    )


def _element(statement: Document, name: str, matches: Any) -> bool | None:
    if name in statement:
        return _any(matches(value) for value in _list(statement[name]))
    if f"Not{name}" in statement:
        return _not(_any(matches(value) for value in _list(statement[f"Not{name}"])))
    return True


def _resource(pattern: str, resource: str, variables: bool) -> bool | None:
    if not any(char in pattern for char in "*?$"):
        return pattern == resource
    elements, open_elements = _elements(pattern) if variables else (list(pattern), False)
    if not open_elements and arn_matches(elements, resource):
        return True
    short = pattern.startswith("arn:") and elements.count(":") < 5
    if (open_elements or short) and glob_matches(elements, resource):
        return None
    return False


def _elements(pattern: str) -> tuple[list[str], bool]:
    """The elements for `glob_matches`, variables as `*`, and whether there are variables."""
    elements: list[str] = []
    position, has_variable = 0, False
    for match in _VARIABLE.finditer(pattern):
        if "${" in pattern[position : match.start()]:
            break
        elements += pattern[position : match.start()]
        position = match.end()
        literal = match.group(1) in ("*", "?", "$")
        elements.append(f"={match.group(1)}" if literal else "*")
        has_variable = has_variable or not literal
    rest, opening, _ = pattern[position:].partition("${")
    if opening:
        return [*elements, *rest, "*"], True
    return [*elements, *rest], has_variable


def _principal(statement: Document, principal: str | None) -> bool | None:
    if "Principal" in statement:
        entries = _entries(statement["Principal"])
        return any(_covers(kind, text, principal) for kind, text in entries)
    if "NotPrincipal" in statement:
        return _not(_named(list(_entries(statement["NotPrincipal"])), principal))
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
    arn = _ARN_OF_ACCOUNT.fullmatch(name)
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
    arn = _ARN_OF_ACCOUNT.fullmatch(name)
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
    arn = _ARN_OF_ACCOUNT.fullmatch(text)
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


def _any(values: Iterable[bool | None]) -> bool | None:
    """Whether one is true; None where that is open."""
    result: bool | None = False
    for value in values:
        if value:
            return True
        result = None if value is None else result
    return result


def _all(values: Iterable[bool | None]) -> bool | None:
    return _not(_any(_not(value) for value in values))


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value
