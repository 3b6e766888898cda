"""A test double of a Vtiger: the protocol of the web service over SQLite, executing VTQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vtql.sandbox.sandbox import Sandbox

__all__ = ["Sandbox"]


def __getattr__(name: str) -> Any:
    # pytest imports this package for the plugin, so the sandbox is imported when it is used.
    if name != "Sandbox":
        raise AttributeError(f"module 'vtql.sandbox' has no attribute {name!r}")
    from vtql.sandbox.sandbox import Sandbox  # noqa: PLC0415 - see above

    return Sandbox
