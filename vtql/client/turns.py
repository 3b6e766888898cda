"""Whose turn it is to log in, of all that are the same user at a server.

A server keeps one challenge a user, so a challenge that is asked for spoils the one before (reference 2.1).
In this process a lock for each user makes logins take turns; and since a challenge serves several logins
(measured), those that are made at about the same time share one, so that many logins take as long as one.
A server that takes a challenge only once is found out, and its logins are made one after another.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakValueDictionary

from vtql.client.secrets import Secret
from vtql.fork import renew_after_fork

YOUNG = 60.0
"""Seconds for which logins share a challenge. A server forgets it after 300."""


@dataclass(slots=True, eq=False)
class Challenge:
    """A challenge, how long logins share it, and how many do."""

    token: Secret
    until: float
    uses: int = 0

    @classmethod
    def of(cls, token: str) -> Challenge:
        """A new one."""
        return cls(Secret(token), time.monotonic() + YOUNG)


class Turn:
    """The logins of a user at a server: whose turn it is to have a challenge, and the last one.

    It can be forgotten when nobody needs it.
    """

    __slots__ = ("__weakref__", "_last", "lock", "shares")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.shares = True
        self._last: Challenge | None = None
        renew_after_fork(self, Turn._renew)

    def _renew(self) -> None:
        self.lock = threading.Lock()
        self._last = None

    def challenge(self, used: Challenge | None, ask: Callable[[], str]) -> Challenge:
        """The challenge for a login of who has used another one before; asks for one if need be."""
        last = self._last
        if not self.shares or last is None or last is used or time.monotonic() >= last.until:
            last = self._last = Challenge.of(ask())
        last.uses += 1
        return last

    def forget(self, challenge: Challenge | None = None) -> None:
        """Share this challenge no more; if none is named, whichever it is."""
        if challenge is None or challenge is self._last:
            self._last = None


class _Turns:
    """The turns of this process, by server and user."""

    __slots__ = ("__weakref__", "_lock", "_turns")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._turns: WeakValueDictionary[tuple[str, str], Turn] = WeakValueDictionary()
        renew_after_fork(self, _Turns._renew)

    def _renew(self) -> None:
        self._lock = threading.Lock()

    def of(self, url: str, username: str) -> Turn:
        with self._lock:
            return self._turns.setdefault((url, username.casefold()), Turn())


_TURNS = _Turns()


def turn_of(url: str, username: str) -> Turn:
    """The turn in which all logins of a user at a server are made, in the whole process."""
    return _TURNS.of(url, username)
