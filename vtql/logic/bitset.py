"""Sets of small numbers as the bits of integers: union is `|`, and "contains" is a comparison."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

_SMALL = [[number for number in range(8) if bits >> number & 1] for bits in range(256)]


def numbers(bits: int) -> list[int]:
    """The numbers in a set, in their order."""
    if bits < len(_SMALL):  # as most sets are; to take them apart was a fifth of most plans
        return [*_SMALL[bits]]
    members = []
    while bits:
        lowest = bits & -bits
        members.append(lowest.bit_length() - 1)
        bits ^= lowest
    return members


def set_of(numbers: Iterable[int]) -> int:
    """The set of numbers."""
    return union(1 << number for number in numbers)


def union(sets: Iterable[int]) -> int:
    """The numbers in any of the sets."""
    bits = 0
    for members in sets:
        bits |= members
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
    single = union(members for members in unique if not members & (members - 1))
    left = [members for members in unique if not members & single or not members & (members - 1)]
    if single and len(sizes) == 2:
        return left
    frequency = Counter(number for members in left for number in numbers(members))
    buckets: dict[int, list[int]] = {}
    for members in sorted(left, key=int.bit_count):
        own = numbers(members)
        candidates = [smaller for number in own for smaller in buckets.get(number, ())]
        spend(len(own) + len(candidates))
        if not any(smaller & members == smaller for smaller in candidates):
            buckets.setdefault(min(own, key=frequency.__getitem__), []).append(members)
    return [members for bucket in buckets.values() for members in bucket]
