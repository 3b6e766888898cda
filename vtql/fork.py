"""What belongs to one process, and what becomes of it in a child after `os.fork`.

A child has a copy of every object and shares every socket and file: two processes that read from one
connection get each other's answers, and a lock that another thread of the parent holds is never
released in the child, which has no such thread. So whatever has a lock, a socket or a file of its own
names here how it is made anew in a child. Where there is no `os.fork` there is nothing to do.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from vtql.errors import ForkError

T = TypeVar("T")
_OWNERS: WeakKeyDictionary[Any, Callable[[Any], None]] = WeakKeyDictionary()
_PAUSED: WeakKeyDictionary[Any, tuple[Callable[[Any], None], Callable[[Any], None]]] = (
    WeakKeyDictionary()
)


def renew_after_fork(owner: T, renew: Callable[[T], None]) -> None:
    """Call `renew(owner)` in every child that is forked while `owner` exists, before its own code runs."""
    _OWNERS[owner] = renew


def pause_during_fork(owner: T, pause: Callable[[T], None], resume: Callable[[T], None]) -> None:
    """Call `pause(owner)` before every fork while `owner` exists, and `resume(owner)` in the parent
    after it. The child is renewed instead."""
    _PAUSED[owner] = pause, resume


def in_one_process(items: Iterator[T]) -> Iterator[T]:
    """The items, which a child that was forked between two of them does not get.

    Raises:
        ForkError: in the child, when it asks for the next one; the parent's loop goes on.
    """
    process = os.getpid()
    for item in items:
        yield item
        if os.getpid() != process:
            raise ForkError(
                f"this loop began in process {process}, which was forked; it goes on there. In the "
                f"child, process {os.getpid()}, begin it again"
            )


def _pause() -> None:
    for owner, (pause, _) in list(_PAUSED.items()):
        pause(owner)


def _resume() -> None:
    for owner, (_, resume) in list(_PAUSED.items()):
        resume(owner)


def _renew() -> None:
    for owner, renew in list(_OWNERS.items()):
        renew(owner)


if hasattr(os, "register_at_fork"):  # not on Windows
    os.register_at_fork(before=_pause, after_in_parent=_resume, after_in_child=_renew)
