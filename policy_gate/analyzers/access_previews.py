"""Access previews of IAM Access Analyzer, where the account has an analyzer for external access.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-access-preview.html
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from threading import Lock
from time import monotonic, sleep
from typing import Any

from policy_gate.analyzers.aws_calls import Body, Calls, Send
from policy_gate.analyzers.aws_errors import malformed_answer
from policy_gate.analyzers.interface import AnalyzerError, Home, PreviewedAccess
from policy_gate.analyzers.settings import AwsSettings

ANALYZER_NAME = "policy-gate"
"""Of the analyzer that is created where the user asks for it."""

_TYPE = "ACCOUNT"
"""Only analyzers of this type have the account as their zone of trust."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
"""Seconds between two looks at what AWS is still making."""

_ANALYZER = re.compile(r"arn:([^:]+):access-analyzer:([^:]+):(\d{12}):analyzer/.+", re.ASCII)
_NONE = (
    "The account has no active analyzer of the type ACCOUNT in this Region, so that no access"
    " previews were made and no-external-access is decided offline alone. --create-analyzer"
    " creates one."
)


class AccessPreviews:
    """Makes the previews of one run. Any thread may ask."""

    def __init__(self, calls: Calls, settings: AwsSettings) -> None:
        self._calls = calls
        self._may_create = settings.create_analyzer
        self._patience = settings.call_deadline
        self._looking = Lock()
        self._has_looked = False
        self._analyzer: str | None = None
        self._note = ""
        self._counting = Lock()
        self._not_made: Counter[str] = Counter()

    @property
    def notes(self) -> Sequence[str]:
        with self._counting:
            failed = sorted(self._not_made.items())
        causes = [
            f"Access previews of {number} policies gave no answer ({code}): no-external-access is"
            " decided offline alone there. docs/aws.md lists the permissions that they need."
            for code, number in failed
        ]
        return [note for note in (self._note, *causes) if note]

    def home(self) -> Home | None:
        analyzer = self._found()
        match = _ANALYZER.fullmatch(analyzer) if analyzer else None
        return Home(*match.groups()) if match else None

    def external_access(
        self, resource: str, configuration: Mapping[str, object]
    ) -> Sequence[PreviewedAccess] | None:
        analyzer = self._found()
        if analyzer is None:
            return None
        asked = {"analyzerArn": analyzer, "configurations": {resource: configuration}}
        try:
            answer = self._calls.together(
                json.dumps(["preview", asked], sort_keys=True),
                lambda send: self._preview(send, asked),
            )
        except AnalyzerError as error:
            # Its message may quote the policy, which may be marked sensitive.
            with self._counting:
                self._not_made[error.code] += 1
            return None
        found: list[PreviewedAccess] = answer["access"]
        return found

    def _found(self) -> str | None:
        """The ARN of the analyzer, looked for once; without one there is a note."""
        with self._looking:
            if not self._has_looked:
                self._has_looked = True
                try:
                    self._analyzer = self._calls.together("analyzer", self._look)["arn"]
                    self._note = "" if self._analyzer else _NONE
                except AnalyzerError as error:
                    self._note = (
                        f"No access previews were made, so that no-external-access is decided"
                        f" offline alone. {error}"
                    )
            return self._analyzer

    def _look(self, send: Send) -> Body:
        is_created = False
        for _ in self._looks():
            analyzers = send("list_analyzers", {"type": _TYPE})["analyzers"]
            arns = {analyzer["status"]: analyzer["arn"] for analyzer in analyzers}
            if "ACTIVE" in arns:
                return {"arn": _checked(arns["ACTIVE"])}
            # One that was just created may not be listed yet.
            if "CREATING" in arns or is_created:
                continue
            if not self._may_create:
                return {"arn": None}
            send("create_analyzer", {"analyzerName": ANALYZER_NAME, "type": _TYPE})
            is_created = True
        raise self._too_late("no analyzer that is active")

    def _preview(self, send: Send, asked: Mapping[str, Any]) -> Body:
        made = send("create_access_preview", asked)["id"]
        preview = {"analyzerArn": asked["analyzerArn"], "accessPreviewId": made}
        for _ in self._looks():
            state = send("get_access_preview", preview)["accessPreview"]
            if state["status"] == "FAILED":
                code = str((state.get("statusReason") or {}).get("code"))
                raise AnalyzerError(code, "AWS could not make the access preview.")
            if state["status"] == "COMPLETED":
                findings = send("list_access_preview_findings", preview)["findings"]
                return {"access": _access(findings)}
        raise self._too_late("no preview that is complete")

    def _looks(self) -> Iterator[None]:
        """Turns to look again, further and further apart, as long as anybody waits."""
        until = monotonic() + self._patience
        pause = _FIRST_PAUSE
        yield
        while monotonic() + pause < until:
            sleep(pause)
            yield
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _too_late(self, what: str) -> AnalyzerError:
        message = f"Access Analyzer had {what} after {self._patience:g} seconds."
        return AnalyzerError("CallDeadline", message)


def _checked(arn: str) -> str:
    if not _ANALYZER.fullmatch(arn):
        raise malformed_answer("an analyzer without its ARN")
    return arn


def _access(findings: Sequence[Mapping[str, Any]]) -> list[PreviewedAccess]:
    """What is not archived. Raises AnalyzerError where AWS could not tell all and found nothing."""
    active = [finding for finding in findings if finding["status"] == "ACTIVE"]
    found = [
        PreviewedAccess(
            finding.get("principal") or {},
            finding.get("action") or (),
            finding.get("condition") or {},
        )
        for finding in active
        if not finding.get("error")
    ]
    if active and not found:
        raise AnalyzerError("UndecidedPreview", "AWS could not analyze the policy.")
    return found
