"""The seats of one worker: at most so many of its executions at the same time."""

from collections import deque
from collections.abc import Awaitable, Callable

import anyio
from anyio.abc import TaskGroup

Job = Callable[[], Awaitable[None]]


class Desk:
    """Runs jobs, first come first served, on a fixed number of long-lived tasks.

    A task spawned per job would cost more than the whole auction of a fast worker.

    Args:
        seats: The most jobs at once.
        overall: Limits the jobs of all desks together.
    """

    def __init__(self, seats: int, overall: anyio.Semaphore) -> None:
        self._seats = seats
        self._overall = overall
        self._jobs: deque[Job] = deque()
        self._arrival = anyio.Event()

    def open(self, group: TaskGroup) -> None:
        """Let the seats be taken; they stay until the group is cancelled."""
        for _ in range(self._seats):
            group.start_soon(self._sit)

    def put(self, job: Job) -> None:
        """Queue a job; it handles its own errors."""
        self._jobs.append(job)
        self._arrival.set()

    async def _sit(self) -> None:
        while True:
            while not self._jobs:
                if self._arrival.is_set():
                    self._arrival = anyio.Event()  # one for all who wait: nobody is left behind
                await self._arrival.wait()
            job = self._jobs.popleft()
            async with self._overall:
                await job()
