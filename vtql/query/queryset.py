"""`QuerySet`: a query that is built step by step, and is all of its rows when looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Never, NoReturn, Self, TypeVar, overload

from vtql.catalog.server_tables import as_values
from vtql.errors import ArgumentError
from vtql.extended.plan import Plan
from vtql.query.building import after_slice
from vtql.query.counting import count
from vtql.query.explain import explained
from vtql.query.methods import METHODS
from vtql.query.q import Q
from vtql.query.refused import refusal, refuse_fields
from vtql.query.rows import rows
from vtql.query.saying import said, selects, text_of_queries
from vtql.query.taking import Taking
from vtql.query.telling import Explanation
from vtql.suggestions import suggestion

R = TypeVar("R", covariant=True)


class QuerySet(Taking[R]):
    """A query over one module: immutable, and lazy until its rows are wanted.

    Each method gives a new query set. Iterating asks the server page by page and gives every row;
    each iteration asks anew. `str()` is VTQL that runs as it stands, and asks nothing: of conditions
    across references the stages that wait for ids of earlier ones are comments in it.
    """

    __slots__ = ()

    def values(self, *names: str) -> QuerySet[dict[str, Any]]:
        """Dictionaries of Python values instead of records: of the named fields, or of all.

        A value that its field's type cannot read is a `DecodeError` where the field was named; of all
        fields it is given as its text, with an `UnreadValue` warning.

        Raises:
            FieldError: no such field.
        """
        fields = {name: self._state.module.queried(name) for name in names}
        module = self._state.module
        refuse_fields(module, names)
        readable = {n: field for n, field in module.fields.items() if refusal(module, n) is None}

        def shape(row: dict[str, Any]) -> dict[str, Any]:
            if fields:
                return {name: field.decode(row.get(name)) for name, field in fields.items()}
            return as_values(row, readable)

        columns = names or self._state.columns
        return QuerySet(replace(self._state, columns=columns, shape=shape), self._errors)

    def values_list(self, *names: str, flat: bool = False) -> QuerySet[Any]:
        """Tuples of Python values in the order of the names; with `flat`, of one field, bare.

        Raises:
            FieldError: no such field.
            TypeError: no name, or several with `flat`.
        """
        if not names or (flat and len(names) > 1):
            raise TypeError("`values_list` takes the names of fields, one of them with `flat=True`")
        fields = [self._state.module.queried(name) for name in names]
        refuse_fields(self._state.module, names)

        def shape(row: dict[str, Any]) -> Any:
            decoded = tuple(field.decode(row.get(field.name)) for field in fields)
            return decoded[0] if flat else decoded

        return QuerySet(replace(self._state, columns=names, shape=shape), self._errors)

    # Looking

    def __iter__(self) -> Iterator[R]:
        return map(self._state.shape, rows(self._state))

    def iterator(self, *args: Never, **options: Never) -> Iterator[R]:
        """The rows one by one, a page in memory at a time.

        Raises:
            TypeError: an argument, such as the `chunk_size` of Django; there is nothing to set.
        """
        if args or options:
            raise TypeError(
                "`iterator` takes no argument: pages are the server's, 100 rows at most, and rows that "
                "were taken are not kept; `[:n]` gives the first n rows"
            )
        return iter(self)

    @overload
    def __getitem__(self, key: int) -> R: ...
    @overload
    def __getitem__(self, key: slice) -> Self: ...
    def __getitem__(self, key: int | slice) -> R | Self:
        """A row, or the part `[m:n]` of the query set.

        Raises:
            IndexError: there are not so many rows.
            ArgumentError: a negative index, or a step.
            TypeError: no number.
        """
        if isinstance(key, slice):
            return self._sliced(key)
        if not isinstance(key, int):
            raise TypeError(f"the rows of a query set are numbered, from 0: {key!r}")
        if key < 0:
            raise ArgumentError("a query set has no negative index; reverse its order instead")
        for row in self._sliced(slice(key, key + 1)):
            return row
        raise IndexError(f"the query set has no row {key}")

    def first(self) -> R | None:
        """The first row in the order, or by id; None if there is none."""
        state = self._state
        ordered = self if state.order or state.sliced else self.order_by("id")
        return next(iter(ordered[:1]), None)

    def last(self) -> R | None:
        """The last row in the order, or by id; None if there is none.

        Raises:
            TypeError: a slice has been taken.
        """
        if self._state.sliced:
            raise after_slice("last")
        return self.reverse().first()

    def get(self, /, *conditions: Q, **lookups: Any) -> R:
        """The one record for which the conditions hold.

        Raises:
            DoesNotExist: there is none.
            MultipleObjectsReturned: there are more. Both are the model's own.
            and what `filter` raises.
        """
        wanted = self.filter(*conditions, **lookups) if conditions or lookups else self
        found = list(wanted[:2])
        if len(found) != 1:
            state = wanted._state  # noqa: SLF001 - the same class
            which, error = ("more than one", self._errors[1]) if found else ("no", self._errors[0])
            raise error(f"{which} record of {state.module.name} matches: {said(state)}")
        return found[0]

    def count(self) -> int:
        """How many rows there are."""
        return count(self._state)

    def exists(self) -> bool:
        """Whether there is a row."""
        state = self._state
        columns = state.columns if state.tests else ("id",)
        plain = replace(state, order=(), columns=columns, shape=dict)
        return QuerySet[Any](plain, self._errors)[:1].first() is not None

    def in_bulk(self, ids: Iterable[str]) -> dict[str, R]:
        """The records of these ids, by id, those that there are.

        Raises:
            FieldValueError: not an id of the module.
        """
        if self._state.sliced:
            raise after_slice("in_bulk")
        shape = self._state.shape
        wanted = self.filter(id__in=list(dict.fromkeys(ids)))
        return {row["id"]: shape(row) for row in rows(wanted._state)}  # noqa: SLF001 - the same class

    # Saying

    def statements(self) -> list[str]:
        """The queries that mean this query set, as VTQL: one, or more where no one chain can.

        Raises:
            NotExpressible: VTQL cannot say it, or the condition leads across references, so that it
                takes stages, which `explain()` and `str()` show.
        """
        return self.plan().statements

    def plan(self) -> Plan:
        """The same queries as trees and texts.

        Raises:
            NotExpressible: VTQL cannot say it.
        """
        return Plan(tuple(selects(self._state)))

    def explain(self) -> Explanation:
        """What iterating will do: the condition, the queries, their number and why; asks nothing.

        Raises:
            NotExpressible: VTQL cannot say it.
        """
        return explained(self._state)

    @property
    def vtql(self) -> str:
        """The query as VTQL that runs as it stands; several, a line each, where it takes several.

        A server gives at most 100 rows of each; iterating over the query set gives all. Where the
        condition leads across references, the stages follow each other with a comment in front; one
        that needs ids that an earlier one finds is a comment itself, with a word in ⟨⟩ for these.
        """
        return text_of_queries(self._state)

    def to_params(self) -> dict[str, str] | list[dict[str, str]]:
        """The parameters of the request for a program that encodes them; of several, a list.

        This and those below are for other tools, and those of `plan()`. A placeholder says where the
        session belongs, and a request gives 100 rows at most.
        """
        return self.plan().to_params()

    def to_url(self, base: str | None = None) -> str:
        """The URL of the request, encoded, for an installation; of several queries, a line each.

        Raises:
            ArgumentError: `base` is no address, or has a password in it. So of the others, too.
            NotExpressible: VTQL cannot say the query set.
        """
        return self.plan().to_url(base)

    def to_curl(self, base: str | None = None) -> str:
        """A command for a shell, with the session from `$VTQL_SESSION`."""
        return self.plan().to_curl(base)

    def to_http(self, base: str | None = None) -> str:
        """A file of requests, as editors and IDEs run them."""
        return self.plan().to_http(base)

    def to_postman(self, base: str | None = None) -> str:
        """A collection for Postman, as JSON."""
        return self.plan().to_postman(base)

    def __str__(self) -> str:
        return self.vtql

    def __repr__(self) -> str:
        return f"<QuerySet of {self._state.module.name}: {said(self._state)}>"

    if not TYPE_CHECKING:  # which knows the methods, and would take any name for one

        def __getattr__(self, name: str) -> NoReturn:
            why = METHODS.get(name) or suggestion(name, _public(type(self)))
            raise AttributeError(f"a query set has no `{name}`" + (f"; {why}" if why else ""))

    def __copy__(self) -> Self:
        return self  # it never changes

    def __deepcopy__(self, _: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a query set is not pickled, because it belongs to a connection or a model; build it in the "
            "other process, or send its rows: `list(query_set.values())`"
        )

    def __bool__(self) -> NoReturn:
        raise TypeError("whether a query set has rows is a request: `.exists()` asks for one row")


def _public(kind: type) -> list[str]:
    return [name for name in dir(kind) if not name.startswith("_")]
