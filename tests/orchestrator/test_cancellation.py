"""Tasks that are called off, in every phase: what ends, what is paid, and what a replay finds."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from orchestrator.evaluation.summary import Summary
from orchestrator.market import Limits
from orchestrator.memory.journal import Journal
from orchestrator.memory.ledger import purse, spent
from orchestrator.memory.record import Record
from orchestrator.task import Task, TaskResult
from protocols.decommitment import Cancelled, Withdrawn
from protocols.events import (
    Allocated,
    Announced,
    BidsClosed,
    Closed,
    Event,
    Finished,
    Lapsed,
    RoundClosed,
    RunClosed,
    Settled,
    Started,
    TaskEnded,
)
from protocols.messages import Announcement, Award, Lot, Result
from protocols.units import Money
from tests.orchestrator.journals import write
from tests.orchestrator.markets import HOUR, Kin, Paced, Queue, events_of, virtually
from tests.workers.virtual_time import BACKENDS
from workers.ports import Bidder, Verdict, Worker
from workers.verifiers import exact

RIGHT = exact("right")
OWED = 250
"""A quarter of a value of a thousand nano-units."""

ON_BOTH = pytest.mark.parametrize("backend", BACKENDS)


class Slow:
    """A verifier that takes its time."""

    type = "slow"

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def verify(self, lot: Lot, result: Result) -> Verdict:
        """Accept after a while."""
        await anyio.sleep(self._seconds)
        return Verdict(1.0, "")


class Deliberate(Paced):
    """A worker that thinks about every price of a clock anew."""

    def at_clock(self, announcement: Announcement) -> Bidder:
        """Answer for itself."""
        del announcement
        return self


class Hesitant(Paced):
    """A worker that says after some time whether it takes an award up."""

    confirms = True

    def __init__(self, name: str, hesitates: float, **more: Any) -> None:
        super().__init__(name, **more)
        self._hesitates = hesitates

    async def confirm(self, lot: Lot, award: Award) -> bool:
        """Say yes in the end."""
        await anyio.sleep(self._hesitates)
        return True


def task(number: int, *needs: str, verify: Any = RIGHT) -> Task:
    """Return a task worth a thousand nano-units."""
    return Task("do it", "0.000001", verify, id=f"t{number}", needs=needs)


@dataclass
class Run:
    """What came of a run in which one task was cancelled.

    Attributes:
        results: How the tasks ended.
        seconds: How long it took.
        in_time: What the cancellation said.
    """

    market: Kin
    results: list[TaskResult]
    seconds: float
    in_time: bool

    def of(self, kind: type[Any]) -> list[Any]:
        """Return the events of a kind."""
        return self.market.of(kind)

    @property
    def states(self) -> list[str]:
        """How the tasks ended, in their order."""
        return [result.state for result in self.results]


def run(
    backend: str,
    folder: Path,
    fleet: Iterable[Worker],
    tasks: Iterable[Task],
    *,
    cancel: str = "t0",
    at: float = 5.0,
    mechanism: Any = None,
    **more: Any,
) -> Run:
    """Run tasks, cancel one of them, and check books, journal and replay."""
    more.setdefault("limits", Limits(attempts=1, withdrawal=0.25))
    workers, tasks = list(fleet), list(tasks)

    async def main() -> Run:
        market = Kin(workers, mechanism=mechanism or Queue(), **more)
        results: list[TaskResult] = []
        start, in_time = anyio.current_time(), False
        async with market, anyio.create_task_group() as group:

            async def work() -> None:
                results.extend(await market.run_all(tasks))

            group.start_soon(work)
            await anyio.sleep(at)
            in_time = await market.cancel(cancel, "not wanted")
        return Run(market, results, anyio.current_time() - start, in_time)

    done = virtually(main, backend)
    assert done.market.ledger.held == 0
    assert isinstance(done.market.events[-1], RunClosed)
    if mechanism is not None:
        check_replay(done.market, folder)
    return done


def check_replay(market: Kin, folder: Path) -> None:
    """Check that a journal is sound and that a replay derives every event of it."""
    found = market.replayed(folder)
    assert found.differences == ()
    assert found.compared == found.events
    events_of(folder / "replayed.db")


def about(events: Iterable[Event], kind: type[Started | TaskEnded]) -> list[str]:
    """Return the tasks of events of a kind."""
    return [event.task for event in events if isinstance(event, kind)]


# Before the award ---------------------------------------------------------------------------


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
def test_a_task_while_bids_are_taken(backend: str, tmp_path: Path) -> None:
    """Nobody bids on it any more, the mechanism never sees it, and the other lot is sold."""
    fleet = [Paced("ann", bids_after=10), Paced("bob", bids_after=1, ceiling=9, charge=2)]
    done = run(backend, tmp_path, fleet, [task(0), task(1)], mechanism="vickrey")

    (closed,), (allocated,) = done.of(BidsClosed), done.of(Allocated)
    assert done.states == ["cancelled", "solved"]
    assert closed.called_off == ("t0",)
    assert {bid.task for bid in closed.bids} == {"t1"}
    assert [(no.task, no.worker, no.reason) for no in closed.rejections] == [
        ("t0", "ann", "the lot was called off")
    ]
    assert [award.task for award in allocated.allocation.awards] == ["t1"]
    assert allocated.allocation.unsold == ()
    bills = [moved.amount for moved in closed.transfers if moved.purpose == "bill"]
    assert bills == [4]  # bob had been asked about both


@ON_BOTH
def test_bids_are_not_waited_for_that_nobody_wants(backend: str, tmp_path: Path) -> None:
    """Where every lot is called off, the bidding ends at once and nothing is allocated."""
    done = run(backend, tmp_path, [Paced("ann", bids_after=20)], [task(0)], mechanism="vickrey")

    (allocated,) = done.of(Allocated)
    assert done.seconds == pytest.approx(5)
    assert done.states == ["cancelled"]
    assert allocated.allocation.awards == allocated.allocation.unsold == ()


@ON_BOTH
@pytest.mark.parametrize("tasks", [1, 2])
def test_a_task_while_a_clock_runs(backend: str, tasks: int, tmp_path: Path) -> None:
    """Its clock stops in the round that is open; the clock of another lot runs on."""
    fleet = [Deliberate("ann", 300, bids_after=2), Deliberate("bob", 500, bids_after=2)]
    clock = {"name": "english", "step": "0.0000001", "rounds": True}
    done = run(backend, tmp_path, fleet, map(task, range(tasks)), mechanism=clock)

    rounds, (closed,) = done.of(RoundClosed), done.of(BidsClosed)
    assert done.states == ["cancelled", "solved"][:tasks]
    assert [each.number for each in rounds if each.called_off] == [3 if tasks > 1 else len(rounds)]
    assert closed.called_off == ("t0",)
    assert len(rounds) > 3 or tasks == 1


# After the award ----------------------------------------------------------------------------


@ON_BOTH
@pytest.mark.parametrize("payable", [False, True])
def test_an_award_that_waits_for_a_seat(backend: str, tmp_path: Path, payable: bool) -> None:
    """It is withdrawn at once and never begun; the worker gets its price and nothing is billed."""
    fleet = [Paced("ann", 40, works=10, seats=1, payable=payable)]
    done = run(
        backend,
        tmp_path,
        fleet,
        [task(0), task(1)],
        cancel="t1",
        mechanism="first-price",
        budget="0.000005",
    )

    (withdrawn,) = done.of(Withdrawn)
    assert done.states == ["solved", "cancelled"]
    assert (withdrawn.task, withdrawn.worker, withdrawn.reason) == ("t1", "ann", "not wanted")
    assert (withdrawn.cost, withdrawn.owed) == (0, OWED)
    assert about(done.market.events, Started) == ["t0"]
    ledger = done.market.ledger
    paid = ledger.balance("cash", purse("ann")), ledger.balance("credit", purse("ann"))
    assert paid == ((OWED + 40, 0) if payable else (0, OWED + 40))
    assert ledger.balance("cash", spent("ann")) == (0 if payable else 40)
    assert done.seconds == pytest.approx(10)


@ON_BOTH
def test_the_price_of_a_withdrawal_is_held_from_the_award_on(backend: str, tmp_path: Path) -> None:
    """An outsider that is paid 40 for the work is held 250 for, because it may get as much."""
    fleet = [Paced("ann", 40, works=10, payable=True)]
    done = run(backend, tmp_path, fleet, [task(0)], mechanism="first-price", budget="0.000001")

    (allocated,), (withdrawn,) = done.of(Allocated), done.of(Withdrawn)
    assert [moved.amount for moved in allocated.transfers] == [OWED]
    assert [(m.source, m.target, m.amount, m.purpose) for m in withdrawn.transfers] == [
        ("escrow", "worker:ann", OWED, "compensation")
    ]
    assert done.market.ledger.available == 1000 - OWED


@ON_BOTH
def test_an_award_whose_worker_is_asked_whether_it_takes_it_up(
    backend: str, tmp_path: Path
) -> None:
    """The question is taken back: the award has not lapsed, and the worker owes nothing."""
    fleet = [Hesitant("ann", 8), Paced("bob", 300)]
    limits = Limits(attempts=1, withdrawal=0.25, penalty="pivot")
    done = run(backend, tmp_path, fleet, [task(0)], mechanism="vickrey", limits=limits)

    assert done.states == ["cancelled"]
    assert done.of(Lapsed) == done.of(Started) == []
    assert [each.owed for each in done.of(Withdrawn)] == [OWED]
    assert done.seconds == pytest.approx(5)


@ON_BOTH
@pytest.mark.parametrize("payable", [False, True])
def test_a_task_while_it_is_worked_on(backend: str, tmp_path: Path, payable: bool) -> None:
    """The work is broken off; our own worker is billed all that was held, for it may have cost it."""
    ann = Paced("ann", 40, works=100, payable=payable)
    done = run(backend, tmp_path, [ann], [task(0)], mechanism="first-price", budget="0.000001")

    (withdrawn,) = done.of(Withdrawn)
    assert done.seconds == pytest.approx(5)
    assert done.states == ["cancelled"]
    assert ann.busy == 0
    assert (withdrawn.cost, withdrawn.owed) == (0 if payable else 40, OWED)
    assert done.of(Finished) == done.of(Settled) == []
    ledger = done.market.ledger
    assert ledger.spending() == (OWED if payable else 40)
    assert ledger.balance("credit", purse("ann")) == (0 if payable else OWED)


@ON_BOTH
def test_a_task_while_its_answer_is_judged(backend: str, tmp_path: Path) -> None:
    """The report is kept and its bill is paid, but nothing is scored or settled."""
    tasks = [task(0, verify=Slow(100))]
    fleet = [Paced("ann", 40, metered=30)]
    done = run(backend, tmp_path, fleet, tasks, mechanism="first-price", budget="0.000001")

    (withdrawn,), (result,) = done.of(Withdrawn), done.results
    assert done.seconds == pytest.approx(5)
    assert (result.state, result.answer, result.settlement) == ("cancelled", "right", None)
    assert (withdrawn.cost, withdrawn.owed) == (0, OWED)
    assert done.market.ledger.balance("cash", spent("ann")) == 30
    assert len(done.of(Finished)) == 1


@ON_BOTH
def test_what_needs_a_task_that_is_called_off(backend: str, tmp_path: Path) -> None:
    """The dependents of a task whose work is broken off are skipped, as those of a failed one."""
    tasks = [task(0), task(1, "t0"), task(2)]
    done = run(backend, tmp_path, [Paced("ann", works=10)], tasks, mechanism="vickrey")

    assert done.states == ["cancelled", "skipped", "solved"]
    assert done.results[1].reason == "it needs 't0', which is cancelled"


@ON_BOTH
def test_a_fallback_whose_turn_has_come(backend: str, tmp_path: Path) -> None:
    """Who failed before is settled; the fallback at work gets the price, the one behind it nothing."""
    fleet = [
        Paced("ann", 10, "wrong", chance=0.5, works=1),
        Paced("bob", 20, chance=0.5, works=100),
        Paced("cyd", 30, chance=0.5),
    ]
    done = run(backend, tmp_path, fleet, [task(0)], mechanism="sequential-pivot")

    assert done.states == ["cancelled"]
    assert [each.settlement.worker for each in done.of(Settled)] == ["ann"]
    assert [(each.worker, each.owed) for each in done.of(Withdrawn)] == [("bob", OWED)]
    assert done.market.ledger.balance("credit", purse("cyd")) == 0


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


class Later(Kin):
    """A coordinator that goes on with the run of a journal file, and keeps what it adds in a list."""

    def __init__(self, path: Path, workers: Iterable[Worker], **more: Any) -> None:
        super().__init__(workers, **more)
        self.journal_path = path
        with Record(path) as record:
            self.kept.events.extend(entry.event for entry in record.entries())

    def _open_journal(self) -> tuple[Journal, Record | None]:
        assert self.journal_path is not None
        return self.kept, Record(self.journal_path)


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
            assert await market.cancel("t0")
        return anyio.current_time() - start

    assert virtually(main, backend) < 1.0
    (withdrawn,) = market.of(Withdrawn)
    assert withdrawn.owed == OWED
    assert market.ledger.held == 0
    check_replay(market, tmp_path)


# What is told of it -------------------------------------------------------------------------


def test_the_summary_counts_what_was_withdrawn(tmp_path: Path) -> None:
    """The state of the task, the award and the money are in the totals."""
    fleet = [Paced("ann", 40, works=10)]
    done = run("asyncio", tmp_path, fleet, [task(0), task(1)], mechanism="first-price")
    summary = Summary()
    for event in done.market.events:
        summary.note(event)

    ann = summary.workers[fleet[0].name]
    assert (summary.states["cancelled"], summary.states["solved"]) == (1, 1)
    assert (ann.withdrawn, ann.awards, ann.paid) == (1, 2, 40 + OWED)
    assert (ann.cost, ann.cash) == (80, 80)


def test_deposits_grow_by_what_a_withdrawal_brings(tmp_path: Path) -> None:
    """A worker that was paid for a withdrawn award can be charged that much more."""
    rule = {"name": "deposit-vcg", "stake": "0", "deposit": "0.000002"}
    fleet = [Paced("ann", 40, works=10)]
    tasks = [task(0), task(1, "t9"), task(9)]
    done = run("asyncio", tmp_path, fleet, tasks, mechanism=rule)

    assert done.states == ["cancelled", "solved", "solved"]
    assert Money(OWED) in [each.owed for each in done.of(Withdrawn)]
