"""A `create` whose answer has no record: what is known then, and how to look for the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vtql.catalog.catalog import Catalog
from vtql.catalog.model import Field, Module
from vtql.errors import (
    BrokenAnswer,
    CreatedIdUnknown,
    ForeignAnswer,
    ServerFailed,
    TransportError,
    VtqlError,
)
from vtql.models.model import make_model

SOUGHT = frozenset({"string", "email", "phone", "url", "text", "date"})
LONGEST_VALUE = 100
CONDITIONS = 8
CANDIDATES = 10


def has_lost_its_record(error: TransportError) -> bool:
    """Whether a failure of `create` is that the web service answered without the record.

    A page of HTML comes from elsewhere, such as a login form, and HTTP 502 to 504 from a proxy.
    """
    match error:
        case ForeignAnswer():
            return error.plain_text
        case BrokenAnswer():
            return True
        case ServerFailed():
            return error.status in (200, 500)
    return False


def id_unknown(error: TransportError, module: str, query: str) -> CreatedIdUnknown:
    """The error that says so.

    Args:
        error: what the answer is by itself.
        module: the name of the module.
        query: finds records with what was sent.
    """
    certain = error.plain_text
    stored = "was stored" if certain else "may have been stored"
    look = f"; `{query}` looks for it" if query else ""
    found = CreatedIdUnknown(
        f"the record of {module} {stored}, and its id did not come{look}. It is not sent again, which "
        f"could store it twice. {error}",
        query=query,
        certain=certain,
    )
    found.status, found.plain_text = error.status, error.plain_text
    return found


def query_for(module: Module, catalog: Catalog, sent: Mapping[str, Any]) -> str:
    """VTQL that finds records with the values that were sent, the newest first.

    Only texts and dates are looked for that a server stores as they are sent, those of mandatory
    fields first. Empty where there are none.
    """
    fields = sorted(
        (field for name, field in module.fields.items() if _is_kept(field, sent.get(name))),
        key=lambda field: not field.mandatory,
    )
    if not fields:
        return ""
    columns = [name for name in ("id", "createdtime") if name in module.fields]
    records = make_model(module.name, catalog).objects.only(*columns).order_by("-id")
    try:
        found = records.filter(**{field.name: sent[field.name] for field in fields[:CONDITIONS]})
        return found[:CANDIDATES].vtql
    except VtqlError:  # a value that can be stored and not be asked for
        return ""


def _is_kept(field: Field, value: Any) -> bool:
    if field.type.name not in SOUGHT or not isinstance(value, str):
        return False
    if not 0 < len(value.strip()) <= LONGEST_VALUE:
        return False
    return all(" " <= each <= "\uffff" for each in value) and "<" not in value
