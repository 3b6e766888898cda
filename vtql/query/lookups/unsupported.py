"""Lookups that other ORMs have and VTQL has not, and what says the same or comes nearest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vtql.errors import FieldError, NotExpressible


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A row of the table: a name, the error that meets it, and a clause behind it that says why."""

    name: str
    error: type[FieldError | NotExpressible]
    why: str


_FOLDED = "is not needed: a server compares without regard to case as it is, so `{}` says the same"

UNSUPPORTED: Mapping[str, Unsupported] = {
    row.name: row
    for row in (
        Unsupported("iexact", FieldError, _FOLDED.format("exact")),
        Unsupported("icontains", FieldError, _FOLDED.format("contains")),
        Unsupported("istartswith", FieldError, _FOLDED.format("startswith")),
        Unsupported("iendswith", FieldError, _FOLDED.format("endswith")),
        Unsupported(
            "isnull", NotExpressible,
            "cannot be asked: VTQL has no IS NULL; `isempty` finds empty texts and references, and "
            "`ne` leaves NULL out",
        ),
        Unsupported(
            "regex", NotExpressible,
            "cannot be asked: VTQL has no regular expressions; `like` takes a pattern with `%` and "
            "`_`, and `.where(…)` tests records in Python",
        ),
        Unsupported(
            "iregex", NotExpressible,
            "cannot be asked: VTQL has no regular expressions; `like` takes a pattern with `%` and "
            "`_`, without regard to case",
        ),
        Unsupported(
            "search", NotExpressible,
            "cannot be asked: VTQL has no full-text search; `contains` finds a part of one field",
        ),
        Unsupported("between", FieldError, "has the name `range` here, and takes the first and the last"),
        Unsupported("not", FieldError, "has the name `ne` here; `exclude` and `~Q(…)` deny any condition"),
        Unsupported("eq", FieldError, "has the name `exact` here, or none"),
        Unsupported("le", FieldError, "has the name `lte` here"),
        Unsupported("ge", FieldError, "has the name `gte` here"),
        *(
            Unsupported(
                name, NotExpressible,
                "cannot be asked: VTQL has no functions of dates; `date`, `month`, `year` and "
                "`range` are spans that it can compare with",
            )
            for name in ("day", "week", "week_day", "iso_week_day", "iso_year", "quarter")
        ),
        *(
            Unsupported(
                name, NotExpressible,
                "cannot be asked: VTQL has no functions of times; `range` takes a first and a last "
                "moment",
            )
            for name in ("hour", "minute", "second", "time")
        ),
    )
}  # fmt: skip
