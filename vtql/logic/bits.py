"""Sets of small numbers as the bits of integers: union is `|`, and "contains" is a comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

_SMALL = [[number for number in range(8) if bits >> number & 1] for bits in range(256)]


def numbers(bits: int) -> list[int]:
    """The numbers in a set, in their order."""
    if bits < len(_SMALL):  # as most sets are; to take them apart was a fifth of most plans
        return [*_SMALL[bits]]
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found


def set_of(numbers: Iterable[int]) -> int:
    """The set of numbers."""
    return union(1 << number for number in numbers)


def union(sets: Iterable[int]) -> int:
    """The numbers in any of the sets."""
    bits = 0
    for each in sets:
        bits |= each
    return bits


def minimal(sets: Iterable[int], spend: Callable[[int], None]) -> list[int]:
    """The sets without repetitions and without those that contain another.

    A set can contain only those that share its numbers. Each that is kept waits under the rarest of
    its numbers, so that a further one meets few; `spend` is told how many before they are compared.
    """
    unique = dict.fromkeys(sets)
    sizes = set(map(int.bit_count, unique))
    if len(sizes) < 2:
        return list(unique)
    if 0 in unique:
        return [0]
    single = union(each for each in unique if not each & (each - 1))
    left = [each for each in unique if not each & single or not each & (each - 1)]
    if single and len(sizes) == 2:
        return left
    often = Counter(number for each in left for number in numbers(each))
    waiting: dict[int, list[int]] = {}
    for each in sorted(left, key=int.bit_count):
        own = numbers(each)
        met = [other for number in own for other in waiting.get(number, ())]
        spend(len(own) + len(met))
        if not any(other & each == other for other in met):
            waiting.setdefault(min(own, key=often.__getitem__), []).append(each)
    return [each for kept in waiting.values() for each in kept]
