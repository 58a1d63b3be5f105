"""The intrinsic functions, one small function each.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

from policy_gate.extractors.cloudformation.fragments import Fragment, split_parts
from policy_gate.extractors.cloudformation.mappings import find_in_map
from policy_gate.extractors.cloudformation.resolved import (
    Resolved,
    UnresolvableError,
    fragments_of,
    parts_of,
    scalar_text,
)
from policy_gate.extractors.cloudformation.serialize import to_json_parts
from policy_gate.extractors.cloudformation.template import LOOP
from policy_gate.extractors.texts import Part, join
from policy_gate.model import DeferredText
from policy_gate.syntax.node import Node

if TYPE_CHECKING:
    from policy_gate.extractors.cloudformation.evaluator import Evaluator

_VARIABLE = re.compile(r"\$\{([^{}]*)\}")
MAX_ITEMS = 10_000
"""Items that Fn::Split makes of one text."""


def ref(evaluator: Evaluator, argument: Node, node: Node) -> Resolved | None:
    if isinstance(argument.value, dict):
        name = _exact_text(evaluator, argument)
    elif isinstance(argument.value, str):
        name = argument.value
    else:
        raise UnresolvableError("Ref takes a name", node)
    if name is None:
        return evaluator.unknown(node, "what this refers to is known at deployment")
    return evaluator.name(name, node)


def get_att(evaluator: Evaluator, argument: Node, node: Node) -> Resolved | None:
    if isinstance(argument.value, str):
        logical_id, _, attribute = argument.value.partition(".")
        return evaluator.attribute(logical_id, attribute, node)
    if not isinstance(argument.value, list) or len(argument.value) < 2:
        raise UnresolvableError("Fn::GetAtt takes a logical id and an attribute", node)
    texts = [_exact_text(evaluator, item) for item in argument.value]
    names = [text for text in texts if text is not None]
    if len(names) < len(texts):
        return evaluator.unknown(node, "this attribute is known at deployment")
    return evaluator.attribute(names[0], ".".join(names[1:]), node)


def sub(evaluator: Evaluator, argument: Node, node: Node) -> Resolved | None:
    text, variables = argument, dict[str, Node]()
    if isinstance(argument.value, list) and len(argument.value) == 2:
        text, mapping = argument.value
        variables = mapping.entries
    if not isinstance(text.value, str):
        raise UnresolvableError("Fn::Sub takes a text, or a text and a mapping", node)
    fragments: list[Fragment] = []
    end = 0
    for match in _VARIABLE.finditer(text.value):
        fragments += _literal(text, text.value, end, match.start())
        fragments += [
            Fragment(part, text, match.span())
            for part in _variable(evaluator, match.group(1), variables, node)
        ]
        end = match.end()
    fragments += _literal(text, text.value, end, len(text.value))
    return evaluator.text(node, fragments)


def _literal(node: Node, text: str, start: int, end: int) -> list[Fragment]:
    return [Fragment(text[start:end], node, (start, end))] if start < end else []


def _variable(
    evaluator: Evaluator, name: str, variables: dict[str, Node], node: Node
) -> tuple[Part, ...]:
    if name.startswith("!"):
        return (f"${{{name[1:]}}}",)
    name = name.strip()
    if name in variables:
        resolved = evaluator.resolve(variables[name])
    elif name in evaluator.parameters or name in evaluator.template.resources:
        resolved = evaluator.name(name, node)
    elif "." in name:
        logical_id, _, attribute = name.partition(".")
        resolved = evaluator.attribute(logical_id, attribute, node)
    elif ":" in name and not name.startswith("AWS::"):
        raise UnresolvableError(
            f"${{{name}}} names nothing in this template; an IAM policy variable is written"
            f" ${{!{name}}} inside Fn::Sub",
            node,
        )
    else:
        resolved = evaluator.name(name, node)
    return () if resolved is None else parts_of(resolved, node)


def join_list(evaluator: Evaluator, argument: Node, node: Node) -> Resolved | None:
    if not isinstance(argument.value, list) or len(argument.value) != 2:
        raise UnresolvableError("Fn::Join takes a delimiter and a list", node)
    delimiter = _exact_text(evaluator, argument.value[0])
    items = evaluator.resolve(argument.value[1])
    if delimiter is None or items is None or items.is_deferred:
        return evaluator.unknown(
            node, "the joined list is known at deployment", of=_texts_in(items)
        )
    if not isinstance(items.value, list):
        raise UnresolvableError("Fn::Join takes a delimiter and a list", node)
    fragments: list[Fragment] = []
    for position, item in enumerate(items.value):
        if position and delimiter:
            fragments.append(Fragment(delimiter, argument.value[0]))
        fragments += fragments_of(item, Node(None, item.start, item.end))
    return evaluator.text(node, fragments)


def select(evaluator: Evaluator, argument: Node, node: Node) -> Resolved | None:
    if not isinstance(argument.value, list) or len(argument.value) != 2:
        raise UnresolvableError("Fn::Select takes an index and a list", node)
    index = _exact_text(evaluator, argument.value[0])
    items = evaluator.resolve(argument.value[1])
    if index is None or items is None or items.is_deferred:
        listed = items.value if items is not None and isinstance(items.value, list) else []
        texts = [scalar_text(item.value) for item in listed]
        description = "the selected item is known at deployment"
        return evaluator.one_of(node, texts, description, _texts_in(items))
    if not isinstance(items.value, list) or not index.isdecimal():
        raise UnresolvableError("Fn::Select takes an index and a list", node)
    if len(index) > 6 or int(index) >= len(items.value):
        raise UnresolvableError(f"Fn::Select asks for item {index} of {len(items.value)}", node)
    item = items.value[int(index)]
    return Resolved(item.value, node.start, node.end, item.keys, item.fragments, item.structure)


def split(evaluator: Evaluator, argument: Node, node: Node) -> Resolved | None:
    if not isinstance(argument.value, list) or len(argument.value) != 2:
        raise UnresolvableError("Fn::Split takes a delimiter and a text", node)
    delimiter = _exact_text(evaluator, argument.value[0])
    text = evaluator.resolve(argument.value[1])
    if not delimiter or text is None:
        raise UnresolvableError("Fn::Split takes a delimiter and a text", node)
    parts = parts_of(text, argument.value[1])
    count = sum(part.count(delimiter) for part in parts if isinstance(part, str))
    if count >= MAX_ITEMS:
        raise UnresolvableError(f"Fn::Split makes more than {MAX_ITEMS:,} items", node)
    pieces = split_parts(parts, delimiter)
    if pieces is None:
        return evaluator.unknown(node, "this text is split at deployment", of=_texts_in(text))
    evaluator.template.budget.spend(len(pieces), node)
    return Resolved(
        [Resolved(join(piece), node.start, node.end) for piece in pieces], node.start, node.end
    )


def if_(evaluator: Evaluator, argument: Node, node: Node) -> Resolved | None:
    branches = argument.value
    if not isinstance(branches, list) or len(branches) != 3:
        raise UnresolvableError("Fn::If takes a condition and two values", node)
    name = branches[0].value
    if not isinstance(name, str):
        raise UnresolvableError("Fn::If takes the name of a condition", node)
    holds = evaluator.conditions.holds(name, branches[0])
    return evaluator.resolve(branches[1] if holds else branches[2])


def base64_text(evaluator: Evaluator, argument: Node, node: Node) -> Resolved | None:
    text = _exact_text(evaluator, argument)
    if text is None:
        return evaluator.unknown(node, "the encoded text is known at deployment")
    encoded = base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")
    return Resolved(encoded, node.start, node.end)


def import_value(evaluator: Evaluator, argument: Node, node: Node) -> Resolved | None:
    name = evaluator.resolve(argument)
    text = "" if name is None else str(join(parts_of(name, argument)))
    if (carried := evaluator.stack.surroundings.exported(text)) is not None:
        return evaluator.received(carried, node)
    description = f"the export {text} of another stack is any value"
    return evaluator.unknown(node, description, f"Fn::ImportValue {text}")


def get_stack_output(evaluator: Evaluator, argument: Node, node: Node) -> Resolved | None:
    entries = argument.entries
    stack, output, region = (
        _exact_text(evaluator, entries[name]) if name in entries else None
        for name in ("StackName", "OutputName", "Region")
    )
    if stack and output and (region or "Region" not in entries):
        carried = evaluator.stack.surroundings.stack_output(stack, output, region)
        if carried is not None:
            return evaluator.received(carried, node)
    return evaluator.unknown(node, "the output of another stack is any value")


def length(evaluator: Evaluator, argument: Node, node: Node) -> Resolved | None:
    items = evaluator.resolve(argument)
    if items is None or items.is_deferred:
        return evaluator.unknown(node, "the length is known at deployment")
    if not isinstance(items.value, list):
        raise UnresolvableError("Fn::Length takes a list", node)
    return Resolved(len(items.value), node.start, node.end)


def to_json_string(evaluator: Evaluator, argument: Node, node: Node) -> Resolved | None:
    structure = evaluator.resolve(argument)
    if structure is not None and structure.is_deferred:
        return evaluator.unknown(node, "the JSON text is known at deployment")
    if structure is None or not isinstance(structure.value, list | dict):
        raise UnresolvableError("Fn::ToJsonString takes a list or a mapping", node)
    text = evaluator.given_here(node, to_json_parts(structure))
    text.structure = structure
    return text


def loop_item(evaluator: Evaluator, argument: Node, node: Node) -> Resolved | None:
    """What a loop makes of an item that only deployment knows; `foreach` writes such calls."""
    if not isinstance(argument.value, list) or not argument.value:
        return evaluator.unknown(node, "what the loop makes of its items is known at deployment")
    name, *collection = argument.value
    items = [evaluator.resolve(item) for item in collection]
    description = f"{name.value} is any value: only deployment knows the items of the loop"
    texts = chain.from_iterable(_texts_in(item) for item in items)
    return evaluator.unknown(node, description, f"{LOOP} {name.value}", texts)


def known_at_deployment(name: str) -> Function:
    """A function whose result only deployment has."""

    def handler(evaluator: Evaluator, _argument: Node, node: Node) -> Resolved | None:
        return evaluator.unknown(node, f"the result of {name} is any value")

    return handler


def _texts_in(resolved: Resolved | None) -> Iterator[str]:
    """The texts that a value holds or may hold."""
    value = None if resolved is None else resolved.value
    if isinstance(value, str):
        yield value
    elif isinstance(value, DeferredText):
        for part in value.parts:
            yield from (part,) if isinstance(part, str) else part.allowed or ()
    elif isinstance(value, list):
        for item in value:
            yield from _texts_in(item)


def _exact_text(evaluator: Evaluator, node: Node) -> str | None:
    """The text of a node, None where deployment decides it."""
    resolved = evaluator.resolve(node)
    if resolved is None:
        return None
    text = join(parts_of(resolved, node))
    return None if isinstance(text, DeferredText) else text


Function = Callable[["Evaluator", Node, Node], Resolved | None]

FUNCTIONS: dict[str, Function] = {
    "Ref": ref,
    "Fn::GetAtt": get_att,
    "Fn::Sub": sub,
    "Fn::Join": join_list,
    "Fn::Select": select,
    "Fn::Split": split,
    "Fn::FindInMap": find_in_map,
    "Fn::If": if_,
    "Fn::Base64": base64_text,
    "Fn::GetStackOutput": get_stack_output,
    "Fn::ImportValue": import_value,
    "Fn::Length": length,
    "Fn::ToJsonString": to_json_string,
    LOOP: loop_item,
    **{name: known_at_deployment(name) for name in ("Fn::Cidr", "Fn::GetAZs", "Fn::Transform")},
}
