"""The table of lint rules, in the order they run, and the precondition of each.

A precondition is cheap and may be too generous: the rule itself looks closer. The file of a rule is
loaded when its precondition first holds, because most queries need few of the files.
"""

from __future__ import annotations

from vtql.ast import Bare, Columns, Comparison, Count, Operator, Star
from vtql.catalog.families import Family
from vtql.catalog.server_tables import KEPT_AS_TEXT, LINE_ITEMS
from vtql.diagnostics import Severity
from vtql.rules.context import Dependence, Query, Rule, names_of

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
    fields = query.module.fields
    return not all(name.text in fields for name in names_of(query.select))


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
    """AND follows OR."""
    return not query.is_portable


def is_ordered(query: Query) -> object:
    """There is an order."""
    return query.select.order


def has_differences(query: Query) -> bool:
    """There is a `!=`."""
    return any(
        isinstance(condition, Comparison) and condition.operator is Operator.NE
        for condition in query.conditions
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
    """A comma is not followed by a blank, perhaps inside a literal."""
    return query.sent.count(",") != query.sent.count(", ")


def has_brackets(query: Query) -> bool:
    """A condition has a bracket, perhaps inside a literal."""
    return "(" in query.where


ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
COLUMNS, MODULE, WHERE, ORDER, LIMIT, NEXT_TOKEN, CONNECTIVES = Dependence

RULES: tuple[Rule, ...] = (
    Rule("VT101", "unknown-module", ERROR, has_no_module),
    Rule("VT102", "unknown-field", ERROR, has_unknown_names, (MODULE,)),
    Rule("VT103", "hijacked-module", ERROR, looks_like_from, (COLUMNS, MODULE)),
    Rule("VT104", "hidden-field", ERROR, may_hide, (MODULE,)),
    Rule("VT105", "module-without-id", ERROR, is_no_entity),
    Rule("VT201", "zero-first", ERROR, has_lists, (MODULE,)),
    Rule("VT202", "malformed-id", ERROR, may_have_ids, (MODULE,)),
    Rule("VT203", "wrong-type", WARNING, has_numbers, (MODULE,)),
    Rule("VT204", "foreign-id", WARNING, has_ids, (MODULE,)),
    Rule("VT205", "unknown-choice", WARNING, has_choices, (MODULE,)),
    Rule("VT206", "odd-boolean", WARNING, has_truths, (MODULE,)),
    Rule("VT207", "odd-date", WARNING, has_moments, (MODULE,)),
    Rule("VT208", "date-against-datetime", WARNING, has_moments, (MODULE,)),
    Rule("VT209", "like-without-wildcard", WARNING, has_likes, (MODULE,)),
    Rule("VT210", "like-on-id", ERROR, has_likes, (MODULE,)),
    Rule("VT211", "leading-wildcard", INFO, has_likes, (MODULE,)),
    Rule("VT212", "bare-underscore", INFO, has_likes, (MODULE,)),
    Rule("VT213", "single-backslash", WARNING, has_backslashes, (MODULE,)),
    Rule("VT214", "unquoted-text", WARNING, has_bare_values, (MODULE,)),
    Rule("VT301", "mixed-connectives", WARNING, is_read_differently, (CONNECTIVES,)),
    Rule("VT302", "unjoined-order", ERROR, is_ordered, (COLUMNS, MODULE, WHERE, ORDER)),
    Rule("VT303", "dropped-nulls", INFO, has_differences, (WHERE,)),
    Rule("VT304", "never-true", WARNING, repeats_a_field, (WHERE,)),
    Rule("VT305", "always-true", WARNING, repeats_a_field_or_likes, (WHERE,)),
    Rule("VT306", "duplicate-condition", WARNING, repeats_a_field, (WHERE,)),
    Rule("VT307", "or-chain", INFO, repeats_a_field, (WHERE,)),
    Rule("VT308", "in-of-one", INFO, has_lists),
    Rule("VT309", "duplicate-value", INFO, has_lists),
    Rule("VT310", "duplicate-column", INFO, repeats_a_column),
    Rule("VT311", "null-text", WARNING, names_null),
    Rule("VT312", "filtered-out", WARNING, is_filtered, (MODULE, WHERE)),
    Rule("VT313", "failing-order", ERROR, is_ordered),
    Rule("VT314", "kept-as-text", WARNING, has_text_kept_otherwise),
    Rule("VT401", "count-unanswered", WARNING, counts, (COLUMNS, MODULE)),
    Rule("VT402", "capped-limit", WARNING, is_limited, (LIMIT,)),
    Rule("VT403", "unordered-paging", WARNING, is_paged, (COLUMNS, ORDER, LIMIT)),
    Rule("VT404", "no-limit", INFO, is_unlimited, (COLUMNS, WHERE, LIMIT)),
    Rule("VT405", "zero-limit", ERROR, is_limited, (LIMIT,)),
    Rule("VT406", "limited-count", WARNING, counts, (COLUMNS,)),
    Rule("VT407", "long-query", WARNING, is_long),
    Rule("VT408", "multiplied-rows", WARNING, may_multiply, (MODULE,)),
    Rule("VT409", "wide-star", INFO, has_all_fields, (MODULE,)),
    Rule("VT410", "exposed-secret", WARNING, is_of_users, (MODULE,)),
    Rule("VT411", "implicit-filter", INFO, is_filtered, (WHERE,)),
    Rule("VT414", "line-discount", WARNING, has_lines),
    Rule("VT501", "keyword-case", INFO, always),
    Rule("VT502", "missing-blank", INFO, has_tight_commas, (NEXT_TOKEN,)),
    Rule("VT503", "redundant-brackets", INFO, has_brackets),
)
"""A code begins with that of its family; the severity is that of findings that name no other."""
