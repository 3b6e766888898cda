"""What a query set will ask, as values and as text, before anything is asked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from vtql.ast import Comparison, Condition, Limit, Membership, Select, StageValues
from vtql.errors import NotExpressible
from vtql.logic.bitset import numbers
from vtql.logic.dnf import normal_form
from vtql.logic.limits import CONDITIONS
from vtql.logic.plan import FEW, Precedence
from vtql.logic.tree import FALSE, And, Not, Or, Tree, is_written_in
from vtql.parser.printer import write, write_clauses, write_condition, write_window
from vtql.protocol import PAGE
from vtql.query.client_filters import (
    Part,
    describe_parts,
    parts_of,
    says_nearly,
    spec_of_part,
    without_client_tests,
)
from vtql.query.relations import RelatedIds, stage_of, stages, with_placeholders
from vtql.query.spec import (
    QuerySpec,
    ascending_total,
    column_names,
    multiplied_columns,
    multiplied_conditions,
    multiplied_order,
    select,
)
from vtql.query.split_queries import SplitPlan, surely_fits
from vtql.query.strategy import (
    BY_ID_ORDERS,
    Method,
    is_descending,
    offset_of,
    refuse_cut,
    significant,
    strategy,
)

SHOWN = 10
"""Alternatives and statements that the text shows; the value has all of them."""

WIDTH = 200
"""Characters of each that the text shows."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One part of what is asked: the queries over one module.

    `condition` is the tree with brackets, or that of the alternatives where it would be written with
    more than ten thousand conditions; `alternatives` are its minimal normal form, one condition that
    suffices each. `statements` are the first requests of the queries; where `ids` are not known
    before an earlier stage has found them, a word in ⟨⟩ stands for them, and `waits_for` has the
    numbers of these stages, from 1. `tests` say what is decided here, on the records that come. `requests` is how many there are, at least, and for a slice that is filled; `more` says what they grow with. `why` says
    why one query is not enough, and is empty where it is. `fewest` is whether fewer queries are proven not to do.
    """

    module: str
    gives: str
    condition: str
    alternatives: tuple[str, ...]
    statements: tuple[str, ...]
    fewest: bool
    why: str
    way: str
    requests: int
    more: str
    waits_for: tuple[int, ...] = ()
    tests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """All stages in the order in which they are asked; the last one gives the rows.

    `precedence` is what the queries are made for. `notes` tells of what happens here, and of what may
    still change. `str()` is a text for people, `to_dict()` the same as plain data.
    """

    stages: tuple[Stage, ...]
    precedence: Precedence
    notes: tuple[str, ...] = ()

    @property
    def requests(self) -> int:
        """How many requests there are at least, for a slice that is filled."""
        return sum(stage.requests for stage in self.stages)

    def to_dict(self) -> dict[str, Any]:
        """The explanation as plain data, for JSON."""
        return {**asdict(self), "requests": self.requests}

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def _lines(explanation: Explanation) -> Iterator[str]:
    for number, stage in enumerate(explanation.stages, start=1):
        if len(explanation.stages) > 1:
            yield f"stage {number}: {stage.gives} from {stage.module}"
        yield f"condition     {_shortened(stage.condition)}"
        if len(stage.alternatives) > 1:
            yield f"alternatives  {len(stage.alternatives):,}"
            yield from _some(stage.alternatives)
        count = len(stage.statements)
        yield f"queries       {count:,}{', proven the fewest' if stage.fewest and count > 1 else ''}"
        yield from _some(stage.statements)
        if stage.why:
            yield f"why several   {stage.why}"
        yield f"way           {stage.way}"
        yield f"requests      {f'{stage.requests:,} {stage.more}' if count else 'none'}"
        yield ""
    yield f"precedence    {explanation.precedence}"
    for note in explanation.notes:
        yield f"note          {note}"


def _some(lines: tuple[str, ...]) -> Iterator[str]:
    for line in lines[:SHOWN]:
        yield f"  {_shortened(line)}"
    if len(lines) > SHOWN:
        yield f"  … and {len(lines) - SHOWN:,} more"


def _shortened(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[:WIDTH]} … ({len(line):,} characters)"


def explanation(spec: QuerySpec) -> Explanation:
    """What iterating over a query set will do; nothing is asked.

    Raises:
        NotExpressible: the condition goes beyond a limit.
    """
    steps = tuple(_stages(spec, "the rows", []))
    return Explanation(steps, spec.used_precedence, tuple(_notes(spec, steps)))


def staged_text(spec: QuerySpec) -> str:
    """The queries of a query set that takes stages, with a comment in front of each stage.

    What has a word for ids that only a server knows is a comment, too, so that the text runs.
    """
    lines = []
    stages = explanation(spec).stages
    for number, stage in enumerate(stages, start=1):
        waits = ", with the ids found" if stage.waits_for else ""
        if len(stages) > 1:
            lines.append(f"-- stage {number}{waits}: {stage.gives} from {stage.module}")
        lines += [f"-- of these, the records where {test}" for test in stage.tests]
        for text in stage.statements:
            lines += [f"-- {line}" for line in text.split("\n")] if waits else [text]
    return "\n".join(lines)


def _stages(spec: QuerySpec, gives: str, before: list[Stage]) -> list[Stage]:
    """The stages of a query set, those that it waits for first; `before` are the ones so far."""
    places: dict[object, int] = {}
    for ids in stages(spec.tree):
        if stage_of(ids) not in places:
            inner = QuerySpec(
                module=ids.module, catalog=spec.catalog, shape=dict, server=spec.server,
                tree=ids.tree, columns=(ids.column,), precedence=spec.precedence,
            )  # fmt: skip
            _stages(inner, f"the values of `{ids.column}`", before)
            places[stage_of(ids)] = len(before)
    before.append(_stage(spec, gives, places))
    return before


def _client_stage(
    spec: QuerySpec, parts: Sequence[Part], gives: str, places: dict[object, int]
) -> Stage:
    """The stage of a query set some of whose conditions are decided on the records that come."""
    whole = _stage(replace(spec, as_stored=True), gives, places)
    queries = [_stage(spec_of_part(spec, part), gives, places) for part in parts]
    if not queries:
        return _stage(replace(spec, tree=FALSE, as_stored=True), gives, places)
    alone = len(queries) == 1
    return replace(
        whole,
        statements=tuple(text for stage in queries for text in stage.statements),
        fewest=alone and queries[0].fewest,
        why=queries[0].why
        if alone
        else "what is decided here is not the same for all alternatives",
        way=queries[0].way if alone else (Method.MERGED if spec.order else Method.IN_TURN).value,
        requests=sum(stage.requests for stage in queries),
        more=queries[0].more,
        tests=tuple(" and ".join(map(str, part.tests)) for part in parts if part.tests),
    )


def _stage(spec: QuerySpec, gives: str, places: dict[object, int]) -> Stage:
    parts = parts_of(spec)
    if parts is not None:
        return _client_stage(spec, parts, gives, places)
    plain = replace(spec, tree=_placed(spec.tree, places))
    if plain.tests:
        plain = plain.whole
    chosen_strategy = strategy(plain)
    form = normal_form(plain.tree)
    alternatives = tuple(
        " AND ".join(write_condition(form.conditions[number]) for number in numbers(implicant))
        for implicant in form.implicants
    )
    brief = is_written_in(plain.tree, CONDITIONS)
    number = len(chosen_strategy.branches.queries)
    least, more = _requests(plain, chosen_strategy.way, number)
    if plain.tree is not spec.tree:
        more += "; several queries where more ids are found than a URL can hold"
    return Stage(
        module=spec.module.name,
        gives=gives,
        condition=_tree_text(plain.tree, outermost=Or) if brief else " OR ".join(alternatives),
        alternatives=alternatives,
        statements=_statements(plain, chosen_strategy.way, chosen_strategy.branches),
        fewest=chosen_strategy.branches.fewest,
        why=_why(plain, chosen_strategy.branches),
        way=chosen_strategy.way.value,
        requests=least,
        more=more,
        waits_for=tuple(sorted(set(places.values()))),
    )


def _placed(tree: Tree, places: dict[object, int]) -> Tree:
    """The tree with a word for the ids that earlier stages find."""

    def word(condition: Condition, needed: RelatedIds) -> Condition:
        ids = StageValues(f"⟨ids of stage {places[stage_of(needed)]}⟩")
        if isinstance(condition, Membership):
            return Membership(condition.field, (ids, StageValues("…")))
        return replace(condition, value=ids)

    return with_placeholders(tree, word)


def _statements(spec: QuerySpec, way: Method, plan: SplitPlan) -> tuple[str, ...]:
    """The first request of each query, without the LIMIT of its page."""
    order: tuple[str, ...]
    if way is Method.SORTED or spec.order in BY_ID_ORDERS:
        order = ("-id",) if spec.order == ("-id",) and way is not Method.SORTED else ("id",)
    elif way is Method.DESCENDING or spec.order[-1] == "-id":
        order = significant(spec.order)
    elif way is Method.GROUPED:
        order = ascending_total(spec.order[:-1])
    else:
        order = ascending_total(spec.order)
    return tuple(write(select(spec, query.chain, order)) for query in plan.queries)


def _why(spec: QuerySpec, plan: SplitPlan) -> str:
    number = len(plan.queries)
    if number < 2:
        return ""
    if plan.chains == number:
        read = {
            "portable": "means the same to servers that read AND first and to those that read from "
            "left to right",
            "left_to_right": "says this to a server that reads from left to right",
        }.get(spec.used_precedence, "says this")
        proven = "proven the fewest" if plan.fewest else "the fewest that were found"
        return f"no one chain without brackets {read}; {number} are {proven}"
    return (
        f"{'one chain' if plan.chains == 1 else f'{plan.chains} chains'} would be longer than the "
        f"{spec.url_bytes:,} bytes that a URL may have, so lists are divided over {number:,} queries"
    )


def _requests(spec: QuerySpec, way: Method, number: int) -> tuple[int, str]:
    """How many requests there are at least where a slice is filled, and what they grow with."""
    least, more = _page_requests(spec, way, number)
    if way is Method.NOTHING or not multiplied_columns(spec) or spec.size == 1:
        return least, more
    return 2 * least, f"{more}; {_IN_TWO_STEPS}"


_IN_TWO_STEPS = (
    "half of them ask for ids and half for the columns of these records, of which a record takes as much of "
    f"LIMIT as it has rows: one request for each {PAGE} of them"
)


def _page_requests(spec: QuerySpec, way: Method, number: int) -> tuple[int, str]:
    """As `_requests`, of pages."""
    of_each = "" if number == 1 else " of each query"
    start = offset_of(spec)
    match way:
        case Method.NOTHING:
            return 0, ""
        case Method.DESCENDING if (spec.stop or PAGE) < PAGE:
            return 1, "if no equal records stand at the end; else one more for each page of them"
        case Method.BY_ID | Method.ASCENDING if spec.stop is not None:
            size = spec.stop - start
            more = "if there are so many records; else one to see the end"
            return math.ceil(size / PAGE), more + (
                "; and one, the first time, to see that the server keeps to offsets"
                if start
                else ""
            )
        case Method.IN_TURN if spec.stop is not None:
            return 1, "or more: no more queries are asked than it takes to fill the slice"
    return (
        number,
        f"or more: one for each {PAGE} records{of_each}, and one to see where they end",
    )


def _notes(spec: QuerySpec, steps: Sequence[Stage]) -> Iterator[str]:
    unknown = (
        spec.used_precedence == "portable" and spec.precedence is None and spec.server is not None
    )
    if unknown and any(stage.why for stage in steps):
        yield (
            "it is not known yet how this server evaluates AND and OR; where several queries are needed for "
            "that, it is asked first, and one query is enough once it is known"
        )
    for stage in steps:
        for test in stage.tests:
            yield f"decided here, on each record of {stage.module} that comes: {test}"
    if multiplied_order(spec):
        yield (
            "a record can have several values of a field of the order; it stands where the one puts it that "
            "its row shows"
        )
    if multiplied_conditions(spec, spec.tree):
        yield "a record can have several values of a field of the condition; it is found by any of them"
    for _ in spec.tests:
        yield "a test in Python looks at each record that comes; slices and counts are of those that pass"


def _tree_text(tree: Tree, outermost: type) -> str:
    """A tree with brackets."""
    if isinstance(tree, (And, Or)):
        if not tree.parts:
            return "every record" if isinstance(tree, And) else "no record"
        word = " AND " if isinstance(tree, And) else " OR "
        text = word.join(_tree_text(part, type(tree)) for part in tree.parts)
        return text if outermost is Or or outermost is type(tree) else f"({text})"
    assert not isinstance(tree, Not)
    return write_condition(tree)


def selects(spec: QuerySpec) -> list[Select]:
    """The queries that say what the query set does, with its slice as LIMIT.

    A query set that cannot match anything is one query that asks for no record.

    Raises:
        NotExpressible: no query can say the slice, or the condition goes beyond a limit.
    """
    if stages(spec.tree):
        raise NotExpressible(
            "the condition leads across references, so it takes stages, and what the later ones ask "
            "is not known before the earlier ones have answered; `explain()` shows them"
        )
    parts = parts_of(spec)
    if parts is not None:
        if not says_nearly(parts):
            strategy(
                replace(spec, as_stored=True)
            )  # what is beyond a limit cannot be asked, either
            raise NotExpressible(
                f"no query says this condition: {describe_parts(parts)}; this is decided on the records that come, "
                "so iterate over the query set, or see the queries it asks with `explain()`"
            )
        return selects(without_client_tests(spec))
    chosen = strategy(spec)
    queries = chosen.branches.queries
    if not queries:
        return [select(spec, None, (), Limit(0))]
    if spec.tests and spec.sliced:
        raise NotExpressible(
            "a slice of what `where` lets through is cut here, and no LIMIT says it; iterate over "
            "the slice instead"
        )
    if spec.sliced and (len(queries) > 1 or not _server_orders(spec)):
        raise refuse_cut(len(queries), chosen.way)
    if spec.start and spec.stop is None:
        raise NotExpressible(
            f"VTQL cannot skip {spec.start} records without saying how many follow: "
            "give the slice an end"
        )
    limit = None
    if spec.stop is not None:
        limit = Limit(spec.stop - spec.start, spec.start or None)
    order = spec.order if _server_orders(spec) else ()
    if spec.sliced and not is_descending(
        order
    ):  # or equal records could be in two slices, or in none
        order = ascending_total(order)
    return [select(spec, query.chain, order, limit) for query in queries]


def text_of_queries(spec: QuerySpec) -> str:
    """The queries as text that runs as it stands, a line each; stages with comments between them.

    Raises:
        NotExpressible: as `selects`.
    """
    parts = parts_of(spec)
    if parts is not None and not says_nearly(parts):
        return staged_text(spec)
    if parts is not None:
        spec = without_client_tests(spec)
    text = single_text(spec)
    if text is not None:
        return text
    return staged_text(spec) if stages(spec.tree) else "\n".join(map(write, selects(spec)))


def short_text(spec: QuerySpec) -> str:
    """The queries for a message; where they cannot be said, why."""
    try:
        return text_of_queries(spec)
    except NotExpressible as error:
        return str(error)


def single_text(spec: QuerySpec) -> str | None:
    """The text of an ordinary query set: conditions on different fields that all hold, or any of
    which does, an order that a server gives, a slice that LIMIT says. None of any other.

    It is what `selects` and `write` would come to, without a plan and a tree in between, and so in
    a third of the time. It is most of what is ever written.
    """
    tree, order = spec.tree, spec.order
    joined = " OR " if isinstance(tree, Or) else " AND "
    parts = tree.parts if isinstance(tree, (And, Or)) else (tree,)
    conditions: dict[str, Condition] = {}
    for part in parts:
        if not isinstance(part, Comparison) or isinstance(part.value, StageValues):
            return None
        conditions[part.field.text] = part
    if len(conditions) < len(parts) or len(parts) > FEW or tree == FALSE:
        return None
    start, stop = spec.start, spec.stop
    if spec.tests or (start and stop is None) or stop == start:
        return None
    ordered = ", ".join(order)
    if "-" in ordered:
        if not is_descending(order) or not _server_orders(spec):
            return None
        ordered = ", ".join((*order[:-1], f"{order[-1][1:]} DESC"))
    elif stop is not None and "id" not in order:
        ordered += ", id" if ordered else "id"
    text = write_clauses(
        ", ".join(column_names(spec.columns, order)),
        spec.module.name,
        joined.join(map(write_condition, conditions.values())),
        ordered,
        "" if stop is None else write_window(stop - start, start or None),
    )
    return text if surely_fits(len(text), len(parts), spec) else None


def _server_orders(spec: QuerySpec) -> bool:
    """Whether a server gives the order: where only the last field descends."""
    order = spec.order
    return len(order) < 2 or not any(name.startswith("-") for name in order[:-1])
