"""Resources whose attributes hold templates: stacks, and what the Cloud Control API makes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from policy_gate.extractors.cloudformation.extract import extraction, root_stack
from policy_gate.extractors.cloudformation.local import LocalTemplates
from policy_gate.extractors.interface import ExtractSettings, NotSupportedError, ParameterValue
from policy_gate.extractors.terraform.actions import action_of
from policy_gate.extractors.terraform.changes import value_at
from policy_gate.extractors.terraform.resources import Resource
from policy_gate.extractors.terraform.stated import Stated, stated
from policy_gate.extractors.terraform.tables import ContainerAttribute, containers
from policy_gate.extractors.terraform.values import Located, Piece, Place, pieces_of, scalar_text
from policy_gate.model import Change, Extraction, PolicyIdentity, ReasonCode, Value
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import Embedded, Source
from policy_gate.syntax.yaml_reader import read_yaml

_CANNOT_READ = "what {} holds is not read: {}"


def contained_policies(resource: Resource, settings: ExtractSettings) -> Iterator[Extraction]:
    """The policies in the templates that a resource holds after the plan."""
    change = resource.change
    for row in containers(change.type):
        is_unknown = change.is_unknown(row.path)
        if value_at(change.after, row.path) in (None, "") and not is_unknown:
            continue
        if is_unknown and resource.is_left_to_provider(row.path):
            continue
        yield _contained(resource, row, settings)


def _contained(
    resource: Resource, row: ContainerAttribute, settings: ExtractSettings
) -> Extraction:
    change, name = resource.change, row.path[-1]
    written = stated(resource.evaluation, change, row.path)
    place = written.place if written else resource.place
    reason = ""
    if change.is_sensitive(row.path):
        reason = "it is marked sensitive"
    body = _body(resource, row, written, place)
    content = _plain_text(body) if body else None
    if content is None:
        reason = reason or "a part of it is known after apply"
    if reason or body is None or content is None:
        return _not_read(resource, name, reason, place)
    source = _embedded(content, body, place)
    try:
        found = _in_template(resource, row, source, settings.given(_parameters(resource)))
    except (ReadError, NotSupportedError) as error:
        return _not_read(resource, name, error.message, place)
    return _after(resource, found, _previous(resource, row, settings))


def _in_template(
    resource: Resource, row: ContainerAttribute, source: Source, settings: ExtractSettings
) -> Extraction:
    """What the template holds. Raises ReadError and NotSupportedError."""
    if row.property_of is not None:
        source = _as_template(resource, row, source)
    stack = root_stack(source, settings, LocalTemplates(source.path))
    return extraction(replace(stack, address=f"{resource.change.address}/"))


def _previous(
    resource: Resource, row: ContainerAttribute, settings: ExtractSettings
) -> Mapping[tuple[str, str], Value]:
    """The documents before the change, by address and name."""
    change, path = resource.change, row.path
    body = value_at(change.before, path)
    if not isinstance(body, str) or change.was_sensitive(path):
        return {}
    given = value_at(change.before, ("parameters",))
    values = given.items() if isinstance(given, dict) else ()
    parameters = {str(name): scalar_text(value) for name, value in values}
    source = Source(resource.evaluation.places.source.path, body)
    try:
        found = _in_template(resource, row, source, settings.given(parameters))
    except (ReadError, NotSupportedError):
        return {}
    return {_key(policy.identity): policy.document for policy in found.policies}


def _key(identity: PolicyIdentity) -> tuple[str, str]:
    return identity.resource_address, identity.policy_name


def _not_read(resource: Resource, name: str, reason: str, place: Place) -> Extraction:
    message = _CANNOT_READ.format(name, reason)
    found = resource.not_checked(name, ReasonCode.NOT_ANALYSED, message, place)
    return Extraction(not_checked=(found,))


def _body(
    resource: Resource, row: ContainerAttribute, written: Stated | None, place: Place
) -> Located | None:
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


def _as_template(resource: Resource, row: ContainerAttribute, source: Source) -> Source:
    """What is written of one resource of CloudFormation, as a template that has only that."""
    named = value_at(resource.change.after, (row.property_of or "",))
    kind = json.dumps(named if isinstance(named, str) else row.property_of)
    before = f'{{"Resources": {{"Resource": {{"Type": {kind}, "Properties": '
    after = "}}}"
    if row.property is not None:
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


def _parameters(resource: Resource) -> Mapping[str, ParameterValue | None]:
    """The parameters of a stack; None for one that is known after apply."""
    module = resource.evaluation.module(resource.change.module)
    given = module.attribute(resource.change, "parameters", resource.place).value
    found: dict[str, ParameterValue | None] = {}
    for name, value in (given if isinstance(given, dict) else {}).items():
        found[name] = scalar_text(value.value)
    return found


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
    return Extraction(policies, not_checked, notes=found.notes)
