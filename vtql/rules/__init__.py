"""The lint rules, one a file; the table says which, in what order they speak, and when they are asked.

The file of a rule has its documentation and the function `check`. It is loaded when a query calls
for it, because most queries call for few of them and a file costs half a millisecond of start-up.
"""

from vtql.diagnostics import Severity
from vtql.rules import when
from vtql.rules.rule import Dependence, Finding, Query, Rule

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
COLUMNS, MODULE, WHERE, ORDER, LIMIT, NEXT_TOKEN, CONNECTIVES = Dependence

RULES: tuple[Rule, ...] = (
    Rule("VT101", "unknown-module", ERROR, when.has_no_module),
    Rule("VT102", "unknown-field", ERROR, when.has_unknown_names, (MODULE,)),
    Rule("VT103", "hijacked-module", ERROR, when.looks_like_from, (COLUMNS, MODULE)),
    Rule("VT104", "hidden-field", ERROR, when.may_hide, (MODULE,)),
    Rule("VT105", "module-without-id", ERROR, when.is_no_entity),
    Rule("VT201", "zero-first", ERROR, when.has_lists, (MODULE,)),
    Rule("VT202", "malformed-id", ERROR, when.may_have_ids, (MODULE,)),
    Rule("VT203", "wrong-type", WARNING, when.has_numbers, (MODULE,)),
    Rule("VT204", "foreign-id", WARNING, when.has_ids, (MODULE,)),
    Rule("VT205", "unknown-choice", WARNING, when.has_choices, (MODULE,)),
    Rule("VT206", "odd-boolean", WARNING, when.has_truths, (MODULE,)),
    Rule("VT207", "odd-date", WARNING, when.has_moments, (MODULE,)),
    Rule("VT208", "date-against-datetime", WARNING, when.has_moments, (MODULE,)),
    Rule("VT209", "like-without-wildcard", WARNING, when.has_likes, (MODULE,)),
    Rule("VT210", "like-on-id", ERROR, when.has_likes, (MODULE,)),
    Rule("VT211", "leading-wildcard", INFO, when.has_likes, (MODULE,)),
    Rule("VT212", "bare-underscore", INFO, when.has_likes, (MODULE,)),
    Rule("VT213", "single-backslash", WARNING, when.has_backslashes, (MODULE,)),
    Rule("VT214", "unquoted-text", WARNING, when.has_bare_values, (MODULE,)),
    Rule("VT301", "mixed-connectives", WARNING, when.is_read_differently, (CONNECTIVES,)),
    Rule("VT302", "unjoined-order", ERROR, when.is_ordered, (COLUMNS, MODULE, WHERE, ORDER)),
    Rule("VT303", "dropped-nulls", INFO, when.has_differences, (WHERE,)),
    Rule("VT304", "never-true", WARNING, when.repeats_a_field, (WHERE,)),
    Rule("VT305", "always-true", WARNING, when.repeats_a_field_or_likes, (WHERE,)),
    Rule("VT306", "duplicate-condition", WARNING, when.repeats_a_field, (WHERE,)),
    Rule("VT307", "or-chain", INFO, when.repeats_a_field, (WHERE,)),
    Rule("VT308", "in-of-one", INFO, when.has_lists),
    Rule("VT309", "duplicate-value", INFO, when.has_lists),
    Rule("VT310", "duplicate-column", INFO, when.repeats_a_column),
    Rule("VT311", "null-text", WARNING, when.names_null),
    Rule("VT312", "filtered-out", WARNING, when.is_filtered, (MODULE, WHERE)),
    Rule("VT313", "failing-order", ERROR, when.is_ordered),
    Rule("VT314", "kept-as-text", WARNING, when.has_text_kept_otherwise),
    Rule("VT401", "count-unanswered", WARNING, when.counts, (COLUMNS, MODULE)),
    Rule("VT402", "capped-limit", WARNING, when.is_limited, (LIMIT,)),
    Rule("VT403", "unordered-paging", WARNING, when.is_paged, (COLUMNS, ORDER, LIMIT)),
    Rule("VT404", "no-limit", INFO, when.is_unlimited, (COLUMNS, WHERE, LIMIT)),
    Rule("VT405", "zero-limit", ERROR, when.is_limited, (LIMIT,)),
    Rule("VT406", "limited-count", WARNING, when.counts, (COLUMNS,)),
    Rule("VT407", "long-query", WARNING, when.is_long),
    Rule("VT408", "multiplied-rows", WARNING, when.may_multiply, (MODULE,)),
    Rule("VT409", "wide-star", INFO, when.has_all_fields, (MODULE,)),
    Rule("VT410", "exposed-secret", WARNING, when.is_of_users, (MODULE,)),
    Rule("VT411", "implicit-filter", INFO, when.is_filtered, (WHERE,)),
    Rule("VT414", "line-discount", WARNING, when.has_lines),
    Rule("VT501", "keyword-case", INFO, when.always),
    Rule("VT502", "missing-blank", INFO, when.has_tight_commas, (NEXT_TOKEN,)),
    Rule("VT503", "redundant-brackets", INFO, when.has_brackets),
)
"""A code begins with that of its family; the severity is that of findings that name no other."""

__all__ = ["RULES", "Finding", "Query", "Rule"]
