"""Fault injection: refusals, lost responses, cut connections, latency, PHP warnings in bodies.

A fault applies to the next matching request, either before the operation, which is then not
executed, or after it: real servers store some records and still answer HTTP 500 (measured).
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
"""What PHP prints before a body if its settings allow it (published; section 2.5)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A transformation of the response of one operation, or of any where that is None.

    `transform` gets None where the operation is not executed, and returns None to cut the
    connection.
    """

    operation: str | None
    transform: Callable[[Response | None], Response | None]
    when: When


class Faults:
    """The pending faults of a sandbox, and the permanent ones: latency and a prefix of bodies."""

    __slots__ = ("_lock", "_waiting", "latency", "prefix")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self.latency = 0.0
        self.prefix = ""

    def add(self, fault: Fault, times: int) -> None:
        """Apply a fault to the next matching requests.

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
        """Remove and return the fault for a request, if there is one."""
        with self._lock:
            for at, fault in enumerate(self._waiting):
                if fault.operation in (None, operation.lower()):
                    return self._waiting.pop(at)
        return None

    def polluted(self, response: Response) -> Response:
        """The response with the prefix of `pollute_bodies`, if it is JSON."""
        if not self.prefix or response.content_type != JSON:
            return response
        return replace(response, body=self.prefix.encode("utf-8", "replace") + response.body)

    def wait(self, timeout: float | None) -> None:
        """Sleep for the injected latency, or until the timeout of the caller.

        Raises:
            TimeoutError: the latency is longer than the timeout of a caller in this process.
        """
        if timeout is not None and self.latency > timeout:
            time.sleep(timeout)
            raise TimeoutError(errno.ETIMEDOUT, "the sandbox's latency is longer than the timeout")
        if self.latency:
            time.sleep(self.latency)


def connection_cut() -> ConnectionResetError:
    """The error that ends a request without a response; a server closes the connection on it."""
    return ConnectionResetError(errno.ECONNRESET, "the sandbox was told to cut the connection")


def first_half(response: Response | None) -> Response | None:
    """The response with the first half of its body."""
    return response and replace(response, body=response.body[: len(response.body) // 2])


def operation_key(operation: str | None) -> str | None:
    """The name of an operation in lower case; None stands for any.

    Raises:
        ArgumentError: there is no such operation.
    """
    names = {name.lower(): name for name in OPERATIONS}
    if operation is None or operation.lower() in names:
        return operation and operation.lower()
    near = suggestion(operation, OPERATIONS)
    raise ArgumentError(
        f"`{operation}` is not an operation of the web service" + (f"; {near}" if near else "")
    )
