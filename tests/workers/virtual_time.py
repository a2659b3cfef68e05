"""Event loops on which an hour passes in a moment, for tests of waits.

Time stands still while anything can run and jumps to the next timer when nothing can. Nothing real
may be waited for: no socket, no thread.
"""

from __future__ import annotations

import asyncio  # noqa: TID251 - a loop of its own kind is made here
import selectors
from typing import TYPE_CHECKING, Any

from trio.testing import MockClock

if TYPE_CHECKING:
    from collections.abc import Callable


class _Jumping(selectors.DefaultSelector):
    """Moves the clock instead of waiting."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        """Return what is ready; if nothing is, the time of the next timer has come."""
        events = super().select(0)
        if not events:
            if timeout is None:
                raise RuntimeError("everybody waits, for nothing that will happen")
            self.now += timeout
        return events


class _VirtualLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._jumping = _Jumping()
        super().__init__(self._jumping)

    def time(self) -> float:
        """Return the virtual time."""
        return self._jumping.now


def _asyncio() -> tuple[str, dict[str, object]]:
    return "asyncio", {"loop_factory": _VirtualLoop}


def _trio() -> tuple[str, dict[str, object]]:
    return "trio", {"clock": MockClock(autojump_threshold=0.0)}


BACKENDS: dict[str, Callable[[], tuple[str, dict[str, object]]]] = {
    "asyncio": _asyncio,
    "trio": _trio,
}
"""Name -> what the fixture ``anyio_backend`` has to return for virtual time."""
