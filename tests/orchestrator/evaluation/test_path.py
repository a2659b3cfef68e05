"""The path of another mechanism, where it leaves that of the run."""

from pathlib import Path as File

import anyio
import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.evaluation.decided import turns
from orchestrator.evaluation.evidence import Evidence
from orchestrator.evaluation.path import HANGS, NEVER_ANNOUNCED, Path
from orchestrator.market import Limits
from orchestrator.mechanisms import mechanism_from
from orchestrator.memory.record import Record
from orchestrator.task import Task
from protocols.units import Money, TaskId, units
from tests.orchestrator.small_runs import Known
from workers.verifiers import Recorded


def walked(path: File, rule: str, budget: Money | None = None) -> Path:
    """Go through a journal by another mechanism, asking nobody again."""
    with Record(path) as record:
        found = Path(mechanism_from(rule)[1], Evidence(record), budget)
        for turn in turns(record):
            found.take(turn, {})
        found.finish({})
    return found


@pytest.fixture
def chain(tmp_path: File) -> File:
    """Return a run that gives the first of two tasks to a liar, so the second is skipped."""
    fleet = [Known("liar", 0.9, right=False), Known("cheap", 0.5, right=True, cost="0.05")]
    tasks = [
        Task("x", value=1, verify=Recorded(), id="a"),
        Task("x", value=1, verify=Recorded(), id="b", needs=["a"]),
    ]
    path = tmp_path / "run.db"

    async def main() -> None:
        async with Coordinator(fleet, journal=path, limits=Limits(attempts=1)) as market:
            await market.run_all(tasks)

    anyio.run(main)
    return path


def test_an_outcome_that_nobody_knows_ends_the_path(chain: File) -> None:
    """First price takes the cheap one, whom the run never called; what needs that task hangs on it."""
    fates = walked(chain, "first-price").fates
    assert "propensity 1" in (fates[TaskId("a")].unknown or "")
    assert fates[TaskId("b")].unknown == HANGS


def test_the_own_path_skips_what_the_run_skipped(chain: File) -> None:
    """By the mechanism of the run the first task fails, and the second is skipped as it was."""
    fates = walked(chain, "contingent-vcg").fates
    assert (fates[TaskId("a")].state, fates[TaskId("b")].state) == ("failed", "skipped")


def test_no_cash_no_work(chain: File) -> None:
    """With less cash than the bid asks for the task ends unfunded, at no cost."""
    fates = walked(chain, "contingent-vcg", Money(1)).fates
    assert fates[TaskId("a")].state == "unfunded"
    assert fates[TaskId("a")].sums.cost == 0


def test_a_task_that_was_never_announced(tmp_path: File) -> None:
    """If another mechanism solves what a skipped task needs, nobody knows the bids on that one."""
    fleet = [Known("liar", 0.9, right=False), Known("good", 0.9, right=True)]
    tasks = [
        Task("x", value=1, verify=Recorded(), id="a"),
        Task("x", value=1, verify=Recorded(), id="b", needs=["a"]),
    ]
    path = tmp_path / "run.db"

    async def main() -> None:
        async with Coordinator(fleet[1:], journal=path) as market:
            await market.run_all(tasks[:1])

    anyio.run(main)
    with Record(path) as record:
        evidence = Evidence(record)
        evidence.needs[TaskId("b")] = (TaskId("a"),)
        found = Path(mechanism_from("vickrey")[1], evidence, None)
        for turn in turns(record):
            found.take(turn, {})
        found.finish({})
    assert found.fates[TaskId("a")].state == "solved"
    assert found.fates[TaskId("b")].unknown == NEVER_ANNOUNCED
    assert units(Money(round(found.fates[TaskId("a")].sums.value))) == 1
