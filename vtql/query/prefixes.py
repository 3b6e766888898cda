"""Ids in conditions, made sure to be of the modules that their fields refer to.

A server compares the number of an id alone and ignores what stands before the `x` (measured): with
`account_id = '99x4'` it finds the records of account `11x4`. Where a model's catalog has the modules
that a field refers to, the lookup refuses such an id. Where it does not, they are described once,
before anything is asked with the id.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from vtql.ast import Comparison, Condition, Membership, Value, text_of
from vtql.errors import ModuleError, ServiceError
from vtql.logic.tree import And, Not, Or, Tree, parts_of
from vtql.query.across import Found
from vtql.query.state import State
from vtql.query.target import Target
from vtql.query.values import check_prefix, modules_of
from vtql.schema.catalog import Catalog
from vtql.schema.types import RECORD_ID, Family


def check_ids(state: State) -> None:
    """Refuse ids of modules that their fields do not refer to, as far as the server tells of them.

    Raises:
        FieldValueError: there is one.
    """
    for condition in _conditions(state.tree):
        field = state.module.fields.get(condition.field.text)
        if field is None or field.type.family is not Family.ID:
            continue
        ids = [text for text in _texts(condition) if RECORD_ID.fullmatch(text)]
        ids = [
            each for each in ids if int(each.partition("x")[2])
        ]  # record 0 is none, of any module
        if ids:
            target = Target(field, state.module, state.catalog, state.clock)
            target = target._replace(catalog=_described(state, target))
            for each in ids:
                check_prefix(target, each)


def _described(state: State, target: Target) -> Catalog:
    """A catalog with the modules that the field refers to, or as many as this user may see."""
    catalog = state.catalog
    missing = [name for name in modules_of(target) if name not in catalog]
    if missing and state.server is not None and state.server.described is not None:
        try:
            for name in missing:
                catalog = state.server.described(name)
        except (ModuleError, ServiceError):
            return state.catalog
    return catalog


def _conditions(tree: Tree) -> Iterator[Condition]:
    todo = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, (And, Or, Not)):
            todo += parts_of(node)
        else:
            yield node


def _texts(condition: Condition) -> Iterator[str]:
    match condition:
        case Membership(values=values):
            return chain.from_iterable(map(_text, values))
        case Comparison(value=value):
            return _text(value)


def _text(value: Value) -> Iterator[str]:
    """The text of a value; ids that a stage finds come from the server itself."""
    if not isinstance(value, Found):
        yield text_of(value)
