"""Every exception of the package.

VtqlError
├── QuerySyntaxError           a text is not VTQL
├── SchemaError                describe metadata, or a name that is not in it
│   ├── CatalogError           the metadata does not have the shape of `describe` results
│   ├── ModuleError            no such module (a KeyError too)
│   └── FieldError             no such field or lookup
├── SettingsError             a setting that is none, or cannot have its value
├── ArgumentError              an argument that cannot be right (a ValueError too)
│   ├── CheckpointError        a checkpoint is damaged, or belongs to another job
│   └── JournalError           a journal of records is damaged, or belongs to another job
├── FieldValueError            a value that its field does not take (a ValueError too)
├── NotExpressible             VTQL cannot say this
├── DecodeError                a server sent a value that its field's type cannot read
├── RecordError
│   ├── DoesNotExist           `get()` found none; each model has its own
│   └── MultipleObjectsReturned    `get()` found several; each model has its own
├── NotConnected               a query set of an offline model was asked for rows
├── ClosedError                a client or a sandbox was asked for something after `close()`
├── FileInUse                  a sandbox, a bulk write or an export has the file (an OSError too)
├── ForkError                  a loop or a sandbox of the parent process was used in a forked child
├── TransportError             no answer of a web service came back
│   ├── Unreachable            no connection was made, so nothing was received
│   │   └── ServerDown         nothing accepts connections there, as while a server restarts
│   ├── ConnectionLost         the connection broke before the answer was whole
│   ├── AnswerTimeout          the answer took longer than the timeout
│   │   └── DeadlinePassed     it kept coming, and had not ended at the deadline
│   ├── Redirected             the server sends its callers elsewhere
│   ├── RateLimited            the server wants fewer requests: HTTP 429
│   ├── ServerFailed           the server failed: HTTP 5xx, or nothing in the answer
│   ├── BrokenAnswer           the answer is not whole, or not of the shape it must have
│   ├── CreatedIdUnknown       a record was stored, or may have been, and its id did not come
│   └── ForeignAnswer          something else answered, such as a login page
├── NotAvailable               this kind of server lacks the operation
└── ServiceError               the web service refused: code, message, operation
    └── DuplicateRecord        a record with the same unique fields is there: code 0

UserWarning
├── ChoiceWarning              a value that is not on the list of its picklist
├── SilentChange               a server stores a value otherwise than it was sent
└── UnreadValue                values that their fields' types cannot read were given as text
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vtql.diagnostics import Diagnostic
    from vtql.source import Span


class VtqlError(Exception):
    """What every exception of the package is."""


class QuerySyntaxError(VtqlError):
    """A text is not VTQL; its own text shows the place. The findings are in `diagnostics`."""

    def __init__(self, painted: str, diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(painted)
        self.diagnostics = tuple(diagnostics)


class SchemaError(VtqlError):
    """Something about modules and fields does not hold."""


class CatalogError(SchemaError):
    """The metadata does not have the shape of `describe` results."""


class ModuleError(SchemaError, KeyError):
    """The catalog has no such module."""

    __str__ = Exception.__str__  # a KeyError would show its message in quotes


class FieldError(SchemaError):
    """The module has no such field, or the field no such lookup."""


class SettingsError(VtqlError):
    """There is no such setting, or it cannot have the value given."""


class ArgumentError(VtqlError, ValueError):
    """An argument that cannot be right, whatever the server has."""


class CheckpointError(ArgumentError):
    """A checkpoint of an export or of changes is damaged, or belongs to another server, user, module
    or query. Nothing was asked, and the file is as it was."""


class JournalError(ArgumentError):
    """A journal of a bulk write is damaged, or belongs to another server, user, module, operation or
    other records. Nothing was sent, and the file is as it was. `line` is that of the damage, or None.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class FieldValueError(VtqlError, ValueError):
    """A value that its field does not take."""


class NotExpressible(VtqlError):
    """VTQL cannot say this; the message names the part and the nearest form that it can."""


class DecodeError(VtqlError, ValueError):
    """A value from a server that its field's type cannot read."""


class RecordError(VtqlError):
    """`get()` did not find exactly one record."""


class DoesNotExist(RecordError):
    """`get()` found no record."""


class MultipleObjectsReturned(RecordError):
    """`get()` found more than one record."""


class NotConnected(VtqlError):
    """A query set of an offline model was asked for rows."""


class ClosedError(VtqlError):
    """A client or a sandbox was asked for something after `close()`, or while it was closing."""


class FileInUse(VtqlError, OSError):
    """A sandbox, a bulk write or an export has the file, in this process or in another one."""


class ForkError(VtqlError):
    """A loop over rows, or a sandbox, of the parent process was used in a child after `os.fork`.

    Clients and query sets work in the child; they log in anew there.
    """


class TransportError(VtqlError):
    """The request or its answer was lost, or the answer is not one of a Vtiger web service.

    `received` tells whether the server may have acted on the request all the same: a record may
    be stored although the answer was HTTP 500 (measured on 8.4). `retry_after` is the number of
    seconds to wait, where the server told it; `status` the HTTP status, where an answer came;
    `plain_text` whether that was text, neither JSON nor HTML, such as a program prints at its end.
    """

    def __init__(
        self, message: str = "", *, received: bool = True, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.received = received
        self.retry_after = retry_after
        self.status: int | None = None
        self.plain_text = False


class Unreachable(TransportError):
    """No connection was made, so the server has received nothing."""


class ServerDown(Unreachable):
    """Nothing accepts connections at the address, as while a server restarts. The name of the host
    is known; a certificate or a proxy that refuses is another kind of `Unreachable`."""


class ConnectionLost(TransportError):
    """The connection broke before the answer was whole."""


class AnswerTimeout(TransportError):
    """The answer took longer than the timeout."""


class DeadlinePassed(AnswerTimeout):
    """The answer kept coming, and had not ended at the deadline. It is not asked for again: the
    deadline is for as long as anybody waits."""


class Redirected(TransportError):
    """The server sends its callers elsewhere; redirects are not followed."""


class RateLimited(TransportError):
    """The server wants fewer requests: HTTP 429, or a limit of Vtiger Cloud that is used up."""


class ServerFailed(TransportError):
    """The server failed: HTTP 5xx, or an answer with nothing in it."""


class BrokenAnswer(TransportError):
    """The answer is not whole, as JSON that is cut off, or not of the shape it must have."""


class CreatedIdUnknown(TransportError):
    """A `create` was answered without its record, so the record is stored and its id unknown.

    Measured on 8.4.0: a record with an owner that does not exist is stored and then answered with
    plain text, and one of a group was stored and answered with HTTP 500. It is never sent again.
    `certain` is false where the server may have failed before it stored the record, as with HTTP
    500. `query` is VTQL that finds records with what was sent, the newest first; it is empty where
    nothing that was sent can be looked for. The error that the answer is by itself is `__cause__`.
    """

    def __init__(self, message: str, *, query: str, certain: bool) -> None:
        super().__init__(message)
        self.query = query
        self.certain = certain


class ForeignAnswer(TransportError):
    """Something else answered than a Vtiger web service: a login page, another program."""


class NotAvailable(VtqlError):
    """This kind of server is known to lack the operation; the message says what to use instead."""


class ServiceError(VtqlError):
    """The web service answered that it will not.

    `code` is the server's, mostly a word such as `ACCESS_DENIED`, sometimes a number; the set is
    open. `message` is the server's text, `operation` what was asked of it. For a query, `span` is
    the part of its text that the message is about, where that can be told.
    """

    def __init__(
        self, code: str | int, message: str, operation: str, span: Span | None = None
    ) -> None:
        super().__init__(f"{operation}: {code}: {message}")
        self.code = code
        self.message = message
        self.operation = operation
        self.span = span


class DuplicateRecord(ServiceError):
    """A record with the same values in its unique fields is there: code 0, since 7.1."""


class ChoiceWarning(UserWarning):
    """A value that the list of a picklist does not have, as far as this user may see it."""


class SilentChange(UserWarning):
    """A server stores a value otherwise than it was sent, and says nothing."""


class UnreadValue(UserWarning):
    """Values that the types of their fields cannot read were given as text, or as NULL in typed tables."""
