"""Documents of managed policies in a folder that the configuration names.

A file is named after its policy: `AmazonS3FullAccess.json`, or with the path of the policy
`service-role/AWSLambdaRole.json`; a policy of a customer stands in a folder named after the
account, as `111122223333/Deploy.json`, for AWS may have one of the same name. A file holds the
policy document, or what `aws iam get-policy-version` prints.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from policy_gate.config.section import ConfigError, read_source
from policy_gate.managed_policies.interface import AWS, NoDocumentError, PolicyArn, parsed
from policy_gate.model import ReasonCode, Value
from policy_gate.syntax.json_reader import read_json
from policy_gate.syntax.node import Node, ReadError
from policy_gate.syntax.source import shown

MAX_FILES = 20_000
"""Files in the folder of managed policies; AWS manages some 1,500."""

_SUFFIX = ".json"


class DocumentFolder:
    """The files of one folder, each read when its policy is asked for."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def document(self, arn: str) -> Value:
        policy = parsed(arn)
        file = self._file(policy) if policy else None
        return _document(file) if file else None

    def _file(self, policy: PolicyArn) -> Path | None:
        account = "" if policy.account == AWS else f"{policy.account}/"
        names = (f"{account}{policy.path}{policy.name}", f"{account}{policy.name}")
        return next((self._files[name] for name in names if name in self._files), None)

    @cached_property
    def _files(self) -> Mapping[str, Path]:
        """By name, so that no path that a template makes up is ever opened."""
        errors: list[OSError] = []
        files: dict[str, Path] = {}
        for name, _, entries in os.walk(self._folder, onerror=errors.append):
            for entry in entries:
                path = Path(name, entry)
                if path.suffix == _SUFFIX:
                    key = path.relative_to(self._folder).as_posix()
                    files[key.removesuffix(_SUFFIX)] = path
            if len(files) > MAX_FILES:
                raise self._unusable(f"it holds more than {MAX_FILES:,} files")
        if errors:
            raise self._unusable(errors[0].strerror or str(errors[0]))
        return files

    def _unusable(self, why: str) -> NoDocumentError:
        message = f"cannot read the folder {shown(self._folder)}: {why}"
        return NoDocumentError(ReasonCode.NOT_ANALYSED, message)


def _document(file: Path) -> Value:
    try:
        source = read_source(file)
        root = read_json(source.text)
    except ConfigError as error:
        raise NoDocumentError(ReasonCode.NOT_ANALYSED, str(error)) from error
    except ReadError as error:
        place = source.location(error.offset, error.offset)
        raise NoDocumentError(ReasonCode.NOT_ANALYSED, f"{place}: {error.message}") from error
    version = root.entries.get("PolicyVersion", Node(None, 0, 0))
    node = version.entries.get("Document", root)
    if "Statement" not in node.entries:
        message = (
            f"{source.locate(node)}: a policy document is expected here, or what"
            " aws iam get-policy-version prints"
        )
        raise NoDocumentError(ReasonCode.NOT_ANALYSED, message)
    document: Value = node.plain()  # type: ignore[assignment]
    return document
