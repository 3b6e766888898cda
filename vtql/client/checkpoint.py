"""Checkpoints: small JSON files that say how far a long job got, and whose job it is.

A checkpoint names the server, the user and the module that it is about, so that a job is never
resumed on another one's data. It has a checksum: a value that changed by accident could skip rows
without a trace. What is damaged, or belongs to another job, is refused and stays as it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit

from vtql.catalog.types import RECORD_ID
from vtql.errors import CheckpointError
from vtql.files import write_file
from vtql.suggestions import short_repr

VERSION = 1
LARGEST = 64_000_000
"""Bytes of a checkpoint; one of changes has the ids of records that were deleted."""
GREATEST = 2**63 - 1
"""The greatest number of rows and bytes."""
LONGEST_ID = 40
"""Characters of a record id; a server's numbers have at most twenty digits."""

Check = Callable[[Any], bool]


def is_text(value: Any) -> bool:
    """Whether a value is a text that is not empty."""
    return isinstance(value, str) and bool(value)


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number from 0 on. JSON's `1.0`, `1e3` and `true` are none."""
    return type(value) is int and 0 <= value <= GREATEST


def is_record_id(value: Any) -> bool:
    """Whether a value is the id of a record."""
    return isinstance(value, str) and len(value) <= LONGEST_ID and bool(RECORD_ID.fullmatch(value))


def is_list_of(check: Check) -> Check:
    """A check for lists of values."""
    return lambda value: isinstance(value, list) and all(map(check, value))


def or_none(check: Check) -> Check:
    """A check that takes null as well."""
    return lambda value: value is None or check(value)


def owner_of(server: str, user: str, module: str) -> dict[str, Any]:
    """The keys that every checkpoint has: server, user and module. An address is written one way."""
    parts = urlsplit(server)
    scheme, host = parts.scheme.lower(), parts.netloc.rpartition("@")[2].lower()
    default = {"http": ":80", "https": ":443"}.get(scheme, "")
    address = f"{scheme}://{host.removesuffix(default) if default else host}{parts.path}"
    return {"server": address, "user": user, "module": module}


def read_checkpoint(
    path: Path,
    kind: str,
    owner: Mapping[str, Any],
    checks: Mapping[str, Check],
    *,
    name: str,
    way_out: str,
) -> dict[str, Any] | None:
    """The values of a checkpoint; None where there is none.

    Args:
        path: the file.
        kind: what it is a checkpoint of, such as `export`.
        owner: the keys that say whose it is, and their values now.
        checks: what the other keys must have.
        name: what messages call it, such as `the checkpoint of an export`.
        way_out: what to do without it, a clause that ends the message.

    Raises:
        CheckpointError: it is damaged, or belongs to another server, user, module or query.
        OSError: it cannot be read.
    """

    def refuse(why: str) -> NoReturn:
        raise CheckpointError(f"{path} is not {name}: {why}; {way_out}") from None

    try:
        if not path.is_file():
            if not path.exists() and not path.is_symlink():
                return None
            refuse("it is not a regular file")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except ValueError:  # a NUL in the name
        refuse("no file can have this name")
    if len(content) > LARGEST:
        refuse(f"it is larger than {LARGEST // 1_000_000} MB")
    try:
        values = json.loads(content.decode("utf-8"), parse_constant=_no_number)
    except UnicodeDecodeError as error:
        refuse(f"byte {error.start} is not UTF-8")
    except RecursionError:
        refuse("its JSON is nested too deep")
    except ValueError as error:
        refuse(f"it is not JSON ({short_repr(str(error))})")
    if not isinstance(values, dict):
        refuse("it is not a JSON object")
    if values.get("checkpoint") != kind or values.get("version") != VERSION:
        refuse(f"it has not `checkpoint` {kind} and `version` {VERSION}")
    kinds = {**dict.fromkeys(owner, _is_owner), **checks}
    for key, check in kinds.items():
        if key not in values:
            refuse(f"it has no `{key}`")
        if not check(values[key]):
            refuse(f"`{key}` is {short_repr(values[key])}")
    if values.get("checksum") != _checksum(values):
        refuse("its checksum is another, so that something in it has changed")
    different = difference(values, owner)
    if different:
        raise CheckpointError(f"{path} is {name} of something else: {different}; {way_out}")
    return {key: values[key] for key in checks}


def write_checkpoint(
    path: Path, kind: str, owner: Mapping[str, Any], values: Mapping[str, Any]
) -> None:
    """Put a checkpoint in a file, whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    content = {"checkpoint": kind, "version": VERSION, **owner, **values}
    content["checksum"] = _checksum(content)
    write_file(path, json.dumps(content).encode())


def difference(values: Mapping[str, Any], owner: Mapping[str, Any]) -> str:
    """How a checkpoint differs from the job that it is read for; empty where it does not."""
    return "; ".join(
        _different(key, values[key], owner[key]) for key in owner if values[key] != owner[key]
    )


def _different(key: str, then: Any, now: Any) -> str:
    if isinstance(then, list) and isinstance(now, list) and set(then) != set(now):
        parts = [
            f"has {', '.join(f'`{name}`' for name in names)} {where}"
            for names, where in (
                ([name for name in then if name not in now], "and this one has not"),
                ([name for name in now if name not in then], "only in this one"),
            )
            if names
        ]
        return f"`{key}` {' and '.join(parts)}"
    return f"its `{key}` is {short_repr(then)}, and this one's is {short_repr(now)}"


def _checksum(values: Mapping[str, Any]) -> str:
    rest = {key: value for key, value in values.items() if key != "checksum"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()[:16]


def _is_owner(value: Any) -> bool:
    return is_text(value) or is_list_of(is_text)(value)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number")


BEGINNING = "1970-01-01 00:00:00"
KIND = "changes"
WAY_OUT = "with another file as `state`, or without this one, all is read again"


@dataclass(frozen=True, slots=True)
class Position:
    """How far changes were taken: all before the second, and in it those up to the id.

    `second` is text as the server has it; no `id` means that the whole second was taken. Up to `swept`
    it is known which records are gone; those of `deleted` were told, though they may come once more.
    """

    second: str = BEGINNING
    id: str | None = None
    swept: str | None = None
    deleted: tuple[str, ...] = ()


def read_state(path: Path, owner: Mapping[str, Any]) -> Position | None:
    """The position in a checkpoint; None if there is none.

    The columns are not part of it: what was taken up to a moment does not depend on them.

    Raises:
        CheckpointError: it is damaged, or belongs to another server, user or module.
        OSError: it cannot be read.
    """
    values = read_checkpoint(
        path, KIND, owner, _CHECKS, name="the state of changes", way_out=WAY_OUT
    )
    return None if values is None else Position(**{**values, "deleted": tuple(values["deleted"])})


def write_state(path: Path, owner: Mapping[str, Any], position: Position) -> None:
    """Put a position in a checkpoint, at once or not at all.

    Raises:
        OSError: it cannot be written.
    """
    write_checkpoint(path, KIND, owner, asdict(position))


def _is_second(value: Any) -> bool:
    """Whether a value is a moment as a server has it; one that it sets to zeros is, too."""
    if not isinstance(value, str) or len(value) != len(BEGINNING):
        return False
    try:
        datetime.strptime(value, "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - only its form
    except ValueError:
        return value == "0000-00-00 00:00:00"
    return True


_CHECKS = {
    "second": _is_second,
    "id": or_none(is_record_id),
    "swept": or_none(_is_second),
    "deleted": is_list_of(is_record_id),
}
