"""Tests of the tables of work, verdicts, settlements, tasks and money."""

from pathlib import Path

import pytest

from orchestrator.evaluation.summary import summarise
from orchestrator.exports.work_tables import COSTS, NEEDS, OUTCOMES, RESULTS, SETTLEMENTS, TASKS
from orchestrator.memory.record import Record
from tests.orchestrator.command import CONFIGS, truthbid
from tests.orchestrator.exports.exporting import rows
from tests.orchestrator.small_runs import events, write


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    """Return the journal of the small run."""
    return write(tmp_path / "run.db", events())


def test_results_and_outcomes_and_settlements_share_their_key(journal: Path) -> None:
    """Each award that was carried out has one row in each of the three tables."""
    keys = [
        [(row["announcement"], row["task"], row["worker"]) for row in rows(journal, table)]
        for table in (RESULTS, OUTCOMES, SETTLEMENTS)
    ]
    assert keys == [[("a1", "t1", "a"), ("a1", "t2", "b")]] * 3


def test_settlements_hold_what_was_paid(journal: Path) -> None:
    """Worker a is credited 56 for a cost of 12, worker b gets 30 in cash for one of 25."""
    found = [(row["payment_nano"], row["cost_nano"]) for row in rows(journal, SETTLEMENTS)]
    assert found == [(56, 12), (30, 25)]


def test_tasks_say_how_they_ended(journal: Path) -> None:
    """Each task has one row; one that has not ended is open."""
    assert [row["state"] for row in rows(journal, TASKS)] == ["solved", "unsold", "skipped"]
    unfinished = write(journal.with_name("open.db"), events()[:4])
    assert {row["state"] for row in rows(unfinished, TASKS)} == {"open"}


def test_the_edges_of_the_task_graph_are_rows(journal: Path) -> None:
    """Task t3 needs t2."""
    assert rows(journal, NEEDS) == [{"task": "t3", "need": "t2"}]


@pytest.mark.parametrize("config", ["quickstart", "peer"])
def test_cash_in_the_table_is_the_cash_of_the_summary(tmp_path: Path, config: str) -> None:
    """The rows of the cash book add up to what the run says it has spent."""
    path = tmp_path / "run.db"
    truthbid("run", CONFIGS / f"{config}.yaml", "--journal", path, "--quiet")
    spent = sum(row["amount_nano"] for row in rows(path, COSTS) if row["book"] == "cash")
    with Record(path) as record:
        assert spent == summarise(record).cash


def test_holds_are_no_costs(journal: Path) -> None:
    """What was only set aside has no row."""
    purposes = {row["purpose"] for row in rows(journal, COSTS)}
    assert purposes == {"bill", "pay", "reward"}
