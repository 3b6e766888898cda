"""vtql: compile, lint and run VTQL, the query language of the Vtiger CRM web service.

The names below are all that is public. Each is loaded when it is first used, so that importing
the package costs nothing that a program does not need.
"""

from __future__ import annotations

TYPE_CHECKING = False  # what type checkers take for True; `typing` itself costs milliseconds
if TYPE_CHECKING:
    from typing import Any

    from vtql.analysis import Analysis, analyze, analyze_script
    from vtql.ast import Select
    from vtql.catalog.catalog import Catalog
    from vtql.client.client import Client
    from vtql.client.connect import connect
    from vtql.client.retry import RetryPolicy
    from vtql.diagnostics import Applicability, Diagnostic, Edit, Severity
    from vtql.errors import (
        AnswerTimeout,
        ArgumentError,
        BrokenAnswer,
        CatalogError,
        ChoiceWarning,
        ClosedError,
        ConnectionLost,
        CreatedIdUnknown,
        DeadlinePassed,
        DecodeError,
        DoesNotExist,
        DuplicateRecord,
        FieldError,
        FieldValueError,
        FileInUse,
        ForeignAnswer,
        ForkError,
        ModuleError,
        MultipleObjectsReturned,
        NotAvailable,
        NotConnected,
        NotExpressible,
        QuerySyntaxError,
        RateLimited,
        RecordError,
        Redirected,
        SchemaError,
        ServerDown,
        ServerFailed,
        ServiceError,
        SettingsError,
        SilentChange,
        TransportError,
        Unreachable,
        UnreadValue,
        VtqlError,
    )
    from vtql.extended.compile import compile_text as compile  # noqa: A004 - the contract's name
    from vtql.extended.plan import Plan
    from vtql.formatter import format_text as format  # noqa: A004 - the contract's name
    from vtql.models.model import Model, model
    from vtql.parser.literals import quote
    from vtql.parser.printer import write
    from vtql.query.explain import Explanation
    from vtql.query.q import Q
    from vtql.query.queryset import QuerySet
    from vtql.source import Span
    from vtql.statements import parse

__version__ = "0.1.0"

_HOMES = {
    "Analysis": "vtql.analysis",
    "AnswerTimeout": "vtql.errors",
    "Applicability": "vtql.diagnostics",
    "ArgumentError": "vtql.errors",
    "BrokenAnswer": "vtql.errors",
    "Catalog": "vtql.catalog.catalog",
    "CatalogError": "vtql.errors",
    "ChoiceWarning": "vtql.errors",
    "Client": "vtql.client.client",
    "ClosedError": "vtql.errors",
    "ConnectionLost": "vtql.errors",
    "CreatedIdUnknown": "vtql.errors",
    "DeadlinePassed": "vtql.errors",
    "DecodeError": "vtql.errors",
    "Diagnostic": "vtql.diagnostics",
    "DoesNotExist": "vtql.errors",
    "DuplicateRecord": "vtql.errors",
    "Edit": "vtql.diagnostics",
    "Explanation": "vtql.query.explain",
    "FieldError": "vtql.errors",
    "FieldValueError": "vtql.errors",
    "FileInUse": "vtql.errors",
    "ForeignAnswer": "vtql.errors",
    "Model": "vtql.models.model",
    "ForkError": "vtql.errors",
    "ModuleError": "vtql.errors",
    "MultipleObjectsReturned": "vtql.errors",
    "NotAvailable": "vtql.errors",
    "NotConnected": "vtql.errors",
    "NotExpressible": "vtql.errors",
    "Plan": "vtql.extended.plan",
    "Q": "vtql.query.q",
    "QuerySet": "vtql.query.queryset",
    "QuerySyntaxError": "vtql.errors",
    "RateLimited": "vtql.errors",
    "RecordError": "vtql.errors",
    "Redirected": "vtql.errors",
    "RetryPolicy": "vtql.client.retry",
    "SchemaError": "vtql.errors",
    "Select": "vtql.ast",
    "ServerDown": "vtql.errors",
    "ServerFailed": "vtql.errors",
    "ServiceError": "vtql.errors",
    "SettingsError": "vtql.errors",
    "Severity": "vtql.diagnostics",
    "SilentChange": "vtql.errors",
    "Span": "vtql.source",
    "TransportError": "vtql.errors",
    "Unreachable": "vtql.errors",
    "UnreadValue": "vtql.errors",
    "VtqlError": "vtql.errors",
    "analyze": "vtql.analysis",
    "analyze_script": "vtql.analysis",
    "compile": "vtql.extended.compile",
    "connect": "vtql.client.connect",
    "format": "vtql.formatter",
    "model": "vtql.models.model",
    "parse": "vtql.statements",
    "quote": "vtql.parser.literals",
    "write": "vtql.parser.printer",
}
_NAMED = {"format": "format_text", "compile": "compile_text"}  # builtins where they are defined

__all__ = [
    "Analysis",
    "AnswerTimeout",
    "Applicability",
    "ArgumentError",
    "BrokenAnswer",
    "Catalog",
    "CatalogError",
    "ChoiceWarning",
    "Client",
    "ClosedError",
    "ConnectionLost",
    "CreatedIdUnknown",
    "DeadlinePassed",
    "DecodeError",
    "Diagnostic",
    "DoesNotExist",
    "DuplicateRecord",
    "Edit",
    "Explanation",
    "FieldError",
    "FieldValueError",
    "FileInUse",
    "ForeignAnswer",
    "ForkError",
    "Model",
    "ModuleError",
    "MultipleObjectsReturned",
    "NotAvailable",
    "NotConnected",
    "NotExpressible",
    "Plan",
    "Q",
    "QuerySet",
    "QuerySyntaxError",
    "RateLimited",
    "RecordError",
    "Redirected",
    "RetryPolicy",
    "SchemaError",
    "Select",
    "ServerDown",
    "ServerFailed",
    "ServiceError",
    "SettingsError",
    "Severity",
    "SilentChange",
    "Span",
    "TransportError",
    "Unreachable",
    "UnreadValue",
    "VtqlError",
    "analyze",
    "analyze_script",
    "compile",
    "connect",
    "format",
    "model",
    "parse",
    "quote",
    "write",
]


def __getattr__(name: str) -> Any:
    from importlib import import_module  # noqa: PLC0415 - costs a millisecond at start-up

    if name == "sandbox":  # `vtql.sandbox.Sandbox` without an import of its own
        return import_module("vtql.sandbox")
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'vtql' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(home), _NAMED.get(name, name))
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
