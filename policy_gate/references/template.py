"""A reference policy with parameters: a jinja2 template of JSON, with a bound on its work.

The sandbox of jinja2 keeps a template from Python; it does not keep `{{ 9 ** 9 ** 9 }}` or loops in
loops from running for ever. So a template may say what a policy needs and nothing else:
parameters, `if` with comparisons, loops over parameters that are lists, and the filters of
`_FILTERS`. What is left takes a number of steps that is counted before it runs.
Source: https://jinja.palletsprojects.com/en/stable/sandbox/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from policy_gate.config.section import MAX_BYTES, ConfigError
from policy_gate.extractors.interface import ParameterValue
from policy_gate.syntax.source import Source

if TYPE_CHECKING:
    from jinja2 import nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_TEMPLATE = 100_000
"""Characters of the template of a reference policy."""

MAX_STEPS = 200_000
"""Parts of a template that are looked at while it is filled in, those of loops each time."""

_MARKS = ("{{", "{%", "{#")
_ALLOWED = frozenset(
    {"Template", "Output", "TemplateData", "Name", "Const", "If", "For", "CondExpr", "Not", "And"}
    | {"Or", "Compare", "Operand", "Getattr", "Filter"}
)
_FILTERS = ("join", "lower", "tojson", "upper")
_LOOP = ("first", "index", "last", "length")
_COMPARISONS = ("eq", "ne", "in", "notin")
_MAY = (
    "a reference policy may use parameters, `if`, comparisons, loops over parameters that are"
    f" lists, loop.last and its like, and the filters {', '.join(_FILTERS)}"
)


def is_template(text: str) -> bool:
    """Is there anything to fill in?"""
    return any(mark in text for mark in _MARKS)


class Template:
    """A parsed template. Raises ConfigError, with its line, for what a template may not say."""

    def __init__(self, source: Source) -> None:
        if len(source.text) > MAX_TEMPLATE:
            message = f"a reference policy with parameters has at most {MAX_TEMPLATE:,} characters"
            raise ConfigError(message, source)
        self._source = source
        self._environment = _environment()
        self._tree = self._guarded(self._parsed)

    def _parsed(self) -> nodes.Template:
        tree = self._environment.parse(self._source.text)
        line = 1
        for node in _nodes(tree):
            # The operands of a comparison have no line of their own.
            line = node.lineno or line
            if fault := _fault(node):
                raise self._error(f"{fault}: {_MAY}", line)
        return tree

    def names(self) -> frozenset[str]:
        """The parameters that it uses."""
        from jinja2.meta import find_undeclared_variables

        return frozenset(self._guarded(lambda: find_undeclared_variables(self._tree)))

    def filled(self, values: Mapping[str, ParameterValue]) -> Source:
        """The policy with these values of all its parameters. Raises ConfigError."""
        text: str = self._guarded(lambda: self._filled(values))
        # Where the lines are those of the file, an error about the policy names them.
        same_lines = text.count("\n") == self._source.text.count("\n")
        path = self._source.path if same_lines else f"{self._source.path}, with its parameters"
        return Source(path, text)

    def _filled(self, values: Mapping[str, ParameterValue]) -> str:
        self._count(self._tree, values, 1, 0)
        template = self._environment.from_string(self._tree)
        parts: list[str] = []
        size = 0
        for part in template.generate(values):
            size += len(part)
            if size > MAX_BYTES:
                raise ConfigError(
                    f"with its parameters the policy is larger than {MAX_BYTES // 1_000_000} MB",
                    self._source,
                )
            parts.append(part)
        return "".join(parts)

    def _count(
        self, node: nodes.Node, values: Mapping[str, ParameterValue], times: int, steps: int
    ) -> int:
        """The steps with those of this node, which is looked at so many times."""
        from jinja2 import nodes

        if isinstance(node, nodes.For):
            name = node.iter.name if isinstance(node.iter, nodes.Name) else ""
            items = values.get(name)
            if not isinstance(items, tuple):
                raise self._error(f"a loop over {name!r}, which is no list: {_MAY}", node.lineno)
            times *= max(1, len(items))
        steps += times
        if steps > MAX_STEPS:
            message = f"filling in this template takes more than {MAX_STEPS:,} steps"
            raise self._error(message, node.lineno)
        for child in node.iter_child_nodes():
            steps = self._count(child, values, times, steps)
        return steps

    def _guarded(self, work: Any) -> Any:
        """What the work returns; whatever jinja2 raises of a template is a ConfigError."""
        from jinja2 import TemplateError

        try:
            return work()
        except TemplateError as error:
            line = getattr(error, "lineno", None) or 1
            raise self._error(f"this template has an error: {error.message}", line) from error
        except (RecursionError, MemoryError, SyntaxError) as error:
            message = "the template is nested too deeply"
            raise ConfigError(message, self._source) from error
        except (ValueError, TypeError, ArithmeticError) as error:
            message = f"this template cannot be filled in: {str(error)[:200]}"
            raise ConfigError(message, self._source) from error

    def _error(self, message: str, line: int) -> ConfigError:
        lines = self._source.text.split("\n")
        return ConfigError(message, self._source, sum(len(text) + 1 for text in lines[: line - 1]))


def _environment() -> ImmutableSandboxedEnvironment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    # A policy is JSON, not HTML: `finalize` does the quoting.
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True, finalize=_as_json
    )
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in _FILTERS}
    return environment


def _as_json(value: object) -> object:
    """A text for inside quotes, so that no value can end them; a list as a JSON array."""
    from markupsafe import Markup

    if isinstance(value, Markup):
        return value
    if isinstance(value, str):
        return json.dumps(value)[1:-1]
    return json.dumps(value) if isinstance(value, tuple | bool | int) else value


def _nodes(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _nodes(child)


def _fault(node: nodes.Node) -> str:
    """What a node says that a template may not; empty where it may."""
    from jinja2 import nodes

    kind = type(node).__name__
    if kind not in _ALLOWED:
        return f"{_WORDS.get(kind, kind)} is not for reference policies"
    if isinstance(node, nodes.For):
        plain = isinstance(node.iter, nodes.Name) and isinstance(node.target, nodes.Name)
        return "" if plain and not node.recursive else "this loop is not over a parameter"
    if isinstance(node, nodes.Getattr):
        of_loop = isinstance(node.node, nodes.Name) and node.node.name == "loop"
        return "" if of_loop and node.attr in _LOOP else f"the attribute {node.attr!r} is not known"
    if isinstance(node, nodes.Filter):
        # Filters of filters could multiply what they are given.
        plain = isinstance(node.node, nodes.Name) and not (node.dyn_args or node.dyn_kwargs)
        known = node.name in _FILTERS and all(isinstance(arg, nodes.Const) for arg in node.args)
        return "" if plain and known and not node.kwargs else f"the filter {node.name!r}"
    if isinstance(node, nodes.Operand):
        return "" if node.op in _COMPARISONS else f"the comparison {node.op!r}"
    return ""


_WORDS = {
    "Add": "arithmetic",
    "Call": "a call",
    "Concat": "the operator ~",
    "Div": "arithmetic",
    "FloorDiv": "arithmetic",
    "Getitem": "an index",
    "Mod": "arithmetic",
    "Mul": "arithmetic",
    "Pow": "arithmetic",
    "Sub": "arithmetic",
}
