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
from vtql.protocol import OPERATIONS
from vtql.sandbox.http_messages import JSON, Response
from vtql.suggestions import suggestion

When: TypeAlias = Literal["before", "after"]

PHP_WARNING = (
    "<br />\n<b>Warning</b>:  Undefined array key in <b>/var/www/html</b> on line <b>1</b><br />\n"
)
"""What PHP prints in front of an answer where its settings let it (published; section 2.5)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What becomes of the right answer, or of none where the operation is not done: another
    answer, or None where the connection is cut. It meets requests of one operation, or of any
    where that is None."""

    operation: str | None
    spoilt: Callable[[Response | None], Response | None]
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

    def soiled(self, answer: Response) -> Response:
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


def connection_cut() -> ConnectionResetError:
    """What ends a request without an answer; a server that meets it closes the connection."""
    return ConnectionResetError(errno.ECONNRESET, "the sandbox was told to cut the connection")


def first_half(answer: Response | None) -> Response | None:
    return answer and replace(answer, body=answer.body[: len(answer.body) // 2])


def operation_key(operation: str | None) -> str | None:
    names = {name.lower(): name for name in OPERATIONS}
    if operation is None or operation.lower() in names:
        return operation and operation.lower()
    near = suggestion(operation, OPERATIONS)
    raise ArgumentError(
        f"`{operation}` is not an operation of the web service" + (f"; {near}" if near else "")
    )
