"""The seats of one worker: at most so many of its executions at the same time."""

from collections import deque
from collections.abc import Awaitable, Callable

import anyio
from anyio.abc import TaskGroup

Job = Callable[[], Awaitable[None]]


class Desk:
    """Runs jobs, first come first served, on a few long-lived tasks.

    A task spawned per job would cost more than the whole auction of a fast worker.

    Args:
        seats: The most jobs at once.
        overall: Limits the jobs of all desks together.
    """

    def __init__(self, seats: int, overall: anyio.Semaphore) -> None:
        self._seats = seats
        self._taken = 0
        self._overall = overall
        self._group: TaskGroup | None = None
        self._jobs: deque[Job] = deque()
        self._idle: deque[anyio.Event] = deque()

    def open(self, group: TaskGroup) -> None:
        """Let seats be taken, each when it is first needed; they stay until the group ends."""
        self._group = group
        for _ in self._jobs:
            self._call()

    def put(self, job: Job) -> None:
        """Queue a job; it handles its own errors."""
        self._jobs.append(job)
        self._call()

    def _call(self) -> None:
        """Wake one idle seat, or let another be taken."""
        if self._idle:
            self._idle.popleft().set()
        elif self._taken < self._seats and self._group is not None:
            self._taken += 1
            self._group.start_soon(self._sit)

    async def _sit(self) -> None:
        while True:
            while not self._jobs:
                call = anyio.Event()  # one for each seat: a job wakes nobody but who takes it
                self._idle.append(call)
                await call.wait()
            job = self._jobs.popleft()
            async with self._overall:
                await job()
