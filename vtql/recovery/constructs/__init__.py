"""The tables of foreign constructs, in the order in which they are applied.

First what has insides that are not looked at (a subquery, a join), then the columns and the order;
then operators and quotes, clauses, conditions and values.
"""

from collections.abc import Callable
from typing import TypeAlias

from vtql.recovery.constructs.conditions import (
    BRACKETS,
    CONDITIONS,
    FOREIGN_LISTS,
    INCOMPLETE,
    LISTS,
    PARTS,
    TRUISMS,
)
from vtql.recovery.constructs.structure import (
    CALLS,
    CLAUSES,
    COLUMNS,
    DIRECTIONS,
    FIRST,
    LIMITS,
    MODULES,
    NESTED,
    WHOLE,
)
from vtql.recovery.constructs.values import (
    COMPUTED,
    COMPUTED_COLUMNS,
    NAMES_AND_QUOTES,
    OPERATORS,
    VALUES_OTHERWISE,
)
from vtql.recovery.matcher import (
    Construct,
    RecoveryState,
    apply,
    apply_nested,
    apply_to_columns,
    apply_to_order,
)

Apply: TypeAlias = Callable[[Construct, RecoveryState], None]

CONSTRUCTS: tuple[tuple[Apply, Construct], ...] = tuple(
    (function, row)
    for function, tables in (
        (apply, (TRUISMS, FOREIGN_LISTS, INCOMPLETE, CALLS)),
        (apply_nested, (NESTED,)),
        (apply, (WHOLE, FIRST, MODULES)),
        (apply_to_columns, (COMPUTED_COLUMNS, COLUMNS)),
        (apply_to_order, (DIRECTIONS,)),
        (apply, (OPERATORS, NAMES_AND_QUOTES, BRACKETS, LIMITS, CLAUSES, COMPUTED, CONDITIONS, LISTS, PARTS, VALUES_OTHERWISE)),
    )
    for table in tables
    for row in table
)  # fmt: skip

__all__ = ["CONSTRUCTS"]
