"""Who would have brought what, as far as a journal says."""

from pathlib import Path

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.evaluation.decided import Held, turns
from orchestrator.evaluation.evidence import Evidence, drawn
from orchestrator.memory.record import Record
from protocols.contract import Contract
from protocols.messages import Award
from protocols.units import Money, TaskId, WorkerId
from tests.orchestrator.journals import write
from tests.orchestrator.small_runs import T1, T2, T3, TASKS, A, B, Known, events


def test_the_small_run(tmp_path: Path) -> None:
    """Two outcomes are on record, nothing was drawn, and the second task was announced twice."""
    with Record(write(tmp_path / "run.db", events())) as record:
        found = Evidence(record)
    assert found.settled == {(T1, A): (1.0, 12), (T2, B): (0.0, 25)}
    assert (found.draws, found.trial(T1, A)) == (0, None)
    assert (found.rounds[T1], found.rounds[T2], found.rounds[T3]) == (1, 2, 0)
    assert found.needs == {T1: (), T2: (), T3: (T2,)}


@pytest.fixture
def lottery(tmp_path: Path) -> tuple[Evidence, Held]:
    """Return ten lots that were drawn among two workers at 0.2, one of whom asks for 0.3."""
    fleet = [
        Known("dear", 0.9, right=True, cost="0.3"),
        Known("cheap", 0.9, right=True),
        Known("fair", 0.9, right=True),
    ]
    path = tmp_path / "run.db"

    async def main() -> None:
        rule = {"name": "sortition", "price": "0.2"}
        async with Coordinator(fleet, mechanism=rule, journal=path) as market:
            await market.run_all(TASKS)

    anyio.run(main)
    with Record(path) as record:
        held = next(turn.held for turn in turns(record) if turn.stage == "closed")
        assert held is not None
        return Evidence(record), held


def award(held: Held, task: str, worker: str) -> Award:
    """Return an award of another mechanism."""
    return Award(
        announcement=held.announcement.announcement,
        task=TaskId(task),
        worker=WorkerId(worker),
        contract=Contract(report=0.9),
        score=Money(0),
        pivot=Money(0),
    )


def test_who_had_a_chance(lottery: tuple[Evidence, Held]) -> None:
    """Both who would do it at the price might have been drawn; who asks for more, or never bid, not."""
    found, held = lottery
    assert found.draws == 10
    chances = [found.had_a_chance(held, award(held, "t0", name)) for name in ("cheap", "fair")]
    assert chances == [True, True]
    assert not found.had_a_chance(held, award(held, "t0", "dear"))
    assert not found.had_a_chance(held, award(held, "t0", "stranger"))


def test_a_capacity_that_was_used_up(lottery: tuple[Evidence, Held]) -> None:
    """Once a worker has drawn as many lots as it can take, later lots cannot fall to it."""
    found, held = lottery
    name = held.awards[0].worker
    call = held.announcement
    limited = [
        each.model_copy(update={"capacity": 1}) if each.worker == name else each
        for each in call.participants
    ]
    held.announcement = call.model_copy(update={"participants": tuple(limited)})
    assert found.had_a_chance(held, award(held, "t0", name))
    assert not found.had_a_chance(held, award(held, "t9", name))


def test_what_was_drawn(lottery: tuple[Evidence, Held]) -> None:
    """An award with a propensity below 1 was drawn; a lot that nobody won was not."""
    _, held = lottery
    first = drawn(held, TaskId("t0"))
    assert first is not None
    assert first.propensity == 0.5
    assert drawn(held, TaskId("other")) is None
    held.awards = tuple(each.model_copy(update={"propensity": 1.0}) for each in held.awards)
    assert drawn(held, TaskId("t0")) is None
