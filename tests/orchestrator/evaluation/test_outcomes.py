"""What every bidder would have brought, found by calling workers again."""

from math import isnan
from pathlib import Path

import anyio
import pytest

from orchestrator.evaluation.outcomes import gather
from orchestrator.memory.record import Record
from protocols.messages import Award, Failure, Lot, Result
from protocols.units import TaskId, WorkerId
from tests.orchestrator.small_runs import TASKS, Known, events, liar_and_honest, market, write
from workers.ports import Verifier
from workers.simulated import SimulatedWorker

pytestmark = pytest.mark.anyio

VERIFIERS: dict[TaskId, Verifier] = {
    TaskId(str(task.id)): task.verify for task in TASKS if task.verify
}


async def test_every_bid_gets_its_outcome(tmp_path: Path) -> None:
    """Of ten tasks the liar would have failed all and the honest one solved all, at 0.1 each."""
    with Record(await market(tmp_path / "run.db", liar_and_honest())) as record:
        found = await gather(record, liar_and_honest(), VERIFIERS)
    assert found.workers == ["liar", "honest"]
    assert list(found.successes) == [0.0, 1.0] * 10
    assert list(found.reports) == [0.9, 0.6] * 10
    assert list(found.costs) == list(found.bid_costs) == [100_000_000] * 20
    assert list(found.first) == list(found.run) == [0.0, 100_000_000.0] * 10
    assert sum(found.decided) == 10


async def test_called_again_as_in_the_run(tmp_path: Path) -> None:
    """Where the market awarded a simulated worker, the call for the report has the same outcome."""

    def fleet() -> list[SimulatedWorker]:
        return [
            SimulatedWorker("x", skill=0.6, cost="0.1", cost_spread=0.4, skill_spread=1, seed=5),
            SimulatedWorker("y", skill=0.6, cost="0.1", cost_spread=0.4, latency=0.001, seed=5),
        ]

    with Record(await market(tmp_path / "run.db", fleet())) as record:
        found = await gather(record, fleet(), VERIFIERS)
    for task in range(10):
        row = slice(2 * task, 2 * task + 2)
        outcomes = list(zip(found.successes[row], found.costs[row], strict=True))
        assert tuple(found.first[row]) in outcomes


async def test_workers_that_cannot_be_called_again_are_named(tmp_path: Path) -> None:
    """A worker that does not promise to be repeatable is not called, and nor is one not given."""
    fleet = liar_and_honest(repeatable=False)
    with Record(await market(tmp_path / "run.db", fleet)) as record:
        assert (await gather(record, fleet, VERIFIERS)).absent == ["liar"]
        assert (await gather(record, fleet[:1], VERIFIERS)).absent == ["liar", "honest"]


async def test_tasks_without_a_verifier_have_no_outcome(tmp_path: Path) -> None:
    """Nobody can say what would have come of a task that nothing verifies."""
    with Record(await market(tmp_path / "run.db", liar_and_honest())) as record:
        found = await gather(record, liar_and_honest(), {})
    assert all(map(isnan, found.successes))


async def test_later_announcements_do_not_count(tmp_path: Path) -> None:
    """The small run has bids on two tasks; the second announcement of t2 changes nothing."""
    with Record(write(tmp_path / "run.db", events())) as record:
        found = await gather(record, [], {})
    assert found.tasks == {"t1": 0, "t2": 1}
    assert list(found.first) == list(found.run) == [1.0, 12.0, 0.0, 25.0]
    assert list(found.decided) == [1, 1]


class Breaking(Known):
    """A worker whose work is an exception on odd tasks and a failure on even ones."""

    async def execute(self, lot: Lot, award: Award) -> Result:
        """Break, or give up."""
        if int(lot.task[1:]) % 2:
            raise ValueError("broken")
        return await super().execute(lot, award)


async def test_a_worker_that_breaks_has_failed(tmp_path: Path) -> None:
    """As in a run: an exception is a failure that costs what the bid allowed."""
    fleet = [Breaking("breaking", 0.9, right=True)]
    with Record(await market(tmp_path / "run.db", fleet)) as record:
        found = await gather(record, fleet, VERIFIERS)
    assert list(found.successes) == [1.0, 0.0] * 5
    assert set(found.costs) == {100_000_000}


class Slow(Known):
    """A worker that takes time and counts how many of its calls are open."""

    instant = False
    open = most = 0

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:  # type: ignore[override]
        """Wait for a turn of the event loop."""
        Slow.open += 1
        Slow.most = max(Slow.most, Slow.open)
        await anyio.lowlevel.checkpoint()
        Slow.open -= 1
        return await super().execute(lot, award)


async def test_slow_workers_are_called_side_by_side(tmp_path: Path) -> None:
    """Calls that take time overlap, for the report of a long run must not add them up."""
    fleet = [Slow("slow", 0.9, right=True)]
    with Record(await market(tmp_path / "run.db", fleet)) as record:
        Slow.most = 0
        found = await gather(record, fleet, VERIFIERS)
    assert Slow.most == 4
    assert found.workers == [WorkerId("slow")]
