"""The total deadline of a request: how long it may take, from the first byte sent to the last received.

A read timeout is about one wait: a server that sends a byte every few seconds is never silent for long,
and its answer never ends. A body is therefore read in chunks, with a look at the clock after each. The
head of an answer comes in one call of requests, so that is made in a thread of its own, which is left
behind at the deadline; it ends when the server falls silent or stops.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, TypeVar, cast

import requests
from urllib3.exceptions import DecodeError, ProtocolError, ReadTimeoutError

TIMES = 5
"""How many read timeouts an answer may take in all, unless a deadline is given."""

CHUNK = 1 << 16
"""Bytes that are read at a time."""

GRACE = 0.2
"""Seconds beyond the deadline for which a thread is waited for: where its last wait ends at the deadline,
it says better what it waited for."""

Timeout = float | tuple[float, float]
T = TypeVar("T")


class TooSlow(TimeoutError):
    """That an answer had not ended at its deadline."""


class Watch:
    """Lets another thread see until when the exchange of this one may take, and give up on it then."""

    __slots__ = ("until",)

    def __init__(self) -> None:
        self.until: float | None = None

    @property
    def passed(self) -> bool:
        """Whether an exchange is under way, and has not ended in time."""
        until = self.until
        return until is not None and time.monotonic() > until + GRACE


def in_background(work: Callable[[], T], name: str) -> Callable[[float | None], T]:
    """Begin something in a daemon thread; the function that waits for its result, or raises its error.

    That function takes the seconds to wait, None for as long as it takes, and raises queue.Empty after
    them. An executor is not used, because its threads keep the interpreter from ending: one that waits
    for a server that never stops sending would keep it for good.
    """
    outcome: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

    def run() -> None:
        try:
            outcome.put((work(), None))
        except BaseException as error:  # noqa: BLE001 - raised again where the result is awaited
            outcome.put((None, error))

    def result(timeout: float | None) -> T:
        value, error = outcome.get(timeout=timeout)
        if error is None:
            return cast("T", value)
        try:
            raise error
        finally:
            del (
                error
            )  # else its traceback would lead back to it, and sockets stay open until collected

    threading.Thread(target=run, name=name, daemon=True).start()
    return result


def before(until: float, work: Callable[[], T], watch: Watch | None) -> T:
    """The result of something that is done in the background, unless it takes too long.

    Args:
        until: the deadline on the monotonic clock.
        work: what is done.
        watch: in a thread that another one watches, it is done here.

    Raises:
        TooSlow: it had not ended by then.
    """
    if watch is not None:
        watch.until = until
        try:
            return work()
        finally:
            watch.until = None
    result = in_background(work, "vtql-request")
    try:
        return result(max(0.0, until - time.monotonic()) + GRACE)
    except Empty:
        raise TooSlow from None


@contextmanager
def last_wait(until: float) -> Iterator[None]:
    """Let a read timeout that was cut short by the deadline be TooSlow."""
    try:
        yield
    except (requests.exceptions.ReadTimeout, requests.exceptions.ConnectionError) as error:
        connected = not isinstance(error, requests.exceptions.ConnectTimeout)
        if connected and time.monotonic() >= until:
            raise TooSlow from None
        raise


def limited(timeout: Timeout, deadline: float) -> Timeout:
    """Timeouts no wait of which is longer than the deadline, in seconds."""
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    if max(connect, read) <= deadline:
        return timeout
    return min(connect, deadline), min(read, deadline)


def chunks(answer: requests.Response, until: float) -> Iterator[bytes]:
    """The decoded body of an answer, as it comes.

    Raises:
        TooSlow: it had not ended by `until`.
        requests.RequestException: as `iter_content` raises it.
    """
    for chunk in _read(answer.raw) if _has_read1(answer.raw) else answer.iter_content(CHUNK):
        yield chunk
        if time.monotonic() >= until:
            raise TooSlow


def _has_read1(raw: Any) -> bool:
    """Whether an answer is urllib3's, of a version that gives what has come without waiting for more."""
    return hasattr(raw, "read1") and hasattr(raw, "decode_content")


def _read(raw: Any) -> Iterator[bytes]:
    """What has come each time. Its errors are those of `iter_content`, which waits for whole chunks."""
    try:
        while chunk := raw.read1(CHUNK, decode_content=True):
            yield chunk
    except ProtocolError as error:
        raise requests.exceptions.ChunkedEncodingError(error) from None
    except DecodeError as error:
        raise requests.exceptions.ContentDecodingError(error) from None
    except ReadTimeoutError as error:
        raise requests.exceptions.ConnectionError(error) from None
