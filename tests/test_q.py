"""`Q` of any size, and what Python's own words do to it."""

from __future__ import annotations

import copy
import operator
import pickle
from functools import reduce

import pytest

import vtql
from vtql import Q
from vtql.logic.limits import PARTS
from vtql.sandbox import demo

THINGS = {"name": "Things", "idPrefix": "40", "fields": [
    {"name": "title", "type": {"name": "string"}}, {"name": "size", "type": {"name": "integer"}},
]}  # fmt: skip
things = vtql.model("Things", vtql.Catalog.from_describes([THINGS])).objects
DEEP = 10_000


def test_denying_twice_is_not_denying() -> None:
    asked = Q(title="a")
    for _ in range(DEEP):
        asked = ~asked
    assert asked == Q(title="a")


def test_a_deep_tree_is_refused_in_words() -> None:
    asked = Q(title="a")
    for size in range(DEEP):
        asked = ~(asked & Q(size=size))
    assert repr(asked) == "<Q of more than 30 levels>"
    with pytest.raises(vtql.NotExpressible, match=f"{2 * DEEP:,} levels deep"):
        things.filter(asked)
    with pytest.raises(vtql.NotExpressible, match="levels deep"):
        things.exclude(asked)


def test_a_deep_tree_of_wrong_names_is_told_the_name() -> None:
    asked = Q(titel="a")
    for size in range(DEEP):
        asked = ~(asked & Q(size=size))
    with pytest.raises(vtql.FieldError, match="the nearest name is `title`"):
        things.filter(asked)


def test_a_wide_tree_is_one_level() -> None:
    asked = Q(size=0)
    for size in range(1, 3000):
        asked |= Q(size=size)
    assert sum(each.count("'") for each in things.filter(asked).statements()) == 6000


def test_a_long_loop_says_what_its_parts_say_together() -> None:
    sizes = range(1500)
    alternatives = reduce(operator.or_, [Q(size=size) for size in sizes])
    denials = reduce(operator.and_, [Q(size__ne=size) for size in sizes])
    said = things.filter(size__in=sizes).statements()
    assert things.filter(alternatives).statements() == said
    assert things.exclude(denials).statements() == said
    assert repr(alternatives) == "<Q of more than 1,000 parts>"


def test_doubling_a_long_loop_ends_too() -> None:
    looped = reduce(operator.or_, [Q(size=size) for size in range(700)])
    doubled = reduce(lambda asked, _: asked | asked, range(9), looped)
    with pytest.raises(vtql.NotExpressible, match=f"{PARTS:,} is the limit"):
        things.filter(doubled)


def test_doubling_ends_before_the_memory_does() -> None:
    with pytest.raises(vtql.NotExpressible, match=f"{PARTS:,} is the limit"):
        reduce(lambda asked, _: asked & asked, range(64), Q(size=0) & Q(title="a"))
    asked = Q(size=0)
    for _ in range(50):
        asked = ~(asked & asked)  # the same part twice, and so looked at once
    assert repr(asked) == "<Q of more than 30 levels>"
    things.filter(asked)


@pytest.mark.parametrize(
    "kind", [copy.copy, copy.deepcopy, lambda q: pickle.loads(pickle.dumps(q))]
)
def test_a_copy_says_the_same(kind: type) -> None:
    asked = Q(title="a") | ~Q(size__gt=2)
    assert kind(asked) == asked
    assert str(things.filter(kind(asked))) == str(things.filter(asked))


def test_values_are_read_when_the_condition_is_written() -> None:
    sizes = iter([1, 2])
    asked = Q(size__in=sizes)
    assert [str(things.filter(asked)) for _ in range(2)] == [
        "SELECT * FROM Things WHERE size IN ('1', '2');"
    ] * 2


def test_parts_that_stand_in_many_places_are_not_written_out() -> None:
    asked = Q(title="a")
    for _ in range(14):
        asked = (asked | asked) & (asked | asked)
    assert repr(asked).startswith("<Q of ")
    assert repr(Q(title="a") | Q(size=1)).startswith("<Q: Or(")


def test_a_q_without_conditions_adds_none() -> None:
    contacts = vtql.model("Contacts", demo.catalog()).objects
    brown = Q(lastname="Brown")
    said = str(contacts.filter(brown))
    for q in (Q() | brown, brown | Q(), Q() & brown, brown & Q(), Q(Q(), brown), ~Q() | brown):
        assert str(contacts.filter(q)) == said
    any_of = Q()
    for name in ("Brown", "Smith"):
        any_of |= Q(lastname=name)
    assert "lastname IN ('Brown', 'Smith')" in str(contacts.filter(any_of))
    for nothing in (Q(), ~Q(), Q() | Q(), Q() & ~Q()):
        assert str(contacts.filter(nothing)) == str(contacts)
        assert str(contacts.exclude(nothing)) == str(contacts)
    with pytest.raises(TypeError):
        contacts.exclude("lastname")  # type: ignore[arg-type] # the mistake
