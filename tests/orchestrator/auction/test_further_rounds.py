"""Lots that are announced again although nobody failed at them."""

from pathlib import Path

import anyio

from orchestrator.coordinator import Coordinator
from orchestrator.market import Limits
from orchestrator.memory.record import Record
from orchestrator.replay import replay
from orchestrator.task import Task, TaskResult
from protocols.events import Announced
from protocols.messages import Announcement
from protocols.units import money
from tests.orchestrator.small_runs import Known
from workers.verifiers import Recorded


def calls(path: Path) -> list[Announcement]:
    """Return the announcements of a journal, which must be replayed identically."""
    assert replay(path).identical
    with Record(path) as record:
        events = [entry.event for entry in record.entries()]
    return [event.announcement for event in events if isinstance(event, Announced)]


async def _raised(path: Path, factor: float) -> TaskResult:
    worker = Known("w", 1.0, right=True, cost="0.5")
    task = Task("do it", value=1, reserve="0.1", verify=Recorded(), id="t")
    limits = Limits(raise_reserve=factor)
    async with Coordinator([worker], mechanism="vickrey", journal=path, limits=limits) as market:
        return await market.run(task)


def test_a_reserve_is_raised_until_somebody_meets_it(tmp_path: Path) -> None:
    """0.1, 0.2, 0.4, 0.8: the first that covers a cost of 0.5 is paid, in the fourth round."""
    result = anyio.run(_raised, tmp_path / "run.db", 2.0)
    called = calls(tmp_path / "run.db")

    assert [call.lots[0].reserve for call in called] == [
        money(each) for each in ("0.1", "0.2", "0.4", "0.8")
    ]
    assert [call.lots[0].parent for call in called] == [None, "a1", "a2", "a3"]
    assert result.award is not None
    assert result.award.contract.base == money("0.8")


def test_a_reserve_stays_where_nothing_is_said(tmp_path: Path) -> None:
    """Without the setting the task is unsold after one round."""
    assert anyio.run(_raised, tmp_path / "run.db", 1.0).state == "unsold"


async def _crowded(path: Path) -> list[TaskResult]:
    workers = [
        Known(name, 1.0, right=True, cost=cost) for name, cost in (("a", "0.1"), ("b", "0.2"))
    ]
    tasks = [Task("do it", value=1, verify=Recorded(), id=f"t{number}") for number in range(4)]
    async with Coordinator(workers, mechanism="uniform", journal=path) as market:
        return await market.run_all(tasks)


def test_lots_without_room_are_put_up_again_once_work_is_done(tmp_path: Path) -> None:
    """Two workers that supply one unit each per announcement do four tasks in two announcements."""
    results = anyio.run(_crowded, tmp_path / "run.db")
    called = calls(tmp_path / "run.db")

    assert [result.state for result in results] == ["solved"] * 4
    assert [[lot.task for lot in call.lots] for call in called] == [
        ["t0", "t1", "t2", "t3"],
        ["t2", "t3"],
    ]
    assert {lot.parent for lot in called[1].lots} == {"a1"}
    assert {lot.attempt for lot in called[1].lots} == {1}
