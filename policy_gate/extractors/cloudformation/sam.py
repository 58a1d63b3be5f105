"""AWS SAM: the resources that the transform makes, each at the line that made it.

AWS's own translator expands the template, offline. What the user wrote keeps its place; what is
generated stands at the policy template, connector or event that it comes from. A resource that the
translator refuses stays as it is written, and the rest is expanded without it.
Source: https://github.com/aws/serverless-application-model/blob/develop/versions/2016-10-31.md
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from policy_gate.extractors.cloudformation.marks import Plain, marked, unmarked
from policy_gate.extractors.cloudformation.sam_causes import Causes
from policy_gate.extractors.cloudformation.sam_package import as_packaged
from policy_gate.extractors.cloudformation.template import Template, resource_type, with_root
from policy_gate.extractors.interface import ExtractSettings
from policy_gate.model import NotChecked, PolicyIdentity, ReasonCode
from policy_gate.syntax.node import Node

if TYPE_CHECKING:
    from samtranslator.model.exceptions import InvalidDocumentException

TRANSFORM = "AWS::Serverless-2016-10-31"
PREFIX = "AWS::Serverless::"

# A translation for each refusal: beyond this nothing of the template is expanded.
_MAX_ATTEMPTS = 20
_DEFAULT_REGION = "us-east-1"
_BLAMED = re.compile(r"id \[([^\]]+)\]")
# The translator looks the application up in the repository, over the network.
_NOT_TRANSLATED = f"{PREFIX}Application"


class Expansion(NamedTuple):
    """A template without SAM resources, but for those that are not expanded."""

    template: Template
    failures: tuple[NotChecked, ...] = ()


class _RefusedError(Exception):
    """The translator refuses resources; `reasons` by logical id, `*` for all of them."""

    def __init__(self, reasons: Mapping[str, str]) -> None:
        super().__init__()
        self.reasons = reasons


def uses_sam(template: Template) -> bool:
    return any(
        resource_type(node).startswith(PREFIX) or "Connectors" in node.entries
        for node in template.resources.values()
    )


def expanded(template: Template, settings: ExtractSettings) -> Expansion:
    """The template with its SAM resources expanded."""
    resources = template.resources
    left_out = {
        name: "" for name, node in resources.items() if resource_type(node) == _NOT_TRANSLATED
    }
    for _ in range(_MAX_ATTEMPTS):
        try:
            output = _translated(template, settings, left_out)
            break
        except _RefusedError as refused:
            known = {name: why for name, why in refused.reasons.items() if name in resources}
            new = known.keys() - left_out.keys()
            left_out |= known if new else _all_left_out(resources, refused, left_out)
    else:
        reasons = {"*": "SAM refuses too many of its resources"}
        left_out |= _all_left_out(resources, _RefusedError(reasons), left_out)
        output = _plain_root(template, left_out)
    return _merged(template, output, left_out)


def _translated(
    template: Template, settings: ExtractSettings, left_out: Mapping[str, str]
) -> Plain:
    root = _plain_root(template, left_out)
    if not any(_is_expandable(resource) for resource in root["Resources"].values()):
        return root
    return _run_translator(root, settings)


def _plain_root(template: Template, left_out: Mapping[str, str]) -> Plain:
    root = marked(template.root)
    for name in left_out:
        if resource_type(template.resources[name]).startswith(PREFIX):
            del root["Resources"][name]
        else:
            root["Resources"][name].pop("Connectors", None)
    return root


def _is_expandable(resource: Plain) -> bool:
    if not isinstance(resource, dict):
        return False
    return str(resource.get("Type")).startswith(PREFIX) or "Connectors" in resource


def _run_translator(root: Plain, settings: ExtractSettings) -> Plain:
    """Raises _RefusedError."""
    from samtranslator.model.exceptions import ExceptionWithMessage, InvalidDocumentException
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    # What it logs concerns those who run it as a service.
    logging.getLogger("samtranslator").setLevel(logging.CRITICAL + 1)
    given = settings.parameters
    region = given.get("AWS::Region", _DEFAULT_REGION)
    texts = {
        name: value if isinstance(value, str) else ",".join(value) for name, value in given.items()
    }
    try:
        translator = Translator({}, Parser(), boto_session=_Session(str(region)))
        return translator.translate(as_packaged(root), texts)
    except InvalidDocumentException as error:
        raise _RefusedError(_reasons(error)) from error
    except ExceptionWithMessage as error:
        raise _RefusedError({"*": error.message}) from error
    except Exception as error:
        raise _RefusedError({"*": f"the translator fails ({type(error).__name__})"}) from error


class _Session:
    """All that the translator asks of a boto3 session."""

    def __init__(self, region: str) -> None:
        self.region_name = region


def _reasons(error: InvalidDocumentException) -> dict[str, str]:
    reasons = {}
    for cause in error.causes:
        blamed = _BLAMED.search(cause.message)
        reasons[blamed.group(1) if blamed else "*"] = cause.message
    return reasons


def _all_left_out(
    resources: Mapping[str, Node], refused: _RefusedError, left_out: Mapping[str, str]
) -> dict[str, str]:
    reason = next(iter(refused.reasons.values()))
    return {
        name: reason
        for name, node in resources.items()
        if name not in left_out
        and (resource_type(node).startswith(PREFIX) or "Connectors" in node.entries)
    }


def _merged(template: Template, output: Plain, left_out: Mapping[str, str]) -> Expansion:
    causes = Causes(template)
    children = {
        name: _section(name, section, causes, template.root) for name, section in output.items()
    }
    resources = children["Resources"].entries
    for name in left_out:
        resources.setdefault(name, template.resources[name])
    root = Node(children, template.root.start, template.root.end, template.root.keys)
    unknown = {
        name: f"SAM does not know {resource_type(node)}"
        for name, node in resources.items()
        if name not in left_out and resource_type(node).startswith(PREFIX)
    }
    refused = {name: why for name, why in left_out.items() if why} | unknown
    # What refers to a resource that was left out refers to something unknown, not to nothing.
    others = tuple(name for name in template.transforms if name != TRANSFORM)
    transforms = (*others, TRANSFORM) if left_out or unknown else others
    expansion = replace(with_root(template.source, root), transforms=transforms)
    return Expansion(expansion, tuple(_failures(template, refused)))


def _section(name: str, section: Plain, causes: Causes, root: Node) -> Node:
    place = root.entries.get(name) or root.entries.get("Transform") or root
    if name != "Resources":
        return unmarked(section, place)
    nodes = {
        logical_id: causes.placed(logical_id, resource) for logical_id, resource in section.items()
    }
    here = (place.start, place.end)
    return Node(nodes, place.start, place.end, {key: place.keys.get(key, here) for key in nodes})


def _failures(template: Template, refused: Mapping[str, str]) -> Iterator[NotChecked]:
    for name, why in refused.items():
        node = template.resources[name]
        kind = resource_type(node)
        what = "" if kind.startswith(PREFIX) else "the connectors of this resource: "
        yield NotChecked(
            PolicyIdentity(template.source.path, name, kind, ""),
            ReasonCode.NOT_ANALYSED,
            f"SAM cannot expand {what or 'this resource, of which only what is written'}"
            f"{'' if what else ' out is checked: '}{' '.join(why.split())}",
            template.source.locate(node),
        )


def as_role(properties: Node) -> Node:
    """What is written out in a resource that is not expanded, as properties of an IAM role.

    Policy templates and connectors are missing: only the translator has them.
    """
    written = properties.entries.get("Policies") or Node([], properties.start, properties.start)
    entries = written.value if isinstance(written.value, list) else [written]
    parts = {
        "Policies": [
            _entry("PolicyDocument", item) for item in entries if "Statement" in item.entries
        ],
        "ManagedPolicyArns": [_as_arn(item) for item in entries if isinstance(item.value, str)],
    }
    content = {name: Node(items, written.start, written.end) for name, items in parts.items()}
    if trust := properties.entries.get("AssumeRolePolicyDocument"):
        content["AssumeRolePolicyDocument"] = trust
    return Node(content, properties.start, properties.end, properties.keys)


def _entry(key: str, node: Node) -> Node:
    return Node({key: node}, node.start, node.end, {key: (node.start, node.end)})


def _as_arn(node: Node) -> Node:
    text = str(node.value)
    arn = text if text.startswith("arn:") else f"arn:aws:iam::aws:policy/{text}"
    return Node(arn, node.start, node.end)
