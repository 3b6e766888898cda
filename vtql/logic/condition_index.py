"""Conditions as numbers: an implicant, a set of conditions that suffices, is the bits of an integer.

A set of implicants, each of which suffices, stands for a part of a tree. Folding happens on them:
`united` makes one of implicants that differ in the values of one field only, `met` makes one
condition of several equalities of a field inside an implicant, `possible` tells whether there are
values for it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from vtql.ast import Condition, Membership, Value
from vtql.logic.bitset import numbers, set_of, union
from vtql.logic.equality import equality, in_all, one_of, shape
from vtql.logic.limits import UNITING


@dataclass(slots=True)
class ConditionIndex:
    """The conditions met so far, each with a number and a rank: where it was mentioned first."""

    conditions: list[Condition] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    contested: int = 0
    """The bits of the equalities of those fields that have several."""
    room: int = UNITING
    _bits: dict[Hashable, int] = field(default_factory=dict)
    _equal: dict[str, int] = field(default_factory=dict)
    _possible: dict[int, bool] = field(default_factory=dict)

    def bit(self, condition: Condition, rank: int) -> int:
        """The bit of a condition that was mentioned at a rank.

        Lists of the same values are one condition, as it was mentioned first, and a list of one
        value is an equality.
        """
        key: Hashable = condition
        if isinstance(condition, Membership):
            values = frozenset(condition.values)
            key = (condition.field, values)
            if len(values) == 1:
                key = condition = one_of(condition.field, values)
        bit = self._bits.get(key)
        if bit is None:
            bit = self._bits[key] = 1 << len(self.conditions)
            self.conditions.append(condition)
            self.ranks.append(rank)
            pair = equality(condition)
            if pair:
                name = pair[0].text
                earlier = self._equal.get(name, 0)
                self._equal[name] = earlier | bit
                self.contested |= earlier and earlier | bit
        elif rank < self.ranks[place := bit.bit_length() - 1]:
            self.conditions[place], self.ranks[place] = condition, rank
        return bit

    def fields(self, bits: int) -> list[str]:
        """The fields of the conditions in a set."""
        ranked = sorted(numbers(bits), key=self.ranks.__getitem__)
        return list(dict.fromkeys(self.conditions[number].field.text for number in ranked))

    def united(self, implicants: Collection[int], spend: Callable[[int], None]) -> Collection[int]:
        """Implicants that differ only in the values of one field as one: `a=1 and c or a=2 and c`."""
        before = 0
        while len(implicants) > 1 and len(implicants) != before:
            before = len(implicants)
            for name in sorted(self.fields(union(implicants) & self.contested)):
                self.room -= len(implicants)
                if self.room < 0:
                    return implicants
                implicants = self._united_on(self._equal[name], implicants, spend)
        return implicants

    def _united_on(
        self, equalities: int, implicants: Collection[int], spend: Callable[[int], None]
    ) -> list[int]:
        separate, by_rest, shared = [], dict[int, list[int]](), -1
        for implicant in implicants:
            shared &= implicant
        for implicant in implicants:
            own = implicant & equalities & ~shared
            if own and not own & (own - 1):
                by_rest.setdefault(implicant ^ own, []).append(own)
            else:
                separate.append(implicant)
        return separate + [rest | self._one_of(bits, spend) for rest, bits in by_rest.items()]

    def _one_of(self, bits: list[int], spend: Callable[[int], None]) -> int:
        if len(bits) == 1:
            return bits[0]
        places = numbers(union(bits))
        pairs = [pair for place in places if (pair := equality(self.conditions[place]))]
        values = [value for _, values in pairs for value in values]
        spend(len(values))
        rank = min(self.ranks[place] for place in places)
        return self.bit(one_of(pairs[0][0], values), rank)

    def clashes(self, first: int, second: int, spend: Callable[[int], None]) -> list[int]:
        """The bits of the equalities of those fields that both sets have and together several of."""
        few, many = sorted((first & self.contested, second & self.contested), key=int.bit_count)
        if not few:
            return []
        spend(few.bit_count())
        fields = (self._equal[name] for name in self.fields(few))
        both = ((bits, (few | many) & bits) for bits in fields if many & bits)
        return [bits for bits, together in both if together & (together - 1)]

    def possible(
        self, implicant: int, clashes: Iterable[int], spend: Callable[[int], None]
    ) -> bool:
        """Whether the equalities of each field have a value in common."""
        for equalities in clashes:
            several = implicant & equalities
            if several & (several - 1):
                if several not in self._possible:
                    met = self._intersections(several, spend)
                    self._possible[several] = all(values for _, values in met)
                if not self._possible[several]:
                    return False
        return True

    def met(self, implicant: int, spend: Callable[[int], None]) -> int | None:
        """The implicant with one equality for several on a field; None if it is never true."""
        for equalities in self.clashes(implicant, implicant, spend):
            for places, values in self._intersections(implicant & equalities, spend):
                if not values:
                    return None
                name = self.conditions[places[0]].field
                rank = min(self.ranks[place] for place in places)
                implicant &= ~set_of(places)
                implicant |= self.bit(one_of(name, values), rank)
        return implicant

    def _intersections(
        self, several: int, spend: Callable[[int], None]
    ) -> list[tuple[list[int], list[Value]]]:
        """The places of equalities of one field that intersect, and the values that all allow."""
        by_shape: dict[str, list[int]] = {}
        lists: dict[int, Sequence[Value]] = {}
        for place in numbers(several):
            pair = equality(self.conditions[place])
            assert pair is not None
            spend(2 * len(pair[1]))
            kind = shape(pair[1])
            if kind is not None:
                by_shape.setdefault(kind, []).append(place)
                lists[place] = pair[1]
        return [
            (places, in_all([lists[place] for place in places])) for places in by_shape.values()
        ]
