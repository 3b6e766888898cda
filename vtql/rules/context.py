"""What a rule sees and reports: the row of a rule, the query with its context, and a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import IntEnum
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from vtql.ast import (
    Comparison,
    Condition,
    Connective,
    Membership,
    Name,
    Operator,
    Select,
    Value,
    values_of,
)
from vtql.catalog.families import Family
from vtql.diagnostics import Applicability, Diagnostic, Edit, Severity
from vtql.profiles import Profile
from vtql.source import Span

if TYPE_CHECKING:
    from vtql.catalog.catalog import Catalog
    from vtql.catalog.model import Field, Module

Run: TypeAlias = tuple[Condition, ...]
"""Conditions that are joined by AND."""


class Query:
    """The query that a rule checks: text, tree, catalog if there is one, and server profiles.

    `comments` are the places of those inside the query, in the order of the text. `module` is the
    queried module, None without a catalog or where the catalog does not know it.
    `profiles` are the servers that the query is meant for, all of them where none is named.
    """

    def __init__(
        self, text: str, select: Select, catalog: Catalog | None, module: Module | None,
        profiles: tuple[Profile, ...], comments: tuple[Span, ...] = (),
    ) -> None:  # fmt: skip
        self.text, self.select, self.catalog, self.module = text, select, catalog, module
        self.profiles, self.comments = profiles, comments

    @cached_property
    def sent(self) -> str:
        """The query as it is sent: without what stands around it, and with blanks for comments."""
        start, end = self.select.span
        parts: list[str] = []
        for comment in self.comments:
            parts += self.text[start : comment.start], " " * (comment.end - comment.start)
            start = comment.end
        return "".join(parts) + self.text[start:end]

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """All conditions, in the order of the text."""
        return self.select.where.conditions if self.select.where else ()

    @cached_property
    def typed_values(self) -> tuple[tuple[Field, Condition, Value], ...]:
        """Each value of a condition with its field, as far as the metadata knows it."""
        if self.module is None or not self.conditions:
            return ()
        fields = self.module.fields
        return tuple(
            (field, condition, value)
            for condition in self.conditions
            if (field := fields.get(condition.field.text)) is not None
            for value in values_of(condition)
        )

    @cached_property
    def families(self) -> frozenset[Family]:
        """What kinds of values there are, as far as the metadata knows it."""
        return frozenset([field.type.family for field, _, _ in self.typed_values])

    @cached_property
    def lists(self) -> tuple[Membership, ...]:
        """The conditions with IN."""
        return tuple(
            [condition for condition in self.conditions if isinstance(condition, Membership)]
        )

    @cached_property
    def where(self) -> str:
        """The text of the conditions; empty where there are none."""
        return self.source_of(self.select.where.span) if self.select.where else ""

    @cached_property
    def repeats(self) -> bool:
        """Whether a field has several conditions."""
        names = [condition.field.text for condition in self.conditions]
        return len(set(names)) < len(names)

    @cached_property
    def likes(self) -> tuple[Comparison, ...]:
        """The conditions with LIKE, and none with what only goes on as LIKE, such as REGEXP."""
        return tuple(
            condition
            for condition in self.conditions
            if isinstance(condition, Comparison)
            and condition.operator is Operator.LIKE
            and self.between(condition).split()[-1:] == ["like"]
        )

    def between(self, condition: Comparison) -> str:
        """What stands between the field and the value, in lower case."""
        gap = Span(condition.field.span[1], condition.value.span[0])
        return self.source_of(gap).strip().lower()

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The conditions as alternatives, each of which suffices, as those read them that put AND first.

        There are none where all read the chain from left to right, as another condition.
        """
        where = self.select.where
        if where is None or not (self.is_portable or self._somebody_puts_and_first):
            return ()
        runs = [[where.first]]
        for link in where.links:
            if link.connective is Connective.OR:
                runs.append([link.condition])
            else:
                runs[-1].append(link.condition)
        return tuple(map(tuple, runs))

    @cached_property
    def is_portable(self) -> bool:
        """Whether all read the chain as `runs`: left to right makes no difference, or is nobody's way."""
        if all(profile.precedence == "and_first" for profile in self.profiles):
            return True
        joints = [link.connective for link in self.select.where.links] if self.select.where else []
        return (
            Connective.OR not in joints
            or Connective.AND not in joints[joints.index(Connective.OR) :]
        )

    @property
    def _somebody_puts_and_first(self) -> bool:
        return any(profile.precedence == "and_first" for profile in self.profiles)

    def family(self, name: Name) -> Family | None:
        """What kind of values a field has; None where that is not known."""
        if self.module is None:
            return Family.ID if name.text == "id" else None
        field = self.module.fields.get(name.text)
        return field.type.family if field else None

    def source_of(self, span: Span) -> str:
        """The source text of a span."""
        if not self.comments:
            return self.text[span[0] : span[1]]
        start = self.select.span[0]
        return self.sent[span[0] - start : span[1] - start]

    def bare(self, value: Value) -> str:
        """The source text of a value, without brackets around it."""
        text = self.source_of(value.span)
        return text[1:-1].strip(" \t\r\n") if text.startswith("(") else text


def is_like(condition: Condition) -> bool:
    """Whether the condition compares with a pattern."""
    return isinstance(condition, Comparison) and condition.operator is Operator.LIKE


def names_of(select: Select) -> Iterator[Name]:
    """Each name of a field, in the order of the text."""
    yield from getattr(select.columns, "names", ())
    if select.where:
        yield from (condition.field for condition in select.where.conditions)
    if select.order:
        yield from select.order.names


class Finding(NamedTuple):
    """What a rule reports: the fields of a `Diagnostic` without those that its row has.

    `severity` is None for the severity of the rule. Each of several edits is right without the
    others: they are not always applied together.
    """

    span: Span
    message: str
    help: str = ""
    edits: tuple[Edit, ...] = ()
    severity: Severity | None = None
    applicability: Applicability = Applicability.SAFE
    server_effect: str = ""

    def diagnostic(self, code: str, slug: str, severity: Severity) -> Diagnostic:
        """The finding with the code, the name and the default severity of its rule."""
        return Diagnostic(
            code, slug, self.severity or severity, self.message, self.span, self.help, self.edits,
            self.applicability, self.server_effect,
        )  # fmt: skip


class Dependence(IntEnum):
    """What a finding depends on besides the text that it spans, where the query has placeholders.

    That there is no LIMIT can be reported only where no placeholder could hold one.
    """

    COLUMNS = 0
    MODULE = 1
    WHERE = 2
    ORDER = 3
    LIMIT = 4
    NEXT_TOKEN = 5  # what follows the span directly
    CONNECTIVES = 6  # only these: the values inside of the span do not matter


class Rule(NamedTuple):
    """A row of the table of rules.

    `precondition` tells whether the rule can find anything in a query; if not, `check` is not called.
    `depends_on` matters for queries with placeholders.
    """

    code: str
    slug: str
    severity: Severity
    precondition: Callable[[Query], object]
    depends_on: tuple[Dependence, ...] = ()

    @property
    def check(self) -> Callable[[Query], Iterable[Finding]]:
        """The function that looks for findings, from the file that has the rule's name."""
        return _check(self.slug)


@cache
def _check(slug: str) -> Callable[[Query], Iterable[Finding]]:
    check: Callable[[Query], Iterable[Finding]] = import_module(
        f"vtql.rules.{slug.replace('-', '_')}"
    ).check
    return check
