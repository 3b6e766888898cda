"""What people write who know other languages: the rows, in the order in which they are applied.

What has insides that are not looked at comes first (a subquery, a join), then what is wrong with
the columns; then what is spelled otherwise, clauses, conditions and values.
"""

from collections.abc import Callable
from typing import TypeAlias

from vtql.recovery.constructs.conditions import (
    BARE,
    BRACKETS,
    CONDITIONS,
    FOREIGN_LISTS,
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
    HINTS,
    LIMITS,
    MODULES,
    NESTED,
    WHOLE,
)
from vtql.recovery.constructs.values import (
    COMPUTED,
    COMPUTED_COLUMNS,
    SPELLINGS,
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

CONSTRUCTS: tuple[tuple[Apply, Construct], ...] = (
    *((apply, row) for row in (*TRUISMS, *FOREIGN_LISTS, *HINTS, *BARE, *CALLS)),
    *((apply_nested, row) for row in NESTED),
    *((apply, row) for row in (*WHOLE, *FIRST, *MODULES)),
    *((apply_to_columns, row) for row in (*COMPUTED_COLUMNS, *COLUMNS)),
    *((apply_to_order, row) for row in DIRECTIONS),
    *(
        (apply, row)
        for row in (
            *SPELLINGS, *BRACKETS, *LIMITS, *CLAUSES, *COMPUTED, *CONDITIONS, *LISTS, *PARTS, *VALUES_OTHERWISE,
        )
    ),
)  # fmt: skip

__all__ = ["CONSTRUCTS"]
