"""What is logged, under the name `vtql.client`: a line a request, without anything secret.

A line has the operation, the module where one is named, the milliseconds, and the rows that came
or what came instead. It has no values: neither those of records nor the text of a query.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from vtql.client.cancellation import NotSent
from vtql.errors import ServiceError, TransportError
from vtql.protocol import Operation

log = logging.getLogger("vtql.client")
log.addHandler(logging.NullHandler())  # a program that sets up no log is told by exceptions alone
WAIT = "vtql_wait"
"""The attribute that the record of a wait has: its seconds."""
_QUERY = re.compile(r"(\?|%3[fF])[^\s\"']+")
_OURS = re.compile(r"sessionName|\.php\b|/restapi/")
"""What is in the addresses of a web service."""
_LOGGERS = (
    "urllib3.connection", "urllib3.connectionpool", "urllib3.poolmanager", "urllib3.util.retry",
)  # fmt: skip
_FROM = re.compile(r"\bfrom\s+(\w+)", re.IGNORECASE | re.ASCII)


@dataclass(slots=True)
class Line:
    """What a line will say; `result` is put in when it has come."""

    result: Any = None


@contextmanager
def log_request(operation: Operation, parameters: Mapping[str, object]) -> Iterator[Line]:
    """Log a request when it is over: at level INFO what came, at WARNING what did not."""
    line, began = Line(), time.perf_counter()
    label = operation_and_module(operation, parameters)
    try:
        yield line
    except NotSent:
        raise
    except Exception as error:
        why = error.code if isinstance(error, ServiceError) else type(error).__name__
        log.warning("%s: %s after %d ms", label, why, _milliseconds(began))
        raise
    rows = f", {len(line.result)} rows" if isinstance(line.result, list) else ""
    log.info("%s: %d ms%s", label, _milliseconds(began), rows)


def operation_and_module(operation: Operation, parameters: Mapping[str, object]) -> str:
    """What a line calls a request, such as `query Contacts`."""
    return " ".join(filter(None, (operation.name, _module(parameters))))


def log_wait(label: str, seconds: float, error: ServiceError | TransportError) -> None:
    """Log at level WARNING that a request waits before it is sent again, how long and why.

    The line has the kind of the failure and not its message, which may quote a server.
    """
    if isinstance(error, ServiceError):
        why = str(error.code)
    else:
        status = f" (HTTP {error.status})" if error.status else ""
        on_request = ", as long as the server asks" if (error.retry_after or 0.0) >= seconds else ""
        why = f"{type(error).__name__}{status}{on_request}"
    _log_seconds(f"{label}: sent again", seconds, why)


def log_hold(seconds: float) -> None:
    """Log at level WARNING that requests wait because a limit of the server is used up."""
    _log_seconds("the next request is sent", seconds, "a limit of the server is used up")


def _log_seconds(label: str, seconds: float, why: str) -> None:
    log.warning("%s in %.1f s: %s", label, seconds, why, extra={WAIT: seconds})


def redact_logs() -> None:
    """From now on an address that urllib3 logs ends with `?…`, without what is asked and the session, and
    what it could not read of an answer, which may repeat the request, is not shown."""
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_redacted)


def _module(parameters: Mapping[str, object]) -> str:
    module = parameters.get("elementType")
    query = _FROM.search(str(parameters.get("query", "")))
    return str(module) if module else query[1] if query else ""


def _milliseconds(began: float) -> int:
    return round(1000 * (time.perf_counter() - began))


def _redacted(record: logging.LogRecord) -> bool:
    given = record.args if isinstance(record.args, tuple) else ()
    if any(isinstance(value, str) and _OURS.search(value) for value in given):
        record.args = tuple(map(_redacted_value, given))
        record.exc_info = record.exc_text = None
    return True


def _redacted_value(value: object) -> object:
    if isinstance(value, BaseException):
        return type(value).__name__
    return _QUERY.sub(r"\1…", value) if isinstance(value, str) else value
