"""What the stacks of a cloud assembly can refer to: each other, and their nested templates."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from policy_gate.extractors.cdk.manifest import Artifact
from policy_gate.extractors.cloudformation.carried import Carried
from policy_gate.extractors.cloudformation.evaluator import Evaluator
from policy_gate.extractors.cloudformation.local import read_inside
from policy_gate.extractors.cloudformation.nested import output_of
from policy_gate.extractors.cloudformation.resolved import UnresolvableError
from policy_gate.extractors.cloudformation.stack import NotFollowedError, Stack
from policy_gate.extractors.cloudformation.worlds import UndecidedError, World
from policy_gate.syntax.node import Node
from policy_gate.syntax.source import Source


class Assembly:
    """The stacks of an assembly, which give each other outputs and exports."""

    def __init__(self) -> None:
        self.stacks: list[tuple[Artifact, Stack]] = []
        self._exports: dict[str, list[tuple[Artifact, Stack, str]]] | None = None
        self._outputs: dict[tuple[int, str, bool], Carried | None] = {}

    def exported(self, importer: Artifact, name: str) -> Carried | None:
        """An export in the environment of the importing stack, where one stack has it."""
        if self._exports is None:
            # An export whose own name is imported is none that can be told.
            self._exports = {}
            self._exports = _exports(self.stacks)
        found = [
            (artifact, stack, output)
            for artifact, stack, output in self._exports.get(name, ())
            if _environment(artifact) == _environment(importer)
        ]
        near = [item for item in found if item[0].folder == importer.folder] or found
        if len(near) != 1:
            return None
        _, stack, output = near[0]
        return self._output(stack, output, same_environment=True)

    def stack_output(
        self, reader: Artifact, stack_name: str, output: str, region: str | None
    ) -> Carried | None:
        """An output of the stack of this name in a Region, by default that of the reader."""
        found = [
            (artifact, stack)
            for artifact, stack in self.stacks
            if artifact.stack_name == stack_name and artifact.region == (region or reader.region)
        ]
        if len(found) != 1:
            return None
        artifact, stack = found[0]
        same_environment = _environment(artifact) == _environment(reader)
        return self._output(stack, output, same_environment)

    def _output(self, stack: Stack, name: str, same_environment: bool) -> Carried | None:
        key = id(stack), name, same_environment
        if key not in self._outputs:
            # Whoever asks while it is looked for goes in a circle.
            self._outputs[key] = None
            self._outputs[key] = output_of(stack, name, same_environment)
        return self._outputs[key]


class StackInAssembly:
    """The surroundings of one stack."""

    def __init__(self, assembly: Assembly, artifact: Artifact, root: Path) -> None:
        self._assembly = assembly
        self._artifact = artifact
        self._root = root

    def exported(self, name: str) -> Carried | None:
        return self._assembly.exported(self._artifact, name)

    def stack_output(self, stack: str, output: str, region: str | None) -> Carried | None:
        return self._assembly.stack_output(self._artifact, stack, output, region)

    def nested_template(self, _parent: Stack, resource: Node, url: str) -> Source:
        """By what the CLI notes at the resource, or by the key of the asset in its URL."""
        metadata = resource.entries.get("Metadata")
        noted = metadata.entries.get("aws:asset:path") if metadata else None
        file = noted.value if noted is not None else self._artifact.assets.get(_key(url))
        if not isinstance(file, str):
            raise NotFollowedError(f"the template {url!r} is no asset of this assembly")
        return self.template(file)

    def template(self, file: str) -> Source:
        """A template of the assembly. Raises NotFollowedError."""
        return read_inside(self._root, self._artifact.folder / file, f"the template {file!r}")


def _key(url: str) -> str:
    return url.rpartition("/")[2].partition("?")[0]


def _environment(artifact: Artifact) -> tuple[str, str]:
    return artifact.account, artifact.region


def _exports(
    stacks: list[tuple[Artifact, Stack]],
) -> dict[str, list[tuple[Artifact, Stack, str]]]:
    exports = defaultdict(list)
    for artifact, stack in stacks:
        for output, declared in stack.template.outputs.items():
            export = declared.entries.get("Export")
            name = export.entries.get("Name") if export else None
            if name is not None and (text := _exact(stack, name)) is not None:
                exports[text].append((artifact, stack, output))
    return exports


def _exact(stack: Stack, node: Node) -> str | None:
    stack.template.budget.begin_part()
    try:
        resolved = Evaluator(stack, World()).resolve(node)
    except (UnresolvableError, UndecidedError):
        return None
    value = None if resolved is None else resolved.value
    return value if isinstance(value, str) else None
