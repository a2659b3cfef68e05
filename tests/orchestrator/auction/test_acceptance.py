"""Awards that are not taken up: declined, or left until it is too late."""

from functools import partial
from pathlib import Path

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.market import Limits
from orchestrator.memory.ledger import purse
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.task import Task, TaskResult
from orchestrator.verification import verify
from protocols.decommitment import Lapsed
from protocols.events import Allocated, Announced, Event, Started
from protocols.messages import Award, Lot
from protocols.units import money
from tests.orchestrator.small_runs import Known, write
from workers.ports import Worker
from workers.verifiers import Recorded

TASK = Task("do it", value=1, verify=Recorded(), id="t")
SHORT = Limits(award_seconds=0.01)


class Choosy(Known):
    """A worker that says yes to an award, no, nothing at all, or breaks."""

    confirms = True

    def __init__(self, name: str, says: str, *, cost: str) -> None:
        super().__init__(name, 1.0, right=True, cost=cost)
        self._says = says
        self.asked = 0

    async def confirm(self, lot: Lot, award: Award) -> bool:
        """Answer as it is told to."""
        self.asked += 1
        if self._says == "breaks":
            raise RuntimeError("no line")
        if self._says == "nothing":
            await anyio.sleep_forever()
        return self._says == "yes"


def fleet(says: str) -> list[Worker]:
    """Return the cheapest worker, which answers so, and two that are bound by their bids."""
    return [
        Choosy("first", says, cost="0.1"),
        Known("second", 1.0, right=True, cost="0.2"),
        Known("third", 1.0, right=True, cost="0.4"),
    ]


async def _market(
    workers: list[Worker], path: Path, limits: Limits, mechanism: str, resume: bool
) -> tuple[list[TaskResult], Coordinator]:
    market = Coordinator(workers, mechanism=mechanism, journal=path, limits=limits, resume=resume)
    async with market:
        return await market.run_all([TASK]), market


def run(
    path: Path,
    workers: list[Worker],
    *,
    limits: Limits = SHORT,
    mechanism: str = "vickrey",
    resume: bool = False,
) -> tuple[TaskResult, Coordinator]:
    """Run the one task; check that its journal is replayed identically and is sound."""
    done, market = anyio.run(partial(_market, workers, path, limits, mechanism, resume))
    assert replay(path).identical
    with Record(path) as record:
        assert verify(record).problems == ()
    return done[0], market


def listed(path: Path) -> list[Event]:
    """Return the events of a journal."""
    with Record(path) as record:
        return [entry.event for entry in record.entries()]


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("no", "the worker declined its award"),
        ("nothing", "the award was not taken up within 0.01 s"),
        ("breaks", "the worker could not take its award up: RuntimeError: no line"),
    ],
)
def test_the_task_is_announced_again_without_the_defaulter(
    says: str, reason: str, tmp_path: Path
) -> None:
    """The next best wins a new auction at a new price: 0.4 by the third bid, not 0.2 or 0.1."""
    result, _ = run(tmp_path / "run.db", fleet(says))
    events = listed(tmp_path / "run.db")
    first, second = [event.announcement for event in events if isinstance(event, Announced)]
    (lapsed,) = [event for event in events if isinstance(event, Lapsed)]
    awards = [event.allocation.awards[0] for event in events if isinstance(event, Allocated)]

    assert result.solved
    assert (lapsed.worker, lapsed.reason) == ("first", reason)
    assert (second.lots[0].parent, second.lots[0].excluded) == (first.announcement, ("first",))
    assert second.lots[0].attempt == 1
    assert [award.worker for award in awards] == ["first", "second"]
    assert [award.contract.base for award in awards] == [money("0.2"), money("0.4")]
    assert [one.worker for one in events if isinstance(one, Started)] == ["second"]


def test_who_takes_its_award_up_begins(tmp_path: Path) -> None:
    """A worker that confirms is asked once and then does the work."""
    workers = fleet("yes")
    result, _ = run(tmp_path / "run.db", workers)

    assert result.solved
    assert isinstance(workers[0], Choosy)
    assert workers[0].asked == 1
    assert not any(isinstance(event, Lapsed) for event in listed(tmp_path / "run.db"))


@pytest.mark.parametrize(("penalty", "owed"), [("none", "0"), ("pivot", "0.8")])
def test_a_default_costs_what_the_limits_say(penalty: str, owed: str, tmp_path: Path) -> None:
    """The pivot of the first worker is what the second alone would bring: 1 - 0.2 = 0.8."""
    limits = Limits.model_validate({"penalty": penalty})
    _, market = run(tmp_path / "run.db", fleet("no"), limits=limits)

    assert market.ledger.balance("credit", purse("first")) == -money(owed)
    assert market.ledger.held == 0


def test_a_sequence_ends_with_an_award_that_is_not_taken_up(tmp_path: Path) -> None:
    """Its fallbacks were priced with the defaulter, so they are dropped and priced anew."""
    result, market = run(tmp_path / "run.db", fleet("no"), mechanism="sequential-pivot")
    allocated = [event for event in listed(tmp_path / "run.db") if isinstance(event, Allocated)]

    assert result.solved
    assert [len(event.allocation.awards) for event in allocated] == [3, 2]
    assert market.ledger.held == 0


def test_a_task_that_everybody_declines_is_unsold(tmp_path: Path) -> None:
    """Each default shuts one more worker out, so it comes to an end."""
    workers: list[Worker] = [Choosy(name, "no", cost="0.1") for name in ("a", "b", "c")]
    result, _ = run(tmp_path / "run.db", workers)
    lapsed = [event for event in listed(tmp_path / "run.db") if isinstance(event, Lapsed)]

    assert result.state == "unsold"
    assert sorted(event.worker for event in lapsed) == ["a", "b", "c"]


def test_a_resumed_run_asks_nobody_twice(tmp_path: Path) -> None:
    """Cut off after a default, the run goes on from it; the worker's no is remembered."""
    run(tmp_path / "whole.db", fleet("no"))
    whole = listed(tmp_path / "whole.db")
    cut = next(place for place, event in enumerate(whole) if isinstance(event, Lapsed)) + 1
    workers = fleet("yes")
    result, _ = run(write(tmp_path / "cut.db", whole[:cut]), workers, resume=True)

    assert isinstance(workers[0], Choosy)
    assert workers[0].asked == 0
    assert result.solved
    assert result.award is not None
    assert result.award.worker == "second"
