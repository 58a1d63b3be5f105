"""Calls of the REST API of GitLab, through python-gitlab: bounded in number and time, to one host.

Every path is made here and none is taken from an answer, and no redirect is followed, so the token
goes nowhere but to the instance that the job is of. Source: https://docs.gitlab.com/api/rest/
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import requests
from gitlab import Gitlab
from gitlab.exceptions import GitlabError

from policy_gate import __version__
from policy_gate.publishers.gitlab_job import Job
from policy_gate.publishers.parts import RefusalError
from policy_gate.reporters.visible import visible

TIMEOUT = 15
"""Seconds that a connection, or the next bytes of an answer, may take."""

DEADLINE = 120.0
"""Seconds after which no call is begun."""

ATTEMPTS = 3
"""How often a call is made that met a server error, a broken connection or a rate limit."""

PAUSE = 1.0
"""Seconds before the second attempt; twice as many before the third."""

LIMIT_PAUSE = 60.0
"""Seconds to wait at a rate limit that does not say how long it lasts."""

PER_PAGE = 100

MOST_PAGES = 30
"""Pages of one list that is read."""

_MAX_TOLD = 200


class _Refused(NamedTuple):
    refusal: RefusalError
    wait: float | None = None
    """Seconds after which another attempt may succeed, None where none will."""


class _Session(requests.Session):
    """Follows no redirect: it would send the token along, which only GitLab's own header holds."""

    retry_after = ""
    """What the last answer says."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        del resp

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        response = super().send(request, **options)
        self.retry_after = response.headers.get("Retry-After", "")
        return response


class GitLabApi:
    """The projects of a job. Every method raises RefusalError."""

    def __init__(self, job: Job) -> None:
        self._token = job.token
        self._end = time.monotonic() + DEADLINE
        self._session = _Session()
        self._own_id: int | None = None
        self._merge_request = f"/projects/{job.target_project}/merge_requests/{job.merge_request}"
        self._statuses = f"/projects/{job.project}/statuses/{job.commit}"
        self._gitlab = Gitlab(
            job.url,
            private_token=job.token,
            timeout=TIMEOUT,
            user_agent=f"policy-gate/{__version__}",
            keep_base_url=True,
            session=self._session,
        )

    def open_merge_request(self) -> dict[str, Any]:
        """The merge request; refuses one that is closed or merged."""
        try:
            merge_request = _object(self._call("get", self._merge_request))
        except RefusalError as refusal:
            if refusal.status != 404:
                raise
            message = "there is no such merge request, or GITLAB_TOKEN may not see it"
            raise RefusalError(message, 404) from refusal
        if merge_request.get("state") != "opened":
            raise RefusalError(f"the merge request is {self._visible(merge_request.get('state'))}")
        return merge_request

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """The objects of a list below the merge request, of at most MOST_PAGES pages."""
        for page in range(1, MOST_PAGES + 1):
            query = {"per_page": PER_PAGE, "page": page}
            items = self._call("get", self._merge_request + path, query)
            if not isinstance(items, list):
                raise RefusalError("GitLab gave no list", is_final=True)
            yield from map(_object, items)
            if len(items) < PER_PAGE:
                return

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Makes something below the merge request.

        A refusal without a status, or with one of a server error, does not tell whether it is made.
        """
        return _object(self._call("post", self._merge_request + path, body=body))

    def put(self, path: str, body: dict[str, Any]) -> None:
        self._call("put", self._merge_request + path, body=body)

    def delete(self, path: str) -> None:
        """Removes what may be gone already."""
        try:
            self._call("delete", self._merge_request + path)
        except RefusalError as refusal:
            if refusal.status != 404:
                raise

    def set_status(self, body: dict[str, Any]) -> None:
        """The status of the commit that the pipeline is for."""
        self._call("post", self._statuses, body=body)

    def is_own(self, user: object) -> bool:
        """Is it the user that the token belongs to? A project access token has one of its own."""
        if self._own_id is None:
            own = _object(self._call("get", "/user")).get("id")
            if not isinstance(own, int):
                raise RefusalError("GitLab does not tell whose token GITLAB_TOKEN is")
            self._own_id = own
        return isinstance(user, dict) and user.get("id") == self._own_id

    def _call(
        self,
        verb: str,
        path: str,
        query: dict[str, Any] | None = None,
        body: dict[str, Any] | None = None,
    ) -> Any:
        attempt = 1
        while True:
            if time.monotonic() >= self._end:
                raise RefusalError("GitLab takes too long", is_final=True)
            answer = self._asked(verb, path, query, body, attempt)
            if not isinstance(answer, _Refused):
                return answer
            is_last = answer.wait is None or attempt == ATTEMPTS
            if answer.wait is None or is_last or time.monotonic() + answer.wait >= self._end:
                raise answer.refusal
            time.sleep(answer.wait)
            attempt += 1

    def _asked(
        self,
        verb: str,
        path: str,
        query: dict[str, Any] | None,
        body: dict[str, Any] | None,
        attempt: int,
    ) -> Any:
        # What may have been made already is not made again.
        again = None if verb == "post" else PAUSE * attempt
        try:
            response = self._gitlab.http_request(
                verb, path, query, body, obey_rate_limit=False, max_retries=0
            )
            return response.json() if response.content else None
        except GitlabError as error:
            return self._judged(error, again)
        except (ValueError, RecursionError):
            return _Refused(RefusalError("GitLab gave no JSON", is_final=True))
        except requests.RequestException as error:
            # Its text may quote a header.
            message = f"GitLab cannot be reached ({type(error).__name__})"
            return _Refused(RefusalError(message, is_final=True), again)

    def _judged(self, error: GitlabError, again: float | None) -> _Refused:
        status = error.response_code or 0
        told = f"{status}: {self._visible(error.error_message)}".removesuffix(": ")
        if status < 400:
            message = f"GitLab redirects to another place ({status})"
            return _Refused(RefusalError(message, status, is_final=True))
        if status == 401:
            message = f"GITLAB_TOKEN is not valid, or not any more ({told})"
            return _Refused(RefusalError(message, status, is_final=True))
        if status == 429:
            message = f"the rate limit is reached ({told})"
            return _Refused(RefusalError(message, status, is_final=True), self._limit_lasts())
        if status >= 500:
            message = f"GitLab is at fault ({told})"
            return _Refused(RefusalError(message, status, is_final=True), again)
        if status == 403:
            message = f"GITLAB_TOKEN may not do this: it needs the scope api, and its role ({told})"
            return _Refused(RefusalError(message, status))
        return _Refused(RefusalError(told, status))

    def _limit_lasts(self) -> float:
        after = self._session.retry_after
        return float(after) if after.isascii() and after.isdigit() else LIMIT_PAUSE

    def _visible(self, message: object) -> str:
        text = str(message).replace(self._token, "***")
        # A page of a proxy tells nothing that a line can hold.
        return "" if text.lstrip().startswith("<") else visible(text[:_MAX_TOLD], "utf-8")


def _object(data: Any) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise RefusalError("CI_API_V4_URL gives what is no answer of GitLab", is_final=True)
    return data
