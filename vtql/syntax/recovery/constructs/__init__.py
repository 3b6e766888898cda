"""What people write who know other languages: the rows, in the order in which they are applied.

What has insides that are not looked at comes first (a subquery, a join), then what is wrong with
the columns; then what is spelled otherwise, clauses, conditions and values.
"""

from collections.abc import Callable
from typing import TypeAlias

from vtql.syntax.recovery.construct import Construct
from vtql.syntax.recovery.constructs.clauses import CLAUSES, DIRECTIONS
from vtql.syntax.recovery.constructs.columns import COLUMNS
from vtql.syntax.recovery.constructs.conditions import CONDITIONS
from vtql.syntax.recovery.constructs.nested import NESTED, WHOLE
from vtql.syntax.recovery.constructs.spellings import SPELLINGS
from vtql.syntax.recovery.constructs.values import VALUES_OTHERWISE
from vtql.syntax.recovery.reading import (
    Reading,
    apply,
    apply_nested,
    apply_to_columns,
    apply_to_order,
)

Apply: TypeAlias = Callable[[Construct, Reading], None]

CONSTRUCTS: tuple[tuple[Apply, Construct], ...] = (
    *((apply_nested, row) for row in NESTED),
    *((apply, row) for row in WHOLE),
    *((apply_to_columns, row) for row in COLUMNS),
    *((apply_to_order, row) for row in DIRECTIONS),
    *((apply, row) for row in (*SPELLINGS, *CLAUSES, *CONDITIONS, *VALUES_OTHERWISE)),
)

__all__ = ["CONSTRUCTS"]
