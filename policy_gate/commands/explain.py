"""`policy-gate explain`: what the code of a finding means."""

from __future__ import annotations

import argparse
import sys

from policy_gate.explanations import explanations, normal, similar_codes
from policy_gate.reporters.explanation import write_codes, write_explanation


def main(arguments: argparse.Namespace) -> int:
    """Prints the page of a code, or all codes. Wrong usage where there is no such code."""
    if arguments.code is None:
        write_codes(explanations().values(), sys.stdout)
        return 0
    parser: argparse.ArgumentParser = arguments.parser
    page = explanations().get(normal(arguments.code))
    if page is None:
        similar = similar_codes(arguments.code)
        hint = f"; did you mean {' or '.join(similar)}?" if similar else ""
        parser.error(f"no finding has the code {arguments.code!a}{hint}")
    write_explanation(page, sys.stdout)
    return 0
