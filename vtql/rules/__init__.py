"""The lint rules, one a file; the table says which and in what order they speak."""

from vtql.rules.always_true import always_true
from vtql.rules.bare_underscore import bare_underscore
from vtql.rules.capped_limit import capped_limit
from vtql.rules.count_unanswered import count_unanswered
from vtql.rules.date_against_datetime import date_against_datetime
from vtql.rules.dropped_nulls import dropped_nulls
from vtql.rules.duplicate_column import duplicate_column
from vtql.rules.duplicate_condition import duplicate_condition
from vtql.rules.duplicate_value import duplicate_value
from vtql.rules.exposed_secret import exposed_secret
from vtql.rules.filtered_out import filtered_out
from vtql.rules.foreign_id import foreign_id
from vtql.rules.hidden_field import hidden_field
from vtql.rules.hijacked_module import hijacked_module
from vtql.rules.implicit_filter import implicit_filter
from vtql.rules.in_of_one import in_of_one
from vtql.rules.keyword_case import keyword_case
from vtql.rules.leading_wildcard import leading_wildcard
from vtql.rules.like_on_id import like_on_id
from vtql.rules.like_without_wildcard import like_without_wildcard
from vtql.rules.limited_count import limited_count
from vtql.rules.long_query import long_query
from vtql.rules.malformed_id import malformed_id
from vtql.rules.missing_blank import missing_blank
from vtql.rules.mixed_connectives import mixed_connectives
from vtql.rules.module_without_id import module_without_id
from vtql.rules.multiplied_rows import multiplied_rows
from vtql.rules.never_true import never_true
from vtql.rules.no_limit import no_limit
from vtql.rules.null_text import null_text
from vtql.rules.odd_boolean import odd_boolean
from vtql.rules.odd_date import odd_date
from vtql.rules.or_chain import or_chain
from vtql.rules.redundant_brackets import redundant_brackets
from vtql.rules.rule import Finding, Query, Rule
from vtql.rules.single_backslash import single_backslash
from vtql.rules.unjoined_order import unjoined_order
from vtql.rules.unknown_choice import unknown_choice
from vtql.rules.unknown_field import unknown_field
from vtql.rules.unknown_module import unknown_module
from vtql.rules.unordered_paging import unordered_paging
from vtql.rules.unquoted_text import unquoted_text
from vtql.rules.wide_star import wide_star
from vtql.rules.wrong_type import wrong_type
from vtql.rules.zero_first import zero_first
from vtql.rules.zero_limit import zero_limit

RULES: tuple[Rule, ...] = (
    unknown_module,
    unknown_field,
    hijacked_module,
    hidden_field,
    module_without_id,
    zero_first,
    malformed_id,
    wrong_type,
    foreign_id,
    unknown_choice,
    odd_boolean,
    odd_date,
    date_against_datetime,
    like_without_wildcard,
    like_on_id,
    leading_wildcard,
    bare_underscore,
    single_backslash,
    unquoted_text,
    mixed_connectives,
    unjoined_order,
    dropped_nulls,
    never_true,
    always_true,
    duplicate_condition,
    or_chain,
    in_of_one,
    duplicate_value,
    duplicate_column,
    null_text,
    filtered_out,
    count_unanswered,
    capped_limit,
    unordered_paging,
    no_limit,
    zero_limit,
    limited_count,
    long_query,
    multiplied_rows,
    wide_star,
    exposed_secret,
    implicit_filter,
    keyword_case,
    missing_blank,
    redundant_brackets,
)

__all__ = ["RULES", "Finding", "Query", "Rule"]
