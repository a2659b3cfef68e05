"""The embedding API: many callers, early leavers, broken runs, and nothing left behind."""

from contextlib import aclosing
from typing import Any

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.memory.journal import JournalError
from orchestrator.task import Task, TaskResult
from protocols.errors import MechanismError, MonopolyError
from protocols.events import (
    Event,
    Finished,
    RunClosed,
    Started,
    TaskAdded,
    TaskEnded,
)
from protocols.units import TaskId
from tests.orchestrator.markets import Broken, Kin, Paced, Queue
from tests.workers.virtual_time import BACKENDS
from workers.ports import Verifier
from workers.verifiers import exact

pytestmark = pytest.mark.anyio

RIGHT = exact("right")


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, object]]:
    """Run every test in virtual time, on both event loops."""
    return BACKENDS[str(request.param)]()


def task(name: str | None = None, *needs: str, verify: Verifier | None = RIGHT) -> Task:
    """Return a task worth a thousand nano-units."""
    return Task("do it", "0.000001", verify, id=name, needs=needs)


def market(*workers: Paced, **more: Any) -> Kin:
    """Return a market in which the cheapest bid wins."""
    more.setdefault("mechanism", Queue())
    return Kin(workers or [Paced("ann")], **more)


# What callers get ---------------------------------------------------------------------------


async def test_one_task_is_run() -> None:
    """The result says who did it, what it answered, and what it is owed."""
    async with market() as kin:
        result = await kin.run(task())

    assert result.solved
    assert (result.task, result.answer, result.attempts) == ("t1", "right", 1)
    assert result.award is not None
    assert result.award.worker == "ann"
    assert result.settlement is not None
    assert result.settlement.payment == 100
    assert kin.events[-1] == RunClosed(reason="done")


async def test_results_come_in_the_order_of_the_tasks() -> None:
    """Whichever ends first; no tasks, no results."""
    worker = Paced("ann", works={"a": 9.0, "b": 1.0})
    async with market(worker) as kin:
        assert await kin.run_all([]) == []
        results = await kin.run_all([task("a"), task("b")])

    assert [result.task for result in results] == ["a", "b"]


async def test_many_callers_share_one_market() -> None:
    """Each gets its own result; tasks without a name get one that nobody has."""
    results: list[TaskResult] = []
    async with market() as kin, anyio.create_task_group() as group:

        async def one(name: str | None) -> None:
            results.append(await kin.run(task(name)))

        for name in (None, "mine", None, "yours"):
            group.start_soon(one, name)

    assert len({result.task for result in results}) == 4
    assert all(result.solved for result in results)


async def test_tasks_may_come_while_others_are_under_way() -> None:
    """A late task does not wait for the early ones to end."""
    worker = Paced("ann", works={"slow": 50.0})
    async with market(worker) as kin, anyio.create_task_group() as group:
        group.start_soon(kin.run, task("slow"))
        await anyio.sleep(5)
        start = anyio.current_time()
        async with aclosing(kin.stream([task("late")])) as events:
            async for event in events:
                if isinstance(event, Finished) and event.report.task == "late":
                    assert anyio.current_time() - start == pytest.approx(1)


async def test_a_cancelled_caller_leaves_the_task_to_the_market() -> None:
    """Others go on, and the task itself ends too."""
    async with market(Paced("ann", works=10)) as kin:
        with anyio.move_on_after(5):
            await kin.run(task("left"))
        assert (await kin.run(task("other"))).solved

    assert kin.state() == {"left": "solved", "other": "solved"}


# Streams ------------------------------------------------------------------------------------


async def test_a_stream_yields_every_event_of_the_run() -> None:
    """From the entry of its tasks to their end, nothing is left out however slow the reader."""
    async with market() as kin:
        seen: list[Event] = []
        async with aclosing(kin.stream([task("a"), task("b", "a")])) as events:
            async for event in events:
                seen.append(event)
                await anyio.sleep(100)

    assert seen == kin.events[1:-1]
    assert {event.task for event in seen if isinstance(event, TaskEnded)} == {"a", "b"}


async def test_a_stream_makes_tasks_from_answers_when_their_time_comes() -> None:
    """What a worker is shown quotes the answer, as in `run_all`; the stream ends with the last task."""
    quoting = Task("Sum up: {{ answers.a }}", "0.000001", id="b", needs=["a"], verify=RIGHT)
    async with market() as kin:
        seen = [event async for event in kin.stream([task("a"), quoting])]

    prompts = {event.lot.task: event.lot.prompt for event in seen if isinstance(event, TaskAdded)}
    assert prompts[TaskId("b")].splitlines()[1] == "right"
    assert kin.state() == {"a": "solved", "b": "solved"}


async def test_a_stream_of_nothing_ends_at_once() -> None:
    """No task, no event."""
    async with market() as kin:
        assert [event async for event in kin.stream([])] == []


async def test_who_leaves_a_stream_early_does_no_harm() -> None:
    """The task goes on and can be waited for by what needs it."""
    async with market(Paced("ann", works=10)) as kin:
        async with aclosing(kin.stream([task("a")])) as events:
            async for event in events:
                if isinstance(event, Started):
                    break
        result = await kin.run(task("b", "a"))

    assert result.solved
    assert kin.state() == {"a": "solved", "b": "solved"}


async def test_the_end_of_a_stream_says_if_the_budget_was_reached() -> None:
    """A stream closes the run for the same reason as any other caller."""
    async with market(Paced("ann", 600), budget="0.000001") as kin:
        seen = [event async for event in kin.stream([task("a"), task("b")])]

    assert isinstance(seen[-1], TaskEnded)

    assert kin.events[-1] == RunClosed(reason="budget")


# Leaving ------------------------------------------------------------------------------------


async def test_a_market_left_before_its_tasks_have_ended_is_not_closed() -> None:
    """It can be resumed; the work under way is cancelled and the workers are dismissed."""
    worker = Paced("ann", works=1000)
    async with market(worker) as kin, aclosing(kin.stream([task("a")])) as events:
        async for event in events:
            if isinstance(event, Started):
                break

    assert kin.of(RunClosed) == []
    assert (worker.busy, worker.closed) == (0, 1)


async def test_waiters_outside_of_the_block_are_told_that_it_is_over() -> None:
    """Nobody waits for a market that has been left."""
    told: list[str] = []
    kin = market(Paced("ann", works=1000))

    async def outside() -> None:
        with pytest.raises(RuntimeError, match="closed before the tasks had ended") as caught:
            await kin.run(task())
        told.append(str(caught.value))

    async with anyio.create_task_group() as group, kin:
        group.start_soon(outside)
        await anyio.sleep(5)

    assert len(told) == 1


async def test_a_market_that_is_not_open_says_so() -> None:
    """Before it is entered and after it is left."""
    kin = market()
    with pytest.raises(RuntimeError, match="the market is not open"):
        await kin.run(task())
    async with kin:
        pass
    with pytest.raises(RuntimeError, match="the market is not open"):
        await kin.run(task())


async def test_an_exception_of_the_caller_comes_through_as_it_is() -> None:
    """It is not wrapped, and the run stays open."""
    worker = Paced("ann", works=1000)
    kin = market(worker)

    async def leave() -> None:
        async with kin:
            with anyio.move_on_after(5):
                await kin.run(task())
            assert worker.busy == 1
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await leave()
    assert (worker.busy, worker.closed) == (0, 1)
    assert kin.of(RunClosed) == []


async def test_every_worker_is_dismissed_even_if_one_refuses_to_go() -> None:
    """What it raises comes through when all is closed; who hangs is left after a grace time."""

    class Clings(Paced):
        async def aclose(self) -> None:
            raise OSError("no")

    class Hangs(Paced):
        async def aclose(self) -> None:
            await anyio.sleep_forever()

    first, last = Paced("first"), Paced("last")
    kin = market(first, Clings("clings"), last)
    with pytest.raises(OSError, match="no"):
        async with kin:
            await kin.run(task())
    assert (first.closed, last.closed) == (1, 1)
    assert kin.events[-1] == RunClosed(reason="done")

    start = anyio.current_time()
    async with market(Hangs("hangs")) as kin:
        await kin.run(task())
    assert anyio.current_time() - start < 10


# Broken runs --------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [MechanismError("cannot"), MonopolyError("ann", "t1")], ids=str)
async def test_a_mechanism_that_fails_is_told_to_everybody(error: MechanismError) -> None:
    """Callers, streams and those who come later get the error itself; the block ends cleanly."""
    kin = market(Paced("ann"), mechanism=Broken(error))
    caught: list[BaseException] = []

    async def caller() -> None:
        try:
            await kin.run(task())
        except MechanismError as raised:
            caught.append(raised)

    async def reader() -> None:
        with pytest.raises(MechanismError):
            async for _ in kin.stream([task("streamed")]):
                pass
        caught.append(error)

    async with kin:
        async with anyio.create_task_group() as group:
            group.start_soon(caller)
            group.start_soon(caller)
            group.start_soon(reader)
        with pytest.raises(MechanismError):
            await kin.run(task("too late"))

    assert caught == [error] * 3
    assert kin.of(RunClosed) == []


@pytest.mark.parametrize("room", range(12))
async def test_a_journal_that_fails_at_any_event_is_told(room: int) -> None:
    """The run stops where it can no longer be recorded; nothing hangs and all is closed."""
    worker = Paced("ann")
    kin = market(worker, room=room)
    with pytest.raises(JournalError, match="full"):
        async with kin:
            await kin.run(task())
    assert len(kin.events) == room
    assert worker.busy == 0


async def test_work_under_way_is_cancelled_when_a_run_breaks() -> None:
    """Nothing is spent on a run whose outcome nobody will record."""
    slow = Paced("slow", works=1000)
    kin = market(slow, room=8)
    async with kin:
        with anyio.move_on_after(5):
            await kin.run(task("a"))
        assert slow.busy == 1
        with pytest.raises(JournalError):
            await kin.run(task("b"))
        await anyio.sleep(1)
        assert slow.busy == 0


async def test_a_listener_that_raises_stops_the_run() -> None:
    """Its error is told to those who wait."""
    kin = market()

    def burst(event: Event) -> None:
        if event.key.startswith("allocated"):
            raise ArithmeticError("enough")

    kin.listen(burst)
    async with kin:
        with pytest.raises(ArithmeticError, match="enough"):
            await kin.run(task())


async def test_a_listener_may_come_later() -> None:
    """It hears what happens from then on."""
    heard: list[Event] = []
    async with market() as kin:
        await kin.run(task("a"))
        kin.listen(heard.append)
        await kin.run(task("b"))

    assert heard[0].key == "task-added\tb"
    assert heard[-1] == RunClosed(reason="done")


def test_names_and_journals_must_fit() -> None:
    """Two workers of one name, an unknown mechanism, and nothing to resume are refused at once."""
    with pytest.raises(ValueError, match="share a name"):
        Coordinator([Paced("ann"), Paced("ann")])
    with pytest.raises(ValueError, match="second-price"):
        Coordinator([], mechanism="second-price")
    with pytest.raises(ValueError, match="name its journal"):
        Coordinator([], resume=True)
