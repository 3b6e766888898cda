"""A stand-in for a Vtiger: the web service's protocol over SQLite, with VTQL executed for real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vtql.sandbox.sandbox import Sandbox

__all__ = ["Sandbox"]


def __getattr__(name: str) -> Any:
    # The plugin for pytest lives in this package, and costs a test run without it nothing.
    if name != "Sandbox":
        raise AttributeError(f"module 'vtql.sandbox' has no attribute {name!r}")
    from vtql.sandbox.sandbox import Sandbox  # noqa: PLC0415 - see above

    return Sandbox
