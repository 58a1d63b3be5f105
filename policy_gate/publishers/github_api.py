"""Calls of the REST API of GitHub, through PyGithub: bounded in number and time, to one host.

Every path is made here and none is taken from an answer, so the token goes nowhere but to the host
of GITHUB_API_URL; of redirects PyGithub follows only those to the same scheme and host. Source:
https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import requests
from github import Auth, Github

from policy_gate import __version__
from policy_gate.publishers.github_answers import (
    ATTEMPTS,
    PAUSE,
    Answer,
    Judged,
    judged,
)
from policy_gate.publishers.github_job import Job
from policy_gate.publishers.parts import RefusalError

TIMEOUT = 15
"""Seconds that a connection, or the next bytes of an answer, may take."""

DEADLINE = 120.0
"""Seconds after which no call is begun."""

SECONDS_BETWEEN_WRITES = 1.0
"""What GitHub asks for."""

PER_PAGE = 100
MOST_PAGES = 30
"""Pages of a list: GitHub lists at most 3,000 files of a pull request."""


class GitHubApi:
    """The repository of a job. Every method raises RefusalError."""

    def __init__(self, job: Job) -> None:
        self._path = job.path
        self._token = job.token
        self._end = time.monotonic() + DEADLINE
        self._login: str | None = None
        self._requester = Github(
            auth=Auth.Token(job.token),
            base_url=job.api_url,
            timeout=TIMEOUT,
            user_agent=f"policy-gate/{__version__}",
            retry=0,
            seconds_between_requests=None,
            seconds_between_writes=SECONDS_BETWEEN_WRITES,
        ).requester

    def get(self, path: str) -> dict[str, Any]:
        return _object(self._call("GET", self._path + path))

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """The objects of a list, of at most MOST_PAGES pages."""
        for page in range(1, MOST_PAGES + 1):
            parameters = {"per_page": PER_PAGE, "page": page}
            items = self._call("GET", self._path + path, parameters)
            if not isinstance(items, list):
                raise RefusalError("GitHub gave no list", is_final=True)
            yield from map(_object, items)
            if len(items) < PER_PAGE:
                return

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return _object(self._call("POST", self._path + path, body=body))

    def patch(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        return _object(self._call("PATCH", self._path + path, body=body))

    def delete(self, path: str) -> None:
        """Removes what may be gone already."""
        try:
            self._call("DELETE", self._path + path)
        except RefusalError as refusal:
            if refusal.status != 404:
                raise

    def wrote(self, comment: dict[str, Any]) -> bool:
        """Did whoever the token belongs to write the comment?

        The token of a job or an app may not ask whose it is; their comments are by bots.
        """
        if self._login is None:
            self._login = self._own_login()
        user = comment.get("user")
        if not isinstance(user, dict):
            return False
        return bool(user.get("login") == self._login if self._login else user.get("type") == "Bot")

    def _own_login(self) -> str:
        try:
            user = _object(self._call("GET", "/user"))
        except RefusalError as refusal:
            if refusal.status == 403 and not refusal.is_final:
                return ""
            raise
        login = user.get("login")
        if not isinstance(login, str) or not login:
            raise RefusalError("GitHub does not tell whose token GITHUB_TOKEN is")
        return login

    def _call(
        self,
        verb: str,
        path: str,
        parameters: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
    ) -> Any:
        attempt = 1
        while True:
            if time.monotonic() >= self._end:
                raise RefusalError("GitHub takes too long", is_final=True)
            refused = self._asked(verb, path, parameters, body, attempt)
            if isinstance(refused, Answer):
                return refused.data
            is_last = refused.wait is None or attempt == ATTEMPTS
            if refused.wait is None or is_last or time.monotonic() + refused.wait >= self._end:
                raise refused.refusal
            time.sleep(refused.wait)
            attempt += 1

    def _asked(
        self,
        verb: str,
        path: str,
        parameters: dict[str, Any] | None,
        body: dict[str, Any] | None,
        attempt: int,
    ) -> Answer | Judged:
        try:
            answer = Answer(*self._requester.requestJson(verb, path, parameters, input=body))
        except requests.RequestException as error:
            # Its text may quote a header.
            message = f"GitHub cannot be reached at GITHUB_API_URL ({type(error).__name__})"
            return Judged(RefusalError(message, is_final=True), PAUSE * attempt)
        except (AssertionError, RecursionError, RuntimeError):
            return Judged(RefusalError("GitHub redirects to another place", is_final=True))
        return answer if answer.status < 300 else judged(answer, attempt, self._token)


def _object(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise RefusalError("GITHUB_API_URL gives what is no answer of GitHub", is_final=True)
    return data
