"""What an expression can refer to, behind one interface."""

from __future__ import annotations

from typing import Protocol, TypeAlias

from policy_gate.extractors.terraform.values import Located, Place
from policy_gate.syntax.source import Source

Steps: TypeAlias = tuple[str | int, ...]
"""A reference, as ("aws_s3_bucket", "logs", 0, "arn"), ("data", "aws_region", "here", "name"),
("var", "teams", "b.c", "actions"), ("local", "x"), ("each", "key"), ("module", "m", "x", "out") or
("path", "module")."""


class Scope(Protocol):
    """One instance of a module, or of a resource in it.

    Never raises: what it can't tell is unknown.
    """

    def reference(self, steps: Steps, place: Place) -> Located:
        """What a reference gives that is written at `place`.

        The value keeps the place where it is written itself where there is one (a local, the
        default of a variable), and else has the place of the reference.
        """
        ...

    def file(self, path: str) -> Source | None:
        """A file of the project that `file` or `templatefile` names, relative to the root module.

        None where it is not there, too large, no text, or outside of the project.
        """
        ...
