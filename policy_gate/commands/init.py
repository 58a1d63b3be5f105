"""`policy-gate init`: the first configuration, references and workflow of a repository.

What is there already is never replaced without a yes to its diff. All that is said goes to stdout,
questions and diffs to stderr.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from policy_gate.commands.complaint import complain
from policy_gate.commands.new_file import check_place, make_file
from policy_gate.commands.questions import agrees, has_terminal, show_difference
from policy_gate.commands.rewrite import PolicyFile
from policy_gate.config.gate import FILE_NAME, load_config
from policy_gate.config.section import ConfigError
from policy_gate.extractors.one_file import ASSEMBLY
from policy_gate.extractors.terraform.plan import TerraformPlanExtractor
from policy_gate.extractors.unmade import MAKE_PLAN
from policy_gate.reporters.terminal import Terminal
from policy_gate.revisions.repository import repository_root
from policy_gate.starting.allowed import allowed_today
from policy_gate.starting.configuration import REFERENCE, SENSITIVE, configuration
from policy_gate.starting.reference_policy import reference_policy
from policy_gate.starting.sensitive_list import sensitive_list
from policy_gate.starting.survey import Survey, survey
from policy_gate.starting.workflows import workflow
from policy_gate.syntax.source import shown


@dataclass(frozen=True)
class _Proposal:
    """A file as it would be written."""

    path: Path
    text: str
    there: PolicyFile | None
    """The one that is there already."""

    @property
    def is_new(self) -> bool:
        return self.there is None

    @property
    def differs(self) -> bool:
        return self.there is not None and self.there.text != self.text


def main(arguments: argparse.Namespace) -> int:
    """Writes what is missing, and prints what was written and what comes next.

    Returns 1 where something cannot be written, or where there is nobody to ask.
    """
    here = Path(arguments.path)
    if not here.is_dir():
        return complain(ConfigError(f"there is no folder {shown(here)}"))
    root = repository_root(here.resolve())
    terminal = Terminal.of(sys.stdout)
    try:
        found = survey(root)
        platform = arguments.platform or found.platform
        _say(terminal, f"Found: {found.found()}")
        flow = None if platform == "none" else workflow(found, platform)
        files = dict(_texts(found))
        proposals = [_proposal(root, name, text) for name, text in files.items()]
        if flow is not None:
            proposals.append(_proposal(root, flow.path, flow.text))
        chosen = _chosen(proposals, yes=arguments.yes)
        for proposal in chosen:
            _write(proposal, root)
            _say(terminal, f"  written  {shown(proposal.path)}")
        for proposal in proposals:
            if proposal not in chosen:
                _say(terminal, f"  left     {shown(proposal.path)}{_why_left(proposal)}")
        advice = flow.advice if flow else _no_workflow(arguments.platform)
        _tell_what_is_next(terminal, root, (*_unmade(found), *advice))
    except ConfigError as error:
        return complain(error)
    except OSError as error:
        return complain(ConfigError(f"{shown(root)}: {error.strerror or error}"))
    return 0


def _texts(found: Survey) -> Iterator[tuple[str, str]]:
    """The files by path, in the order in which they are written: one names those before it."""
    allowed = allowed_today(found.extraction.policies)
    config = found.root / FILE_NAME
    named = PolicyFile.read(config).text if config.is_file() else configuration(found)
    for name, text in (
        (REFERENCE, reference_policy(allowed)),
        (SENSITIVE, sensitive_list(allowed)),
    ):
        # Of use only to a configuration that names it.
        if name in named:
            yield name, text
    yield FILE_NAME, configuration(found)


def _proposal(root: Path, name: str, text: str) -> _Proposal:
    path = root / name
    check_place(path, root)
    return _Proposal(path, text, PolicyFile.read(path) if path.exists() else None)


def _chosen(proposals: list[_Proposal], *, yes: bool) -> list[_Proposal]:
    """What is to be written. Raises ConfigError where nobody can be asked."""
    new = [proposal for proposal in proposals if proposal.is_new]
    if yes:
        return new
    if not has_terminal():
        if not new:
            return []
        names = ", ".join(shown(proposal.path) for proposal in new)
        raise ConfigError(
            f"nothing is written: there is no terminal to ask at. Pass --yes to write {names};"
            " what is there already stays as it is"
        )
    terminal = Terminal.of(sys.stderr)
    for proposal in new:
        terminal.line(terminal.visible(f"  new      {shown(proposal.path)}"))
    chosen = new if new and agrees(terminal, "Write what is new?") else []
    return [*chosen, *(item for item in proposals if item.differs and _may_replace(terminal, item))]


def _may_replace(terminal: Terminal, proposal: _Proposal) -> bool:
    if proposal.there is None:
        return False
    name = shown(proposal.path)
    show_difference(terminal, (name, proposal.there.text), (f"{name} (new)", proposal.text))
    return agrees(terminal, terminal.visible(f"Replace {name}?"))


def _write(proposal: _Proposal, root: Path) -> None:
    if proposal.there is None:
        make_file(proposal.path, root, proposal.text)
    else:
        proposal.there.write(proposal.text)


def _why_left(proposal: _Proposal) -> str:
    if proposal.is_new:
        return ""
    return ", which is there already" if proposal.differs else ", the same already"


def _unmade(found: Survey) -> Iterator[str]:
    """What has to be made before the reference policy can start from what is allowed."""
    formats = {item.format for item in found.extraction.inputs}
    commands = [
        command
        for command, sources, made in (
            ("`cdk synth`", found.cdk_apps, ASSEMBLY),
            (MAKE_PLAN, found.terraform_roots, TerraformPlanExtractor.name),
        )
        if sources and made not in formats
    ]
    if commands:
        yield (
            f"Nothing tells yet what the code allows: run {' and '.join(commands)}, remove"
            f" {REFERENCE} and {SENSITIVE}, and run `policy-gate init` once more."
        )


def _no_workflow(asked: str | None) -> tuple[str, ...]:
    if asked == "none":
        return ()
    return ("No workflow is written, as nothing tells its platform: --platform NAME does.",)


def _tell_what_is_next(terminal: Terminal, root: Path, advice: tuple[str, ...]) -> None:
    """Raises ConfigError where the configuration that is there now is none."""
    config = root / FILE_NAME
    if config.is_file():
        load_config(config)
    _say(terminal, "Next: read these files, they are a starting point. Then `policy-gate run`.")
    for sentence in advice:
        _say(terminal, f"  {sentence}")


def _say(terminal: Terminal, text: str) -> None:
    indent = text[: len(text) - len(text.lstrip())]
    for line in terminal.wrap(text.strip(), indent, f"{indent}  "):
        terminal.line(line)
