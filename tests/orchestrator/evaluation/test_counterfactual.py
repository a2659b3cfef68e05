"""Clearing a journal again with other reports."""

from pathlib import Path

import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.evaluation.counterfactual import counterfactuals, pay
from orchestrator.market import Limits
from orchestrator.memory.record import Record
from protocols.contract import Contract
from protocols.first_price import FirstPrice
from protocols.units import Money, WorkerId, money
from tests.orchestrator.small_runs import TASKS, Known, liar_and_honest, market
from workers.simulated import SimulatedWorker

pytestmark = pytest.mark.anyio

LIAR, HONEST = WorkerId("liar"), WorkerId("honest")


def test_pay_under_another_report() -> None:
    """A stake of 100 on 0.8 pays -4 for a success, on 1 it pays nothing."""
    contract = Contract(per_success=Money(50), score_weight=Money(100), report=0.8)
    assert (pay(contract, 0.8, 1.0, Money(0)), pay(contract, 1.0, 1.0, Money(0))) == (46, 50)


@pytest.mark.parametrize("forecast", ["raw", "recalibrated"])
async def test_the_same_reports_change_nothing(tmp_path: Path, forecast: str) -> None:
    """Cleared again with the reports as they were, every award and payment is what it was."""
    fleet = [
        SimulatedWorker("x", skill=0.7, skill_spread=1, cost="0.1", cost_spread=0.5, seed=2),
        SimulatedWorker("y", skill=0.7, skill_spread=1, cost="0.1", strategy="overconfident"),
        SimulatedWorker("z", skill=0.6, skill_spread=1, cost="0.05", capacity=2, seed=4),
    ]
    settings = {"name": "contingent-vcg", "stake": "0.02", "forecast": forecast}
    path = tmp_path / "run.db"
    limits = Limits(batch=3, attempts=3)
    async with Coordinator(fleet, mechanism=settings, journal=path, limits=limits) as coordinator:
        await coordinator.run_all(TASKS)
    with Record(path) as record:
        again = counterfactuals(record, {worker.name: {} for worker in fleet})
    assert sum(each.awards for each in again.values()) >= 10
    for each in again.values():
        assert (each.lost, each.gained, each.loss) == (0, 0, 0)


async def test_an_award_won_by_the_truth(tmp_path: Path) -> None:
    """At its true rate of 1 the honest worker wins all ten: each expected to pay 1 - 0.7982."""
    with Record(await market(tmp_path / "run.db", liar_and_honest())) as record:
        again = counterfactuals(record, {HONEST: {"task": 1.0}})[HONEST]
    pivot = money("0.9") - money("0.1") - money("0.0018")
    assert (again.awards, again.gained, again.profit) == (0, 10, 0)
    assert again.expected == again.loss == 10 * (money(1) - pivot - money("0.1"))


async def test_kinds_without_a_rate_keep_their_reports(tmp_path: Path) -> None:
    """A rate at another kind of task changes nothing."""
    with Record(await market(tmp_path / "run.db", liar_and_honest())) as record:
        again = counterfactuals(record, {LIAR: {"another": 0.0}})[LIAR]
    assert (again.awards, again.lost) == (10, 0)


async def test_a_mechanism_given_in_code_is_unknown(tmp_path: Path) -> None:
    """A journal cannot bring back a mechanism that was an object of the program."""
    path = tmp_path / "run.db"
    fleet = [Known("only", 0.6, right=True)]
    async with Coordinator(fleet, mechanism=FirstPrice(), journal=path) as coordinator:
        await coordinator.run_all(TASKS)
    with Record(path) as record:
        assert counterfactuals(record, {WorkerId("only"): {}}) == {}
