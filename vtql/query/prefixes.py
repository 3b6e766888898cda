"""Ids in conditions, made sure to be of the modules that their fields refer to.

A server compares the number of an id alone and ignores what stands before the `x` (measured): with
`account_id = '99x4'` it finds the records of account `11x4`. Where a model's catalog has the modules
that a field refers to, the lookup refuses such an id. Where it does not, they are described once,
before anything is asked with the id.
"""

from __future__ import annotations

from collections.abc import Sequence

from vtql.ast import Condition, text_of, values_of
from vtql.catalog.catalog import Catalog
from vtql.catalog.types import RECORD_ID, Family
from vtql.errors import ModuleError, ServiceError
from vtql.logic.tree import conditions_of
from vtql.query.across import Found
from vtql.query.state import State
from vtql.query.target import target_of
from vtql.query.values import check_prefix, modules_of


def check_ids(state: State) -> None:
    """Refuse ids of modules that their fields do not refer to, as far as the server tells of them.

    Raises:
        FieldValueError: there is one.
    """
    for condition in conditions_of(state.tree):
        field = state.module.fields.get(condition.field.text)
        if field is None or field.type.family is not Family.ID:
            continue
        target = target_of(field, state.module, state.catalog, state.clock)
        missing = [name for name in modules_of(target) if name not in state.catalog]
        examples = _by_prefix(condition) if missing else {}  # the lookup has seen to the others
        if examples:
            target = target._replace(catalog=_described(state, missing))
            for each in examples.values():
                check_prefix(target, each)


def _by_prefix(condition: Condition) -> dict[str, str]:
    """An id for each prefix. Record 0 is none, of any module; ids that a stage finds are right."""
    texts = (text_of(each) for each in values_of(condition) if not isinstance(each, Found))
    ids = (each for each in texts if RECORD_ID.fullmatch(each) and int(each.partition("x")[2]))
    return {each.partition("x")[0]: each for each in ids}


def _described(state: State, missing: Sequence[str]) -> Catalog:
    """A catalog with these modules too, or the one there is where this user may not see one."""
    catalog = state.catalog
    if state.server is not None and state.server.described is not None:
        try:
            for name in missing:
                catalog = state.server.described(name)
        except (ModuleError, ServiceError):
            return state.catalog
    return catalog
