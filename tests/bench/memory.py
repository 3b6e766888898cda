"""How much memory a read of many rows takes: `python tests/bench/memory.py [ROWS]`.

Reads and exports 100,000 rows and then ROWS, a million if left out, over 8 connections, each in a process
of its own, and tells the most memory that each process had.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from pages import serving

import vtql

FEW = 100_000


def loop(rows: Any, _: Path) -> int:
    return sum(1 for _ in rows)


def csv(rows: Any, folder: Path) -> int:
    return int(rows.to_csv(folder / "rows.csv"))


def jsonl(rows: Any, folder: Path) -> int:
    return int(rows.to_jsonl(folder / "rows.jsonl"))


def parquet(rows: Any, folder: Path) -> int:
    return int(rows.to_parquet(folder / "rows.parquet"))


WAYS: Mapping[str, Callable[[Any, Path], int]] = {
    way.__name__: way for way in (loop, csv, jsonl, parquet)
}


def read(url: str, way: str, rows: int) -> None:
    began = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        vtql.connect(url, "admin", "key", connections=8) as client,
    ):
        found = WAYS[way](client.model("Contacts").objects.only("lastname", "email"), Path(folder))
    assert found == rows, found
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{way:8} {rows:9,} rows: at most {peak:4.0f} MB, {time.perf_counter() - began:5.1f} s")


def main() -> None:
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    for way in WAYS:
        for rows in (FEW, many):
            with serving(rows, 0, evenly=True) as url:
                command = [sys.executable, __file__, "read", url, way, str(rows)]
                subprocess.run(command, check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["read"]:
        read(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        main()
