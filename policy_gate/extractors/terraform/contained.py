"""Resources whose attributes hold templates: stacks, and what the Cloud Control API makes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from policy_gate.extractors.cloudformation.extract import extraction, root_stack
from policy_gate.extractors.cloudformation.local import LocalTemplates
from policy_gate.extractors.interface import ExtractSettings, NotSupportedError
from policy_gate.extractors.terraform.actions import action_of
from policy_gate.extractors.terraform.changes import AttributePath, value_at
from policy_gate.extractors.terraform.contained_parameters import template_settings
from policy_gate.extractors.terraform.paths import concrete_paths
from policy_gate.extractors.terraform.resources import Resource
from policy_gate.extractors.terraform.stated import Stated, stated
from policy_gate.extractors.terraform.tables import StepPath, containers, policy_attributes
from policy_gate.extractors.terraform.values import (
    Located,
    Piece,
    Place,
    pieces_of,
)
from policy_gate.model import Change, Extraction, PolicyIdentity, ReasonCode, Value, Waiver
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import Embedded, Source
from policy_gate.syntax.yaml_reader import read_yaml

_CANNOT_READ = "what {} holds is not read: {}"
_UNKNOWN_TYPE = "?"


class _Text(NamedTuple):
    """A text of one resource that holds resources of CloudFormation."""

    path: AttributePath
    kind: str = ""
    """The type of the one resource that it is about; empty for a whole template."""

    property: str = ""
    """The one property of it that it is; empty where it has all of them."""

    parameters: StepPath = ()


def contained_policies(resource: Resource, settings: ExtractSettings) -> Iterator[Extraction]:
    """The policies in the templates that a resource holds after the plan."""
    for text in _texts(resource):
        yield _contained(resource, text, settings)
    change = resource.change
    for row in containers(change.type):
        if row.form == "url":
            for path in _set_paths(resource, row.path):
                name = ".".join(map(str, path))
                message = f"what {name} leads to is not followed"
                found = resource.not_checked(name, ReasonCode.NOT_ANALYSED, message)
                yield Extraction(not_checked=(found,))


def _texts(resource: Resource) -> Iterator[_Text]:
    change = resource.change
    for container in containers(change.type):
        for path in _set_paths(resource, container.path):
            if container.form == "template":
                yield _Text(path, parameters=container.parameters)
            elif container.form == "provisioning":
                yield _Text(path, "AWS::IoT::ProvisioningTemplate", "TemplateBody")
            elif container.form == "properties":
                kind = value_at(change.after, ("type_name",))
                yield _Text(path, kind if isinstance(kind, str) else _UNKNOWN_TYPE)
    for row in policy_attributes(change.type):
        for path in _set_paths(resource, row.path) if row.inside is not None else ():
            yield _Text(path, "AWS::ApiGateway::RestApi", "Body")


def _set_paths(resource: Resource, path: StepPath) -> list[AttributePath]:
    change = resource.change
    return [
        found
        for found in concrete_paths(change.after, change.after_unknown, path)
        if (value_at(change.after, found) not in (None, "") or change.is_unknown(found))
        and not resource.is_left_to_provider(found)
    ]


def _contained(resource: Resource, row: _Text, settings: ExtractSettings) -> Extraction:
    change, name = resource.change, ".".join(map(str, row.path))
    written = stated(resource.evaluation, change, row.path)
    place = written.place if written else resource.place
    reason = ""
    if change.is_sensitive(row.path):
        reason = "it is marked sensitive"
    if row.kind == _UNKNOWN_TYPE:
        reason = "its type_name is known after apply"
    body = _body(resource, row, written, place)
    content = _plain_text(body) if body else None
    if content is None:
        reason = reason or "a part of it is known after apply"
    if reason or body is None or content is None:
        return _not_read(resource, name, reason, place)
    source = _embedded(content, body, place)
    try:
        found = _in_template(resource, row, source, settings, before=False)
    except (ReadError, NotSupportedError) as error:
        return _not_read(resource, name, error.message, place)
    return _after(resource, found, _previous(resource, row, settings))


def _in_template(
    resource: Resource, row: _Text, source: Source, settings: ExtractSettings, *, before: bool
) -> Extraction:
    """What the template holds, before the plan or after it.

    Raises ReadError and NotSupportedError.
    """
    if row.kind:
        source = _as_template(row, source)
    given = template_settings(resource, row.parameters, source, settings, before=before)
    stack = root_stack(source, given, LocalTemplates(source.path))
    return extraction(replace(stack, address=f"{resource.change.address}/"))


def _previous(
    resource: Resource, row: _Text, settings: ExtractSettings
) -> Mapping[tuple[str, str], Value]:
    """The documents before the change, by address and name."""
    change, path = resource.change, row.path
    body = value_at(change.before, path)
    if not isinstance(body, str) or change.was_sensitive(path):
        return {}
    source = Source(resource.evaluation.places.source.path, body)
    try:
        found = _in_template(resource, row, source, settings, before=True)
    except (ReadError, NotSupportedError):
        return {}
    return {_key(policy.identity): policy.document for policy in found.policies}


def _key(identity: PolicyIdentity) -> tuple[str, str]:
    return identity.resource_address, identity.policy_name


def _not_read(resource: Resource, name: str, reason: str, place: Place) -> Extraction:
    message = _CANNOT_READ.format(name, reason)
    found = resource.not_checked(name, ReasonCode.NOT_ANALYSED, message, place)
    return Extraction(not_checked=(found,))


def _body(resource: Resource, row: _Text, written: Stated | None, place: Place) -> Located | None:
    """The text of the template, where the sources have it."""
    change = resource.change
    value = written.value if written else None
    if change.is_unknown(row.path):
        return value
    planned = value_at(change.after, row.path)
    if value is not None and _plain_text(value) == planned:
        return value
    return Located(planned, place) if isinstance(planned, str) else None


def _plain_text(value: Located) -> str | None:
    pieces = pieces_of(value)
    if pieces is None or not all(isinstance(piece.part, str) for piece in pieces):
        return None
    return "".join(str(piece.part) for piece in pieces)


def _embedded(content: str, body: Located, place: Place) -> Source:
    """The text at the place where it is written; all of it at one where it is in several files."""
    pieces = pieces_of(body) or ()
    sources = {piece.place.source for piece in pieces}
    if len(sources) != 1:
        spans = [(place.start, place.end)] * len(content)
        return Embedded(place.source.path, content, place.source, spans)
    outer = sources.pop()
    spans = [span for piece in pieces for span in _spans(piece)]
    return Embedded(outer.path, content, outer, spans)


def _spans(piece: Piece) -> list[tuple[int, int]]:
    length = len(str(piece.part))
    if piece.spans is not None and len(piece.spans) == length:
        return list(piece.spans)
    return [(piece.place.start, piece.place.end)] * length


def _as_template(row: _Text, source: Source) -> Source:
    """What is written of one resource of CloudFormation, as a template that has only that."""
    before = f'{{"Resources": {{"Resource": {{"Type": {json.dumps(row.kind)}, "Properties": '
    after = "}}}"
    if row.property:
        before, after = f'{before}{{"{row.property}": ', f"}}{after}"
    written = source.text
    if not written.lstrip().startswith("{"):
        # YAML: its parts have no places of their own then.
        written = json.dumps(read_yaml(written).plain())
    content = f"{before}{written}{after}"
    places = source.places if isinstance(source, Embedded) else []
    first, last = (places[0], places[-1]) if places else ((0, 0), (0, 0))
    inside = [*places] if written is source.text else [first] * len(written)
    spans = [*[first] * len(before), *inside, *[last] * len(after)]
    outer = source.outer if isinstance(source, Embedded) else source
    return Embedded(source.path, content, outer, spans)


def _after(
    resource: Resource, found: Extraction, previous: Mapping[tuple[str, str], Value]
) -> Extraction:
    """What a template holds, as what the plan holds."""
    file = resource.evaluation.places.source.path
    action = action_of(resource.change)
    policies = tuple(
        replace(
            policy,
            identity=policy.identity._replace(file=file),
            change=Change(action, previous.get(_key(policy.identity))),
        )
        for policy in found.policies
    )
    not_checked = tuple(
        replace(item, identity=item.identity._replace(file=file)) for item in found.not_checked
    )
    waivers = tuple(
        replace(item, places=tuple(place._replace(file=file) for place in item.places))
        if isinstance(item, Waiver)
        else item
        for item in found.waivers
    )
    return Extraction(policies, not_checked, notes=found.notes, waivers=waivers)
