"""Every row of the tables of foreign constructs, and every trigger of a row, is needed by a corpus."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from corpus import FOLDER, cases

import vtql
from vtql.recovery import recover
from vtql.recovery.constructs import CONSTRUCTS
from vtql.recovery.matcher import Construct, RecoveryState
from vtql.sandbox import Sandbox

Apply = Callable[[Construct, RecoveryState], None]


def test_every_row_and_every_trigger_is_in_a_corpus(
    monkeypatch: pytest.MonkeyPatch, demo: Sandbox
) -> None:
    unused = {
        (index, trigger) for index, (_, row) in enumerate(CONSTRUCTS) for trigger in row.triggers
    }

    def noting(index: int, apply: Apply) -> Apply:
        def applied(row: Construct, state: RecoveryState) -> None:
            keys, reported = state.keys(), len(state.diagnostics)
            apply(row, state)
            if len(state.diagnostics) > reported:
                present = {trigger for trigger in row.triggers if keys.has(trigger)}
                if len(present) == 1:
                    unused.discard((index, *present))

        return applied

    noted = tuple((noting(index, apply), row) for index, (apply, row) in enumerate(CONSTRUCTS))
    monkeypatch.setattr(recover, "CONSTRUCTS", noted)
    for folder in FOLDER.iterdir():
        for case in cases(folder.name):
            if case.kind == "vtql":
                vtql.analyze_script(case.input, demo.catalog)
    named = [
        f"{trigger!r} of {CONSTRUCTS[index][1].slug}: {CONSTRUCTS[index][1].message}"
        for index, trigger in sorted(unused)
    ]
    assert named == [], "\n".join(named)
