"""The report draws what it knows and leaves out what it does not."""

from pathlib import Path

import pytest

from orchestrator.evaluation.baselines import compare
from orchestrator.memory.record import Record
from orchestrator.reports.figures import diagrams, figures
from orchestrator.reports.reading import read
from protocols.units import TaskId
from tests.orchestrator.small_runs import TASKS, events, liar_and_honest, market, write

pytestmark = pytest.mark.anyio


async def test_all_figures_of_a_run(tmp_path: Path) -> None:
    """Utility, profit, money and cost against utility, and a diagram of the liar."""
    verifiers = {TaskId(str(task.id)): task.verify for task in TASKS if task.verify}
    with Record(await market(tmp_path / "run.db", liar_and_honest())) as record:
        reading = read(record, await compare(record, liar_and_honest(), verifiers))
    assert [figure["title"] for figure in figures(reading, "USD")] == [
        "Utility over the run",
        "Profit by worker over the run",
        "Score over the run",
        "Money by worker",
        "Cost against quality",
        "Cost against utility",
    ]
    (diagram,) = diagrams(reading.honest)
    assert (diagram["title"], diagram["note"]) == ("liar", "overconfident")
    assert "10 reports" in diagram["svg"]


def test_without_a_comparison(tmp_path: Path) -> None:
    """Without other rules there is no figure of them, and with one award no diagram."""
    with Record(write(tmp_path / "run.db", events())) as record:
        reading = read(record)
    assert len(figures(reading, "USD")) == 4
    assert diagrams(reading.honest) == []
