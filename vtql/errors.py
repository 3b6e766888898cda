"""Every exception of the package.

VtqlError
├── QuerySyntaxError           a text is not VTQL
├── SchemaError                describe metadata, or a name that is not in it
│   ├── CatalogError           the metadata does not have the shape of `describe` results
│   ├── ModuleError            no such module (a KeyError too)
│   └── FieldError             no such field or lookup
├── ArgumentError              an argument that cannot be right (a ValueError too)
├── FieldValueError            a value that its field does not take (a ValueError too)
├── NotExpressible             VTQL cannot say this
├── DecodeError                a server sent a value that its field's type cannot read
├── RecordError
│   ├── DoesNotExist           `get()` found none; each model has its own
│   └── MultipleObjectsReturned    `get()` found several; each model has its own
├── NotConnected               a query set of an offline model was asked for rows
├── TransportError             no answer of a web service came back
└── ServiceError               the web service refused: code, message, operation
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vtql.diagnostics import Diagnostic


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


class ArgumentError(VtqlError, ValueError):
    """An argument that cannot be right, whatever the server has."""


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


class TransportError(VtqlError):
    """The request or its answer was lost, or the answer is not one of a Vtiger web service."""


class ServiceError(VtqlError):
    """The web service answered that it will not.

    `code` is the server's, mostly a word such as `ACCESS_DENIED`, sometimes a number; the set is
    open. `message` is the server's text, `operation` what was asked of it.
    """

    def __init__(self, code: str | int, message: str, operation: str) -> None:
        super().__init__(f"{operation}: {code}: {message}")
        self.code = code
        self.message = message
        self.operation = operation
