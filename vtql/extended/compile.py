"""`compile`: a query in the extended language, with brackets and NOT, to plain VTQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from vtql.ast import (
    Columns,
    Comparison,
    Condition,
    Count,
    Limit,
    Literal,
    Membership,
    Name,
    Operator,
    Select,
    Star,
)
from vtql.errors import NotExpressible, QuerySyntaxError
from vtql.extended.parse import Empty, ExtendedQuery, extended_parser, parse_extended
from vtql.extended.plan import Plan
from vtql.logic.equality import one_of
from vtql.logic.plan import Precedence, check_precedence, plan
from vtql.logic.tree import TRUE, And, Not, Or, Tree, is_deeper
from vtql.parser.lalr import Stop
from vtql.recovery.lexer import EMPTY_STATEMENT, Statement, parse_tokens, statements
from vtql.recovery.recover import SHOWN, recover_statement, several_queries, syntax_error
from vtql.source import Source, must_be_text
from vtql.statements import COMMENTS_AND_LITERALS, ParsedQuery, queries

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog
    from vtql.catalog.model import Module

DEEPEST = 100
"""Brackets and NOTs inside each other; more are a machine's mistake, and need the stack of one."""

MOST_BRACKETS = 60_000
"""Brackets of a text that is looked at."""


def compile_text(
    text: str, catalog: Catalog | None = None, precedence: Precedence = "portable"
) -> Plan:
    """The fewest plain queries that mean a query in the extended language.

    Args:
        text: VTQL with brackets, NOT, BETWEEN, NOT IN, `<>`, IS EMPTY, double quotes, OFFSET;
            `-- comments` may stand in it.
        catalog: metadata to check names against.
        precedence: how the server evaluates and/or; `portable` suits all.

    Raises:
        QuerySyntaxError: the text is not of that language.
        ModuleError, FieldError: the catalog has no such name.
        NotExpressible: VTQL cannot say it.
        ArgumentError: there is no such precedence.
        TypeError: it is no text.
    """
    must_be_text(text)
    check_precedence(precedence)
    return compile_query(parse_text(text), catalog, precedence)


def parse_text(text: str) -> ExtendedQuery:
    """The query that a text in the extended language is.

    Raises:
        QuerySyntaxError: it is none, or several.
        NotExpressible: it has more brackets than are looked at.
    """
    if (
        text.count("(") > MOST_BRACKETS
        and COMMENTS_AND_LITERALS.sub("", text).count("(") > MOST_BRACKETS
    ):
        raise NotExpressible(
            f"the text has more than {MOST_BRACKETS:,} brackets, which nobody meant"
        )
    result = parse_extended(text)
    if isinstance(result, Stop):
        first, *more = [*islice(statements(text), SHOWN)] or [EMPTY_STATEMENT]
        return _parse_statement(Source(text), first, more)
    return result


def parse_script(source: Source) -> Iterator[ExtendedQuery | QuerySyntaxError]:
    """Each query of a file, or what `read_text` would raise for it."""
    for item in queries(source.text, extended_parser()):
        if isinstance(item, ParsedQuery):
            yield item.tree
            continue
        if not item.tokens and not item.findings:
            continue  # comments, and no query between them
        try:
            yield _parse_statement(source, item, [])
        except QuerySyntaxError as error:
            yield error


def _parse_statement(
    source: Source, statement: Statement, others: Sequence[Statement]
) -> ExtendedQuery:
    """The query that a statement is, comments in it passed over.

    Raises:
        QuerySyntaxError: it is none, or there are more of them.
    """
    others = [other_statement for other_statement in others if other_statement.tokens]
    if statement.tokens and not statement.findings and not others:
        query = parse_tokens(extended_parser(), statement.tokens)
        if isinstance(query, ExtendedQuery):
            return query
    recovered = recover_statement(source.text, statement)
    if not recovered.foreign and not others and recovered.tokens:
        query = parse_tokens(extended_parser(), recovered.tokens)
        if isinstance(query, ExtendedQuery):
            return query
    wrong = (*recovered.foreign, *map(several_queries, others))
    raise syntax_error(source, wrong or recovered.findings)


def compile_query(
    query: ExtendedQuery, catalog: Catalog | None, precedence: Precedence = "portable"
) -> Plan:
    """The plan of a query whose text has been read.

    Raises:
        ModuleError, FieldError: the catalog has no such name.
        NotExpressible: VTQL cannot say it.
    """
    return Plan(tuple(_selects(query, condition_of(query, catalog), precedence)))


def condition_of(query: ExtendedQuery, catalog: Catalog | None) -> Tree:
    """The condition of a query as a tree, its names made sure of where there is a catalog.

    Raises: as `compiled`.
    """
    if query.where is not None and is_deeper(query.where, DEEPEST):
        raise NotExpressible(
            f"the condition has more than {DEEPEST} brackets and NOTs inside each other; most of them "
            "say nothing, and without them it compiles"
        )
    module = None if catalog is None else catalog[query.module.text]
    if module is not None:
        names = [*getattr(query.columns, "names", ()), *(query.order.names if query.order else ())]
        for name in names:
            module.field(name.text)
    return TRUE if query.where is None else _resolved(query.where, module, catalog)


def _selects(query: ExtendedQuery, tree: Tree, precedence: Precedence) -> list[Select]:
    chains = plan(tree, precedence)
    columns = _before_from(query.columns)
    if not chains:
        return [Select(columns, query.module, None, query.order, Limit(0))]
    whole = isinstance(query.columns, Count) or query.limit is not None or query.order is not None
    if len(chains) > 1 and whole:
        raise NotExpressible(
            f"the condition takes {len(chains)} queries, and a server neither counts, orders nor "
            "cuts their rows together; leave out count(*), ORDER BY and LIMIT"
        )
    return [Select(columns, query.module, chain, query.order, query.limit) for chain in chains]


def _before_from(columns: Star | Count | Columns) -> Star | Count | Columns:
    """The columns with none in front of FROM whose name ends so: a server takes it for FROM itself.

    `id` may always stand there, for a server gives it anyway.
    """
    if not isinstance(columns, Columns) or not columns.names[-1].text.lower().endswith("from"):
        return columns
    others = tuple(name for name in columns.names if name.text != "id")
    return Columns((*others, Name("id")))


def _resolved(tree: Any, module: Module | None, catalog: Catalog | None) -> Tree:
    match tree:
        case And():
            return And(tuple(_resolved(part, module, catalog) for part in tree.parts))
        case Or():
            return Or(tuple(_resolved(part, module, catalog) for part in tree.parts))
        case Not():
            return Not(_resolved(tree.part, module, catalog))
        case Empty():
            return Comparison(tree.field, Operator.EQ, _empty(tree.field, module, catalog))
        case _:
            condition: Condition = tree
            if module is not None:
                module.field(condition.field.text)
            if isinstance(condition, Membership):
                return one_of(condition.field, condition.values)
            return condition


def _empty(name: Name, module: Module | None, catalog: Catalog | None) -> Literal:
    if module is None or catalog is None:
        return Literal(" ")
    from vtql.catalog.catalog import empty_value  # noqa: PLC0415 - who has a catalog has loaded it

    return Literal(empty_value(module.field(name.text), catalog))
