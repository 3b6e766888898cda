"""The lint rules, one a file; the table says which, in what order they speak, and when they are asked.

The file of a rule has its documentation and the function `check`. It is loaded when a query calls
for it, because most queries call for few of them and a file costs half a millisecond of start-up.
"""

from vtql.diagnostics import Severity
from vtql.rules import when
from vtql.rules.rule import Finding, Query, Rule

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO

RULES: tuple[Rule, ...] = (
    Rule("VT101", "unknown-module", ERROR, when.has_no_module),
    Rule("VT102", "unknown-field", ERROR, when.has_unknown_names),
    Rule("VT103", "hijacked-module", ERROR, when.looks_like_from),
    Rule("VT104", "hidden-field", ERROR, when.may_hide),
    Rule("VT105", "module-without-id", ERROR, when.is_no_entity),
    Rule("VT201", "zero-first", ERROR, when.has_lists),
    Rule("VT202", "malformed-id", ERROR, when.may_have_ids),
    Rule("VT203", "wrong-type", WARNING, when.has_numbers),
    Rule("VT204", "foreign-id", WARNING, when.has_ids),
    Rule("VT205", "unknown-choice", WARNING, when.has_choices),
    Rule("VT206", "odd-boolean", WARNING, when.has_truths),
    Rule("VT207", "odd-date", WARNING, when.has_moments),
    Rule("VT208", "date-against-datetime", WARNING, when.has_moments),
    Rule("VT209", "like-without-wildcard", WARNING, when.has_likes),
    Rule("VT210", "like-on-id", ERROR, when.has_likes),
    Rule("VT211", "leading-wildcard", INFO, when.has_likes),
    Rule("VT212", "bare-underscore", INFO, when.has_likes),
    Rule("VT213", "single-backslash", WARNING, when.has_backslashes),
    Rule("VT214", "unquoted-text", WARNING, when.has_bare_values),
    Rule("VT301", "mixed-connectives", WARNING, when.is_read_differently),
    Rule("VT302", "unjoined-order", ERROR, when.is_ordered),
    Rule("VT303", "dropped-nulls", INFO, when.has_differences),
    Rule("VT304", "never-true", WARNING, when.repeats_a_field),
    Rule("VT305", "always-true", WARNING, when.repeats_a_field_or_likes),
    Rule("VT306", "duplicate-condition", WARNING, when.repeats_a_field),
    Rule("VT307", "or-chain", INFO, when.repeats_a_field),
    Rule("VT308", "in-of-one", INFO, when.has_lists),
    Rule("VT309", "duplicate-value", INFO, when.has_lists),
    Rule("VT310", "duplicate-column", INFO, when.repeats_a_column),
    Rule("VT311", "null-text", WARNING, when.names_null),
    Rule("VT312", "filtered-out", WARNING, when.is_filtered),
    Rule("VT313", "failing-order", ERROR, when.is_ordered),
    Rule("VT314", "kept-as-text", WARNING, when.has_text_kept_otherwise),
    Rule("VT401", "count-unanswered", WARNING, when.counts),
    Rule("VT402", "capped-limit", WARNING, when.is_limited),
    Rule("VT403", "unordered-paging", WARNING, when.is_paged),
    Rule("VT404", "no-limit", INFO, when.is_unlimited),
    Rule("VT405", "zero-limit", ERROR, when.is_limited),
    Rule("VT406", "limited-count", WARNING, when.counts),
    Rule("VT407", "long-query", WARNING, when.is_long),
    Rule("VT408", "multiplied-rows", WARNING, when.may_multiply),
    Rule("VT409", "wide-star", INFO, when.has_all_fields),
    Rule("VT410", "exposed-secret", WARNING, when.is_of_users),
    Rule("VT411", "implicit-filter", INFO, when.is_filtered),
    Rule("VT414", "line-discount", WARNING, when.has_lines),
    Rule("VT501", "keyword-case", INFO, when.always),
    Rule("VT502", "missing-blank", INFO, when.has_tight_commas),
    Rule("VT503", "redundant-brackets", INFO, when.has_brackets),
)
"""A code begins with that of its family; the severity is that of findings that name no other."""

__all__ = ["RULES", "Finding", "Query", "Rule"]
