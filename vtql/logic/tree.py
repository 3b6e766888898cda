"""Boolean trees over conditions: what a filter says before it is a chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from vtql.ast import Condition


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts hold; of none, always."""

    parts: tuple[Tree, ...] = ()


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts holds; of none, never."""

    parts: tuple[Tree, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The part is false. On a server that is less than "not true": NULL is neither."""

    part: Tree


Tree: TypeAlias = Condition | And | Or | Not

TRUE = And()
FALSE = Or()


def conjunction(*parts: Tree) -> Tree:
    """All of the parts; one part stays itself, and nested conjunctions become one."""
    return _joined(And, parts)


def disjunction(*parts: Tree) -> Tree:
    """Any of the parts; one part stays itself, and nested disjunctions become one."""
    return _joined(Or, parts)


def _joined(kind: type[And | Or], parts: tuple[Tree, ...]) -> Tree:
    flat: list[Tree] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else (part,)
    return flat[0] if len(flat) == 1 else kind(tuple(flat))
