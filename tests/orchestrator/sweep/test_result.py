"""Tests of what the cells of a sweep come to."""

from pathlib import Path

import pytest

from orchestrator.memory.record import Record
from orchestrator.sweep.grid import grid
from orchestrator.sweep.result import Measured, Outcome, arms, measure
from protocols.units import NANO, TaskId
from tests.orchestrator.command import CONFIGS, truthbid
from tests.orchestrator.small_runs import events, write


def _cell(utilities: list[float]) -> Measured:
    found = Measured()
    for number, utility in enumerate(utilities):
        found.tasks[TaskId(f"t{number}")] = Outcome(1.0, utility, 0.0)
    return found


def test_a_run_is_measured_by_task(tmp_path: Path) -> None:
    """Task t1 is worth 100 and cost 12, t2 cost 25 for nothing, t3 was never tried."""
    with Record(write(tmp_path / "run.db", events())) as record:
        found = measure(record)
    utilities = {task: round(one.utility * NANO) for task, one in found.tasks.items()}
    assert utilities == {"t1": 88, "t2": -25, "t3": 0}


def test_copies_count_for_their_task(tmp_path: Path) -> None:
    """The cost of all copies is that of the task, and it succeeds as the crowd says."""
    path = tmp_path / "run.db"
    truthbid("run", CONFIGS / "peer.yaml", "--journal", path, "--quiet")
    with Record(path) as record:
        found = measure(record)
    assert len(found.tasks) == found.summary.tasks
    cost = sum(one.cost for one in found.tasks.values())
    assert cost == pytest.approx(found.summary.cost / NANO)
    solved = sum(one.success for one in found.tasks.values())
    assert solved == found.summary.states["solved"]


def test_differences_are_paired_by_task() -> None:
    """What all tasks share cancels: a constant difference has an interval of no width."""
    first, second = grid({"mechanism": ["vcg", "vickrey"]})
    low = [0.1, 0.9, 0.4, 0.7]
    found = arms([(first, _cell(low)), (second, _cell([each + 0.5 for each in low]))])
    assert found[0].difference is None
    assert found[1].difference == pytest.approx(0.5)
    assert found[1].low == pytest.approx(0.5)
    assert found[1].high == pytest.approx(0.5)
    assert (found[1].over, found[1].paired) == ("tasks", 4)


def test_three_seeds_make_an_interval_over_seeds() -> None:
    """Student's interval of the differences 1, 2 and 3 is 2 +- 4.303 / sqrt(3)."""
    cells = grid({"mechanism": ["vcg", "vickrey"], "seed": [1, 2, 3]})
    utilities = [[0.0] * 5] * 3 + [[float(seed)] * 5 for seed in (1, 2, 3)]
    _, other = arms(list(zip(cells, map(_cell, utilities), strict=True)))
    assert (other.seeds, other.over, other.difference) == (3, "seeds", 2.0)
    assert other.high == pytest.approx(2 + 4.30265 / 3**0.5, abs=1e-4)


def test_without_tasks_in_common_there_is_no_difference() -> None:
    """Another population of tasks cannot be paired, and nothing is made up."""
    first, second = grid({"generate.count": [1, 2]})
    other = Measured()
    other.tasks[TaskId("else")] = Outcome(1.0, 1.0, 0.0)
    assert arms([(first, _cell([1.0])), (second, other)])[1].difference is None
