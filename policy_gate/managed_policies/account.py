"""Documents of managed policies from IAM, with the AWS credentials of the run."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

from policy_gate.analyzers.aws_client import Connection
from policy_gate.analyzers.interface import AnalyzerError
from policy_gate.managed_policies.interface import NoDocumentError, parsed
from policy_gate.model import ReasonCode, Value

# What IAM refuses for one policy; anything else would be the same for the next one.
_OF_ONE_POLICY = frozenset({"AccessDenied", "InvalidInput", "NoSuchEntity", "ValidationError"})


class _Asked(NamedTuple):
    """What IAM has, or why it does not say."""

    document: Value
    reason: str = ""


class AccountDocuments:
    """Asks IAM once for each policy, and not at all once it cannot answer."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._asked: dict[str, _Asked] = {}
        self._unusable: _Asked | None = None

    def document(self, arn: str) -> Value:
        if "?" in arn or parsed(arn) is None:
            return None
        if arn not in self._asked:
            self._asked[arn] = self._unusable or self._ask(arn)
        answer = self._asked[arn]
        if answer.reason:
            raise NoDocumentError(ReasonCode.DOCUMENT_UNAVAILABLE, answer.reason)
        return answer.document

    def _ask(self, arn: str) -> _Asked:
        from policy_gate.analyzers.aws_errors import malformed_answer, sdk_errors

        try:
            with sdk_errors("IAM"):
                version = self._client.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
                answer = self._client.get_policy_version(PolicyArn=arn, VersionId=version)
                document = answer["PolicyVersion"]["Document"]
            if not isinstance(document, dict):
                raise malformed_answer("the policy document is no JSON object", "IAM")
        except AnalyzerError as error:
            refused = _Asked(None, str(error))
            if error.code not in _OF_ONE_POLICY:
                self._unusable = refused
            return refused
        return _Asked(document)

    @cached_property
    def _client(self) -> Any:
        return self._connection.client("iam")
