"""What people write who know other languages: the rows, in the order in which they are applied.

What has insides that are not looked at comes first (a subquery, a join), then what is wrong with
the columns; then what is spelled otherwise, clauses, conditions and values.
"""

from collections.abc import Callable
from typing import TypeAlias

from vtql.syntax.recovery.construct import (
    Construct,
    Reading,
    apply,
    apply_nested,
    apply_to_columns,
)
from vtql.syntax.recovery.constructs.clauses import CLAUSES
from vtql.syntax.recovery.constructs.columns import COLUMNS
from vtql.syntax.recovery.constructs.conditions import CONDITIONS
from vtql.syntax.recovery.constructs.nested import NESTED, WHOLE
from vtql.syntax.recovery.constructs.spellings import SPELLINGS
from vtql.syntax.recovery.constructs.values import VALUES_OTHERWISE

Apply: TypeAlias = Callable[[Construct, Reading], None]

CONSTRUCTS: tuple[tuple[Apply, Construct], ...] = (
    *((apply_nested, row) for row in NESTED),
    *((apply, row) for row in WHOLE),
    *((apply_to_columns, row) for row in COLUMNS),
    *((apply, row) for row in (*SPELLINGS, *CLAUSES, *CONDITIONS, *VALUES_OTHERWISE)),
)

__all__ = ["CONSTRUCTS"]
