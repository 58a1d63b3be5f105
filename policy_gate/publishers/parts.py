"""Publishing in parts: what one is refused keeps the others from nothing, and all ends in time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from policy_gate.fault import fault
from policy_gate.publishers.bounded import OutOfTimeError, WorkError, within

MAX_SECONDS = 150.0
"""Seconds that all calls together may take."""

Api = TypeVar("Api")


class RefusalError(Exception):
    """What a platform did not do, and why, in words that hold no token."""

    def __init__(self, message: str, status: int = 0, *, is_final: bool = False) -> None:
        super().__init__(message)
        self.status = status
        """Of HTTP; 0 where there was no answer."""

        self.is_final = is_final
        """Would any other call meet the same?"""


def publish_parts(
    platform: str, parts: Mapping[str, Callable[[Api], None]], connect: Callable[[], Api]
) -> dict[str, str]:
    """Publishes each part; gives the names of those that were not, each with the reason."""
    refused: dict[str, str] = {}
    done: set[str] = set()

    def work() -> bool:
        api = connect()
        for name, part in parts.items():
            try:
                part(api)
            except RefusalError as refusal:
                refused[name] = str(refusal)
                if refusal.is_final:
                    break
            except Exception as error:  # noqa: BLE001 - an answer of any kind must not end the run
                refused[name] = _internal(fault(error))
            else:
                done.add(name)
        return True

    try:
        within(MAX_SECONDS, work)
        reason = next(reversed(refused.values()), "")
    except OutOfTimeError:
        reason = f"{platform} takes too long"
    except WorkError as error:
        reason = _internal(str(error))
    told = dict(refused)
    return {name: told.get(name, reason) for name in parts if name not in done}


def sentences(refused: Mapping[str, str]) -> list[str]:
    """One for each reason, as `comment, commit status: GitLab takes too long`."""
    return [
        f"{', '.join(name for name, why in refused.items() if why == reason)}: {reason}"
        for reason in dict.fromkeys(refused.values())
    ]


def _internal(name: str) -> str:
    return f"internal error, please report it: {name}"
