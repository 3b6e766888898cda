"""What a query set will ask, told before it is asked."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from vtql.ast import Bare, Comparison, Condition, Membership
from vtql.logic.bitset import numbers
from vtql.logic.dnf import normal_form
from vtql.logic.limits import CONDITIONS
from vtql.logic.tree import FALSE, And, Not, Or, Tree, is_written_in
from vtql.parser.printer import write, write_condition
from vtql.protocol import PAGE
from vtql.query.across import Found, filled_with, stage_of, stages
from vtql.query.branches import Branches
from vtql.query.decided import Part, asked_of, parts_of
from vtql.query.state import (
    State,
    ascending_total,
    multiplied_columns,
    multiplied_conditions,
    multiplied_order,
    select,
)
from vtql.query.strategy import BY_ID_ORDERS, Way, offset_of, significant, strategy
from vtql.query.telling import Explanation, Stage


def explained(state: State) -> Explanation:
    """What iterating over a query set will do; nothing is asked.

    Raises:
        NotExpressible: the condition goes beyond a limit.
    """
    told = tuple(_stages(state, "the rows", []))
    return Explanation(told, state.read_as, tuple(_notes(state, told)))


def staged_text(state: State) -> str:
    """The queries of a query set that takes stages, with a comment in front of each stage.

    What has a word for ids that only a server knows is a comment, too, so that the text runs.
    """
    lines = []
    stages = explained(state).stages
    for number, stage in enumerate(stages, start=1):
        waits = ", with the ids found" if stage.waits_for else ""
        if len(stages) > 1:
            lines.append(f"-- stage {number}{waits}: {stage.gives} from {stage.module}")
        lines += [f"-- of these, the records where {test}" for test in stage.tests]
        for text in stage.statements:
            lines += [f"-- {each}" for each in text.split("\n")] if waits else [text]
    return "\n".join(lines)


def _stages(state: State, gives: str, before: list[Stage]) -> list[Stage]:
    """The stages of a state, those that it waits for first; `before` are the ones so far."""
    places: dict[object, int] = {}
    for found in stages(state.tree):
        if stage_of(found) not in places:
            inner = State(
                module=found.module, catalog=state.catalog, shape=dict, server=state.server,
                tree=found.tree, columns=(found.column,), reading=state.reading,
            )  # fmt: skip
            _stages(inner, f"the values of `{found.column}`", before)
            places[stage_of(found)] = len(before)
    before.append(_stage(state, gives, places))
    return before


def _decided(state: State, parts: Sequence[Part], gives: str, places: dict[object, int]) -> Stage:
    """The stage of a query set some of whose conditions are decided on the records that come."""
    whole = _stage(replace(state, as_stored=True), gives, places)
    asked = [_stage(asked_of(state, part), gives, places) for part in parts]
    if not asked:
        return _stage(replace(state, tree=FALSE, as_stored=True), gives, places)
    alone = len(asked) == 1
    return replace(
        whole,
        statements=tuple(text for stage in asked for text in stage.statements),
        fewest=alone and asked[0].fewest,
        why=asked[0].why if alone else "what is decided here is not the same for all alternatives",
        way=asked[0].way if alone else (Way.MERGED if state.order else Way.IN_TURN).value,
        requests=sum(stage.requests for stage in asked),
        more=asked[0].more,
        tests=tuple(" and ".join(map(str, part.tests)) for part in parts if part.tests),
    )


def _stage(state: State, gives: str, places: dict[object, int]) -> Stage:
    parts = parts_of(state)
    if parts is not None:
        return _decided(state, parts, gives, places)
    plain = replace(state, tree=_placed(state.tree, places))
    if plain.tests:
        plain = plain.whole
    found = strategy(plain)
    form = normal_form(plain.tree)
    alternatives = tuple(
        " AND ".join(write_condition(form.conditions[number]) for number in numbers(each))
        for each in form.implicants
    )
    brief = is_written_in(plain.tree, CONDITIONS)
    number = len(found.branches.queries)
    least, more = _requests(plain, found.way, number)
    if plain.tree is not state.tree:
        more += "; several queries where more ids are found than a URL can hold"
    return Stage(
        module=state.module.name,
        gives=gives,
        condition=_spelled(plain.tree, outermost=Or) if brief else " OR ".join(alternatives),
        alternatives=alternatives,
        statements=_statements(plain, found.way, found.branches),
        fewest=found.branches.fewest,
        why=_why(plain, found.branches),
        way=found.way.value,
        requests=least,
        more=more,
        waits_for=tuple(sorted(set(places.values()))),
    )


def _placed(tree: Tree, places: dict[object, int]) -> Tree:
    """The tree with a word for the ids that earlier stages find."""

    def word(condition: Condition, found: Found) -> Condition:
        ids = Bare(f"⟨ids of stage {places[stage_of(found)]}⟩")
        if isinstance(condition, Membership):
            return Membership(condition.field, (ids, Bare("…")))
        assert isinstance(condition, Comparison)
        return replace(condition, value=ids)

    return filled_with(tree, word)


def _statements(state: State, way: Way, found: Branches) -> tuple[str, ...]:
    """The first request of each query, without the LIMIT of its page."""
    order: tuple[str, ...]
    if way is Way.SORTED or state.order in BY_ID_ORDERS:
        order = ("-id",) if state.order == ("-id",) and way is not Way.SORTED else ("id",)
    elif way is Way.DESCENDING or state.order[-1] == "-id":
        order = significant(state.order)
    elif way is Way.GROUPED:
        order = ascending_total(state.order[:-1])
    else:
        order = ascending_total(state.order)
    return tuple(write(select(state, query.chain, order)) for query in found.queries)


def _why(state: State, found: Branches) -> str:
    number = len(found.queries)
    if number < 2:
        return ""
    if found.chains == number:
        read = {
            "portable": "means the same to servers that read AND first and to those that read from "
            "left to right",
            "left_to_right": "says this to a server that reads from left to right",
        }.get(state.read_as, "says this")
        proven = "proven the fewest" if found.fewest else "the fewest that were found"
        return f"no one chain without brackets {read}; {number} are {proven}"
    return (
        f"{'one chain' if found.chains == 1 else f'{found.chains} chains'} would be longer than the "
        f"{state.url_bytes:,} bytes that a URL may have, so lists are divided over {number:,} queries"
    )


def _requests(state: State, way: Way, number: int) -> tuple[int, str]:
    """How many requests there are at least where a slice is filled, and what they grow with."""
    least, more = _page_requests(state, way, number)
    if way is Way.NOTHING or not multiplied_columns(state) or state.size == 1:
        return least, more
    return 2 * least, f"{more}; {_IN_TWO_STEPS}"


_IN_TWO_STEPS = (
    "half of them ask for ids and half for the columns of these records, of which a record takes as much of "
    f"LIMIT as it has rows: one request for each {PAGE} of them"
)


def _page_requests(state: State, way: Way, number: int) -> tuple[int, str]:
    """As `_requests`, of pages."""
    each = "" if number == 1 else " of each query"
    start = offset_of(state)
    match way:
        case Way.NOTHING:
            return 0, ""
        case Way.DESCENDING if (state.stop or PAGE) < PAGE:
            return 1, "if no equal records stand at the end; else one more for each page of them"
        case Way.BY_ID | Way.ASCENDING if state.stop is not None:
            size = state.stop - start
            more = "if there are so many records; else one to see the end"
            return math.ceil(size / PAGE), more + (
                "; and one, the first time, to see that the server keeps to offsets"
                if start
                else ""
            )
        case Way.IN_TURN if state.stop is not None:
            return 1, "or more: no more queries are asked than it takes to fill the slice"
    return (
        number,
        f"or more: one for each {PAGE} records{each}, and one to see where they end",
    )


def _notes(state: State, told: Sequence[Stage]) -> Iterator[str]:
    unknown = state.read_as == "portable" and state.reading is None and state.server is not None
    if unknown and any(stage.why for stage in told):
        yield (
            "it is not known yet how this server reads and/or; where several queries are needed for "
            "that, it is asked first, and one query is enough once it is known"
        )
    for stage in told:
        for test in stage.tests:
            yield f"decided here, on each record of {stage.module} that comes: {test}"
    if multiplied_order(state):
        yield (
            "a record can have several values of a field of the order; it stands where the one puts it that "
            "its row shows"
        )
    if multiplied_conditions(state, state.tree):
        yield "a record can have several values of a field of the condition; it is found by any of them"
    for _ in state.tests:
        yield "a test in Python looks at each record that comes; slices and counts are of those that pass"


def _spelled(tree: Tree, outermost: type) -> str:
    """A tree with brackets."""
    if isinstance(tree, (And, Or)):
        if not tree.parts:
            return "every record" if isinstance(tree, And) else "no record"
        word = " AND " if isinstance(tree, And) else " OR "
        text = word.join(_spelled(part, type(tree)) for part in tree.parts)
        return text if outermost is Or or outermost is type(tree) else f"({text})"
    assert not isinstance(tree, Not)
    return write_condition(tree)
