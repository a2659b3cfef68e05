"""The switch that forbids calls to the outside, as tests want it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from workers.errors import LiveCallError

if TYPE_CHECKING:
    from collections.abc import Generator

NO_LIVE_CALLS: Final = "TRUTHBID_NO_LIVE_CALLS"
"""The environment variable that forbids every call to an endpoint."""

_watchers: list[list[str]] = []


def check_live_call(address: str) -> None:
    """Refuse a call if none may be made; to be asked by every adapter before it sends anything.

    Args:
        address: Where the call would go.

    Raises:
        LiveCallError: If live calls are forbidden.
    """
    if os.environ.get(NO_LIVE_CALLS):
        for refused in _watchers:
            refused.append(address)
        raise LiveCallError(f"{NO_LIVE_CALLS} is set, and {address} was called")


@contextmanager
def no_live_calls() -> Generator[list[str]]:
    """Forbid live calls inside a ``with`` block, for this process and those that it starts.

    Yields:
        The addresses that were called all the same, and refused. A market goes on when a worker
        fails, so a test should look at this list rather than wait for the exception.

    >>> with no_live_calls() as refused:
    ...     check_live_call("http://127.0.0.1:8000/v1")
    Traceback (most recent call last):
    workers.errors.LiveCallError: TRUTHBID_NO_LIVE_CALLS is set, and http://127.0.0.1:8000/v1 was called
    >>> refused
    ['http://127.0.0.1:8000/v1']
    """
    before = os.environ.get(NO_LIVE_CALLS)
    refused: list[str] = []
    _watchers.append(refused)
    os.environ[NO_LIVE_CALLS] = "1"
    try:
        yield refused
    finally:
        _watchers[:] = [each for each in _watchers if each is not refused]
        if before is None:
            os.environ.pop(NO_LIVE_CALLS, None)
        else:
            os.environ[NO_LIVE_CALLS] = before
