"""`policy-gate doctor`: what a run would work with, what it would check, and why."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from policy_gate.analyzers.settings import DEFAULT_SETTINGS
from policy_gate.commands.configuration import configured
from policy_gate.config.gate import GateConfig, default_config
from policy_gate.config.section import ConfigError
from policy_gate.doctor.credentials import aws_facts
from policy_gate.doctor.fact import Fact, State
from policy_gate.doctor.inputs import Looked, look
from policy_gate.doctor.platform import platform_facts
from policy_gate.doctor.setup import analyzer_fact, base_fact, configuration_facts, version_facts
from policy_gate.reporters.json_report import guarded
from policy_gate.reporters.terminal import Style, Terminal
from policy_gate.reporters.wording import count

_STYLES: dict[State, Style] = {State.OK: "green", State.NOTE: "yellow", State.PROBLEM: "red"}
_WORDS = {0: "READY", 1: "BROKEN", 3: "NOTHING TO CHECK"}
_STATUSES = {0: "ready", 1: "broken", 3: "empty"}


def main(arguments: argparse.Namespace) -> int:
    """Returns 0 where a run could do its work, 1 where something is broken, 3 without a policy."""
    facts, looked = _examined(arguments)
    if any(fact.state is State.PROBLEM for fact in facts):
        status = 1
    else:
        status = 0 if looked is not None and looked.extraction.policies else 3
    if arguments.format == "json":
        _write_json(status, facts, looked)
    else:
        _write_console(status, facts)
    return status


def _examined(arguments: argparse.Namespace) -> tuple[list[Fact], Looked | None]:
    """Each fact by itself: what one of them lacks keeps none of the others."""
    config: GateConfig | None = None
    of_config: list[Fact] = []
    try:
        config = replace(configured(arguments), base=arguments.base)
        of_config = list(configuration_facts(arguments, config))
    except ConfigError as error:
        of_config = [Fact("configuration", State.PROBLEM, str(error))]
        config = None
    settings = config or default_config()
    days = config.embedded.service_data_days if config else DEFAULT_SETTINGS.service_data_days
    facts = [
        *version_facts(days),
        *of_config,
        *([analyzer_fact(config)] if config else []),
        *aws_facts(settings.aws, settings.analyzer),
        *platform_facts(settings.publish),
    ]
    if config is None:
        text = "not looked at, for want of a configuration"
        return [*facts, Fact("inputs", State.NOTE, text)], None
    looked = look(arguments.paths, config)
    return [*facts, base_fact(config), *looked.facts], looked


def _write_console(status: int, facts: Sequence[Fact]) -> None:
    terminal = Terminal.of(sys.stdout)
    topic = ""
    for fact in facts:
        name = "" if fact.topic == topic else fact.topic
        topic = fact.topic
        start = f"{fact.state:<9}{name:<15}"
        first, *rest = terminal.wrap(fact.text, start, " " * len(start))
        painted = terminal.paint(fact.state, _STYLES[fact.state])
        terminal.line(first.replace(fact.state, painted, 1))
        for line in rest:
            terminal.line(line)
    terminal.line()
    for line in terminal.wrap(f"{_WORDS[status]}: {_advice(status, facts)}"):
        terminal.line(line)


def _advice(status: int, facts: Sequence[Fact]) -> str:
    problems = Counter(fact.state for fact in facts)[State.PROBLEM]
    if status == 1:
        return f"{count(problems, 'problem')} above to be solved first"
    if status == 3:
        return (
            "name a template, a cloud assembly or a plan, as `policy-gate doctor PATH`, or make one"
            " as the notes say"
        )
    return "`policy-gate run` checks what is listed above"


def _write_json(status: int, facts: Sequence[Fact], looked: Looked | None) -> None:
    inputs = looked.extraction.inputs if looked else ()
    content = {
        "status": _STATUSES[status],
        "exit_status": status,
        "facts": [fact._asdict() for fact in facts],
        "inputs": [item._asdict() for item in inputs],
        "skipped": list(looked.skipped) if looked else [],
        "folder": Path.cwd().as_posix(),
    }
    print(guarded(json.dumps(content, indent=2, ensure_ascii=True)))
