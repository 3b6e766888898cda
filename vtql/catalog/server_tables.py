"""Fields that a server keeps in tables beside the main one, which it joins only where needed."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from vtql.errors import DecodeError, UnreadValue

if TYPE_CHECKING:
    from vtql.catalog.model import Field, Module

_LINE = (
    "comment discount_amount discount_percent hdnDiscountAmount hdnDiscountPercent image listprice "
    "margin productid purchase_cost quantity tax1 tax2 tax3"
)
"""The fields of lines. A query reads the two discounts of the record itself from here, too: their
columns have the names of the line's (measured)."""

JOINED_TABLES: Mapping[str, tuple[str, ...]] = {
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
    return {field: fields for fields in JOINED_TABLES.get(module, ()) for field in fields.split()}


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
    """The fields of each table that can have several rows for one record, in the order of `JOINED_TABLES`.

    A statement that names such a field reads the record once for each row of the field's table.
    """
    tables = (
        fields for fields in JOINED_TABLES.get(module, ()) if fields in _SEVERAL.get(module, ())
    )
    return tuple(frozenset(fields.split()) for fields in tables)


@cache
def several(module: str) -> frozenset[str]:
    """The fields whose table can have several rows for one record."""
    return frozenset().union(*tables_of_several(module))


_APPENDED = re.compile(r"(?:tax|currency)[0-9]+")


SECRETS = frozenset({"user_password", "confirm_password", "accesskey"})
"""Those fields of Users on every open-source server (measured on 8.4)."""


def is_secret(module: Module, name: str) -> bool:
    """Whether a field holds a password or an access key (8.4 gives them to nobody: measured)."""
    field = module.fields.get(name)
    if field is None:
        return False
    return field.type.name == "password" or (module.name == "Users" and name in SECRETS)


def is_appended(module: Module, name: str) -> bool:
    """Whether a field is a tax or a currency of Products and Services (read in the source)."""
    return module.name in ("Products", "Services") and _APPENDED.fullmatch(name) is not None


def is_attachment(module: str, name: str) -> bool:
    """Whether a field is the attachment of an e-mail, which no query can name (measured on 8.4)."""
    return module == "Emails" and name == "filename"


@dataclass(frozen=True, slots=True)
class Implicit:
    """The records that queries of a module leave out.

    `left_out` names them and `instead` says where they are. Where the server compares a field that a
    query can have, `field` is that, and a record is found only if the value is among `only`, where
    that has any, and not among `never`; values are in lower case, for the server minds none.
    """

    left_out: str
    instead: str
    field: str = ""
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def finds(self, value: str) -> bool:
        """Whether records with this value of the field are found at all."""
        folded = value.rstrip(" ").lower()
        return folded not in self.never and (not self.only or folded in self.only)


IMPLICIT: Mapping[str, Implicit] = {
    "Leads": Implicit(
        "those that were converted",
        "what became of them is in Accounts, Contacts and Potentials: `isconvertedfromlead = '1'`",
    ),
    "Users": Implicit(
        "those who are not active",
        "an owner that no query of Users gives may be an inactive one",
        field="status", only=("active",),
    ),
    "Calendar": Implicit(
        "all but tasks", "meetings and calls are in Events", field="activitytype", only=("task",)
    ),
    "Events": Implicit(
        "tasks and e-mails", "tasks are in Calendar, e-mails in Emails",
        field="activitytype", never=("task", "emails"),
    ),
}  # fmt: skip
"""By module. Deleted records are left out of every module; Emails are what their name says."""


KEPT_AS_TEXT: Mapping[str, frozenset[str]] = {
    "Calendar": frozenset({"duration_hours", "time_end", "time_start"}),
    "Contacts": frozenset({"contact_id"}),
    "Emails": frozenset({"parent_id", "time_start"}),
    "Events": frozenset({"duration_hours", "time_end", "time_start"}),
    "Faq": frozenset({"product_id"}),
    "HelpDesk": frozenset({"parent_id", "product_id"}),
    "Invoice": frozenset({"potential_id"}),
    "PBXManager": frozenset({"customer", "user"}),
    "Project": frozenset({"linktoaccountscontacts", "potentialid"}),
    "ProjectMilestone": frozenset({"projectid", "projectmilestonedate"}),
    "ProjectTask": frozenset({"projectid"}),
    "Users": frozenset({"reports_to_id", "roleid"}),
}
"""By module, the fields whose column is text."""

NOT_ORDERED: Mapping[str, frozenset[str]] = {"Users": frozenset({"roleid"})}
"""By module, the fields by which ORDER BY fails in SQL even where they are selected, so that the answer is
empty (measured)."""

LINE_DISCOUNTS = frozenset({"hdnDiscountAmount", "hdnDiscountPercent"})
"""Fields of Invoice, PurchaseOrder, Quotes and SalesOrder that `retrieve` reads from the record and a query
reads from its lines, under the names `discount_amount` and `discount_percent` (measured)."""


def kept_as_text(module: str, field: str) -> bool:
    """Whether the column of a field is text though its described type is not."""
    return field in KEPT_AS_TEXT.get(module, ())


def not_ordered(module: str, field: str) -> bool:
    """Whether ORDER BY the field fails on a server, selected or not."""
    return field in NOT_ORDERED.get(module, ())


def is_line_discount(module: str, field: str) -> bool:
    """Whether a query reads the field of a record from the lines of the record."""
    return module in LINE_ITEMS and field in LINE_DISCOUNTS


class UnreadText(str):
    """The text that a server sent where the type of the field cannot read it."""

    __slots__ = ()


def decode_or_text(field: Field, wire: Any) -> Any:
    """The Python value of what a server sent, or its text where the type cannot read it."""
    try:
        return field.decode(wire)
    except DecodeError:
        return UnreadText(wire)


def count_unread(unread: dict[str, int], name: str) -> None:
    """Count one more value of a field that could not be read."""
    unread[name] = unread.get(name, 0) + 1


def unread_message(unread: Mapping[str, int], instead: str) -> str:
    """How many values could not be read, field by field, and what is given in their place."""
    total = sum(unread.values())
    fields = ", ".join(f"{number:,} of `{name}`" for name, number in unread.items())
    values = "value does" if total == 1 else "values do"
    return f"{total:,} {values} not fit the type of the field ({fields}); {instead}"


def warn_caller(message: str, category: type[Warning]) -> None:
    """Warn of the line that called into the package."""
    frame, level = inspect.currentframe(), 1
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("vtql."):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


def warn_unread(unread: Mapping[str, int], instead: str) -> None:
    """Warn of the values that could not be read, if there are any."""
    if unread:
        warn_caller(unread_message(unread, instead), UnreadValue)


def as_values(row: Mapping[str, Any], fields: Mapping[str, Field]) -> dict[str, Any]:
    """The Python values of all fields of a row; those that cannot be read as text, with a warning."""
    values = {name: decode_or_text(fields[name], row[name]) for name in row if name in fields}
    unread = {name: 1 for name, value in values.items() if type(value) is UnreadText}
    warn_unread(unread, "their text is given as it came")
    return values
