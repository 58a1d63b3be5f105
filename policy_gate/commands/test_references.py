"""`policy-gate test-references`: reference policies against their passing and failing examples."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from policy_gate.commands.complaint import complain
from policy_gate.config.section import ConfigError
from policy_gate.references.examples import ReferenceResult, reference_folders, tested
from policy_gate.references.library import library_folder
from policy_gate.reporters.references import write_console, write_json
from policy_gate.syntax.source import shown

_FAILED, _ERROR, _EMPTY = 2, 1, 3


def main(arguments: argparse.Namespace) -> int:
    """Prints what became of each example.

    0: all as they should be; 2: an example or a reference is not; 1: something could not be
    tested; 3: there is nothing to test.
    """
    path = library_folder() if arguments.path is None else Path(arguments.path)
    try:
        folders = reference_folders(path)
    except OSError as error:
        return complain(ConfigError(f"cannot read {shown(path)}: {error.strerror}"))
    results = [tested(folder) for folder in folders]
    status = _status(results)
    write = write_json if arguments.format == "json" else write_console
    write(results, status, sys.stdout)
    if not results:
        message = "there is no reference: a folder with a policy.json or an actions.txt"
        complain(ConfigError(f"{shown(path)}: {message}"))
    return status


def _status(results: list[ReferenceResult]) -> int:
    if any(result.has_failed for result in results):
        return _FAILED
    if any(result.is_broken for result in results):
        return _ERROR
    return 0 if results else _EMPTY
