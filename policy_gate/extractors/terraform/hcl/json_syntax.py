"""Values of a configuration that is written in JSON, where every text is a template.

Source: https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping
"""

from __future__ import annotations

import re

from policy_gate.extractors.terraform.assumptions import any_value
from policy_gate.extractors.terraform.hcl.budget import Budget
from policy_gate.extractors.terraform.hcl.evaluator import evaluate
from policy_gate.extractors.terraform.hcl.scope import Scope
from policy_gate.extractors.terraform.hcl.syntax import MAX_BYTES, Expression, read_expression
from policy_gate.extractors.terraform.values import (
    Located,
    Piece,
    Place,
    located,
    pieces_of,
    text,
)
from policy_gate.syntax.source import Embedded

_WHOLE = re.compile(r"\$\{(.*)\}", re.DOTALL)
_MARKER = "END_OF_TEMPLATE"
_UNTOLD = "it is a template that is not evaluated here"


def json_value(value: object, scope: Scope, budget: Budget, place: Place) -> Located:
    """What a value gives, all of it at one place."""
    if isinstance(value, str):
        return _template(value, scope, budget, place)
    if isinstance(value, list):
        return Located([json_value(item, scope, budget, place) for item in value], place)
    if isinstance(value, dict):
        children = {
            str(key): json_value(child, scope, budget, place) for key, child in value.items()
        }
        return Located(dict(children), place)
    return located(value, place)


def holds_template(value: object) -> bool:
    """Does a text in the value look like a template?"""
    if isinstance(value, dict):
        return any(map(holds_template, (*value, *value.values())))
    if isinstance(value, list):
        return any(map(holds_template, value))
    return isinstance(value, str) and ("${" in value or "%{" in value)


def _template(written: str, scope: Scope, budget: Budget, place: Place) -> Located:
    if not holds_template(written):
        return Located(written, place)
    whole = _WHOLE.fullmatch(written)
    expression = _parsed(f"x = ({whole.group(1)})\n", place) if whole else None
    if expression is not None:
        return evaluate(expression, scope, budget)
    expression = _parsed(f"x = <<{_MARKER}\n{written}\n{_MARKER}\n", place)
    if expression is None or _MARKER in written:
        return any_value(written, _UNTOLD, place)
    pieces = pieces_of(evaluate(expression, scope, budget))
    if pieces is None or not isinstance(pieces[-1].part, str):
        return any_value(written, _UNTOLD, place)
    parts = [*(piece.part for piece in pieces[:-1]), pieces[-1].part.removesuffix("\n")]
    return text([Piece(part, place) for part in parts], place)


def _parsed(written: str, place: Place) -> Expression | None:
    """The expression of a file, None where the file has a fault."""
    if len(written) > MAX_BYTES:
        return None
    spans = [(place.start, place.end)] * len(written)
    expression = read_expression(Embedded(place.source.path, written, place.source, spans))
    if expression is None or expression.file.root.has_error:
        return None
    return expression
