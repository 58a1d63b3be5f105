"""Templates that lie beside each other in a project, as before `aws cloudformation package`.

Source: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
"""

from __future__ import annotations

import re
from pathlib import Path

from policy_gate.extractors.cloudformation.carried import Carried
from policy_gate.extractors.cloudformation.stack import NotFollowedError, Stack
from policy_gate.extractors.files import check_size, project_root, read_bytes
from policy_gate.extractors.interface import OtherFilesError
from policy_gate.syntax.node import Node, ReadError
from policy_gate.syntax.source import Source, decode, shown

_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:/*")


class LocalTemplates:
    """The surroundings of a template that is a file of a project."""

    def __init__(self, path: str, *, has_files: bool = True) -> None:
        self._root = project_root(Path(path)) if has_files else None

    def exported(self, _name: str) -> Carried | None:
        return None

    def stack_output(self, _stack: str, _output: str, _region: str | None) -> Carried | None:
        return None

    def nested_template(self, parent: Stack, _resource: Node, url: str) -> Source:
        if not url or _REMOTE.match(url):
            raise NotFollowedError(
                f"the template {url!r} is not a file of this project: name it by its local path,"
                " or check that file itself"
            )
        if self._root is None:
            raise OtherFilesError
        folder = Path(parent.template.source.path).parent
        return read_inside(self._root, folder / url, f"the template {url!r}")


def read_inside(root: Path, path: Path, written: str) -> Source:
    """The text of a file, called `written`, that must lie in a folder.

    Raises NotFollowedError.
    """
    try:
        real = path.resolve(strict=True)
        if not real.is_relative_to(root.resolve()):
            raise NotFollowedError(f"{written} is outside of the project, and is not read")
        data = read_bytes(real)
        check_size(data)
        return Source(shown(real), decode(data))
    except ReadError as error:
        raise NotFollowedError(f"{written} cannot be read: {error.message}") from error
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "this path cannot be resolved"
        raise NotFollowedError(f"{written} cannot be read: {reason}") from error
