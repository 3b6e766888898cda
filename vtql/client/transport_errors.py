"""What came of a request that brought no answer, as a value.

An exception would keep, in its traceback, the frames in which a secret stood as text, and whoever
prints the variables of a traceback would see it. What requests raises may show the URL, and so the
session; it is never passed on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from http.client import HTTPException, RemoteDisconnected
from socket import gaierror
from traceback import format_tb, walk_tb
from typing import Any

import requests
from urllib3.exceptions import (
    ConnectTimeoutError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
)

from vtql.client.deadlines import TooSlow
from vtql.client.secrets import Secret, hidden
from vtql.errors import (
    AnswerTimeout,
    ClosedError,
    ConnectionLost,
    DeadlinePassed,
    ForkError,
    ServerDown,
    TransportError,
    Unreachable,
)

BY_MISTAKE = (
    ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, NameError,
    NotImplementedError, RecursionError, TypeError, ValueError,
)  # fmt: skip
"""What a program raises that has a mistake in it, such as an application in the same process. Over a
socket the same is raised, too, of what a server sends and of names that cannot be a host's."""
OF_A_TEXT = (UnicodeDecodeError, UnicodeEncodeError, UnicodeTranslateError)
SOCKETS = "requests.adapters"
WAY = ("encodings", "idna", "requests", "urllib", "urllib3")


@dataclass(frozen=True, slots=True)
class Loss:
    """That nothing usable came: how it is told, and whether the server may have been reached."""

    kind: type[TransportError]
    reason: str
    received: bool
    retry_after: float | None = None

    def error(self, operation: str) -> TransportError:
        """The exception that says so."""
        error = self.kind(f"{operation}: {self.reason}", received=self.received)
        error.retry_after = self.retry_after
        return error


@dataclass(frozen=True, slots=True)
class ForeignError:
    """An exception that is not about the way to a server, and so is raised as what it is: a
    program's own mistake, or that somebody pressed Ctrl-C."""

    exception: BaseException

    def error(self, _: str) -> BaseException:
        """The exception, which has left its frames behind."""
        return self.exception


def loss_of(error: BaseException, host: str, secrets: Iterable[Secret]) -> Loss | ForeignError:
    """What is told of an exception that a request ended with."""
    match error:
        case Exception() if _is_too_slow(error):
            reason = f"the answer of {host} kept coming and had not ended at the deadline"
            return Loss(DeadlinePassed, reason, received=True)
        case requests.RequestException():
            return _of_requests(error, host)
        case ClosedError() | ForkError():  # of a sandbox in the same process
            return ForeignError(_without_traceback(error))
        case Exception() if isinstance(error, BY_MISTAKE) and not _is_of_transport(error):
            return ForeignError(_caller_error(error, secrets))
        case UnicodeError():
            return Loss(TransportError, "a parameter is not Unicode text", received=False)
        case ValueError():  # of urllib3 and urllib
            reason = f"{host} is not the name of a host, or redirects to none"
            return Loss(Unreachable, reason, received=False)
        case Exception():
            reason = f"the request to {host} failed ({type(error).__name__})"
            return Loss(TransportError, reason, received=True)
        case _:
            return ForeignError(_without_traceback(error))


def _is_too_slow(error: BaseException | None) -> bool:
    """Whether an exception says so, or what it was made of."""
    while error is not None and not isinstance(error, TooSlow):
        error = error.__cause__ or error.__context__
    return error is not None


def _is_of_transport(error: Exception) -> bool:
    """Whether an exception comes from a socket, or from what leads to one."""
    modules = [str(frame.f_globals.get("__name__")) for frame, _ in walk_tb(error.__traceback__)]
    return SOCKETS in modules or modules[-1].partition(".")[0] in WAY


def _caller_error(error: Exception, secrets: Iterable[Secret]) -> Exception:
    """An exception as it is, and as a note the lines where it came from, without their values."""
    bases = [base for base in type(error).__mro__ if base.__module__ == "builtins"]
    # A UnicodeEncodeError and its like are made of what could not be encoded.
    kind = next(base for base in bases if base not in OF_A_TEXT)
    copy: Exception = kind(hidden(str(error), secrets))
    lines = "".join(format_tb(error.__traceback__))
    copy.add_note(f"{type(error).__name__} was raised on the way of a request:\n{lines.rstrip()}")
    return copy


def _without_traceback(error: BaseException) -> BaseException:
    """An exception that knows nothing of where it came from."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _of_requests(error: requests.RequestException, host: str) -> Loss:
    match error:
        case requests.exceptions.ConnectTimeout():
            reason = f"{host} does not answer: no connection within the timeout"
            return Loss(ServerDown, reason, received=False)
        case requests.exceptions.Timeout():
            reason = f"{host} took longer than the timeout to answer"
            return Loss(AnswerTimeout, reason, received=True)
        case requests.exceptions.SSLError():
            reason = f"no secure connection to {host}: its certificate or protocol is refused"
            return Loss(Unreachable, reason, received=False)
        case requests.exceptions.ProxyError():
            return Loss(Unreachable, f"the proxy on the way to {host} refuses", received=False)
        case (
            requests.exceptions.ChunkedEncodingError() | requests.exceptions.ContentDecodingError()
        ):
            reason = f"the answer of {host} broke off or cannot be unpacked"
            return Loss(ConnectionLost, reason, received=True)
        case requests.exceptions.ConnectionError() if isinstance(_cause(error), ReadTimeoutError):
            reason = f"the answer of {host} stopped on its way for longer than the timeout"
            return Loss(AnswerTimeout, reason, received=True)
        case requests.exceptions.ConnectionError() if _is_no_http(error):
            return Loss(ConnectionLost, f"what {host} answers is not HTTP", received=True)
        case requests.exceptions.ConnectionError() if _was_made(error):
            reason = f"{host} closed the connection without an answer"
            return Loss(ConnectionLost, reason, received=True)
        case requests.exceptions.ConnectionError():
            reason = f"no connection to {host}: it cannot be found, or does not answer there"
            kind = Unreachable if _is_unknown(error) else ServerDown
            return Loss(kind, reason, received=False)
        case _:
            reason = f"the request to {host} failed ({type(error).__name__})"
            return Loss(TransportError, reason, received=True)


def _was_made(error: requests.RequestException) -> bool:
    """Whether there was a connection, so that the server may have read the request."""
    return not isinstance(_cause(error), NewConnectionError | ConnectTimeoutError)


def _is_unknown(error: requests.RequestException) -> bool:
    """Whether the name of the host has no address."""
    cause = _cause(error)
    inner = getattr(cause, "__cause__", None) or getattr(cause, "__context__", None)
    return isinstance(inner, gaierror)


def _is_no_http(error: requests.RequestException) -> bool:
    cause = _cause(error)
    inner = cause.args[-1] if isinstance(cause, ProtocolError) and cause.args else None
    return isinstance(inner, HTTPException) and not isinstance(inner, RemoteDisconnected)


def _cause(error: requests.RequestException) -> Any:
    """What urllib3 raised."""
    cause: Any = error.args[0] if error.args else None
    return getattr(cause, "reason", None) or cause
