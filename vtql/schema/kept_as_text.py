"""Fields that a server keeps as text though `describe` calls them something else.

They compare and sort as text: `duration_hours > 5` finds `'6'` and `'50'`, not `'10'` (measured on two
servers of version 8.4.0). The value of such a field may be no number, time or reference at all.
"""

from __future__ import annotations

from collections.abc import Mapping

from vtql.schema.beside import LINE_ITEMS

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
