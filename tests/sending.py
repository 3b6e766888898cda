"""Run programs against stubs of their client, and note the queries that they send."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path
from typing import Any

import vtql

HARNESSES = Path(__file__).parent / "harness"


class Stub:
    """An object that has every attribute, and takes part in anything; what it is asked is noted."""

    def __init__(self, sent: list[str], name: str = "") -> None:
        self._sent, self._name = sent, name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Stub(self._sent, name)

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        if self._name == "query_all" or keywords.keys() & {"limit", "page_size"}:
            more = " LIMIT 0, 100;"  # as such functions do
        else:
            more = ";" if self._name in ("read", "page") else ""
        for text in _texts((args, keywords)):
            if text.lstrip().lower().startswith("select"):
                self._sent.append(f"{text}{more}")
        return Stub(self._sent, "")

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __enter__(self) -> Any:
        return self

    def __exit__(self, *_: object) -> None: ...

    def __format__(self, form: str) -> str:
        return format(5, form) if form else "5"

    def __str__(self) -> str:
        return "5"

    def __int__(self) -> int:
        return 5

    def __getitem__(self, _: object) -> Any:
        return Stub(self._sent, "")

    def __add__(self, other: object) -> Any:
        return f"5{other}" if isinstance(other, str) else Stub(self._sent, "")

    def __radd__(self, other: object) -> Any:
        return f"{other}5" if isinstance(other, str) else Stub(self._sent, "")

    __truediv__ = __mul__ = __sub__ = __mod__ = __add__


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode()
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, (list, tuple, set)):
        for each in value:
            yield from _texts(each)


class _Names(dict[str, Any]):
    """The names of a program; those that it does not define are stubs."""

    def __init__(self, sent: list[str]) -> None:
        super().__init__(__name__="program", print=lambda *_: None)
        self._sent = sent

    def __missing__(self, name: str) -> Any:
        builtins = __builtins__ if isinstance(__builtins__, dict) else vars(__builtins__)
        return builtins[name] if name in builtins else Stub(self._sent, name)


def python_sends(program: str) -> list[str]:
    """The queries that a Python program sends: at its top level, then each of its functions."""
    sent: list[str] = []
    names = _Names(sent)
    code = compile(program, "program.py", "exec")
    _quietly(lambda: exec(code, names))  # programs of the tests
    for name, value in list(names.items()):
        if isinstance(value, type):
            made = value()
            found = [getattr(made, each) for each in vars(value) if not each.startswith("_")]
        else:
            found = [value] if not name.startswith("_") else []
        for each in found:
            code_of = getattr(each, "__code__", None)
            if code_of is not None and name != "print":
                count = code_of.co_argcount - (1 if isinstance(value, type) else 0)
                _quietly(partial(each, *[Stub(sent)] * count))
    return sent


def _quietly(run: Callable[[], object]) -> None:
    try:
        run()
    except Exception:  # noqa: BLE001 - what it has sent before is what counts
        return


def javascript_sends(programs: Sequence[str]) -> list[list[str]]:
    """The queries that each JavaScript program sends."""
    return _other(["node", str(HARNESSES / "sends.js")], programs)


def php_sends(programs: Sequence[str]) -> list[list[str]]:
    """The queries that each PHP program sends."""
    return _other(["php", str(HARNESSES / "sends.php")], programs)


def _other(command: Sequence[str], programs: Sequence[str]) -> list[list[str]]:
    answer = subprocess.run(
        command, input=json.dumps(programs), capture_output=True, text=True, check=True, timeout=120
    )
    found: list[list[str]] = json.loads(answer.stdout)
    return found


def unexplained(
    before: Sequence[str], after: Sequence[str], *, filled: bool = False
) -> list[tuple[str, str]]:
    """The queries that changed although no finding of the text that was sent says so.

    Args:
        before: the queries sent before the program was fixed.
        after: those sent afterwards.
        filled: whether stubs filled in parts of the queries, which then may have other faults, so that
            no fix of them is safe any more; a change has to be where a finding is all the same.
    """
    if len(before) != len(after):
        return [(str(before), str(after))]
    return [
        pair for pair in zip(before, after, strict=True) if not _explained(*pair, filled=filled)
    ]


def _explained(before: str, after: str, *, filled: bool) -> bool:
    if before == after:
        return True
    first, then = vtql.analyze(before), vtql.analyze(after)
    if Counter(_faults(then)) - Counter(_faults(first)):
        return False
    if not filled:
        return first.fixed() == then.fixed() and first.fixed() != before
    changes = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    spans = [
        span
        for each in first.diagnostics
        for span in (each.span, *(edit.span for edit in each.edits))
    ]
    return all(
        any(span.start <= end and start <= span.end for span in spans)
        for kind, start, end, _, _ in changes
        if kind != "equal"
    )


def _faults(analysis: vtql.Analysis) -> list[str]:
    return [each.code for each in analysis.diagnostics if each.code.startswith("VT0")]
