"""The lint rules, one a file; the table says which and in what order they speak."""

from vtql.rules.count_unanswered import count_unanswered
from vtql.rules.hidden_field import hidden_field
from vtql.rules.hijacked_module import hijacked_module
from vtql.rules.malformed_id import malformed_id
from vtql.rules.mixed_connectives import mixed_connectives
from vtql.rules.module_without_id import module_without_id
from vtql.rules.rule import Finding, Query, Rule
from vtql.rules.unknown_field import unknown_field
from vtql.rules.unknown_module import unknown_module
from vtql.rules.wrong_type import wrong_type
from vtql.rules.zero_first import zero_first

RULES: tuple[Rule, ...] = (
    unknown_module,
    hijacked_module,
    unknown_field,
    hidden_field,
    module_without_id,
    zero_first,
    malformed_id,
    wrong_type,
    mixed_connectives,
    count_unanswered,
)

__all__ = ["RULES", "Finding", "Query", "Rule"]
