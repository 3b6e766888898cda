"""Properties that are worked out when they are first asked for, and then kept.

They are those of `functools.cached_property` without its lock, which every first question waits for
up to Python 3.11, and a file of many short queries asks a great many. What is worked out comes out the
same whoever does it, so that nothing is lost where two threads do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - a decorator
    """The property of a method whose value stays with its instance, which needs a `__dict__`."""

    def __init__(self, work: Callable[[Any], T]) -> None:
        self._work, self._name, self.__doc__ = work, work.__name__, work.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> once[T]: ...
    @overload
    def __get__(self, instance: object, owner: type) -> T: ...
    def __get__(self, instance: Any, owner: type) -> once[T] | T:
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._work(instance)
        return value
