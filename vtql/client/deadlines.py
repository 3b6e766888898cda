"""How long an answer may take, from the request to its last byte.

A timeout is about one wait: a server that sends a byte every few seconds is never silent for long, and
its answer never ends. So the clock is looked at before each read from the socket, of the head of an
answer as of its body, and none waits beyond the deadline.
"""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from http.client import HTTPResponse
from typing import Any

from vtql.client import meanwhile

TIMES = 5
"""How many times the wait for an answer the whole of it may take, if nothing is said."""


class TooSlow(TimeoutError):
    """That an answer had not ended at its deadline, as a socket would say it."""


class DeadlineStream(io.RawIOBase):
    """What comes from a socket until a moment of the monotonic clock.

    `read` puts into a buffer what is there, and waits for no more; `lasting` has it wait so many
    seconds at most, fewer than it would.
    """

    def __init__(
        self,
        stream: io.IOBase,
        read: Callable[[Any], int | None],
        until: float,
        lasting: Callable[[float], None] | None = None,
    ) -> None:
        super().__init__()
        self._stream, self._read, self._until, self._lasting = stream, read, until, lasting

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int | None:
        """What is there, into a buffer.

        Raises:
            TooSlow: it came too late.
        """
        left = self._until - time.monotonic()
        if left <= 0:
            raise TooSlow
        if self._lasting is not None:
            self._lasting(left)
        try:
            return self._read(buffer)
        except TimeoutError:
            if time.monotonic() >= self._until:
                raise TooSlow from None
            raise

    def close(self) -> None:
        """Close what it comes from, too."""
        self._stream.close()
        super().close()


def response_class(limit: float) -> type[HTTPResponse]:
    """A class of answers that take no longer than so many seconds."""

    class Answer(HTTPResponse):
        def __init__(self, sock: Any, *args: Any, **options: Any) -> None:
            super().__init__(sock, *args, **options)
            meanwhile.now()  # an answer is made when its request has been sent
            waits = sock.gettimeout()

            def lasting(left: float) -> None:
                if waits is None or left < waits:
                    sock.settimeout(left)

            stream = self.fp.detach()
            until = time.monotonic() + limit
            self.fp = io.BufferedReader(DeadlineStream(stream, stream.readinto, until, lasting))

    return Answer


def limit_response(raw: Any, until: float) -> None:
    """Have the rest of an answer, as urllib3 gives it, come until a moment; what else there is comes
    as it does, such as from an application in the same process."""
    answer = getattr(raw, "_original_response", None)
    stream = getattr(answer, "fp", None)
    if isinstance(answer, HTTPResponse) and isinstance(stream, io.BufferedReader):
        answer.fp = io.BufferedReader(DeadlineStream(stream, stream.readinto1, until))
