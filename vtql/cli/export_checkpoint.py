"""The unfinished file of an export, and the checkpoint beside it.

The rows are in `FILE.part`, and `FILE.part.json` says which records these are: the last id, how many
rows, how many bytes, and the SHA-256 of these bytes. A checkpoint is written after the rows that it
counts are on the disk, so that what follows them in the file is cut off when the export resumes.

Both belong to one export: of one server, user, module and query, with the same columns in the same
format. The unfinished file is locked, so that two processes never write to it at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from vtql.cli.terminal import say
from vtql.client.checkpoint import (
    is_record_id,
    is_whole,
    or_none,
    read_checkpoint,
    write_checkpoint,
)
from vtql.errors import CheckpointError
from vtql.files import locked_file
from vtql.sanitize import visible

KIND, KIND_NAME = "export", "the checkpoint of an export"
WAY_OUT = "`--restart` begins anew, and another `--output` leaves this one as it is"
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Progress:
    """What is in the unfinished file: up to which record, how many rows and bytes.

    `unread` counts the values that their fields' types cannot read, by field.
    """

    last: str | None = None
    rows: int = 0
    size: int = 0
    unread: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An export that is under way: its file, locked, and how far it is.

    `owner` says of which server, user, module and query it is; `digest` has hashed the bytes of the
    file up to the checkpoint.
    """

    file: BinaryIO
    checkpoint: Path
    owner: Mapping[str, Any]
    progress: Progress
    digest: Any


def part_of(path: Path) -> Path:
    """The unfinished file of an export to `path`."""
    return path.with_name(f"{path.name}.part")


def checkpoint_of(path: Path) -> Path:
    """The checkpoint of an export to `path`."""
    return path.with_name(f"{path.name}.part.json")


@contextmanager
def unfinished(path: Path, owner: Mapping[str, Any], *, restart: bool) -> Iterator[Unfinished]:
    """The export to `path` that was interrupted, or a new one. Its file is open and locked.

    Args:
        path: the file that the export makes.
        owner: of which server, user, module and query it is, in which columns and format.
        restart: remove what is there of an earlier one.

    Raises:
        CheckpointError: the checkpoint is damaged, of another export, or not of this file.
        FileInUse: another export writes to the file.
        OSError: the file or its checkpoint cannot be opened, or is a symbolic link.
    """
    part, checkpoint = part_of(path), checkpoint_of(path)
    if restart:
        _remove_links(part, checkpoint)
    else:
        _read(checkpoint, owner)  # what is of another export is refused before anything is opened
    with locked_file(part) as file:
        if restart:
            file.truncate(0)
            checkpoint.unlink(missing_ok=True)
        progress, expected = (None, "") if restart else _read(checkpoint, owner)
        digest = hashlib.sha256()
        if progress is None:
            if _size(file):
                raise CheckpointError(
                    f"{part} has no checkpoint {checkpoint.name}, which says of what it is; {WAY_OUT}"
                )
            progress = Progress()
            # Before the first row: a file with rows is then never without its checkpoint.
            _write(checkpoint, owner, progress, digest.hexdigest())
        elif not _size(file) and progress.size:
            say(f"{visible(str(part))} is gone, so the export begins anew")
            progress = Progress()
        else:
            _check_content(part, file, progress, expected, digest)
        file.truncate(progress.size)
        file.seek(progress.size)
        yield Unfinished(file, checkpoint, owner, progress, digest)


def save_progress(export: Unfinished, progress: Progress) -> None:
    """Write the checkpoint of rows that are on the disk.

    Raises:
        OSError: it cannot be written.
    """
    _write(export.checkpoint, export.owner, progress, export.digest.hexdigest())


def _read(checkpoint: Path, owner: Mapping[str, Any]) -> tuple[Progress | None, str]:
    """How far an export got, and the digest of its file."""
    if checkpoint.is_symlink():
        raise CheckpointError(f"{checkpoint} is a symbolic link, which is not followed; {WAY_OUT}")
    values = read_checkpoint(checkpoint, KIND, owner, _CHECKS, name=KIND_NAME, way_out=WAY_OUT)
    if values is None:
        return None, ""
    expected = values.pop("digest")
    progress = Progress(**values)
    if bool(progress.rows) != bool(progress.size) or bool(progress.rows) != bool(progress.last):
        raise CheckpointError(
            f"{checkpoint} is not {KIND_NAME}: {progress.rows} rows in {progress.size} bytes up to "
            f"{progress.last} do not fit each other; {WAY_OUT}"
        )
    return progress, expected


def _write(checkpoint: Path, owner: Mapping[str, Any], progress: Progress, digest: str) -> None:
    values = {
        "last": progress.last,
        "rows": progress.rows,
        "size": progress.size,
        "unread": progress.unread,
        "digest": digest,
    }
    write_checkpoint(checkpoint, KIND, owner, values)


def _check_content(
    part: Path, file: BinaryIO, progress: Progress, expected: str, digest: Any
) -> None:
    """Make sure that the file begins with the bytes that the checkpoint counts."""
    size = _size(file)
    if size < progress.size:
        raise CheckpointError(
            f"{part} has {size} bytes, and its checkpoint counts {progress.size}; {WAY_OUT}"
        )
    file.seek(0)
    left = progress.size
    while left:
        block = file.read(min(left, BLOCK))
        if not block:
            break
        digest.update(block)
        left -= len(block)
    if digest.hexdigest() != expected:
        raise CheckpointError(
            f"{part} is not as its checkpoint says: something in its first {progress.size} bytes "
            f"has changed; {WAY_OUT}"
        )


def _size(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _remove_links(*paths: Path) -> None:
    """Remove symbolic links where files are made anew; what they lead to stays."""
    for path in paths:
        if path.is_symlink():
            with suppress(FileNotFoundError):
                path.unlink()


def _is_digest(value: Any) -> bool:
    return isinstance(value, str) and len(value) == hashlib.sha256().digest_size * 2


def _is_counts(value: Any) -> bool:
    return isinstance(value, dict) and all(map(is_whole, value.values()))


_CHECKS = {
    "last": or_none(is_record_id),
    "rows": is_whole,
    "size": is_whole,
    "unread": _is_counts,
    "digest": _is_digest,
}
