"""`QuerySet`: a query that is built step by step, and is all of its rows when it is iterated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Never, NoReturn, Self, TextIO, TypeVar, overload

from vtql.catalog.model import Module
from vtql.catalog.server_tables import as_values, warn_unread
from vtql.errors import ArgumentError, DoesNotExist, MultipleObjectsReturned
from vtql.export import arrow, duckdb, pandas, polars, texts
from vtql.export.stream import Stream, decoded
from vtql.extended.plan import Plan
from vtql.logic.plan import Precedence, check_precedence
from vtql.logic.tree import FALSE, TRUE, Tree, conjunction
from vtql.query.counting import count
from vtql.query.execute import rows
from vtql.query.explain import Explanation, explanation, selects, short_text, text_of_queries
from vtql.query.field_restrictions import refusal, refuse_fields, refuse_order
from vtql.query.q import Q, has_conditions, resolved
from vtql.query.relations import denied_with_relations, with_relations
from vtql.query.spec import MOST, QuerySpec, fill
from vtql.suggestions import suggestion

R = TypeVar("R", covariant=True)

_ONE = '`first()` and `last()` give a row of an order: `qs.order_by("createdtime").last()`'
_GROUPS = "VTQL has no functions and no groups; read the rows and add them up in Python"
_WHOLE = "what a server sends is read in full; conditions across references need nothing more"

FOREIGN_METHODS: Mapping[str, str] = {
    "aggregate": _GROUPS,
    "annotate": _GROUPS,
    "bulk_create": "`client.bulk_create(…)` makes records, with a result for each",
    "bulk_update": "`client.bulk_update(…)` changes records, with a result for each",
    "create": "`client.create(…)` makes a record",
    "defer": "`only(…)` names the fields that are wanted",
    "delete": '`client.bulk_delete(…)` deletes the records of ids, `qs.values_list("id", flat=True)`',
    "distinct": "each record comes once as it is; `set(qs.values_list(…))` gives different values",
    "earliest": _ONE,
    "get_or_create": "`client.upsert(…)` changes the record of a key, or makes it",
    "latest": _ONE,
    "limit": "a slice does that: `qs[:10]`",
    "offset": "a slice does that: `qs[20:30]`",
    "prefetch_related": _WHOLE,
    "select_related": _WHOLE,
    "sort": "`order_by(…)` does that",
    "union": "`|` between `Q` objects does that, in one query set",
    "update": "`client.bulk_update(…)` changes records, with a result for each",
    "update_or_create": "`client.upsert(…)` changes the record of a key, or makes it",
}


class QuerySet(Generic[R]):
    """A query over one module: immutable, and lazy until its rows are wanted.

    Each method gives a new query set. Iterating asks the server page by page and gives every row;
    each iteration asks anew. `str()` is VTQL that runs as it stands, and asks nothing: of conditions
    across references the stages that wait for ids of earlier ones are comments in it.
    """

    __slots__ = ("_errors", "_spec")

    def __init__(
        self,
        spec: QuerySpec,
        errors: tuple[type[DoesNotExist], type[MultipleObjectsReturned]] = (
            DoesNotExist,
            MultipleObjectsReturned,
        ),
    ) -> None:
        self._spec = spec
        self._errors = errors

    # Building: each method gives a new query set

    def filter(self, /, *conditions: Q, **lookups: Any) -> Self:
        """The records for which these conditions hold, too: `filter(lastname__startswith="O'")`.

        Raises:
            FieldError: no such field or lookup; the nearest names come first.
            FieldValueError: a field does not take a value.
            NotExpressible: a value is None, or VTQL cannot say the condition.
            TypeError: a slice has been taken.
        """
        return self._narrowed(conditions, lookups, "filter", with_relations)

    def exclude(self, /, *conditions: Q, **lookups: Any) -> Self:
        """The records for which not all of these conditions hold.

        Records whose field is NULL, or a reference that is shown as None, are left out: no comparison is
        true of them, and neither is its negation. Without any condition none is left out.

        Raises: as `filter`; NotExpressible for a LIKE, too.
        """
        if not lookups and not has_conditions(conditions):
            return self.filter(*conditions)
        return self._narrowed(conditions, lookups, "exclude", denied_with_relations)

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
        if self._spec.sliced:
            raise after_slice("order_by")
        module = self._spec.module
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
        if self._spec.sliced:
            raise after_slice("reverse")
        order = self._spec.order or ("id",)
        flipped = (name[1:] if name.startswith("-") else f"-{name}" for name in order)
        return self.order_by(*flipped)

    def only(self, *names: str) -> Self:
        """Records with these fields alone (and `id`): less to send, and fewer tables to join.

        Raises:
            FieldError: no such field.
            NotExpressible: no query can name a field.
        """
        module = self._spec.module
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
        if self._spec.sliced:
            raise after_slice("where")
        if not callable(test):
            raise TypeError(
                f"`where` takes a function of a record that tells whether it is wanted: {test!r}"
            )
        return self._with({"tests": (*self._spec.tests, test)})

    def precedence(self, precedence: Precedence) -> Self:
        """The same for servers that read and/or in one way: `portable` suits both.

        Raises:
            ArgumentError: there is no such precedence.
        """
        check_precedence(precedence)
        return self._with({"precedence": precedence})

    def values(self, *names: str) -> QuerySet[dict[str, Any]]:
        """Dictionaries of Python values instead of records: of the named fields, or of all.

        A value that its field's type cannot read is a `DecodeError` where the field was named; of all
        fields it is given as its text, with an `UnreadValue` warning.

        Raises:
            FieldError: no such field.
        """
        fields = {name: self._spec.module.queried(name) for name in names}
        module = self._spec.module
        refuse_fields(module, names)
        readable = {n: field for n, field in module.fields.items() if refusal(module, n) is None}

        def shape(row: dict[str, Any]) -> dict[str, Any]:
            if fields:
                return {name: field.decode(row.get(name)) for name, field in fields.items()}
            return as_values(row, readable)

        columns = names or self._spec.columns
        return QuerySet(replace(self._spec, columns=columns, shape=shape), self._errors)

    def values_list(self, *names: str, flat: bool = False) -> QuerySet[Any]:
        """Tuples of Python values in the order of the names; with `flat`, of one field, bare.

        Raises:
            FieldError: no such field.
            TypeError: no name, or several with `flat`.
        """
        if not names or (flat and len(names) > 1):
            raise TypeError("`values_list` takes the names of fields, one of them with `flat=True`")
        fields = [self._spec.module.queried(name) for name in names]
        refuse_fields(self._spec.module, names)

        def shape(row: dict[str, Any]) -> Any:
            decoded = tuple(field.decode(row.get(field.name)) for field in fields)
            return decoded[0] if flat else decoded

        return QuerySet(replace(self._spec, columns=names, shape=shape), self._errors)

    # Reading

    def __iter__(self) -> Iterator[R]:
        return map(self._spec.shape, rows(self._spec))

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
        spec = self._spec
        ordered = self if spec.order or spec.sliced else self.order_by("id")
        return next(iter(ordered[:1]), None)

    def last(self) -> R | None:
        """The last row in the order, or by id; None if there is none.

        Raises:
            TypeError: a slice has been taken.
        """
        if self._spec.sliced:
            raise after_slice("last")
        return self.reverse().first()

    def get(self, /, *conditions: Q, **lookups: Any) -> R:
        """The one record for which the conditions hold.

        Raises:
            DoesNotExist: there is none.
            MultipleObjectsReturned: there are more. Both are the model's own.
            and what `filter` raises.
        """
        matching = self.filter(*conditions, **lookups) if conditions or lookups else self
        records = list(matching[:2])
        if len(records) != 1:
            spec = matching._spec  # noqa: SLF001 - the same class
            which, error = (
                ("more than one", self._errors[1]) if records else ("no", self._errors[0])
            )
            raise error(f"{which} record of {spec.module.name} matches: {short_text(spec)}")
        return records[0]

    def count(self) -> int:
        """How many rows there are."""
        return count(self._spec)

    def exists(self) -> bool:
        """Whether there is a row."""
        spec = self._spec
        columns = spec.columns if spec.tests else ("id",)
        plain = replace(spec, order=(), columns=columns, shape=dict)
        return QuerySet[Any](plain, self._errors)[:1].first() is not None

    def in_bulk(self, ids: Iterable[str]) -> dict[str, R]:
        """The records of these ids, by id, those that there are.

        Raises:
            FieldValueError: not an id of the module.
        """
        if self._spec.sliced:
            raise after_slice("in_bulk")
        shape = self._spec.shape
        matching = self.filter(id__in=list(dict.fromkeys(ids)))
        return {row["id"]: shape(row) for row in rows(matching._spec)}  # noqa: SLF001 - the same class

    # Export: all but data frames are streamed, with a few pages in memory. The columns are those of
    # `only` or `values` and `id`, else all fields of the module; the values are Python's. A value that
    # its field's type cannot read ends none of them: files of text and dictionaries have its text,
    # typed tables NULL, and an `UnreadValue` warning at the end counts them.

    def stream(self) -> Stream:
        """The fields of the columns and the rows, for an output of one's own.

        A value that its field's type cannot read is a `str`, as it came; `unread` of the stream counts
        them by field.
        """
        spec = self._spec
        names = spec.columns
        known = spec.module.fields
        if names is None:  # what a query would give is another thing, or nothing
            names = tuple(name for name in known if refusal(spec.module, name) is None)
        columns = {name: known[name] for name in dict.fromkeys((*names, "id"))}
        unread: dict[str, int] = {}
        return Stream(columns, decoded(columns, rows(spec), unread), unread)

    def to_dicts(self) -> Iterator[dict[str, Any]]:
        """The rows as dictionaries."""
        stream = self.stream()
        yield from map(dict, stream.rows)
        warn_unread(stream.unread, texts.AS_TEXT)

    def to_csv(self, target: str | Path | TextIO, *, csv_safe: bool = False) -> int:
        """Write the rows as CSV with a head; how many there were.

        Args:
            target: a path, or a file that is open.
            csv_safe: put `'` in front of cells that a spreadsheet would run: those that begin with
                `=`, `+`, `-` or `@`, a tab or a line end. Numbers such as `-5` stay.
        """
        return texts.to_csv(self.stream(), target, csv_safe=csv_safe)

    def to_jsonl(self, target: str | Path | TextIO) -> int:
        """Write the rows as JSON objects, a line each; how many there were."""
        return texts.to_jsonl(self.stream(), target)

    def to_arrow(self) -> Any:
        """The rows as a `pyarrow.RecordBatchReader`; needs `vtql[arrow]`."""
        return arrow.to_arrow(self.stream())

    def to_parquet(self, target: str | Path) -> int:
        """Write the rows as Parquet; how many there were. Needs `vtql[arrow]`."""
        return arrow.to_parquet(self.stream(), target)

    def to_pandas(self) -> Any:
        """The rows as a `pandas.DataFrame`; needs `vtql[pandas]`."""
        return pandas.to_pandas(self.stream())

    def to_polars(self) -> Any:
        """The rows as a `polars.DataFrame`; needs `vtql[polars]`."""
        return polars.to_polars(self.stream())

    def to_duckdb(self, table: str, connection: Any = None) -> Any:
        """Make a DuckDB table of the rows; the connection. Needs `vtql[duckdb]`."""
        return duckdb.to_duckdb(self.stream(), table, connection)

    # The query as text, and what it asks

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
        return Plan(tuple(selects(self._spec)))

    def explain(self) -> Explanation:
        """What iterating will do: the condition, the queries, their number and why; asks nothing.

        Raises:
            NotExpressible: VTQL cannot say it.
        """
        return explanation(self._spec)

    @property
    def vtql(self) -> str:
        """The query as VTQL that runs as it stands; several, a line each, where it takes several.

        A server gives at most 100 rows of each; iterating over the query set gives all. Where the
        condition leads across references, the stages follow each other with a comment in front; one
        that needs ids that an earlier one finds is a comment itself, with a word in ⟨⟩ for these.
        """
        return text_of_queries(self._spec)

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
        return f"<QuerySet of {self._spec.module.name}: {short_text(self._spec)}>"

    if not TYPE_CHECKING:  # which knows the methods, and would take any name for one

        def __getattr__(self, name: str) -> NoReturn:
            why = FOREIGN_METHODS.get(name) or suggestion(name, _public(type(self)))
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

    # Helpers

    def _narrowed(
        self,
        parts: tuple[Q, ...],
        lookups: dict[str, Any],
        method: str,
        meant: Callable[[Tree], Tree],
    ) -> Self:
        spec = self._spec
        if spec.sliced:
            raise after_slice(method)
        # what cannot be said is refused here, at the call that said it
        further = meant(resolved(parts, lookups, spec))
        before = spec.tree
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
        spec = self._spec
        # behind more records than any server has is nothing, and a number of more digits is no LIMIT
        begin, end = min(spec.start + start, MOST), spec.stop
        if stop is not None:
            stop = min(spec.start + stop, MOST)
            end = stop if end is None else min(stop, end)
        if end is not None and end < begin:
            end = begin
        return self._with({"start": begin, "stop": end})

    def _with(self, changes: dict[str, Any]) -> Self:
        spec = object.__new__(QuerySpec)
        fill(spec, "__dict__", self._spec.__dict__ | changes)  # as `changed` does
        copy = object.__new__(type(self))
        copy._spec = spec
        copy._errors = self._errors
        return copy


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


def _public(kind: type) -> list[str]:
    return [name for name in dir(kind) if not name.startswith("_")]
