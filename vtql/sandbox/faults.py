"""What goes wrong when a test wants it to: refusals, lost answers, cut lines, slowness, dirt.

A fault is waited for by the next request that fits. It comes before the operation, which is then
not done, or after: a server that was measured stores a record and answers HTTP 500 all the same.
"""

from __future__ import annotations

import errno
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from vtql.errors import ArgumentError
from vtql.protocol import INTERNAL_SERVER_ERROR, OPERATIONS, failure
from vtql.sandbox.refusals import MESSAGES
from vtql.sandbox.wire import HTML, JSON, Answer
from vtql.suggestions import suggestion

When: TypeAlias = Literal["before", "after"]

WARNING = (
    "<br />\n<b>Warning</b>:  Undefined array key in <b>/var/www/html</b> on line <b>1</b><br />\n"
)
"""What PHP prints in front of an answer where its settings let it (published; section 2.5)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What becomes of the right answer, or of none where the operation is not done: another
    answer, or None where the connection is cut. It meets requests of one operation, or of any
    where that is None."""

    operation: str | None
    spoilt: Callable[[Answer | None], Answer | None]
    when: When


class Faults:
    """The faults of a sandbox that are still to come, and those that last."""

    __slots__ = ("_lock", "_waiting", "dirt", "latency")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self.latency = 0.0
        self.dirt = ""

    def expect(self, fault: Fault, times: int) -> None:
        """Have a fault come to the next requests that fit.

        Raises:
            ArgumentError: there is no such moment, or no such number of requests.
        """
        if fault.when not in ("before", "after"):
            raise ArgumentError(f"`when` is 'before' or 'after', not {fault.when!r}")
        if not isinstance(times, int) or times < 1:
            raise ArgumentError(f"`times` is how many requests fail, at least 1, not {times!r}")
        with self._lock:
            self._waiting += [fault] * times

    def take(self, operation: str) -> Fault | None:
        """The fault that a request meets, which is then used up."""
        with self._lock:
            for at, fault in enumerate(self._waiting):
                if fault.operation in (None, operation.lower()):
                    return self._waiting.pop(at)
        return None

    def soiled(self, answer: Answer) -> Answer:
        """The answer with what `pollute_bodies` puts in front of JSON."""
        if not self.dirt or answer.kind != JSON:
            return answer
        return replace(answer, body=self.dirt.encode("utf-8", "replace") + answer.body)

    def wait(self, patience: float | None) -> None:
        """Take as long as `latency` says.

        Raises:
            TimeoutError: that is longer than a caller in this process waits.
        """
        if patience is not None and self.latency > patience:
            time.sleep(patience)
            raise TimeoutError(errno.ETIMEDOUT, "the sandbox's latency is longer than the timeout")
        if self.latency:
            time.sleep(self.latency)


class Unreliable:
    """The faults of a sandbox, as its methods."""

    __slots__ = ("_faults",)

    _faults: Faults

    def fail_next(
        self,
        operation: str | None = None,
        code: str | int = INTERNAL_SERVER_ERROR,
        message: str | None = None,
        *,
        status: int | None = None,
        times: int = 1,
        when: When = "before",
    ) -> None:
        """Fail the next requests of an operation, or of any.

        Args:
            operation: its name, such as `create`.
            code: of the refusal.
            message: of the refusal; the server's own for the code where none is given.
            status: an HTTP status; the body is then empty, as of a PHP error.
            times: how many requests fail.
            when: `after` does the operation first, and only its answer is lost.

        Raises:
            ArgumentError: there is no such operation, HTTP status, moment or number of requests.
        """
        if status is not None and not (isinstance(status, int) and 200 <= status <= 599):
            raise ArgumentError(f"an HTTP status goes from 200 to 599, not {status!r}")
        text = MESSAGES.get(str(code), "") if message is None else message
        refused = Answer(200, failure(code, text), JSON, code)
        answer = refused if status is None else Answer(status, b"", HTML)
        self._faults.expect(Fault(_known(operation), lambda _: answer, when), times)

    def drop_connection(
        self, operation: str | None = None, *, times: int = 1, when: When = "before"
    ) -> None:
        """Cut the connection of the next requests, before or after the operation is done.

        Raises:
            ArgumentError: there is no such operation.
        """
        self._faults.expect(Fault(_known(operation), lambda _: None, when), times)

    def truncate_next(self, operation: str | None = None, *, times: int = 1) -> None:
        """Answer the next requests with half of what there is to say, as PHP does that dies at it.

        Raises:
            ArgumentError: there is no such operation.
        """
        self._faults.expect(Fault(_known(operation), _half, "after"), times)

    def rate_limit(self, times: int = 1, *, retry_after: int = 1) -> None:
        """Answer the next requests with HTTP 429, as Vtiger Cloud does, and its headers.

        The status and the headers are published; the code in the body is not.
        """
        body = failure("TOO_MANY_REQUESTS", "Rate limit exceeded")
        headers = (
            ("Retry-After", str(retry_after)),
            ("X-FloodControl-MinuteRemaining", "0"),
            ("X-FloodControl-MinuteReset", str(retry_after)),
        )
        answer = Answer(429, body, JSON, "TOO_MANY_REQUESTS", headers)
        self._faults.expect(Fault(None, lambda _: answer, "before"), times)

    def pollute_bodies(self, dirt: str = WARNING) -> None:
        """Put something in front of every JSON body from now on; the empty text ends it.

        Raises:
            ArgumentError: it is no text.
        """
        if not isinstance(dirt, str):
            raise ArgumentError(f"what stands in front of a body is text, not {dirt!r}")
        self._faults.dirt = dirt

    @property
    def latency(self) -> float:
        """Seconds that every answer takes longer. A timeout counts in process as over HTTP."""
        return self._faults.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        if not isinstance(seconds, int | float) or not 0 <= seconds < float("inf"):
            raise ArgumentError(f"`latency` is a number of seconds, not {seconds!r}")
        self._faults.latency = seconds


def cut() -> ConnectionResetError:
    """What ends a request without an answer; a server that meets it closes the connection."""
    return ConnectionResetError(errno.ECONNRESET, "the sandbox was told to cut the connection")


def _half(answer: Answer | None) -> Answer | None:
    return answer and replace(answer, body=answer.body[: len(answer.body) // 2])


def _known(operation: str | None) -> str | None:
    names = {name.lower(): name for name in OPERATIONS}
    if operation is None or operation.lower() in names:
        return operation and operation.lower()
    near = suggestion(operation, OPERATIONS)
    raise ArgumentError(
        f"`{operation}` is not an operation of the web service" + (f"; {near}" if near else "")
    )
