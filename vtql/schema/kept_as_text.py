"""Fields that a server keeps as text though `describe` calls them something else.

They compare and sort as text: `duration_hours > 5` finds `'6'` and `'50'`, not `'10'` (measured on two
servers of version 8.4.0). The value of such a field may be no number, time or reference at all.
"""

from __future__ import annotations

from collections.abc import Mapping

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

NOT_ORDERED: Mapping[str, frozenset[str]] = {
    **{
        module: frozenset({"hdnDiscountAmount", "hdnDiscountPercent"})
        for module in ("Invoice", "PurchaseOrder", "Quotes", "SalesOrder")
    },
    "Users": frozenset({"roleid"}),
}
"""By module, the fields by which ORDER BY fails in SQL, so that the answer is empty (measured)."""


def kept_as_text(module: str, field: str) -> bool:
    """Whether the column of a field is text though its described type is not."""
    return field in KEPT_AS_TEXT.get(module, ())


def not_ordered(module: str, field: str) -> bool:
    """Whether ORDER BY the field fails on a server."""
    return field in NOT_ORDERED.get(module, ())
