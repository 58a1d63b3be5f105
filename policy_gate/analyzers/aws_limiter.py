"""How many calls may be in flight: fewer while the service throttles.

Additive increase, multiplicative decrease, as TCP does it (RFC 5681, section 3.1). What botocore
has for it, the retry mode `adaptive`, limits the rate of a client and takes many times as long.
"""

from __future__ import annotations

from threading import Condition


class Limiter:
    """Places for calls, at most `most`."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = float(most)
        self._taken = 0
        self._attempts = self._in_flight_then = 0
        self._changed = Condition()

    @property
    def limit(self) -> int:
        """The calls that may be in flight now; at least 1."""
        return int(self._limit)

    def take(self, timeout: float) -> bool:
        """Waits for a place, at most `timeout` seconds: was there one?"""
        with self._changed:
            if not self._changed.wait_for(lambda: self._taken < self.limit, timeout):
                return False
            self._taken += 1
            return True

    def give_back(self) -> None:
        with self._changed:
            self._taken -= 1
            self._changed.notify_all()

    def answered(self) -> None:
        """An attempt came through: as many of them as the limit raise it by one."""
        with self._changed:
            self._attempts += 1
            self._limit = min(float(self._most), self._limit + 1 / self._limit)
            self._changed.notify_all()

    def throttled(self) -> None:
        """An attempt was refused for its number: half the limit.

        Once for attempts that were in flight together: the others say nothing new.
        """
        with self._changed:
            self._attempts += 1
            if self._attempts >= self._in_flight_then:
                self._attempts, self._in_flight_then = 0, self.limit
                self._limit = max(1.0, self._limit / 2)
