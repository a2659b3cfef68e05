"""The run: order of announcements, dependencies, attempts, limits, and the budget, at any timing."""

from collections.abc import Sequence
from typing import Any

import anyio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.market import Limits
from orchestrator.task import Task, TaskResult
from protocols.events import Announced, Closed, RunClosed, Started, TaskAdded, TaskEnded
from protocols.messages import Announcement, Lot
from tests.orchestrator.markets import Crowd, Kin, Paced, Queue, awards, payments, virtually
from tests.workers.virtual_time import BACKENDS
from workers.ports import Verifier, Worker
from workers.simulated import SimulatedWorker
from workers.verifiers import Recorded, exact

pytestmark = pytest.mark.anyio

RIGHT = exact("right")
VCG = {"name": "contingent-vcg", "stake": "0.0000001"}


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> tuple[str, dict[str, object]]:
    """Run every asynchronous test in virtual time, on both event loops."""
    return BACKENDS[str(request.param)]()


def task(name: str, *needs: str, verify: Verifier | None = RIGHT) -> Task:
    """Return a task worth a thousand nano-units."""
    return Task("do it", "0.000001", verify, id=name, needs=needs)


async def ran(
    workers: Sequence[Worker], tasks: Sequence[Task], **more: Any
) -> tuple[Kin, list[TaskResult]]:
    """Run tasks at once, under the cheapest bids."""
    more.setdefault("mechanism", Queue())
    market = Kin(workers, **more)
    async with market:
        results = await market.run_all(tasks)
    return market, results


def states(results: Sequence[TaskResult]) -> list[str]:
    """Return how the tasks ended."""
    return [result.state for result in results]


# Attempts -----------------------------------------------------------------------------------


async def test_a_failure_opens_one_new_announcement_without_the_worker_that_failed() -> None:
    """It names the failed announcement as its parent; the next best worker does the task."""
    bad, good = Paced("bad", 1, "wrong"), Paced("good", 2)

    market, results = await ran([bad, good], [task("t")])

    lots = [lot for each in market.of(Announced) for lot in each.announcement.lots]
    assert [(lot.attempt, lot.parent, lot.excluded) for lot in lots] == [
        (1, None, ()),
        (2, "a1", ("bad",)),
    ]
    assert awards(market.events) == [("a1", "t", "bad", 0), ("a2", "t", "good", 0)]
    assert (states(results), results[0].attempts) == (["solved"], 2)
    assert len(market.of(TaskEnded)) == 1


async def test_a_task_that_failed_often_enough_is_given_up() -> None:
    """Nobody is called more often than the attempts allow, and nobody twice."""
    fleet = [Paced(name, cost, None) for cost, name in enumerate("abcde", 1)]

    market, results = await ran(fleet, [task("t")], limits=Limits(attempts=3))

    assert states(results) == ["failed"]
    assert [award[2] for award in awards(market.events)] == ["a", "b", "c"]
    assert results[0].attempts == 3


async def test_a_task_that_all_have_failed_is_unsold() -> None:
    """With attempts left and nobody to ask, there are no bids."""
    _, results = await ran([Paced("only", 1, None)], [task("t")], limits=Limits(attempts=9))

    assert [(each.state, each.reason) for each in results] == [("unsold", "no-bids")]


# Dependencies -------------------------------------------------------------------------------


async def test_answers_are_passed_on_as_inputs() -> None:
    """A task starts when all that it needs is solved, and gets those answers and no others."""
    market, results = await ran(
        [Paced("ann")],
        [task("c", "a", "b"), task("a"), task("b"), task("d", "c"), task("alone")],
        limits=Limits(announcements=3),
    )

    inputs = {
        lot.task: dict(lot.inputs)
        for each in market.of(Announced)
        for lot in each.announcement.lots
    }
    assert set(states(results)) == {"solved"}
    assert inputs == {
        "a": {},
        "b": {},
        "alone": {},
        "c": {"a": "right", "b": "right"},
        "d": {"c": "right"},
    }


async def test_what_needs_an_unsolved_task_is_skipped_however_long_the_chain() -> None:
    """Skipping goes through three thousand tasks in a row, and each says what it needed."""
    chain = [task("t0")] + [task(f"t{n}", f"t{n - 1}") for n in range(1, 3_000)]

    market, results = await ran([Paced("bad", 1, None)], chain, limits=Limits(attempts=1))

    assert states(results) == ["failed"] + ["skipped"] * 2_999
    assert results[1].reason == "it needs 't0', which is failed"
    assert results[2_999].reason == "it needs 't2998', which is skipped"
    assert len(market.of(TaskEnded)) == 3_000


async def test_a_task_may_need_one_that_ended_long_ago() -> None:
    """A solved one hands its answer over; an unsolved one means that the task is skipped."""
    market = Kin(
        [Paced("ann"), Paced("bad", 1, None)], mechanism=Queue(), limits=Limits(attempts=1)
    )
    async with market:
        failed = await market.run(task("failed"))
        skipped = await market.run(task("second", "failed"))
    assert (failed.state, skipped.state) == ("failed", "skipped")
    assert skipped.reason == "it needs 'failed', which was not solved"

    market = Kin([Paced("ann")], mechanism=Queue())
    async with market:
        await market.run(task("first"))
        solved = await market.run(task("second", "first", "first"))
    assert solved.solved
    assert market.of(Announced)[1].announcement.lots[0].inputs == {"first": "right"}


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ([task("a"), task("a")], "two tasks share an id"),
        ([task("known")], "there is a task 'known' already"),
        ([task("a", "nowhere")], "task 'a' needs 'nowhere', which is unknown"),
        ([task("a", "a")], "tasks need each other: a -> a"),
        ([task("a", "b"), task("b", "c"), task("c", "a")], "tasks need each other: "),
    ],
    ids=["duplicate", "taken", "unknown", "itself", "cycle"],
)
async def test_impossible_tasks_are_refused_before_anything_is_recorded(
    tasks: list[Task], message: str
) -> None:
    """The market goes on as if nothing had been asked, and the known task keeps its verifier."""
    market = Kin([Paced("ann", works=10)], mechanism=Queue())
    kept: list[TaskResult] = []
    async with market, anyio.create_task_group() as group:

        async def known() -> None:
            kept.append(await market.run(task("known")))

        group.start_soon(known)
        await anyio.sleep(5)
        before = len(market.events)
        with pytest.raises(ValueError, match=message):
            await market.run_all(
                [Task("x", 1, exact("wrong"), id=t.id, needs=t.needs) for t in tasks]
            )
        assert len(market.events) == before
    assert states(kept) == ["solved"]
    assert [each.lot.task for each in market.of(TaskAdded)] == ["known"]


# Limits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("concurrency", "most"), [(64, 13), (6, 6), (1, 1)])
async def test_no_more_executions_than_seats_and_than_the_overall_limit(
    concurrency: int, most: int
) -> None:
    """Each worker's seats and the limit over all of them are kept, and used to the full."""
    fleet = [
        Paced("one", 1, seats=1, capacity=4),
        Paced("three", 2, seats=3, capacity=12),
        Paced("many", 3, seats=9, capacity=40),
    ]
    crowd = Crowd(fleet)

    _, results = await ran(
        fleet,
        [task(f"t{n}") for n in range(56)],
        mechanism=VCG,
        limits=Limits(batch=56, concurrency=concurrency),
    )

    assert states(results) == ["solved"] * 56
    assert [len(worker.called) for worker in fleet] == [4, 12, 40]
    assert all(worker.most <= worker.seats for worker in fleet)
    assert crowd.most == most


async def test_no_more_announcements_are_open_than_allowed() -> None:
    """They overlap up to the limit, and close in their order whichever ends first."""
    slow_first = Paced("ann", works={"t0": 50.0}, seats=9)

    market, _ = await ran(
        [slow_first], [task(f"t{n}") for n in range(6)], limits=Limits(batch=1, announcements=3)
    )

    open_now, most = 0, 0
    for event in market.events:
        open_now += isinstance(event, Announced) - isinstance(event, Closed)
        most = max(most, open_now)
    assert most == 3
    assert [each.number for each in market.of(Closed)] == [1, 2, 3, 4, 5, 6]
    assert [each.announcement.as_of for each in market.of(Announced)] == [0, 0, 0, 1, 2, 3]


# The budget ---------------------------------------------------------------------------------


@pytest.mark.parametrize("batch", [1, 3, 16])
@pytest.mark.parametrize("announcements", [1, 2, 5])
async def test_sixteen_tasks_against_a_budget_for_three(batch: int, announcements: int) -> None:
    """Exactly three calls are made, the rest ends unfunded, and the run says that it was money."""
    worker = Paced("ann", cost=300)

    market, results = await ran(
        [worker],
        [task(f"t{n}") for n in range(16)],
        budget="0.000001",
        limits=Limits(batch=batch, announcements=announcements),
    )

    assert len(worker.called) == len(market.of(Started)) == 3
    assert sorted(states(results)) == ["solved"] * 3 + ["unfunded"] * 13
    assert (market.ledger.available, market.ledger.held) == (100, 0)
    assert market.of(RunClosed)[0].reason == "budget"


async def test_sixteen_calls_at_the_same_time_share_a_budget_for_three() -> None:
    """Callers that know nothing of each other cannot spend more together."""
    worker = Paced("ann", cost=300)
    market = Kin([worker], mechanism=Queue(), budget="0.000001")
    results: list[TaskResult] = []

    async def one(number: int) -> None:
        results.append(await market.run(task(f"t{number}")))

    async with market, anyio.create_task_group() as group:
        for number in range(16):
            group.start_soon(one, number)

    assert len(worker.called) == 3
    assert sorted(states(results)) == ["solved"] * 3 + ["unfunded"] * 13


async def test_bids_that_cost_money_never_exceed_the_budget() -> None:
    """Asking again and again is paid for from the same budget as the work."""
    fleet = [Paced("a", 100, ceiling=20, charge=15), Paced("b", 90, ceiling=20, charge=20)]

    market, results = await ran(
        fleet, [task(f"t{n}") for n in range(12)], budget="0.0000006", limits=Limits(batch=2)
    )

    assert set(states(results)) == {"solved", "unfunded"}
    assert market.ledger.available >= 0
    assert market.ledger.held == 0


async def test_an_unfunded_task_skips_what_needs_it() -> None:
    """The chain ends where the money ends."""
    _, results = await ran(
        [Paced("ann", 600)], [task("a"), task("b", "a"), task("c", "b")], budget="0.000001"
    )

    assert states(results) == ["solved", "unfunded", "skipped"]


# The same whatever the timing ---------------------------------------------------------------


class Wavering(SimulatedWorker):
    """A simulated worker whose bids and answers take a time that is drawn anew for each."""

    def __init__(self, name: str, delays: Sequence[float], **more: Any) -> None:
        super().__init__(name, cost_spread=0.5, skill_spread=0.5, seed=3, **more)
        self.instant = False
        self._delays, self._next = delays, 0

    def _delay(self) -> float:
        self._next += 1
        return self._delays[self._next % len(self._delays)]

    async def bid(self, announcement: Announcement, submit: Any) -> None:
        """Bid after a while."""
        await anyio.sleep(self._delay())
        await super().bid(announcement, submit)

    async def execute(self, lot: Lot, award: Any) -> Any:
        """Answer after a while."""
        await anyio.sleep(self._delay())
        return await super().execute(lot, award)


DELAYS = st.lists(st.sampled_from([0.0, 0.1, 1.0, 5.0, 29.0]), min_size=1, max_size=5)


def run_with(
    backend: str, delays: Sequence[Sequence[float]], budget: str | None, limits: Limits
) -> Kin:
    """Run 24 tasks, some of which need others, with workers of these latencies."""
    fleet = [
        Wavering("small", delays[0], skill=0.5, cost="0.00000010", seats=2, failure_rate=0.2),
        Wavering("large", delays[1], skill=0.9, cost="0.00000025", seats=1),
        Wavering("other", delays[2], skill=0.8, cost="0.00000020", capacity=2),
    ]
    tasks = [
        Task(
            "x",
            "0.000001",
            Recorded(),
            id=f"t{n}",
            needs=[f"t{n - 7}"] if n % 5 == 4 and n > 7 else [],
        )
        for n in range(24)
    ]

    async def main() -> Kin:
        market, _ = await ran(fleet, tasks, mechanism=VCG, budget=budget, limits=limits, seed=5)
        return market

    return virtually(main, backend)


@pytest.mark.parametrize("budget", [None, "0.0000020"], ids=["uncapped", "capped"])
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    backend=st.sampled_from(sorted(BACKENDS)),
    delays=st.tuples(DELAYS, DELAYS, DELAYS),
    batch=st.sampled_from([1, 3, 24]),
    announcements=st.integers(1, 4),
)
def test_the_same_seed_gives_the_same_run_whatever_the_latencies(
    tmp_path_factory: pytest.TempPathFactory,
    budget: str | None,
    backend: str,
    delays: tuple[list[float], list[float], list[float]],
    batch: int,
    announcements: int,
) -> None:
    """Awards, payments, endings and what was unfunded are those of workers that answer at once."""
    limits = Limits(batch=batch, announcements=announcements)
    at_once = run_with("asyncio", [[0.0]] * 3, budget, limits)
    slow = run_with(backend, delays, budget, limits)

    assert len(awards(at_once.events)) > 5
    assert sorted(awards(slow.events)) == sorted(awards(at_once.events))
    assert payments(slow.events) == payments(at_once.events)
    assert slow.state() == at_once.state()
    assert slow.ledger.accounts("cash") == at_once.ledger.accounts("cash")
    assert slow.ledger.accounts("credit") == at_once.ledger.accounts("credit")
    assert slow.replayed(tmp_path_factory.mktemp("timing")).differences == ()
