"""What a rule is: a code, a name that reads well after "allow", a weight and a function."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from vtql.ast import Comparison, Condition, Membership, Name, Select, Value
from vtql.diagnostics import Applicability, Edit, Severity
from vtql.profiles import Profile
from vtql.schema.catalog import Catalog
from vtql.schema.model import Field, Module
from vtql.source import Span


@dataclass(frozen=True, slots=True)
class Query:
    """What a rule looks at: the text, its tree, the metadata where there is any, and the servers.

    `comments` are the places of those inside the query, in the order of the text. `module` is the queried module, None without a catalog or where the catalog does not know it.
    `profiles` are the servers that the query is meant for, all of them where none is named.
    """

    text: str
    select: Select
    catalog: Catalog | None
    module: Module | None
    profiles: tuple[Profile, ...]
    comments: tuple[Span, ...] = ()

    def sent(self) -> str:
        """The query as it is sent: without what stands around it, and with blanks for comments."""
        start, end = self.select.span
        parts: list[str] = []
        for comment in self.comments:
            parts += self.text[start : comment.start], " " * (comment.end - comment.start)
            start = comment.end
        return "".join(parts) + self.text[start:end]

    def conditions(self) -> tuple[Condition, ...]:
        """All conditions, in the order of the text."""
        return self.select.where.conditions if self.select.where else ()

    def typed_values(self) -> Iterator[tuple[Field, Condition, Value]]:
        """Each value of a condition with its field, as far as the metadata knows it."""
        if self.module is None:
            return
        for condition in self.conditions():
            field = self.module.fields.get(condition.field.text)
            if field:
                for value in values_of(condition):
                    yield field, condition, value


def values_of(condition: Condition) -> tuple[Value, ...]:
    """The values of a condition, in the order of the text."""
    match condition:
        case Comparison():
            return (condition.value,)
        case Membership():
            return condition.values


def names_of(select: Select) -> Iterator[Name]:
    """Each name of a field, in the order of the text."""
    yield from getattr(select.columns, "names", ())
    if select.where:
        yield from (condition.field for condition in select.where.conditions)
    if select.order:
        yield from select.order.names


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found; the rule's code is added to it, and its weight where it names none."""

    span: Span
    message: str
    help: str = ""
    edits: tuple[Edit, ...] = ()
    severity: Severity | None = None
    applicability: Applicability = Applicability.SAFE


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table of rules."""

    code: str
    slug: str
    severity: Severity
    check: Callable[[Query], Iterable[Finding]]
