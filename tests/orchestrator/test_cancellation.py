"""Tasks that are called off: those not announced yet, those that are too late, and the past."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from orchestrator.cancellation import Cancellations, Request
from orchestrator.market import Limits
from orchestrator.task import Task, TaskResult
from protocols.decommitment import Cancelled, Withdrawn
from protocols.events import Announced, Closed, RunClosed, Started, TaskEnded
from protocols.units import TaskId
from tests.orchestrator.cancelling import (
    ON_BOTH,
    OWED,
    Deliberate,
    Later,
    Slow,
    about,
    check_replay,
    run,
    task,
)
from tests.orchestrator.journals import write
from tests.orchestrator.markets import HOUR, Kin, Paced, Queue, virtually
from workers.ports import Worker


@ON_BOTH
def test_a_task_that_waits_to_be_announced(backend: str, tmp_path: Path) -> None:
    """It is never announced; the one before it and the one after it are done."""
    limits = Limits(batch=1, announcements=1, withdrawal=0.25)
    tasks = [task(number) for number in range(3)]
    fleet = [Paced("ann", works=10)]
    done = run(backend, tmp_path, fleet, tasks, cancel="t1", mechanism="vickrey", limits=limits)

    announced = [lot.task for each in done.of(Announced) for lot in each.announcement.lots]
    assert done.in_time
    assert announced == ["t0", "t2"]
    assert done.states == ["solved", "cancelled", "solved"]
    assert done.results[1].reason == "not wanted"
    (cancelled,) = done.of(Cancelled)
    assert (cancelled.entered, cancelled.announced, cancelled.closed) == (3, 1, 0)
    assert done.of(Withdrawn) == []


@ON_BOTH
def test_a_task_that_waits_for_another(backend: str, tmp_path: Path) -> None:
    """It ends at once and what needs it is skipped; what it needs goes on."""
    tasks = [task(0), task(1, "t0"), task(2, "t1")]
    done = run(backend, tmp_path, [Paced("ann", works=10)], tasks, cancel="t1", mechanism="vickrey")

    assert done.states == ["solved", "cancelled", "skipped"]
    assert done.results[2].reason == "it needs 't1', which is cancelled"
    ends = about(done.market.events, TaskEnded)
    assert ends == ["t1", "t2", "t0"]


@ON_BOTH
def test_what_needs_a_task_that_is_called_off(backend: str, tmp_path: Path) -> None:
    """The dependents of a task whose work is broken off are skipped, as those of a failed one."""
    tasks = [task(0), task(1, "t0"), task(2)]
    done = run(backend, tmp_path, [Paced("ann", works=10)], tasks, mechanism="vickrey")

    assert done.states == ["cancelled", "skipped", "solved"]
    assert done.results[1].reason == "it needs 't0', which is cancelled"


@ON_BOTH
def test_a_task_that_would_have_been_tried_again(backend: str, tmp_path: Path) -> None:
    """It has failed once and its announcement is still open: it is settled and not put up again."""
    fleet = [Paced("ann", 10, "wrong", works={"t0": 1, "t1": 10}), Paced("bob", 20)]
    limits = Limits(attempts=3, withdrawal=0.25)
    done = run(backend, tmp_path, fleet, [task(0), task(1)], mechanism="first-price", limits=limits)

    assert done.in_time
    assert done.states == ["cancelled", "solved"]
    assert done.of(Withdrawn) == []
    again = [lot.task for each in done.of(Announced)[1:] for lot in each.announcement.lots]
    assert again == ["t1"]


# Too late -----------------------------------------------------------------------------------


@ON_BOTH
def test_a_task_with_a_certain_end_is_not_called_off(backend: str, tmp_path: Path) -> None:
    """It is solved, though its announcement is open, and nothing is recorded."""
    fleet = [Paced("ann", works={"t0": 1, "t1": 10})]
    done = run(backend, tmp_path, fleet, [task(0), task(1)], mechanism="vickrey")

    assert not done.in_time
    assert done.states == ["solved", "solved"]
    assert done.of(Cancelled) == []


@ON_BOTH
def test_a_task_is_called_off_once(backend: str) -> None:
    """A second call finds it called off; one that comes after its end is too late."""

    async def main() -> None:
        async with Kin([Paced("ann", works=100)], mechanism=Queue()) as market:
            async with anyio.create_task_group() as group:
                group.start_soon(market.run_all, [task(0)])
                await anyio.sleep(5)
                assert await market.cancel("t0")
                assert await market.cancel("t0", "again")
            assert not await market.cancel("t0")
            with pytest.raises(ValueError, match="there is no task 'tx'"):
                await market.cancel("tx")
        assert [event.reason for event in market.of(Cancelled)] == ["it is no longer wanted"]
        with pytest.raises(RuntimeError, match="the market is not open"):
            await market.cancel("t0")

    virtually(main, backend)


@ON_BOTH
def test_nothing_follows_the_end_of_an_announcement(backend: str, tmp_path: Path) -> None:
    """Of an award that is withdrawn nothing is recorded after its announcement has closed."""
    fleet = [Paced("ann", works=10), Paced("bob", 300, works=10)]
    done = run(backend, tmp_path, fleet, map(task, range(4)), cancel="t2", mechanism="vickrey")
    events = done.market.events
    (closed,) = [place for place, event in enumerate(events) if isinstance(event, Closed)]

    assert {type(event) for event in events[closed + 1 :]} == {TaskEnded, RunClosed}


# The past -----------------------------------------------------------------------------------

MOMENTS: dict[str, tuple[Callable[[], list[Worker]], list[Task], Any]] = {
    "waiting": (
        lambda: [Paced("ann", works=10)],
        [task(1), task(0, "t1"), task(2, "t0")],
        "vickrey",
    ),
    "bidding": (lambda: [Paced("ann", bids_after=8)], [task(0), task(1)], "vickrey"),
    "clock": (
        lambda: [Deliberate("ann", 300, bids_after=2), Deliberate("bob", 500, bids_after=2)],
        [task(0), task(1)],
        {"name": "english", "step": "0.0000001", "rounds": True},
    ),
    "seat": (lambda: [Paced("ann", works=10, seats=1)], [task(1), task(0)], "vickrey"),
    "working": (lambda: [Paced("ann", works=10)], [task(0), task(1)], "vickrey"),
    "judging": (lambda: [Paced("ann")], [task(0, verify=Slow(10)), task(1)], "vickrey"),
    "fallback": (
        lambda: [
            Paced("ann", 10, "wrong", chance=0.5, works=1),
            Paced("bob", 20, chance=0.5, works=10),
        ],
        [task(0)],
        "sequential-pivot",
    ),
    "failed": (
        lambda: [Paced("ann", 10, "wrong", works={"t0": 1}), Paced("bob", 20, works=9)],
        [task(0), task(1)],
        "first-price",
    ),
}


@pytest.mark.parametrize(
    ("moment", "backend"), [*((moment, "asyncio") for moment in MOMENTS), ("working", "trio")]
)
def test_a_run_that_was_broken_off_after_a_cancellation(
    moment: str, backend: str, tmp_path: Path
) -> None:
    """Cut off anywhere after it, the resumed run ends the task as cancelled, and is replayed."""
    fleet, tasks, mechanism = MOMENTS[moment]
    more: dict[str, Any] = {
        "mechanism": mechanism,
        "limits": Limits(attempts=2, withdrawal=0.25),
    }
    whole = run(backend, tmp_path, fleet(), tasks, **more)
    events = whole.market.events
    said = next(place for place, event in enumerate(events) if isinstance(event, Cancelled))
    ended = next(
        place
        for place, event in enumerate(events)
        if isinstance(event, TaskEnded) and event.task == "t0"
    )
    assert whole.market.state()["t0"] == "cancelled"

    for cut in range(said + 1, ended + 1):
        market = Later(write(tmp_path / f"{cut}.db", events[:cut]), fleet(), **more)

        async def resumed(market: Later = market) -> list[TaskResult]:
            async with market:
                return await market.run_all(tasks)

        results = virtually(resumed, backend)
        assert [each.state for each in results] == whole.states, cut
        assert market.ledger.held == 0
        check_replay(market, tmp_path)


@ON_BOTH
def test_a_cancellation_waits_until_the_past_has_been_gone_through(
    backend: str, tmp_path: Path
) -> None:
    """Said at once in a resumed run, it takes effect when the lost call has been made again."""
    more: dict[str, Any] = {"mechanism": "first-price", "limits": Limits(withdrawal=0.25)}
    whole = run(backend, tmp_path, [Paced("ann", 40, works=9)], [task(0)], at=8.0, **more)
    events = whole.market.events
    cut = next(place for place, event in enumerate(events) if isinstance(event, Started)) + 1
    path = write(tmp_path / "cut.db", events[:cut])
    market = Later(path, [Paced("ann", 40, works=HOUR)], **more)

    async def main() -> float:
        start = anyio.current_time()
        async with market, anyio.create_task_group() as group:
            group.start_soon(partial(market.run_all, [task(0)]))
            await anyio.lowlevel.checkpoint()
            await anyio.lowlevel.checkpoint()  # trio may let us go on before the task is given
            assert await market.cancel("t0")
        return anyio.current_time() - start

    assert virtually(main, backend) < 1.0
    (withdrawn,) = market.of(Withdrawn)
    assert withdrawn.owed == OWED
    assert market.ledger.held == 0
    check_replay(market, tmp_path)


# One by one ---------------------------------------------------------------------------------


def cancelled(name: str, entered: int, announced: int, closed: int) -> Cancelled:
    """Return that a task was called off at a point of a run."""
    return Cancelled(
        task=TaskId(name), reason="", entered=entered, announced=announced, closed=closed
    )


def test_what_the_record_says_comes_in_its_place() -> None:
    """After as many tasks, announcements and closings as before; requests come after all of it."""
    first, second = cancelled("a", 2, 1, 0), cancelled("b", 2, 3, 1)
    line = Cancellations([first, second])
    line.ask(Request(TaskId("c"), "why"))

    assert line.next_recorded(1, 9, 9, stuck=True) is None
    assert line.next_recorded(2, 0, 0, stuck=False) is None
    assert line.next_recorded(2, 1, 0, stuck=False) is first
    assert line.next_recorded(2, 3, 0, stuck=False) is None
    assert line.next_asked() is None
    assert line.next_recorded(2, 3, 0, stuck=True) is second
    asked = line.next_asked()
    assert asked is not None
    assert (asked.task, asked.reason) == ("c", "why")
    assert line.next_asked() is None
