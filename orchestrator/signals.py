"""Ends a run when its process is told to end: by Ctrl-C or SIGTERM, and at once if told again.

The handlers are Python's own and not those of the event loop: a loop that is kept from turning, by
a long computation for instance, could not end the process at the second signal.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final, TypeVar

import anyio

T = TypeVar("T")

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
PATIENCE: Final = 0.5
"""Seconds after which whoever has sent a signal wants to know what is going on."""
SHOW_CURSOR: Final = b"\x1b[?25h\n"
"""A progress display that is not ended hides the cursor."""


class StoppedError(Exception):
    """Raised when a run was ended by a signal.

    Attributes:
        code: The exit code that says so, as shells have it: 130 for Ctrl-C, 143 for SIGTERM.
    """

    def __init__(self, number: int) -> None:
        super().__init__(f"stopped by {signal.Signals(number).name}")
        self.code = 128 + number


class _Ear:
    """Hears the first signal, and ends the process at the second."""

    def __init__(self, last: Callable[[], object]) -> None:
        self.heard: int | None = None
        self._last = last
        self.reader, self._writer = socket.socketpair()
        for end in (self.reader, self._writer):
            end.setblocking(False)

    def __call__(self, number: int, frame: FrameType | None) -> None:
        del frame
        if self.heard is not None:
            _end_at_once(number, self._last)
        self.heard = number
        self._writer.send(b"!")

    def close(self) -> None:
        self.reader.close()
        self._writer.close()


async def until_told(
    work: Callable[[], Awaitable[T]],
    on_wait: Callable[[], object],
    last: Callable[[], object] = lambda: None,
) -> T:
    """Do some work; a signal cancels it, and a second one ends the process without waiting.

    Args:
        work: What is done.
        on_wait: Is called if the work takes a moment to end.
        last: Is called before the process ends at the second; it runs within a signal handler.

    Raises:
        StoppedError: If a signal came before the work was done.
    """
    if threading.current_thread() is not threading.main_thread():
        return await work()  # only the main thread may handle signals
    ear, done, broken = _Ear(last), list[T](), list[Exception]()
    scope = anyio.CancelScope()

    async def listen() -> None:
        await anyio.wait_readable(ear.reader)
        scope.cancel()
        await anyio.sleep(PATIENCE)
        on_wait()

    with _handled(ear):
        async with anyio.create_task_group() as group:
            group.start_soon(listen)
            try:
                with scope:
                    done.append(await work())
            except Exception as error:  # noqa: BLE001 - raised below, outside of the task group
                broken.append(error)
            group.cancel_scope.cancel()
    if broken:
        raise broken[0]
    if ear.heard is not None and not done:
        raise StoppedError(ear.heard)
    return done[0]


@contextmanager
def asking() -> Generator[None]:
    """Let Ctrl-C interrupt a question to the user, for which the event loop stands still."""
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _handled(ear: _Ear) -> Generator[None]:
    before = {number: signal.signal(number, ear) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        ear.close()


def _end_at_once(number: int, last: Callable[[], object]) -> None:
    with suppress(Exception):
        last()
    if sys.stderr.isatty():
        with suppress(OSError):
            os.write(sys.stderr.fileno(), SHOW_CURSOR)
    os._exit(128 + number)
