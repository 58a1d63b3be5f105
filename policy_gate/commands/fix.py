"""`--fix`: what would change in a policy file, the question whether it may, and the change.

All that is said here goes to stderr: stdout is for the report.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from policy_gate.analyzers.interface import Analyzer, PolicyType, ValidatePolicyFinding
from policy_gate.commands.complaint import complain
from policy_gate.commands.questions import agrees, has_terminal, show_difference
from policy_gate.commands.rewrite import PolicyFile
from policy_gate.config.section import ConfigError
from policy_gate.linting.fix import Fix
from policy_gate.linting.fixes import apply, compatible, fixes_of
from policy_gate.linting.validate import kind_of
from policy_gate.linting.view import view_policy
from policy_gate.reporters.terminal import Terminal
from policy_gate.reporters.wording import count
from policy_gate.syntax.node import Lines

_MAX_ROUNDS = 50


@dataclass(frozen=True)
class Validation:
    """ValidatePolicy, ready to be asked about a text."""

    analyzer: Analyzer
    policy_type: PolicyType
    resource_type: str | None

    def findings(self, text: str) -> list[ValidatePolicyFinding]:
        return self.analyzer.validate_policy(text, self.policy_type, self.resource_type)

    def fixes(self, text: str, findings: Sequence[ValidatePolicyFinding]) -> list[Fix | None]:
        """What mends each of the findings."""
        kind = kind_of(self.policy_type, self.resource_type)
        return fixes_of(view_policy(text, kind, self.resource_type), findings)


def fix_file(path: Path, validation: Validation, *, unsafe: bool, yes: bool) -> tuple[str, bool]:
    """Mends a policy file, and asks before if `yes` does not say so.

    Returns what the file holds in the end, and whether that is what the user wants. Raises
    ConfigError where the file cannot be rewritten.
    """
    file = PolicyFile.read(path)
    text, advice = mended(file.text, validation, unsafe=unsafe)
    terminal = Terminal.of(sys.stderr)
    if text == file.text:
        terminal.line(terminal.visible(f"{file.name}: there is nothing to fix"))
        return text, True
    _show(terminal, file, text, advice)
    file.check()
    if not yes:
        if not has_terminal():
            reason = "there is no terminal to ask at: pass --yes to apply this"
            complain(ConfigError(f"{file.name} is not changed: {reason}"))
            return file.text, False
        if not agrees(terminal, "Apply this?"):
            terminal.line(terminal.visible(f"{file.name} is not changed"))
            return file.text, True
    file.write(text)
    terminal.line(terminal.visible(f"{file.name} is changed: {_fixes(advice)} applied"))
    return text, True


def mended(text: str, validation: Validation, *, unsafe: bool) -> tuple[str, list[str]]:
    """The text after all fixes, and what each of them does, with the line that it is about."""
    advice: list[str] = []
    for _ in range(_MAX_ROUNDS):
        found = validation.fixes(text, validation.findings(text))
        fixes = compatible(fix for fix in found if fix and (fix.safe or unsafe))
        lines = Lines(text)
        advice += [f"line {lines.position(min(fix.edits).start)[0]}: {fix.advice}" for fix in fixes]
        after = apply(text, fixes)
        if after == text:
            break
        text = after
    return text, advice


def _show(terminal: Terminal, file: PolicyFile, text: str, advice: Sequence[str]) -> None:
    terminal.line(terminal.visible(f"{file.name}: {_fixes(advice)}"))
    for sentence in advice:
        for line in terminal.wrap(sentence, "  ", "    "):
            terminal.line(line)
    terminal.line()
    show_difference(terminal, (file.name, file.text), (f"{file.name} (fixed)", text))
    terminal.line()


def _fixes(advice: Sequence[str]) -> str:
    return count(len(advice), "fix", "fixes")
