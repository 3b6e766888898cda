"""What a query set is told, step by step: conditions, an order, columns, a slice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar

from vtql.catalog.model import Module
from vtql.errors import ArgumentError, DoesNotExist, MultipleObjectsReturned
from vtql.logic.plan import Reading, must_be_reading
from vtql.logic.tree import FALSE, TRUE, Tree, conjunction
from vtql.query.across import denied, pushed
from vtql.query.q import Q, has_conditions, resolved
from vtql.query.refused import refuse_fields, refuse_order
from vtql.query.state import MOST, State, fill

R = TypeVar("R", covariant=True)


class Building(Generic[R]):
    """The half of a query set that says what is wanted. Each method gives a new one."""

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

    def filter(self, /, *conditions: Q, **lookups: Any) -> Self:
        """The records for which these conditions hold, too: `filter(lastname__startswith="O'")`.

        Raises:
            FieldError: no such field or lookup; the nearest names come first.
            FieldValueError: a field does not take a value.
            NotExpressible: a value is None, or VTQL cannot say the condition.
            TypeError: a slice has been taken.
        """
        return self._narrowed(conditions, lookups, "filter", pushed)

    def exclude(self, /, *conditions: Q, **lookups: Any) -> Self:
        """The records for which not all of these conditions hold.

        Records whose field is NULL, or a reference that is shown as None, are left out: no comparison is
        true of them, and neither is its negation. Without any condition none is left out.

        Raises: as `filter`; NotExpressible for a LIKE, too.
        """
        if not lookups and not has_conditions(conditions):
            return self.filter(*conditions)
        return self._narrowed(conditions, lookups, "exclude", denied)

    def order_by(self, *names: str) -> Self:
        """The same records in another order; a `-` in front means descending.

        The order is that of the server's collation, without case and accents; NULL comes first, and
        `id` decides between equals. VTQL has one direction, which belongs to the last field; an
        order in which another field descends is sorted here.

        Raises:
            FieldError: no such field.
            NotExpressible: no server can sort by a field, or a query cannot have it.
            TypeError: a slice has been taken.
        """
        if self._state.sliced:
            raise after_slice("order_by")
        module = self._state.module
        for name in names:
            if not isinstance(name, str) or name not in module.fields or module.unnameable:
                module.queried(_bare(name, module))
        refuse_order(module, names)
        return self._with({"order": names})

    def reverse(self) -> Self:
        """The same records in the opposite order; without an order, the last ids first.

        Raises:
            TypeError: a slice has been taken.
        """
        if self._state.sliced:
            raise after_slice("reverse")
        order = self._state.order or ("id",)
        flipped = (name[1:] if name.startswith("-") else f"-{name}" for name in order)
        return self.order_by(*flipped)

    def only(self, *names: str) -> Self:
        """Records with these fields alone (and `id`): less to send, and fewer tables to join.

        Raises:
            FieldError: no such field.
            NotExpressible: no query can name a field.
        """
        module = self._state.module
        for name in names:
            if not isinstance(name, str) or name not in module.fields or module.unnameable:
                module.queried(name)
        refuse_fields(module, names)
        return self._with({"columns": names})

    def all(self) -> Self:
        """The same query set."""
        return self._with({})

    def none(self) -> Self:
        """No records, without asking."""
        return self._with({"tree": FALSE})

    def where(self, test: Callable[[Any], Any]) -> Self:
        """The records for which a function of the record is true: for what VTQL cannot say.

        All records that the conditions find are fetched and looked at here, and slices and counts
        are of those that pass. The function gets records, whatever an iteration gives, with the
        fields that `only` or `values` name.

        Raises:
            TypeError: a slice has been taken, or this is no function.
        """
        if self._state.sliced:
            raise after_slice("where")
        if not callable(test):
            raise TypeError(
                f"`where` takes a function of a record that tells whether it is wanted: {test!r}"
            )
        return self._with({"tests": (*self._state.tests, test)})

    def reading(self, reading: Reading) -> Self:
        """The same for servers that read and/or in one way: `portable` suits both.

        Raises:
            ArgumentError: there is no such reading.
        """
        must_be_reading(reading)
        return self._with({"reading": reading})

    # Helpers

    def _narrowed(
        self,
        parts: tuple[Q, ...],
        lookups: dict[str, Any],
        method: str,
        meant: Callable[[Tree], Tree],
    ) -> Self:
        state = self._state
        if state.sliced:
            raise after_slice(method)
        # what cannot be said is refused here, at the call that said it
        further = meant(resolved(parts, lookups, state))
        before = state.tree
        return self._with({"tree": further if before is TRUE else conjunction(before, further)})

    def _sliced(self, key: slice) -> Self:
        if key.step is not None and key.step != 1:
            raise ArgumentError(
                "a slice of a query set has no step; a list of its rows does: `list(…)[::2]`"
            )
        start, stop = 0 if key.start is None else key.start, key.stop
        if not isinstance(start, int) or not (stop is None or isinstance(stop, int)):
            raise TypeError(f"a slice of a query set has numbers of rows, `[10:20]`: {key}")
        if start < 0 or (stop is not None and stop < 0):
            raise ArgumentError(
                "a slice of a query set counts from its beginning, for its end is not known; "
                "`reverse()` turns the order around, and the last rows are the first"
            )
        state = self._state
        # behind more records than any server has is nothing, and a number of more digits is no LIMIT
        begin, end = min(state.start + start, MOST), state.stop
        if stop is not None:
            stop = min(state.start + stop, MOST)
            end = stop if end is None else min(stop, end)
        if end is not None and end < begin:
            end = begin
        return self._with({"start": begin, "stop": end})

    def _with(self, changes: dict[str, Any]) -> Self:
        state = object.__new__(State)
        fill(state, "__dict__", self._state.__dict__ | changes)  # as `changed` does
        made = object.__new__(type(self))
        made._state = state
        made._errors = self._errors
        return made


def _bare(name: str, module: Module) -> str:
    """The field of a name in an order; a `-` in front is no part of it but where a field begins so."""
    bare = name.removeprefix("-") if isinstance(name, str) else name
    return (
        name
        if isinstance(name, str) and name in module.fields and bare not in module.fields
        else bare
    )


def after_slice(method: str) -> TypeError:
    """What a method is told that would change what a slice has cut."""
    return TypeError(f"`{method}` after a slice would change what was cut: slice last")
