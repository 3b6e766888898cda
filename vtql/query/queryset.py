"""`QuerySet`: a query that is built step by step, and is all of its rows when looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Generic, NoReturn, Self, TypeVar, overload

from vtql.errors import ArgumentError, DoesNotExist, MultipleObjectsReturned, NotExpressible
from vtql.extended.plan import Plan
from vtql.logic.negation import without_not
from vtql.logic.tree import FALSE, conjunction
from vtql.protocol import PAGE
from vtql.query.q import Q, resolve
from vtql.query.rows import count, rows
from vtql.query.state import State, selects

R = TypeVar("R", covariant=True)


class QuerySet(Generic[R]):
    """A query over one module: immutable, and lazy until its rows are wanted.

    Each method gives a new query set. Iterating asks the server page by page and gives every row;
    each iteration asks anew. `str()` is VTQL that runs as it stands.
    """

    __slots__ = ("_errors", "_state")

    def __init__(
        self,
        state: State,
        errors: tuple[type[DoesNotExist], type[MultipleObjectsReturned]] = (
            DoesNotExist,
            MultipleObjectsReturned,
        ),
    ) -> None:
        self._state = state
        self._errors = errors

    # Building

    def filter(self, *conditions: Q, **lookups: Any) -> Self:
        """The records for which these conditions hold, too: `filter(lastname__startswith="O'")`.

        Raises:
            FieldError: no such field or lookup; the nearest names come first.
            FieldValueError: a field does not take a value.
            NotExpressible: a value is None, or VTQL cannot say the condition.
            TypeError: a slice has been taken.
        """
        return self._narrowed(Q(*conditions, **lookups), "filter")

    def exclude(self, *conditions: Q, **lookups: Any) -> Self:
        """The records for which not all of these conditions hold.

        A server leaves out records whose field is NULL, for `!=` is not true of them.

        Raises: as `filter`; NotExpressible for a LIKE, too.
        """
        return self._narrowed(~Q(*conditions, **lookups), "exclude")

    def order_by(self, *names: str) -> Self:
        """The same records in another order; a `-` in front means descending.

        The order is the server's, by a collation without case and accents. Only the last field
        can descend: VTQL has one direction.

        Raises:
            FieldError: no such field.
            NotExpressible: a field other than the last descends.
            TypeError: a slice has been taken.
        """
        self._unsliced("order_by")
        for name in names:
            self._state.module.field(name.removeprefix("-"))
        falling = [name for name in names[:-1] if name.startswith("-")]
        if falling:
            raise NotExpressible(
                f"`{falling[0]}` cannot descend before another field: VTQL has one direction, and "
                "it belongs to the last field; put it last, or sort the records in Python"
            )
        return self._with(order=names)

    def reverse(self) -> Self:
        """The same records in the opposite order; without an order, the last ids first.

        Raises:
            NotExpressible: the order has several fields; VTQL has one direction.
        """
        order = self._state.order or ("id",)
        flipped = (name[1:] if name.startswith("-") else f"-{name}" for name in order)
        return self.order_by(*flipped)

    def only(self, *names: str) -> Self:
        """Records with these fields alone (and `id`): less to send, and fewer tables to join.

        Raises:
            FieldError: no such field.
        """
        for name in names:
            self._state.module.field(name)
        return self._with(columns=names)

    def values(self, *names: str) -> QuerySet[dict[str, Any]]:
        """Dictionaries of Python values instead of records: of the named fields, or of all.

        Raises:
            FieldError: no such field.
        """
        fields = {name: self._state.module.field(name) for name in names}
        known = self._state.module.fields

        def shape(row: dict[str, Any]) -> dict[str, Any]:
            wanted = fields or {name: known[name] for name in row if name in known}
            return {name: field.decode(row.get(name)) for name, field in wanted.items()}

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
        fields = [self._state.module.field(name) for name in names]

        def shape(row: dict[str, Any]) -> Any:
            decoded = tuple(field.decode(row.get(field.name)) for field in fields)
            return decoded[0] if flat else decoded

        return QuerySet(replace(self._state, columns=names, shape=shape), self._errors)

    def all(self) -> Self:
        """The same query set."""
        return self._with()

    def none(self) -> Self:
        """No records, without asking."""
        return self._with(tree=FALSE)

    # Looking

    def __iter__(self) -> Iterator[R]:
        return map(self._state.shape, rows(self._state))

    def iterator(self) -> Iterator[R]:
        """The rows one by one, a page in memory at a time."""
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
        """
        if isinstance(key, slice):
            return self._sliced(key)
        if key < 0:
            raise ArgumentError("a query set has no negative index; reverse its order instead")
        for row in self._sliced(slice(key, key + 1)):
            return row
        raise IndexError(f"the query set has no row {key}")

    def first(self) -> R | None:
        """The first row in the order, or by id; None if there is none."""
        return next(iter(self[:1]), None)

    def last(self) -> R | None:
        """The last row in the order, or by id; None if there is none."""
        return self.reverse().first()

    def get(self, *conditions: Q, **lookups: Any) -> R:
        """The one record for which the conditions hold.

        Raises:
            DoesNotExist: there is none.
            MultipleObjectsReturned: there are more. Both are the model's own.
            and what `filter` raises.
        """
        wanted = self.filter(*conditions, **lookups) if conditions or lookups else self
        name = self._state.module.name
        found = list(wanted[:2])
        if not found:
            raise self._errors[0](f"no record of {name} matches: {wanted}")
        if len(found) > 1:
            raise self._errors[1](f"more than one record of {name} matches: {wanted}")
        return found[0]

    def count(self) -> int:
        """How many rows there are."""
        return count(self._state)

    def exists(self) -> bool:
        """Whether there is a row."""
        plain = replace(self._state, order=(), columns=("id",), shape=dict)
        return QuerySet[Any](plain, self._errors)[:1].first() is not None

    def in_bulk(self, ids: Iterable[str]) -> dict[str, R]:
        """The records of these ids, by id, those that there are.

        Raises:
            FieldValueError: not an id of the module.
        """
        self._unsliced("in_bulk")
        wanted, found = list(dict.fromkeys(ids)), {}
        shape = self._state.shape
        for start in range(0, len(wanted), PAGE):
            part = self.filter(id__in=wanted[start : start + PAGE])
            for row in rows(part._state):  # noqa: SLF001 - the same class
                found[row["id"]] = shape(row)
        return found

    # Saying

    def statements(self) -> list[str]:
        """The queries that mean this query set, as VTQL: one, or more where no one chain can.

        Raises:
            NotExpressible: VTQL cannot say it.
        """
        return self.plan().statements

    def plan(self) -> Plan:
        """The same queries as trees and texts.

        Raises:
            NotExpressible: VTQL cannot say it.
        """
        return Plan(tuple(selects(self._state)))

    @property
    def vtql(self) -> str:
        """The query as VTQL that runs as it stands; several, a line each, where it takes several.

        A server gives at most 100 rows of each; iterating over the query set gives all.
        """
        return "\n".join(self.statements())

    def __str__(self) -> str:
        return self.vtql

    def __repr__(self) -> str:
        try:
            said = self.vtql
        except NotExpressible as error:
            said = str(error)
        return f"<QuerySet of {self._state.module.name}: {said}>"

    def __bool__(self) -> NoReturn:
        raise TypeError("whether a query set has rows is a request: `.exists()` asks for one row")

    # Helpers

    def _narrowed(self, q: Q, method: str) -> Self:
        self._unsliced(method)
        state = self._state
        tree = conjunction(state.tree, resolve(q, state.module, state.catalog, state.clock))
        # what cannot be said is refused here, at the call that said it
        return self._with(tree=without_not(tree))

    def _unsliced(self, method: str) -> None:
        if self._state.sliced:
            raise TypeError(f"`{method}` after a slice would change what was cut: slice last")

    def _sliced(self, key: slice) -> Self:
        if key.step not in (None, 1):
            raise ArgumentError("a slice of a query set has no step")
        start, stop = key.start or 0, key.stop
        if start < 0 or (stop is not None and stop < 0):
            raise ArgumentError("a slice of a query set counts from its beginning: not negative")
        state = self._state
        begin = state.start + start
        end = state.stop if stop is None else state.start + stop
        if state.stop is not None and end is not None:
            end = min(end, state.stop)
        return self._with(start=begin, stop=None if end is None else max(begin, end))

    def _with(self, **changes: Any) -> Self:
        return self._made(replace(self._state, **changes))

    def _made(self, state: State) -> Self:
        return type(self)(state, self._errors)
