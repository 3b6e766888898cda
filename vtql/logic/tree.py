"""Boolean trees over conditions: what a filter says before it is a chain."""

from __future__ import annotations

from collections.abc import Iterator
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
    if len(parts) == 2 and not isinstance(parts[0], kind) and not isinstance(parts[1], kind):
        return kind(parts)
    flat: list[Tree] = []
    for part in parts:
        if isinstance(part, kind):
            flat += part.parts
        else:
            flat.append(part)
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def extent(tree: Tree) -> tuple[int, int]:
    """How many AND, OR and NOT stand inside one another, and how many parts these have in all.

    Comparing, hashing or showing a tree goes as deep as the tree and may end in a RecursionError;
    this does not. A part that stands in many places is looked at once.
    """
    levels: dict[int, int] = {}
    count, todo = 0, [tree]
    while todo:
        node = todo[-1]
        below = [part for part in parts_of(node) if isinstance(part, (And, Or, Not))]
        waiting = [part for part in below if id(part) not in levels]
        if waiting and id(node) not in levels:
            todo += waiting
            continue
        todo.pop()
        if id(node) not in levels and isinstance(node, (And, Or, Not)):
            levels[id(node)] = 1 + max((levels[id(part)] for part in below), default=0)
            count += len(parts_of(node))
    return levels.get(id(tree), 0), count


def is_deeper(tree: Tree, levels: int) -> bool:
    """Whether more than so many AND, OR and NOT stand inside one another.

    It looks no deeper than that, and so ends early where `extent` would count a machine's mistake.
    """
    level = [tree] if isinstance(tree, (And, Or, Not)) else []
    for _ in range(levels):
        if not level:
            return False
        below = {
            id(part): part
            for node in level
            for part in parts_of(node)
            if isinstance(part, (And, Or, Not))
        }
        level = [*below.values()]
    return bool(level)


def is_written_in(tree: Tree, most: int) -> bool:
    """Whether a tree, written out, has at most so many parts; one that stands in many places is a
    part in each, so that there may be more than any memory holds."""
    count, todo = 0, [tree]
    while todo:
        parts = parts_of(todo.pop())
        count += len(parts)
        if count > most:
            return False
        todo += parts
    return True


def conditions_of(tree: Tree) -> Iterator[Condition]:
    """The conditions of a tree, from left to right; those of a part that stands in many places once."""
    seen: set[int] = set()
    todo = [tree]
    while todo:
        node = todo.pop()
        if not isinstance(node, (And, Or, Not)):
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            todo += parts_of(node)[::-1]


def side_by_side(tree: Tree, kind: type[And | Or]) -> tuple[Tree, ...]:
    """The parts that a tree adds to an AND or an OR in which it stands."""
    return tree.parts if isinstance(tree, kind) else (tree,)


def parts_of(tree: Tree) -> tuple[Tree, ...]:
    """What a node of the tree joins or denies; nothing for a condition."""
    if isinstance(tree, (And, Or)):
        return tree.parts
    return (tree.part,) if isinstance(tree, Not) else ()
