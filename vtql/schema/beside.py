"""Fields that a server keeps in tables beside the main one, which it joins only where needed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

_LINE = (
    "comment discount_amount discount_percent hdnDiscountAmount hdnDiscountPercent image listprice "
    "margin productid purchase_cost quantity tax1 tax2 tax3"
)
"""The fields of lines. A query reads the two discounts of the record itself from here, too: their
columns have the names of the line's (measured)."""

BESIDE: Mapping[str, tuple[str, ...]] = {
    "Accounts": (
        "bill_city bill_code bill_country bill_pobox bill_state bill_street",
        "ship_city ship_code ship_country ship_pobox ship_state ship_street",
        "campaignrelstatus",
    ),
    "Calendar": (
        "parent_id",
        "contact_id",
        "reminder_time",
    ),
    "Campaigns": (
        "campaignrelstatus",
    ),
    "Contacts": (
        "assistant assistantphone birthday homephone leadsource otherphone",
        "portal support_end_date support_start_date",
        "mailingcity mailingcountry mailingpobox mailingstate mailingstreet mailingzip "
        "othercity othercountry otherpobox otherstate otherstreet otherzip",
        "campaignrelstatus",
    ),
    "Emails": (
        "filename",
        "access_count click_count",
        "bccmail ccmail email_flag from_email parent_id saved_toid",
    ),
    "Events": (
        "parent_id",
        "reminder_time",
        "contact_id",
    ),
    "Faq": (
        "comments",
    ),
    "HelpDesk": (
        "from_portal",
        "comments",
    ),
    "Invoice": (
        "bill_city bill_code bill_country bill_pobox bill_state bill_street",
        "ship_city ship_code ship_country ship_pobox ship_state ship_street",
        _LINE,
    ),
    "Leads": (
        "city code country fax lane mobile phone pobox state",
        "website",
        "campaignrelstatus",
    ),
    "PurchaseOrder": (
        "bill_city bill_code bill_country bill_pobox bill_state bill_street",
        "ship_city ship_code ship_country ship_pobox ship_state ship_street",
        _LINE,
    ),
    "Quotes": (
        "bill_city bill_code bill_country bill_pobox bill_state bill_street",
        "ship_city ship_code ship_country ship_pobox ship_state ship_street",
        _LINE,
    ),
    "SalesOrder": (
        "bill_city bill_code bill_country bill_pobox bill_state bill_street",
        "ship_city ship_code ship_country ship_pobox ship_state ship_street",
        "end_period invoicestatus last_recurring_date payment_duration recurring_frequency "
        "start_period",
        _LINE,
    ),
}  # fmt: skip
"""The fields of each such table, a line a table, by module; measured on 8.4.0 and its schema."""

STARRED = "starred"
CUSTOM = "cf_"


def table_beside(module: str, field: str) -> str | None:
    """A name for the table beside the main one that has a field; None for the main one's."""
    if field == STARRED or field.startswith(CUSTOM):
        return field[: len(CUSTOM)]
    return _tables(module).get(field)


@cache
def _tables(module: str) -> Mapping[str, str]:
    """The fields beside the main table of a module, each with all of its table."""
    return {field: fields for fields in BESIDE.get(module, ()) for field in fields.split()}


LINE_ITEMS = frozenset({"Invoice", "PurchaseOrder", "Quotes", "SalesOrder"})
"""The modules whose records have lines, kept in one table for all four."""

_SEVERAL: Mapping[str, frozenset[str]] = {
    "Calendar": frozenset({"contact_id", "parent_id", "reminder_time"}),
    "Emails": frozenset({"access_count click_count"}),
    "Events": frozenset({"contact_id", "parent_id", "reminder_time"}),
    "Faq": frozenset({"comments"}),
    "HelpDesk": frozenset({"comments"}),
    **dict.fromkeys(LINE_ITEMS, frozenset({_LINE})),
}
"""The tables that can have several rows for one record: `one_to_many` of the schema; measured of the
lines, of `contact_id` of Events and of the counters of Emails."""


@cache
def tables_of_several(module: str) -> tuple[frozenset[str], ...]:
    """The fields of each table that can have several rows for one record, in the order of `BESIDE`.

    A statement that names such a field reads the record once for each row of the field's table.
    """
    tables = (fields for fields in BESIDE.get(module, ()) if fields in _SEVERAL.get(module, ()))
    return tuple(frozenset(fields.split()) for fields in tables)


@cache
def several(module: str) -> frozenset[str]:
    """The fields whose table can have several rows for one record."""
    return frozenset().union(*tables_of_several(module))
