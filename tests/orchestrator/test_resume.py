"""Crashes: wherever a run is broken off, it is taken up and ends as if it had not been."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import aclosing
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from orchestrator.chronicle import DivergenceError
from orchestrator.coordinator import Coordinator
from orchestrator.journal import JournalError
from orchestrator.market import Limits
from orchestrator.replay import replay
from orchestrator.task import Task
from protocols.events import (
    BidsClosed,
    Event,
    RunClosed,
    RunResumed,
    Started,
    TaskAdded,
    TaskEnded,
    Unsettled,
)
from protocols.messages import Announcement, Award, Lot, Result
from tests.orchestrator.journals import write
from tests.orchestrator.markets import Paced, Queue, awards, events_of, finished, payments
from workers.ports import Submit, Verdict, Worker
from workers.simulated import SimulatedWorker
from workers.verifiers import Recorded, exact

BACKENDS = ("asyncio", "trio")


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Check that a closed journal leaves no thread behind."""
    yield
    assert [each.name for each in threading.enumerate() if each.name == "truthbid-journal"] == []


class Passing(SimulatedWorker):
    """A simulated worker that passes the event loop, so that executions overlap."""

    def __init__(self, name: str, **more: Any) -> None:
        super().__init__(name, cost_spread=0.5, skill_spread=0.5, seed=3, **more)
        self.instant = False

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Bid later."""
        await anyio.lowlevel.checkpoint()
        await super().bid(announcement, submit)

    async def execute(self, lot: Lot, award: Award) -> Any:
        """Answer later."""
        await anyio.lowlevel.checkpoint()
        return await super().execute(lot, award)


def fleet() -> list[Worker]:
    """Return new workers that draw the same every time."""
    return [
        Passing("small", skill=0.5, cost="0.00000010", failure_rate=0.2),
        Passing("large", skill=0.9, cost="0.00000030", seats=1),
        SimulatedWorker("quick", skill=0.6, cost="0.00000020", seed=3),
        Passing("paid", skill=0.7, cost="0.00000015", payable=True, capacity=2),
    ]


def tasks() -> list[Task]:
    """Return fourteen tasks, three of which need others and one of which has no verifier."""
    plain = [Task("x", "0.000001", Recorded(), id=f"t{n}") for n in range(10)]
    return [
        *plain,
        Task("x", "0.000001", None, id="blind"),
        Task("x", "0.000001", Recorded(), id="never", needs=["blind"]),
        Task("x", "0.000001", Recorded(), id="after", needs=["t1", "t2"]),
        Task("x", "0.000001", Recorded(), id="last", needs=["after"]),
    ]


def coordinator(path: Path, workers: Sequence[Worker] | None = None, **more: Any) -> Coordinator:
    """Return the market under test."""
    more.setdefault("mechanism", {"name": "contingent-vcg", "stake": "0.0000001"})
    more.setdefault("limits", Limits(batch=3, announcements=3, attempts=3))
    return Coordinator(workers or fleet(), journal=path, seed=5, **more)


async def all_at_once(market: Coordinator) -> None:
    """Run all tasks together."""
    async with market:
        await market.run_all(tasks())


async def one_by_one(market: Coordinator) -> None:
    """Run tasks as a program does that looks at each result before it goes on."""
    async with market:
        for task in tasks()[:4]:
            await market.run(task)
        async with anyio.create_task_group() as group:
            for task in tasks()[4:8]:
                group.start_soon(market.run, task)
                await anyio.lowlevel.checkpoint()
        async with aclosing(
            market.stream([Task("x", 1, Recorded(), id="s", needs=["t1"])])
        ) as all_:
            async for _ in all_:
                pass


def lost_calls(events: Sequence[Event]) -> dict[str, int]:
    """Return by account what was booked for calls whose answers were lost."""
    lost: dict[str, int] = {}
    for event in events:
        if isinstance(event, Started):
            for moved in event.transfers:
                if moved.purpose == "bill":
                    lost[moved.target] = lost.get(moved.target, 0) + moved.amount
    return lost


def cash_without_lost_calls(market: Coordinator, events: Sequence[Event]) -> dict[str, int]:
    """Return the balances as if nothing had been booked twice."""
    cash = dict(market.ledger.accounts("cash"))
    for account, amount in lost_calls(events).items():
        cash[account] -= amount
        cash["treasury"] += amount
    return {account: balance for account, balance in cash.items() if balance}


def test_a_run_cut_after_any_event_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    """For each length of the journal: same awards, payments, endings and books; lost calls on top."""
    whole = coordinator(tmp_path / "whole.db")
    anyio.run(all_at_once, whole)
    events = events_of(tmp_path / "whole.db")
    cash = {name: amount for name, amount in whole.ledger.accounts("cash").items() if amount}
    assert len(awards(events)) > 8

    for length in range(1, len(events)):
        path = write(tmp_path / f"{length}.db", events[:length])
        again = coordinator(path, resume=True)
        anyio.run(all_at_once, again, backend=BACKENDS[length % 2])

        resumed = events_of(path)
        assert resumed[:length] == events[:length]
        assert finished(resumed) == finished(events), length
        assert cash_without_lost_calls(again, resumed) == cash, length
        assert again.ledger.accounts("credit") == whole.ledger.accounts("credit")
        if length % 10 == 0:
            assert replay(path).differences == (), length
        path.unlink()


def test_a_program_that_gives_tasks_one_by_one_is_resumed_at_any_event(tmp_path: Path) -> None:
    """When tasks come is an input: those on record enter where they did, the others behind them."""
    anyio.run(one_by_one, coordinator(tmp_path / "whole.db"))
    events = events_of(tmp_path / "whole.db")

    for length in range(1, len(events), 3):
        path = write(tmp_path / f"{length}.db", events[:length])
        anyio.run(one_by_one, coordinator(path, resume=True), backend=BACKENDS[length % 2])

        resumed = events_of(path)
        assert resumed[:length] == events[:length]
        assert {event.task for event in resumed if isinstance(event, TaskEnded)} == {
            event.task for event in events if isinstance(event, TaskEnded)
        }
        assert replay(path).differences == (), length
        path.unlink()


@pytest.mark.parametrize("budget", ["0.0000012", "0.0000030"])
def test_a_tight_budget_is_kept_across_crashes(tmp_path: Path, budget: str) -> None:
    """Lost calls and lost asking use the budget up, and never more than it; the books say so."""

    def market(path: Path, *, resume: bool) -> Coordinator:
        dear = Paced("dear", 90, works=0, ceiling=8, charge=5)
        return coordinator(path, [*fleet(), dear], budget=budget, resume=resume)

    anyio.run(all_at_once, market(tmp_path / "whole.db", resume=False))
    events = events_of(tmp_path / "whole.db")

    for length in range(1, len(events) - 10, 4):
        path = write(tmp_path / f"{length}.db", events[:length])
        once_more = market(path, resume=True)
        anyio.run(partial(leave_after, once_more, length + 9))
        again = market(path, resume=True)
        anyio.run(all_at_once, again, backend=BACKENDS[length % 2])

        resumed = events_of(path)
        assert len({event.task for event in resumed if isinstance(event, TaskEnded)}) == 14
        assert again.ledger.available >= 0
        assert again.ledger.held == 0
        assert replay(path).differences == (), length
        path.unlink()


def test_a_run_may_be_interrupted_again_and_again(tmp_path: Path) -> None:
    """Every process gets a little further; each resumption is on record."""
    anyio.run(all_at_once, coordinator(tmp_path / "whole.db"))
    events = events_of(tmp_path / "whole.db")
    path = write(tmp_path / "often.db", events[:1])
    interruptions = 0
    while not any(isinstance(event, RunClosed) for event in events_of(path)):
        before = len(events_of(path))
        anyio.run(partial(leave_after, coordinator(path, resume=True), before + 7))
        interruptions += 1

    resumed = events_of(path)
    assert interruptions > 8
    assert [e.time for e in resumed if isinstance(e, RunResumed)] == list(
        range(1, interruptions + 1)
    )
    assert finished(resumed) == finished(events)
    assert replay(path).identical


async def leave_after(market: Coordinator, events: int) -> None:
    """Cancel the run when so many events have happened."""
    with anyio.CancelScope() as scope:

        def count(_: Event) -> None:
            nonlocal events
            events -= 1
            if not events:
                scope.cancel()

        market.listen(count)
        async with market:
            await market.run_all(tasks())


# Cancellation in each phase -----------------------------------------------------------------


class Halting(Paced):
    """Waits at one step of its work for as long as it is told to."""

    type = "halting"

    def __init__(self, step: str | None) -> None:
        super().__init__("ann", works=0.0)
        self._step = step
        self.reached = anyio.Event()

    async def _halt(self, step: str) -> None:
        if step == self._step:
            self.reached.set()
            await anyio.sleep_forever()

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Bid, unless this is the step."""
        await self._halt("bid")
        await super().bid(announcement, submit)

    async def execute(self, lot: Lot, award: Award) -> Any:
        """Answer, unless this is the step."""
        await self._halt("execute")
        return await super().execute(lot, award)

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Find everything right, unless this is the step."""
        await self._halt("verify")
        return Verdict(1.0)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("step", ["bid", "execute", "verify"])
def test_cancellation_in_any_phase_leaves_a_journal_that_goes_on(
    tmp_path: Path, backend: str, step: str
) -> None:
    """The block ends at once, nothing is left running, and a new process finishes the run."""
    path = tmp_path / "run.db"

    async def main(worker: Halting, *, resume: bool) -> None:
        market = coordinator(path, [worker], mechanism=Queue(), resume=resume)
        async with anyio.create_task_group() as group:

            async def cancel() -> None:
                await worker.reached.wait()
                group.cancel_scope.cancel()

            group.start_soon(cancel)
            async with market:
                await market.run_all([Task("x", "0.000001", worker, id="t1")])
            worker.reached.set()

    halted = Halting(step)
    anyio.run(partial(main, halted, resume=False), backend=backend)
    assert (halted.busy, halted.closed) == (0, 1)
    assert not any(isinstance(event, RunClosed) for event in events_of(path))

    anyio.run(partial(main, Halting(None), resume=True), backend=backend)
    resumed = events_of(path)
    assert finished(resumed)["ends"] == {"t1": "solved"}
    assert len(payments(resumed)) == 1
    assert lost_calls(resumed) == ({"spent:ann": 100} if step == "execute" else {})


# Money that a crash has cost ----------------------------------------------------------------


def solo(path: Path, budget: str, worker: Paced, *, resume: bool = True) -> Coordinator:
    """Run one task with one worker under a budget."""
    market = coordinator(path, [worker], mechanism="first-price", budget=budget, resume=resume)
    anyio.run(run_one, market)
    return market


async def run_one(market: Coordinator) -> None:
    """Run one task."""
    async with market:
        await market.run(Task("x", "0.000001", exact("right"), id="t1"))


def cut_after(path: Path, kind: type[Event]) -> list[Event]:
    """Cut a journal after the first event of a kind, and return what is left."""
    events = events_of(path)
    place = next(place for place, event in enumerate(events) if isinstance(event, kind))
    path.unlink()
    return events_of(write(path, events[: place + 1]))


def test_a_lost_call_counts_as_billed_and_is_made_again(tmp_path: Path) -> None:
    """The hold of the lost call is spent, and the new call has a hold of its own."""
    path = tmp_path / "run.db"
    solo(path, "0.0000003", Paced("ann", works=0, metered=60), resume=False)
    cut_after(path, Started)

    market = solo(path, "0.0000003", Paced("ann", works=0, metered=60))

    starts = [event for event in events_of(path) if isinstance(event, Started)]
    assert [start.call for start in starts] == [1, 2]
    assert market.ledger.balance("cash", "spent:ann") == 160
    assert market.ledger.available == 140


def test_a_lost_call_that_cannot_be_paid_again_ends_without_outcome(tmp_path: Path) -> None:
    """The budget is never exceeded, the worker is not blamed, and it stays so ever after."""
    path = tmp_path / "run.db"
    solo(path, "0.00000015", Paced("ann", works=0), resume=False)
    cut_after(path, Started)

    worker = Paced("ann", works=0)
    market = solo(path, "0.00000015", worker)

    (ended,) = [event for event in events_of(path) if isinstance(event, Unsettled)]
    assert ended.reason == "the answer was lost, and the budget has no room for another call"
    assert worker.called == []
    assert (market.ledger.available, market.ledger.held) == (50, 0)
    assert replay(path).differences == ()
    cut_after(path, Unsettled)
    solo(path, "0.00000015", worker)
    assert finished(events_of(path))["ends"] == {"t1": "unsettled"}
    assert worker.called == []


def test_an_outside_worker_is_called_again_on_the_same_hold(tmp_path: Path) -> None:
    """It is paid by its contract and once, however often it was called."""
    path = tmp_path / "run.db"
    solo(path, "0.0000001", Paced("bob", works=0, payable=True), resume=False)
    cut_after(path, Started)

    market = solo(path, "0.0000001", Paced("bob", works=0, payable=True))

    assert market.ledger.balance("cash", "worker:bob") == 100
    assert market.ledger.available == 0


def test_asking_that_was_lost_counts_as_billed(tmp_path: Path) -> None:
    """Bids that were under way in a crash may have cost what was held for them."""
    path = tmp_path / "run.db"
    dear = partial(Paced, "ann", works=0, ceiling=30, charge=12)
    solo(path, "0.000001", dear(), resume=False)
    events = events_of(path)
    bids = next(place for place, event in enumerate(events) if isinstance(event, BidsClosed))
    path.unlink()
    write(path, events[:bids])

    solo(path, "0.000001", dear())

    (closed,) = [event for event in events_of(path) if isinstance(event, BidsClosed)]
    assert sum(moved.amount for moved in closed.transfers if moved.purpose == "bill") == 42
    assert replay(path).differences == ()


# What cannot be resumed ---------------------------------------------------------------------


def test_a_closed_run_cannot_be_resumed(tmp_path: Path) -> None:
    """It is one clear line, and the journal is released again."""
    path = tmp_path / "run.db"
    solo(path, "1", Paced("ann", works=0), resume=False)
    for _ in range(2):
        with pytest.raises(JournalError, match="the run is closed; there is nothing to resume"):
            solo(path, "1", Paced("ann", works=0))


def test_a_running_run_cannot_be_resumed(tmp_path: Path) -> None:
    """The file is locked by the process that writes it."""
    path = tmp_path / "run.db"

    async def main() -> None:
        async with coordinator(path):
            with pytest.raises(JournalError, match="another process is writing this journal"):
                async with coordinator(path, resume=True):
                    pass

    anyio.run(main)


def test_a_missing_run_cannot_be_resumed(tmp_path: Path) -> None:
    """Nothing is made in its place."""
    with pytest.raises(JournalError, match="there is no such journal"):
        solo(tmp_path / "none.db", "1", Paced("ann"))
    assert list(tmp_path.glob("*.db")) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"budget": "2"}, "budget is 1000000000 in the journal, 2000000000 now"),
        ({"limits": Limits(batch=4)}, "config.limits.batch is 3 in the journal, 4 now"),
        ({"mechanism": "vcg"}, "config.mechanism.name is 'queue' in the journal, 'vcg' now"),
        (
            {"workers": [Paced("bob", works=0)]},
            "participants.0.worker is 'ann' in the journal, 'bob' now",
        ),
    ],
    ids=["budget", "limits", "mechanism", "workers"],
)
def test_a_run_with_a_changed_configuration_cannot_be_resumed(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    """The first field that differs is named with both values; the journal stays as it was."""
    path = tmp_path / "run.db"
    same: dict[str, Any] = {"workers": [Paced("ann", works=0)], "budget": "1", "mechanism": Queue()}
    anyio.run(run_one, coordinator(path, **same))
    before = cut_after(path, TaskAdded)

    with pytest.raises(JournalError) as caught:
        anyio.run(run_one, coordinator(path, **(same | change), resume=True))

    assert str(caught.value) == f"{path}: another run: {said}"
    assert events_of(path) == before
    anyio.run(run_one, coordinator(path, **same, resume=True))


def test_a_worker_that_bids_otherwise_after_a_crash_changes_nothing_that_was_decided(
    tmp_path: Path,
) -> None:
    """Bids of the past are recalled and not asked for again."""
    path = tmp_path / "run.db"
    solo(path, "1", Paced("ann", 100, works=0), resume=False)
    before = cut_after(path, BidsClosed)

    solo(path, "1", Paced("ann", 7, works=0))

    assert payments(events_of(path)) == {("a1", "t1", "ann"): 100}
    assert events_of(path)[: len(before)] == before


def test_a_resumed_run_stays_open_until_it_got_its_tasks_again(tmp_path: Path) -> None:
    """Verifiers are code: without the program that brings them nothing ends, and nothing is lost."""
    path = tmp_path / "run.db"
    solo(path, "1", Paced("ann", works=0), resume=False)
    cut_after(path, Started)

    async def leave() -> None:
        async with coordinator(
            path, [Paced("ann", works=0)], mechanism="first-price", budget="1", resume=True
        ):
            pass

    anyio.run(leave)
    assert not any(isinstance(event, RunClosed) for event in events_of(path))
    solo(path, "1", Paced("ann", works=0))
    assert finished(events_of(path))["ends"] == {"t1": "solved"}


def test_a_resumed_run_takes_no_other_task_for_one_on_record(tmp_path: Path) -> None:
    """The first field that differs is named to whoever waits for the task."""
    path = tmp_path / "run.db"
    solo(path, "1", Paced("ann", works=0), resume=False)
    cut_after(path, Started)

    async def other() -> None:
        async with coordinator(
            path, [Paced("ann", works=0)], mechanism="first-price", budget="1", resume=True
        ) as market:
            await market.run(Task("y", "0.000001", exact("right"), id="t1"))

    with pytest.raises(DivergenceError, match=r"task-added t1: lot.prompt is 'x' in the journal"):
        anyio.run(other)
