"""A reference: a policy or a list of actions, and what its `meta.yml` says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from policy_gate.config.section import ConfigError, Section, read_source
from policy_gate.extractors.interface import ParameterValue
from policy_gate.references.library import ACTIONS, BUILTIN, META, POLICY, builtin_folders
from policy_gate.references.parameters import Parameter, bound, declared
from policy_gate.references.template import Template, is_template
from policy_gate.syntax.node import ReadError
from policy_gate.syntax.source import Source

APPLIES_TO = ("identity", "trust", "resource")


@dataclass(frozen=True)
class Meta:
    """What a reference is for."""

    description: str
    applies_to: tuple[str, ...]
    """Kinds of policies, as `applies-to` of the configuration has them."""

    parameters: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True)
class Reference:
    """A reference policy before it has the values of its parameters."""

    source: Source
    meta: Meta | None
    """None for a policy in a file of its own, of which nothing is declared."""

    def filled(
        self, values: Mapping[str, ParameterValue], section: Section | None = None
    ) -> Source:
        """The policy with these parameters. `section` is the entry of the configuration.

        Raises ConfigError for parameters that are missing or unknown, and for a broken template.
        """
        parameters = self.meta.parameters if self.meta else {}
        template = Template(self.source) if is_template(self.source.text) else None
        used = template.names() if template else frozenset()
        if self.meta:
            _check_declared(self.source, used, parameters)
        found = bound([*parameters, *sorted(used - set(parameters))], parameters, values, section)
        return template.filled(found) if template else self.source

    def with_examples(self) -> Source:
        """The policy with the example values of its parameters. Raises ConfigError."""
        parameters = self.meta.parameters if self.meta else {}
        return self.filled({name: item.example for name, item in parameters.items()})


def _check_declared(
    source: Source, used: frozenset[str], parameters: Mapping[str, Parameter]
) -> None:
    for name in sorted(used - set(parameters)):
        raise ConfigError(f"the parameter {name!r} is not declared in {META}", source)
    for name in sorted(set(parameters) - used):
        raise ConfigError(f"the parameter {name!r} of {META} is not used", source)


def builtin_folder(name: str, file_name: str, section: Section | None, key: str) -> Path:
    """The folder of `builtin:NAME`, which holds a policy or a list, as the file name says.

    Raises ConfigError, at the key of the section, where the library has none.
    """
    folders = builtin_folders(file_name)
    if name in folders:
        return folders[name]
    other = builtin_folders(ACTIONS if file_name == POLICY else POLICY)
    if name in other:
        message = (
            f"{name} is a list of actions: it belongs under actions-file of access-not-granted"
            if file_name == POLICY
            else f"{name} is a reference policy: it belongs under reference of no-new-access"
        )
    else:
        message = f"there is no {name[:100]!r}"
    hint = "" if name in other else _hint(name, folders)
    raise section.error(message, key, hint) if section else ConfigError(message + hint)


def _hint(name: str, folders: Mapping[str, Path]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, folders, 1, 0.6)
    names = ", ".join(item.removeprefix(BUILTIN) for item in folders)
    return f"; did you mean {close[0]!r}?" if close else f"; the library has {names}"


def read_reference(path: Path, section: Section | None = None) -> Reference:
    """The reference policy of a folder, or of a file. Raises ConfigError.

    A `policy.json` beside a `meta.yml` is the one of that folder.
    """
    file = path / POLICY if path.is_dir() else path
    source = read_source(file, section)
    has_meta = file.name == POLICY and (file.parent / META).is_file()
    return Reference(source, read_meta(file.parent) if has_meta or path.is_dir() else None)


def read_meta(folder: Path) -> Meta:
    """What `meta.yml` says. Raises ConfigError with its line."""
    from policy_gate.syntax.yaml_reader import read_yaml

    source = read_source(folder / META)
    try:
        node = read_yaml(source.text)
    except ReadError as error:
        raise ConfigError(error.message, source, error.offset) from error
    root = Section(source, node, "", folder)
    root.only("description", "applies-to", "parameters")
    applies_to = root.choices("applies-to", APPLIES_TO)
    if not applies_to:
        raise root.error(f"the key 'applies-to' is missing: a list of {', '.join(APPLIES_TO)}")
    is_policy = (folder / POLICY).is_file()
    if is_policy and "identity" in applies_to and len(applies_to) > 1:
        message = "a reference for identity policies, which have no Principal, is none for others"
        raise root.error(message, "applies-to")
    if root.has("parameters") and not is_policy:
        raise root.error("a list of actions takes no parameters", "parameters")
    parameters = declared(root.section("parameters")) if root.has("parameters") else {}
    return Meta(root.required_text("description"), applies_to, parameters)
