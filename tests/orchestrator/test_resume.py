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

from orchestrator.coordinator import Coordinator
from orchestrator.replay import replay
from orchestrator.task import Task
from protocols.events import (
    BidsClosed,
    Event,
    RunClosed,
    RunResumed,
    Started,
    TaskEnded,
    Unsettled,
)
from protocols.messages import Announcement, Award, Lot, Result
from tests.orchestrator.interruptions import (
    all_at_once,
    coordinator,
    cut_after,
    fleet,
    lost_calls,
    solo,
    tasks,
)
from tests.orchestrator.journals import write
from tests.orchestrator.markets import Paced, Queue, awards, events_of, finished, payments
from workers.ports import Submit, Verdict
from workers.verifiers import Recorded

BACKENDS = ("asyncio", "trio")


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    """Check that a closed journal leaves no thread behind."""
    yield
    assert [each.name for each in threading.enumerate() if each.name == "truthbid-journal"] == []


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


def cash_without_lost_calls(market: Coordinator, events: Sequence[Event]) -> dict[str, int]:
    """Return the balances as if nothing had been booked twice."""
    cash = dict(market.ledger.accounts("cash"))
    for account, amount in lost_calls(events).items():
        cash[account] -= amount
        cash["treasury"] += amount
    return {account: balance for account, balance in cash.items() if balance}


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.long)])
def test_a_run_cut_after_any_event_ends_as_if_it_had_not_been(tmp_path: Path, step: int) -> None:
    """For each length of the journal: same awards, payments, endings and books; lost calls on top."""
    whole = coordinator(tmp_path / "whole.db")
    anyio.run(all_at_once, whole)
    events = events_of(tmp_path / "whole.db")
    cash = {name: amount for name, amount in whole.ledger.accounts("cash").items() if amount}
    assert len(awards(events)) > 8

    for length in range(1, len(events), step):
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

    for length in range(1, len(events), 5):
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
