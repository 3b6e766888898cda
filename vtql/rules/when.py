"""When a rule is worth asking: what a query has to have for it to find anything.

Each says yes too often rather than too seldom; the rule itself looks closer.
"""

from __future__ import annotations

from vtql.ast import Bare, Columns, Comparison, Count, Operator, Star
from vtql.catalog.families import Family
from vtql.catalog.server_tables import KEPT_AS_TEXT, LINE_ITEMS
from vtql.rules.rule import Query, names_of

HIDING = ("Users", "Products", "Services", "Emails")
FILTERED = ("Leads", "Users", "Calendar", "Events")
MULTIPLYING = (
    "Invoice", "PurchaseOrder", "Quotes", "SalesOrder", "Calendar", "Events", "Emails", "Faq", "HelpDesk",
)  # fmt: skip
WHOLE_PAGE = 600
"""Characters of a query that fit into any URL, even if each is twelve bytes there."""


def always(_query: Query) -> bool:
    """Any query."""
    return True


def has_no_module(query: Query) -> bool:
    """The catalog does not know the module."""
    return query.catalog is not None and query.module is None


def has_unknown_names(query: Query) -> bool:
    """A name is of no field."""
    if query.module is None:
        return False
    known = query.module.fields
    return not all(name.text in known for name in names_of(query.select))


def looks_like_from(query: Query) -> bool:
    """A selected field has a name that ends as FROM does."""
    columns = query.select.columns
    return isinstance(columns, Columns) and any(
        name.text[-4:].lower() == "from" for name in columns.names
    )


def may_hide(query: Query) -> bool:
    """The module has fields that no query gives."""
    return query.select.module.text in HIDING


def is_no_entity(query: Query) -> bool:
    """The module has no records of its own."""
    return query.module is not None and not query.module.is_entity


def has_lists(query: Query) -> object:
    """There is an IN."""
    return query.lists


def has_ids(query: Query) -> bool:
    """A value is for a field of ids."""
    return Family.ID in query.families


def may_have_ids(query: Query) -> bool:
    """A value is for a field of ids, which `id` is in a module that is not known, too."""
    if query.module is None:
        return any(condition.field.text == "id" for condition in query.conditions)
    return has_ids(query)


def has_numbers(query: Query) -> bool:
    """A value is for a number, or for a time of day."""
    return Family.NUMBER in query.families or Family.TIME in query.families


def has_choices(query: Query) -> bool:
    """A value is for a field with a list."""
    return any(field.choices for field, _, _ in query.typed_values)


def has_truths(query: Query) -> bool:
    """A value is for a checkbox."""
    return Family.TRUTH in query.families


def has_moments(query: Query) -> bool:
    """A value is for a date."""
    return Family.MOMENT in query.families


def has_likes(query: Query) -> object:
    """There is a LIKE."""
    return query.likes


def has_backslashes(query: Query) -> bool:
    """A condition has a backslash."""
    return "\\" in query.where


def has_bare_values(query: Query) -> bool:
    """A value of a known field has no quotes."""
    return any(isinstance(value, Bare) for _, _, value in query.typed_values)


def is_read_differently(query: Query) -> bool:
    """AND stands behind OR."""
    return not query.is_read_alike


def is_ordered(query: Query) -> object:
    """There is an order."""
    return query.select.order


def has_differences(query: Query) -> bool:
    """There is a `!=`."""
    return any(
        isinstance(each, Comparison) and each.operator is Operator.NE for each in query.conditions
    )


def repeats_a_field(query: Query) -> bool:
    """A field has several conditions."""
    return query.repeats


def repeats_a_field_or_likes(query: Query) -> object:
    """A field has several conditions, or there is a LIKE."""
    return query.repeats or query.likes


def repeats_a_column(query: Query) -> bool:
    """A field is selected several times."""
    columns = query.select.columns
    return isinstance(columns, Columns) and len({name.text for name in columns.names}) < len(
        columns.names
    )


def names_null(query: Query) -> bool:
    """The word null stands in the conditions."""
    return "null" in query.where.lower()


def is_filtered(query: Query) -> bool:
    """A server leaves out some records of the module."""
    return query.select.module.text in FILTERED


def counts(query: Query) -> bool:
    """The query counts."""
    return isinstance(query.select.columns, Count)


def is_limited(query: Query) -> object:
    """There is a limit."""
    return query.select.limit


def is_paged(query: Query) -> object:
    """There is an offset."""
    return query.select.limit and query.select.limit.offset


def is_unlimited(query: Query) -> bool:
    """There is no limit."""
    return query.select.limit is None


def is_long(query: Query) -> bool:
    """The query may be too long for a URL."""
    start, end = query.select.span
    return end - start > WHOLE_PAGE


def may_multiply(query: Query) -> bool:
    """The module has fields of which a record can have several."""
    return query.select.module.text in MULTIPLYING


def has_text_kept_otherwise(query: Query) -> bool:
    """The module has fields that a server keeps as text though they are described otherwise."""
    return query.select.module.text in KEPT_AS_TEXT and bool(query.conditions or query.select.order)


def has_lines(query: Query) -> bool:
    """The records of the module have lines."""
    return query.select.module.text in LINE_ITEMS


def has_all_fields(query: Query) -> bool:
    """The query selects `*`."""
    return isinstance(query.select.columns, Star)


def is_of_users(query: Query) -> bool:
    """The query is of Users."""
    return query.select.module.text == "Users"


def has_tight_commas(query: Query) -> bool:
    """A comma has no blank behind it, perhaps inside a literal."""
    return query.sent.count(",") != query.sent.count(", ")


def has_brackets(query: Query) -> bool:
    """A condition has a bracket, perhaps inside a literal."""
    return "(" in query.where
