"""Reference policies and lists of actions against their examples, as a unit test is run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from policy_gate.analyzers.interface import AccessPolicyType
from policy_gate.checks.references import access_policy_text, is_identity_policy
from policy_gate.checks.sensitive_actions import read_actions
from policy_gate.config.section import ConfigError, read_source
from policy_gate.linting.interface import UNKNOWN_NAME_CODES
from policy_gate.reasoning.answer import Witness
from policy_gate.references.decisions import ActionsQuestion, Decision, PolicyQuestion
from policy_gate.references.extremes import extreme
from policy_gate.references.library import ACTIONS, POLICY, is_reference_folder
from policy_gate.references.reference import Meta, read_meta, read_reference
from policy_gate.syntax.source import Source, shown

Expected = Literal["PASS", "FAIL"]
KINDS: tuple[Expected, ...] = ("PASS", "FAIL")
"""What an example is to end with; the folder is called so in lower case."""


@dataclass(frozen=True)
class ExampleResult:
    """One example and what became of it."""

    path: str
    expected: Expected
    result: Literal["PASS", "FAIL", "UNKNOWN", "ERROR"]
    message: str
    """Why it is UNKNOWN or an ERROR; empty for PASS and FAIL."""

    decision: Decision | None = None
    """What decides; None where nothing alone does."""

    statement: int | None = None
    """Of a FAIL, the statement of the example that is to blame, from 0."""

    witness: Witness | None = None

    @property
    def is_as_expected(self) -> bool:
        return self.result == self.expected


@dataclass(frozen=True)
class ReferenceResult:
    """One reference and its examples."""

    name: str
    path: str
    meta: Meta | None
    examples: tuple[ExampleResult, ...] = ()
    faults: tuple[str, ...] = ()
    """What is wrong with the reference itself: it fails for that."""

    error: str = ""
    """Why it could not be tested."""

    @property
    def is_broken(self) -> bool:
        """Could something not be asked?"""
        return bool(self.error) or any(item.result == "ERROR" for item in self.examples)

    @property
    def has_failed(self) -> bool:
        """Is something other than it should be?"""
        wrong = (item for item in self.examples if not item.is_as_expected)
        return bool(self.faults) or any(item.result != "ERROR" for item in wrong)

    def count(self, kind: Expected) -> int:
        """The examples that ended so and were to."""
        return sum(item.is_as_expected for item in self.examples if item.expected == kind)


def reference_folders(path: Path) -> list[Path]:
    """The folders of references at a path: itself, or those in it, in order."""
    if is_reference_folder(path):
        return [path]
    return [folder for folder in sorted(path.iterdir()) if is_reference_folder(folder)]


def tested(folder: Path) -> ReferenceResult:
    """The result of one reference; nothing in its files raises."""
    name, path = folder.resolve().name, shown(folder)
    meta = None
    try:
        meta = read_meta(folder)
        if all((folder / file).is_file() for file in (POLICY, ACTIONS)):
            raise ConfigError(f"{path}: {POLICY} and {ACTIONS} are two references: keep one")
        question, faults = _question(folder, meta)
        examples = tuple(_examples(folder, question))
    except ConfigError as error:
        return ReferenceResult(name, path, meta, error=str(error))
    return ReferenceResult(name, path, meta, examples, (*faults, *_missing(examples)))


def _missing(examples: Sequence[ExampleResult]) -> Iterator[str]:
    found = {example.expected for example in examples}
    if "PASS" not in found:
        yield "there is no example in pass/: nothing shows that it lets anything pass"
    if "FAIL" not in found:
        yield "there is no example in fail/: nothing shows that it stops anything"


def _question(folder: Path, meta: Meta) -> tuple[PolicyQuestion | ActionsQuestion, tuple[str, ...]]:
    """What examples are asked, and the faults of the reference."""
    if (folder / ACTIONS).is_file():
        source = read_source(folder / ACTIONS)
        actions = read_actions(read_source(folder / ACTIONS))
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        return ActionsQuestion(source, actions), _unknown_names(statement, "IDENTITY_POLICY")
    reference = read_reference(folder)
    policy_type: AccessPolicyType = (
        "IDENTITY_POLICY" if "identity" in meta.applies_to else "RESOURCE_POLICY"
    )
    text = access_policy_text(reference.with_examples(), policy_type)
    faults = _unknown_names(text, policy_type)
    if found := extreme(text, policy_type):
        faults = (f"the reference {found}", *faults)
    return PolicyQuestion(text, policy_type), faults


def _unknown_names(document: object, policy_type: AccessPolicyType) -> tuple[str, ...]:
    """The findings about names that no service has: a mistyped action keeps nothing out."""
    import json

    from policy_gate.linting.validate import validate_policy

    text = document if isinstance(document, str) else json.dumps({"Statement": document})
    findings = validate_policy(text, policy_type, None)
    return tuple(
        finding["findingDetails"]
        for finding in findings
        if finding["issueCode"] in UNKNOWN_NAME_CODES
    )


def _examples(folder: Path, question: PolicyQuestion | ActionsQuestion) -> Iterator[ExampleResult]:
    for kind in KINDS:
        for file in sorted((folder / kind.lower()).glob("*.json")):
            yield _example(file, kind, question)


def _example(
    file: Path, expected: Expected, question: PolicyQuestion | ActionsQuestion
) -> ExampleResult:
    path = f"{file.parent.name}/{file.name}"
    try:
        source = read_source(file)
        policy_type = question.policy_type or _type_of(source)
        text = access_policy_text(source, policy_type)
    except ConfigError as error:
        return ExampleResult(path, expected, "ERROR", str(error))
    answer = question.ask(text, policy_type)
    message = answer.message if answer.result == "UNKNOWN" else ""
    decision = question.decision(text, answer)
    reason = answer.reasons[0] if answer.reasons else None
    return ExampleResult(
        path,
        expected,
        answer.result,
        message,
        decision,
        reason.statementIndex if reason else None,
        reason.witness if reason else None,
    )


def _type_of(source: Source) -> AccessPolicyType:
    return "IDENTITY_POLICY" if is_identity_policy(source) else "RESOURCE_POLICY"
