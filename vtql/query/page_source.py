"""One query of a query set as something that pages can be asked of.

Rows are checked here, where they enter: a page is no longer than its LIMIT, and each row is a record with
an id. What else a server promises, such as an order, is checked by the reader that relies on it.

Fields of which a record can have several, such as the lines of an invoice, are in a table whose join
gives a row for each, and LIMIT counts these rows (measured on 8.4.0). So a page whose columns have such a
field is asked for in two steps: ids without such columns, which is one row a record, and then the columns of
these records by `id IN (…)`, as often as it takes for each of them to come. Which of its several values a
record shows is the server's choice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from vtql.ast import (
    Chain,
    Comparison,
    Connective,
    Limit,
    Literal,
    Name,
    Operator,
    text_of,
)
from vtql.catalog.catalog import empty_value
from vtql.catalog.types import Family
from vtql.errors import BrokenAnswer, NotExpressible
from vtql.logic.equality import equality, one_of
from vtql.logic.plan import plan
from vtql.logic.tree import TRUE, Or, Tree, conjunction
from vtql.parser.printer import write
from vtql.protocol import PAGE
from vtql.query.connection import Fetch, Row
from vtql.query.page_checks import must_be_records
from vtql.query.precedence_probe import probed
from vtql.query.spec import QuerySpec, multiplied, multiplied_columns, multiplied_conditions, select
from vtql.query.split_queries import SplitQuery, encoded_bytes
from vtql.query.values import name_of


@dataclass(frozen=True, slots=True)
class Source:
    """One query of a query set, and the way to the server.

    Its conditions are those of `branch` and of `region`, the part of its rows that is asked for.
    """

    spec: QuerySpec
    fetch: Fetch
    branch: SplitQuery
    region: Tree = TRUE

    def within(self, *regions: Tree) -> Source:
        """The rows of this source for which further conditions hold."""
        return replace(self, region=conjunction(self.region, *regions))

    def up_to_newest(self) -> Source:
        """The records that are there now, as far as their ids tell, so that reading them ends."""
        newest = self.ids(("-id",), 1)
        if not newest:
            return self
        return self.within(Comparison(Name("id"), Operator.LE, Literal(newest[0])))

    def page(self, order: tuple[str, ...], size: int, offset: int = 0) -> list[Row] | None:
        """The rows of a window in an order; None where no one query that fits into a URL says it.

        Raises:
            BrokenAnswer: the answer has more rows than asked for, or one that is no record.
        """
        spec = self.spec
        if size > 1 and multiplied_columns(spec):
            narrow = replace(spec, columns=tuple(_single(spec, order)))
            ids = self._asked(narrow, order, size, offset)
            return None if ids is None else self._completed([row["id"] for row in ids])
        return self._asked(spec, order, size, offset)

    def ids(self, order: tuple[str, ...], size: int = PAGE) -> list[str] | None:
        """The ids of the first rows in an order; None as for `page`."""
        rows = self._asked(replace(self.spec, columns=("id",)), order, size, 0)
        return None if rows is None else [row["id"] for row in rows]

    def chain(self) -> tuple[Chain | None, ...]:
        """The chains that say the conditions; one, or more where no one does."""
        if self.region is TRUE:
            return (self.branch.chain,)
        tree = conjunction(self.branch.tree, self.region)
        chains = plan(tree, self.spec.used_precedence)
        server = self.spec.server
        unknown = self.spec.used_precedence == "portable" and self.spec.precedence is None
        if len(chains) > 1 and unknown and server and probed(server, self.spec.module):
            return plan(tree, self.spec.used_precedence)
        return chains

    def named_ids(self) -> list[str]:
        """The ids that the condition names, where no other record can come; else none."""
        chain = self.branch.chain
        if chain is None or any(link.connective is Connective.OR for link in chain.links):
            return []
        lists = (equality(condition) for condition in chain.conditions)
        ids = [values for name, values in filter(None, lists) if name.text == "id"]
        return [text_of(value) for value in ids[0]] if ids else []

    def _asked(
        self, spec: QuerySpec, order: tuple[str, ...], size: int, offset: int
    ) -> list[Row] | None:
        try:
            chains = self.chain()
        except NotExpressible:
            if self.region is TRUE:
                raise
            return None
        if not chains:
            return []
        text = write(select(spec, chains[0], order, Limit(size, offset or None)))
        too_much = len(chains) > 1 or encoded_bytes(text) > spec.url_bytes
        if too_much and self.region is not TRUE:
            return None
        rows = must_be_records(self.fetch(text), size)
        ids = self.named_ids()
        if ids and rows:
            numbers = {record_id.casefold().rpartition("x")[2].lstrip("0") for record_id in ids}
            for row in rows:
                if row["id"].partition("x")[2].lstrip("0") not in numbers:
                    raise BrokenAnswer(
                        f"query: the record `{row['id']}` came, which is none of those asked for by id"
                    )
        return rows

    def _completed(self, ids: Sequence[str]) -> list[Row]:
        """The records of these ids with all columns, in their order; those that are still there."""
        rows: dict[str, Row] = {}
        missing = list(dict.fromkeys(ids))
        room = PAGE
        while missing:
            part = missing[:room]
            text = self._text_of_records(part)
            if encoded_bytes(text) > self.spec.url_bytes and len(part) > 1:
                room = len(part) // 2
                continue
            came = must_be_records(self.fetch(text), PAGE)
            further = {row["id"]: row for row in came if row["id"] in part}
            if len(further) < len({row["id"] for row in came}):
                raise BrokenAnswer("query: a record came that is none of those asked for by id")
            rows |= further
            # where none came, none of these is there any more
            answered = set(part) if not further else further.keys()
            missing = [record_id for record_id in missing if record_id not in answered]
        return [rows[record_id] for record_id in ids if record_id in rows]

    def _text_of_records(self, ids: Sequence[str]) -> str:
        spec = self.spec
        listed = one_of(Name("id"), [Literal(record_id) for record_id in ids])
        if multiplied_conditions(spec, self.branch.tree):
            # of the rows of a record only those come for which the conditions hold
            chains = plan(conjunction(self.branch.tree, listed), spec.used_precedence)
            chain = chains[0] if len(chains) == 1 else Chain(listed)
        else:
            chain = Chain(listed)
        return write(select(spec, chain, ("id",), Limit(PAGE)))


def _single(spec: QuerySpec, order: tuple[str, ...]) -> Iterable[str]:
    many = multiplied(spec)
    names = (name.lstrip("-") for name in order)
    return [name for name in dict.fromkeys((*names, "id")) if name not in many]


def has_value(spec: QuerySpec, name: str) -> Or:
    """The condition that a field is not NULL, which `!=` leaves out (measured). A reference is compared with
    an id of no record, for a server takes nothing else."""
    field = spec.module.fields[name]
    value = Literal(empty_value(field, spec.catalog) if field.type.family is Family.ID else "0")
    column = name_of(name)
    return Or((Comparison(column, Operator.EQ, value), Comparison(column, Operator.NE, value)))
