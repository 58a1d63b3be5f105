"""A cloud assembly as one input: every stack of it, each policy with its construct in the app.

Source: https://docs.aws.amazon.com/cdk/v2/guide/deploy.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from policy_gate.extractors.cdk.constructs import Traced, constructs_of
from policy_gate.extractors.cdk.manifest import (
    MANIFEST,
    Artifact,
    ManifestError,
    artifacts,
    is_assembly,
)
from policy_gate.extractors.cdk.surroundings import Assembly, StackInAssembly
from policy_gate.extractors.cdk.traces import AppSources
from policy_gate.extractors.cdk.waivers import waivers_in
from policy_gate.extractors.cloudformation.extract import extraction, root_stack
from policy_gate.extractors.cloudformation.stack import NotFollowedError, Stack
from policy_gate.extractors.files import MAX_PLAN_BYTES, project_root, read_bytes
from policy_gate.extractors.interface import ExtractSettings, NotSupportedError, ParameterValue
from policy_gate.model import (
    Construct,
    Extraction,
    NotChecked,
    Policy,
    PolicyIdentity,
    ReasonCode,
)
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import decode, shown

__all__ = [
    "DESCRIPTIONS",
    "MANIFEST",
    "describes",
    "extract_assembly",
    "is_assembly",
    "unsynthesized",
]

DESCRIPTIONS = frozenset({MANIFEST, "tree.json", "validation-report.json"})
"""Files of an assembly that describe it, and are deployed nowhere."""


def describes(path: Path) -> bool:
    """Is a file of that name what it is in an assembly, and no template?

    A construct may be called Resources, so that a tree of constructs looks like a template.
    """
    try:
        content = json.loads(decode(read_bytes(path, MAX_PLAN_BYTES)))
    except (OSError, ReadError, RecursionError, ValueError):
        return path.name == MANIFEST
    return isinstance(content, dict) and "Resources" not in content


def unsynthesized(folder: Path, files: Iterable[str]) -> str:
    """What to do about a CDK app without an assembly beside it, empty where there is none."""
    if "cdk.json" not in files or any(map(is_assembly, (folder / "cdk.out", folder))):
        return ""
    return f"{shown(folder / 'cdk.json')}: a CDK app is checked after `cdk synth`, by its cdk.out"


def extract_assembly(folder: Path, settings: ExtractSettings) -> Extraction:
    """Everything in the assembly of a folder. What can't be read of it is in the result."""
    found = list(artifacts(folder))
    read = [item for item in found if isinstance(item, Artifact)]
    problems = [_problem(folder, item) for item in found if isinstance(item, ManifestError)]
    assembly = Assembly()
    for artifact, constructs in zip(read, _constructs(folder, read), strict=True):
        surroundings = StackInAssembly(assembly, artifact, folder)
        try:
            stack = _stack(artifact, surroundings, settings, constructs)
            assembly.stacks.append((artifact, stack))
        except ManifestError as error:
            problems.append(_problem(folder, error))
    parts = [extraction(stack) for _, stack in assembly.stacks]
    policies = tuple(policy for part in parts for policy in part.policies)
    return Extraction(
        policies,
        (*problems, *(item for part in parts for item in part.not_checked)),
        followed=frozenset().union(
            *(_paths(artifact, stack) for artifact, stack in assembly.stacks),
            *(part.followed for part in parts),
        ),
        notes=(*_missing(read), *_hint(folder, policies)),
        boundaries=tuple(item for part in parts for item in part.boundaries),
        waivers=tuple(
            waiver
            for (artifact, _), part in zip(assembly.stacks, parts, strict=True)
            for waiver in (*part.waivers, *waivers_in(artifact, part.policies))
        ),
    )


def _paths(artifact: Artifact, stack: Stack) -> frozenset[str]:
    """The folder of a stack and its template, as searching names them."""
    return frozenset({shown(artifact.folder.resolve()), stack.template.source.path})


def _stack(
    artifact: Artifact,
    surroundings: StackInAssembly,
    settings: ExtractSettings,
    constructs: Mapping[str, Construct],
) -> Stack:
    """Raises ManifestError, located in the template where that is what is wrong."""
    try:
        source = surroundings.template(artifact.template)
        stack = root_stack(source, _with_environment(settings, artifact), surroundings)
    except NotFollowedError as error:
        raise ManifestError(error.message, artifact.location) from error
    except (ReadError, NotSupportedError) as error:
        place = source.location(error.offset, error.offset)
        raise ManifestError(f"{source.path}: {error.message}", place) from error
    return replace(stack, name=artifact.name, constructs=constructs)


def _with_environment(settings: ExtractSettings, artifact: Artifact) -> ExtractSettings:
    """With the values that the manifest has: those of the user go before its parameters."""
    environment = {
        "AWS::AccountId": artifact.account,
        "AWS::Region": artifact.region,
        "AWS::StackName": artifact.stack_name,
    }
    known: dict[str, ParameterValue] = {name: value for name, value in environment.items() if value}
    return replace(settings, parameters={**artifact.parameters, **settings.parameters, **known})


def _constructs(folder: Path, read: Sequence[Artifact]) -> list[dict[str, Construct]]:
    """The constructs of each stack, by the address of their resources."""
    traced = [constructs_of(artifact.metadata) for artifact in read]
    traces = [trace for stack in traced for construct in stack.values() for trace in construct.all]
    sources = AppSources(project_root(folder), folder.resolve().parent, traces)
    return [
        {address: _construct(construct, sources) for address, construct in stack.items()}
        for stack in traced
    ]


def _construct(traced: Traced, sources: AppSources) -> Construct:
    created = (sources.locate(trace) for trace in traced.created)
    assigned = ((name, sources.locate(trace)) for name, trace in traced.assigned)
    return Construct(
        traced.path,
        next(filter(None, created), None),
        tuple(dict.fromkeys((name, place) for name, place in assigned if place is not None)),
    )


def _missing(read: Iterable[Artifact]) -> Iterator[str]:
    for error in (error for artifact in read for error in artifact.missing):
        yield f"{error.location}: {error.message}"


def _hint(folder: Path, policies: Sequence[Policy]) -> Iterator[str]:
    """How to get the lines of the app that are missing."""
    places = {item.identity: item.construct and item.construct.created_at for item in policies}
    if missing := sum(place is None for place in places.values()):
        yield (
            f"{shown(folder)}: {missing} of {len(places)} policies come without their line in the"
            " app. Traces that reach it need aws-cdk-lib 2.252 or newer, and CDK_DEBUG=1 and"
            " NODE_OPTIONS=--stack-trace-limit=100 (in Python, Java, .NET and Go"
            " JSII_HOST_STACK_TRACES=1) when the app is synthesized."
        )


def _problem(folder: Path, error: ManifestError) -> NotChecked:
    identity = PolicyIdentity(shown(folder), "", "", "")
    return NotChecked(identity, ReasonCode.NOT_ANALYSED, error.message, error.location)
