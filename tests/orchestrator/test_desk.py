"""A worker's seats: how many jobs run at once, and that none is left behind."""

from collections.abc import Awaitable, Callable

import anyio
import pytest
from anyio.lowlevel import checkpoint

from orchestrator.desk import Desk

pytestmark = pytest.mark.anyio

LONG = 10.0
"""Seconds after which a wait is taken for a hang."""


async def settle() -> None:
    """Let every task run until it waits."""
    for _ in range(20):
        await checkpoint()


class Meeting:
    """A job that ends only when so many are at it at the same time."""

    def __init__(self, size: int) -> None:
        self._missing = size
        self.complete = anyio.Event()

    async def attend(self) -> None:
        """Wait for the others."""
        self._missing -= 1
        if not self._missing:
            self.complete.set()
        await self.complete.wait()


@pytest.mark.parametrize("seats", [1, 2, 5])
async def test_all_seats_work_at_once_again_and_again(seats: int) -> None:
    """After any number of quiet times and single jobs, as many jobs run at once as there are seats.

    Every job of a meeting waits for all others, so one idle seat would be a hang.
    """
    desk = Desk(seats, anyio.Semaphore(100))

    async def alone() -> None:
        await checkpoint()

    with anyio.fail_after(LONG):
        async with anyio.create_task_group() as group:
            desk.open(group)
            await settle()
            for _ in range(4):
                desk.put(alone)
                await settle()
                meeting = Meeting(seats)
                for _ in range(seats):
                    desk.put(meeting.attend)
                await meeting.complete.wait()
                assert meeting.complete.is_set()
                await settle()
            group.cancel_scope.cancel()


@pytest.mark.parametrize(("seats", "overall"), [(1, 9), (3, 9), (5, 2)])
async def test_no_more_jobs_run_than_there_are_seats(seats: int, overall: int) -> None:
    """A desk keeps its own number, and all desks together keep the overall one."""
    gate = anyio.Semaphore(overall)
    desks = [Desk(seats, gate), Desk(seats, gate)]
    running = [0, 0]
    peak, done = 0, 0
    over = anyio.Event()

    def job(place: int) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            nonlocal peak, done
            running[place] += 1
            assert running[place] <= seats
            assert sum(running) <= overall
            peak = max(peak, sum(running))
            await checkpoint()
            await checkpoint()
            running[place] -= 1
            done += 1
            if done == 40:
                over.set()

        return work

    with anyio.fail_after(LONG):
        async with anyio.create_task_group() as group:
            for desk in desks:
                desk.open(group)
            for number in range(40):
                desks[number % 2].put(job(number % 2))
            await over.wait()
            group.cancel_scope.cancel()

    assert (peak, done) == (min(2 * seats, overall), 40)


async def test_jobs_begin_in_the_order_in_which_they_came() -> None:
    """One seat serves first who came first, jobs put from within jobs included."""
    desk = Desk(1, anyio.Semaphore(1))
    order: list[int] = []
    over = anyio.Event()

    def job(number: int) -> Callable[[], Awaitable[None]]:
        async def work() -> None:
            order.append(number)
            if number < 3:
                desk.put(job(number + 3))
            if len(order) == 6:
                over.set()

        return work

    with anyio.fail_after(LONG):
        async with anyio.create_task_group() as group:
            for number in range(3):
                desk.put(job(number))
            desk.open(group)
            await over.wait()
            group.cancel_scope.cancel()

    assert order == list(range(6))


async def test_a_cancelled_desk_leaves_nothing_running() -> None:
    """Jobs are cancelled where they wait and seats are left."""
    desk = Desk(2, anyio.Semaphore(2))
    ended: list[str] = []

    async def work() -> None:
        try:
            await anyio.sleep_forever()
        finally:
            ended.append("cancelled")

    with anyio.fail_after(LONG):
        async with anyio.create_task_group() as group:
            desk.open(group)
            for _ in range(3):
                desk.put(work)
            await settle()
            group.cancel_scope.cancel()

    assert ended == ["cancelled"] * 2
