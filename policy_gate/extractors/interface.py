"""What an extractor is: it finds the policies in one kind of infrastructure code.

Adding an input format means one module with this interface and one line in `recognise.EXTRACTORS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from policy_gate.model import Extraction
from policy_gate.syntax.source import Source

ParameterValue = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExtractSettings:
    """What the user says about deployment."""

    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    """Template parameters and pseudo parameters (`AWS::AccountId`) by name."""

    trust_parameter_defaults: bool = False
    """Take a default for the value: conditions that depend on it are not explored both ways."""

    kept_parameters: frozenset[str] = frozenset()
    """Parameters that keep the value of the deployed stack, which need not be the default."""

    terraform_roots: tuple[Path, ...] = ()
    """Folders of the root modules whose plans are read; where none are given, they are found."""

    has_files: bool = True
    """Are the files of the project at hand? For want of them, OtherFilesError is raised."""

    def given(self, values: Mapping[str, ParameterValue | None]) -> ExtractSettings:
        """The settings with other values of these parameters; None is that of the stack."""
        parameters = {**self.parameters, **values}
        kept = self.kept_parameters.difference(values)
        return replace(
            self,
            parameters={name: value for name, value in parameters.items() if value is not None},
            kept_parameters=kept.union(name for name, value in values.items() if value is None),
        )


class NotSupportedError(Exception):
    """A file that is not what the extractor reads: `message`, and the `offset` in its text."""

    def __init__(self, message: str, offset: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


class OtherFilesError(Exception):
    """A file that leads to others, where those are not at hand."""


def joined(parts: Sequence[Extraction]) -> Extraction:
    """What several inputs hold, or several parts of one."""
    return Extraction(
        tuple(policy for part in parts for policy in part.policies),
        tuple(item for part in parts for item in part.not_checked),
        tuple(item for part in parts for item in part.unreadable),
        sum(part.skipped_files for part in parts),
        frozenset().union(*(part.followed for part in parts)),
        tuple(dict.fromkeys(note for part in parts for note in part.notes)),
        boundaries=tuple(item for part in parts for item in part.boundaries),
        waivers=tuple(waiver for part in parts for waiver in part.waivers),
        inputs=tuple(item for part in parts for item in part.inputs),
    )


class Extractor(Protocol):
    """Reads one file and never guesses: what it can't read is in its result, with the reason."""

    name: str
    """As `CloudFormation template`, for messages."""

    def recognises(self, text: str) -> bool:
        """Does the text look like this format? Cheap, and right for files that do not parse too."""
        ...

    def explains(self, text: str) -> bool:
        """Is this the extractor that can say why the text, which none recognises, is no input?"""
        ...

    def extract(self, source: Source, settings: ExtractSettings) -> Extraction:
        """Every policy in the file.

        Raises ReadError where the text does not parse and NotSupportedError where it parses to
        something else; OtherFilesError as the settings say.
        """
        ...
