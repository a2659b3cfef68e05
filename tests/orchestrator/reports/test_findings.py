"""The sentences that a run ends with."""

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.evaluation.baselines import Baseline, Baselines, compare
from orchestrator.evaluation.honesty import honesty
from orchestrator.memory.record import Record
from orchestrator.reports.findings import highest_confidence, overconfidence
from protocols.units import TaskId
from tests.orchestrator.small_runs import TASKS, Known, liar_and_honest, market

pytestmark = pytest.mark.anyio

VERIFIERS = {TaskId(str(task.id)): task.verify for task in TASKS if task.verify}


async def test_what_the_liar_lost(tmp_path: Path) -> None:
    """The sentence has the rates, the awards and the money of the hand-made case."""
    with Record(await market(tmp_path / "run.db", liar_and_honest())) as record:
        said = overconfidence(honesty(record), "USD")
    assert said == (
        "liar claimed 90 % and 0 % came true, in 10 settled tasks. Its profit was -6.11 USD. Had"
        " it stated the rate that came true, 10 of its 10 awards would have gone elsewhere and its"
        " profit would have been 0.00 USD: overstating cost it 6.11 USD."
    )


async def test_nobody_to_blame(tmp_path: Path) -> None:
    """A market of modest workers is told so, and so is one that has hardly begun."""
    with Record(await market(tmp_path / "run.db", [Known("modest", 0.6, right=True)])) as record:
        found = honesty(record)
    assert overconfidence(found, "USD") == "No worker claimed more than chance explains."
    assert overconfidence([], "USD").startswith("No worker has enough settled tasks")


async def test_what_confidence_would_have_brought(tmp_path: Path) -> None:
    """Here the market follows the liar as well, so that there is no difference."""
    with Record(await market(tmp_path / "run.db", liar_and_honest())) as record:
        said = highest_confidence(await compare(record, liar_and_honest(), VERIFIERS), "USD")
    assert said == (
        "Awarding each task to the highest stated confidence would have brought the same utility"
        " at the first attempt: -1.00 USD on 10 tasks."
    )


async def test_confidence_that_costs(tmp_path: Path) -> None:
    """Where the boaster asks too much, the market does better: by 1.3 a task, every time."""
    fleet = [
        Known("dear", 0.9, right=False, cost="0.4"),
        Known("honest", 0.85, right=True),
    ]
    with Record(await market(tmp_path / "run.db", fleet)) as record:
        said = highest_confidence(await compare(record, fleet, VERIFIERS), "USD")
    assert "a utility of -4.00 USD on 10 tasks instead of the market's 9.00 at the first" in said
    assert " attempt: 13.00 less" in said


def test_nothing_to_compare() -> None:
    """Without workers that can be called again, the sentence says what is missing."""
    assert highest_confidence(Baselines(0, 3, (), (), ()), "USD").startswith("Other rules cannot")


def test_one_task_is_no_evidence() -> None:
    """It has no standard error, and a market that spent nothing shows what the other rule spends."""
    row = Baseline("market-first", "market", 0.0, 0.0, 0.0, 0.0, 0.0, float("nan"))
    rival = replace(row, rule="confidence", cost=0.001, utility=-0.001, difference=-0.001)
    said = highest_confidence(Baselines(1, 0, (), (row, rival), ()), "USD")
    assert said == (
        "Awarding each task to the highest stated confidence would have brought a utility of"
        " -0.001 USD on 1 task instead of the market's 0.000 at the first attempt: 0.001 less (from"
        " a single task), with 0 % right instead of 0 %."
    )
