"""A worker that does not let go of a call is left out, and the run goes on and ends."""

import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import anyio
import anyio.to_thread
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.evaluation.summary import Summary, summarise
from orchestrator.market import Limits
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.reports.quarantine import quarantined
from orchestrator.task import Task, TaskResult
from protocols.events import BidsClosed, Finished, RunClosed, Started, TaskEnded
from protocols.messages import Failure, Lot, Result
from protocols.quarantine import Quarantined
from tests.orchestrator.journals import write
from tests.orchestrator.markets import Kin, Paced, Queue, events_of
from tests.orchestrator.stuck import GRACE, Blocked, Stubborn, swallow
from workers import FunctionWorker
from workers.ports import Verdict
from workers.verifiers import exact

pytestmark = pytest.mark.anyio

SECONDS = 0.5
"""How long a call may take: enough for the good ones on a busy machine, too short for the others."""

LIMITS = Limits(
    bid_seconds=SECONDS,
    award_seconds=SECONDS,
    execute_seconds=SECONDS,
    verify_seconds=SECONDS,
    grace=GRACE,
    batch=1,
    announcements=1,
)


def task(number: int, verify: object = exact("right")) -> Task:
    """Return a task worth a thousand nano-units."""
    return Task("do it", "0.000001", verify, id=f"t{number}")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def ran(path: Path, *workers: Paced, tasks: int = 3) -> tuple[Coordinator, list[TaskResult]]:
    """Run some tasks one after the other, with a journal."""
    market = Coordinator(workers, mechanism="first-price", limits=LIMITS, journal=path)
    async with market:
        results = await market.run_all([task(number) for number in range(tasks)])
    return market, results


def worker_of(result: TaskResult) -> str | None:
    """Return who did a task."""
    return None if result.award is None else result.award.worker


async def differences(path: Path) -> tuple[str, ...]:
    """Replay a journal, outside of this event loop."""
    return (await anyio.to_thread.run_sync(replay, path)).differences


async def shield_itself() -> None:
    """Do not even hear of it."""
    with anyio.CancelScope(shield=True):
        await anyio.sleep(3 * SECONDS)


async def block_a_thread() -> None:
    """Wait for a thread that cannot be stopped."""
    await anyio.to_thread.run_sync(time.sleep, 3 * SECONDS)


@pytest.mark.parametrize("how", [swallow, shield_itself, block_a_thread])
@pytest.mark.parametrize("at", ["bid", "confirm", "execute"])
async def test_the_run_goes_on_without_it(
    tmp_path: Path, at: str, how: Callable[[], Awaitable[None]]
) -> None:
    """Whichever call it does not end: it is named once, asked no more, and the others do the tasks."""
    stubborn, good = Stubborn("stubborn", at, how), Paced("good", 100, works=0.0)
    path = tmp_path / "run.db"
    start = anyio.current_time()
    _, results = await ran(path, stubborn, good)

    assert anyio.current_time() - start < 12
    events = events_of(path)
    (named,) = [event for event in events if isinstance(event, Quarantined)]
    assert (named.worker, named.number) == ("stubborn", 1)
    assert named.reason == f"it did not let go of a call within {GRACE} s of being told to"
    after = [each for each in events[events.index(named) :] if isinstance(each, BidsClosed)]
    assert len(after) >= 2
    assert [bid.worker for closed in after[1:] for bid in closed.bids if bid.worker != "good"] == []
    assert [(each.task, each.state, each.reason) for each in results if not each.solved] == []
    assert isinstance(events[-1], RunClosed)
    assert (await differences(path)) == ()


async def test_awards_that_it_has_won_already_fail_at_once(tmp_path: Path) -> None:
    """It is not called again: the work of the second award is a failure that costs nothing."""
    fleet = [Stubborn("stubborn", "execute", seats=1), Paced("good", 100, works=0.0)]
    limits = LIMITS.model_copy(update={"batch": 2})
    path = tmp_path / "run.db"
    async with Coordinator(fleet, mechanism="first-price", limits=limits, journal=path) as market:
        results = await market.run_all([task(1), task(2)])

    failures = [
        event.report
        for event in events_of(path)
        if isinstance(event, Finished) and isinstance(event.report, Failure)
    ]
    assert [(each.reason, each.cost) for each in failures] == [
        (f"no answer within {SECONDS} s", 50),
        ("it did not let go of an earlier call", 0),
    ]
    assert [worker_of(result) for result in results] == ["good", "good"]


async def test_what_it_says_later_is_not_counted(tmp_path: Path) -> None:
    """A bid that a shielded call hands in after the deadline changes nothing and raises nothing."""
    later: list[object] = []

    class Late(Paced):
        async def bid(self, announcement: object, submit: object) -> None:
            with anyio.CancelScope(shield=True):
                await anyio.sleep(3 * SECONDS)
            later.append(announcement)
            await super().bid(announcement, submit)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]

    path = tmp_path / "run.db"
    _, results = await ran(path, Late("late", 1), Paced("good", works=0.0))
    await anyio.sleep(4 * SECONDS)

    assert [worker_of(result) for result in results] == ["good"] * 3
    assert (await differences(path)) == ()


async def test_a_thread_that_runs_on_is_noticed(tmp_path: Path) -> None:
    """A function that blocks beyond its time, and the grace time, gets no more work."""
    function = Blocked()
    blocked = FunctionWorker("blocked", function, cost="0.00000001", confidence=0.9, seats=2)
    path = tmp_path / "run.db"
    try:
        _, results = await ran(path, blocked, Paced("good", works=0.03), tasks=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    finally:
        function.release.set()

    events = events_of(path)
    assert [each.worker for each in events if isinstance(each, Quarantined)] == ["blocked"]
    begun = [each.task for each in events if isinstance(each, Started) and each.worker == "blocked"]
    assert 1 <= len(begun) < 5
    assert all(result.solved for result in results)


@pytest.mark.parametrize("how", [swallow, anyio.sleep_forever])
async def test_who_does_not_close_is_named_and_left(
    tmp_path: Path, how: Callable[[], Awaitable[None]]
) -> None:
    """The market is left within two grace times, the others are closed, and the run is closed."""
    hangs, good = Stubborn("hangs", "aclose", how), Paced("good", 10, works=0.0)
    path = tmp_path / "run.db"
    await ran(path, hangs, good)

    events = events_of(path)
    (named,) = [event for event in events if isinstance(event, Quarantined)]
    assert named.worker == "hangs"
    assert events[-1] == RunClosed(reason="done")
    assert (hangs.closed, good.closed) == (1, 1)
    assert (await differences(path)) == ()


async def test_a_verifier_that_goes_on_is_not_waited_for() -> None:
    """There is no verdict, and no worker is blamed for it."""

    class Endless:
        type = "endless"

        async def verify(self, lot: Lot, result: Result) -> Verdict:
            del lot, result
            await swallow()
            return Verdict(1.0)

    kin = Kin([Paced("ann", works=0.0)], mechanism=Queue(), limits=LIMITS)
    async with kin:
        result = await kin.run(task(1, Endless()))

    assert (result.state, result.reason) == ("unsettled", f"no verdict within {SECONDS} s")
    assert kin.of(Quarantined) == []


async def test_a_resumed_run_begins_with_everybody(tmp_path: Path) -> None:
    """A new process has no stuck call; what it quarantines itself is numbered on."""
    path = tmp_path / "run.db"
    await ran(path, Stubborn("stubborn", "bid"), Paced("good", 100, works=0.0))
    events = events_of(path)
    ended = [place for place, event in enumerate(events) if isinstance(event, TaskEnded)]
    cut = write(tmp_path / "cut.db", events[: ended[0] + 1])
    fleet = [Stubborn("stubborn", "bid"), Paced("good", 100, works=0.0)]
    market = Coordinator(fleet, mechanism="first-price", limits=LIMITS, journal=cut, resume=True)
    async with market:
        await market.run_all([task(number) for number in range(3)])

    numbers = [each.number for each in events_of(cut) if isinstance(each, Quarantined)]
    assert numbers == [1, 2]
    assert (await differences(cut)) == ()


async def test_the_summary_tells(tmp_path: Path) -> None:
    """Tables have a sentence, data has a reason by name; a run without has neither."""
    path = tmp_path / "run.db"
    await ran(path, Stubborn("stub\u202eborn", "bid"), Paced("good", works=0.0), tasks=1)
    with Record(path) as record:
        summary = summarise(record)

    (sentence,) = quarantined(summary)
    assert "\u202e" not in sentence
    assert sentence.endswith("was quarantined: it did not let go of a call within 0.05 s of being"
                             " told to.")  # fmt: skip
    assert list(summary.to_data()["quarantined"]) == ["stub\u202eborn"]
    assert list(quarantined(Summary())) == []
