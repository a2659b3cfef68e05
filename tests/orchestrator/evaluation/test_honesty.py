"""What misreports cost, against numbers worked out by hand.

The liar states 0.9 at a cost of 0.1 and always fails; the honest worker states 0.6. At a value of 1
and a stake of 0.02 the pivot of the liar is 0.6 - 0.1 - 0.02 * 0.24 = 0.4952, so each award pays it
-0.4952 - 0.02 * 0.81 = -0.5114 and leaves -0.6114.
"""

from pathlib import Path

import pytest

from orchestrator.evaluation.honesty import honesty
from orchestrator.memory.record import Record
from protocols.units import money
from tests.orchestrator.small_runs import A, B, Known, events, liar_and_honest, market, write
from workers.simulated import SimulatedWorker

pytestmark = pytest.mark.anyio


async def test_what_lying_cost(tmp_path: Path) -> None:
    """With its true rate of 0 the liar would have had no award: lying cost it 10 x 0.6114."""
    with Record(await market(tmp_path / "run.db", liar_and_honest())) as record:
        (liar,) = honesty(record)
    assert (liar.worker, liar.settled, liar.verdict) == ("liar", 10, "overconfident")
    assert liar.stated == pytest.approx(0.9)
    assert liar.realised == 0.0
    assert liar.error == pytest.approx((0.09 / 10) ** 0.5)
    assert liar.stake_loss == money("0.162")
    again = liar.counterfactual
    assert again is not None
    assert (again.announcements, again.awards, again.lost, again.gained) == (3, 10, 10, 0)
    assert (again.profit, again.honest_profit, again.loss) == (
        money("-6.114"),
        0,
        money("6.114"),
    )


async def test_decomposition(tmp_path: Path) -> None:
    """A constant 0.9 that never comes true: all of the loss of 0.81 is miscalibration."""
    with Record(await market(tmp_path / "run.db", liar_and_honest())) as record:
        (liar,) = honesty(record)
    assert liar.corp.miscalibration == pytest.approx(0.81)
    assert (liar.corp.discrimination, liar.corp.uncertainty) == pytest.approx((0.0, 0.0))
    assert liar.to_data()["quadratic_loss_lower_is_better"] == pytest.approx(0.81)


async def test_modesty_keeps_awards_at_other_prices(tmp_path: Path) -> None:
    """A lone worker that understates keeps all its awards: only the stake is lost, 0.02 x 0.16."""
    modest = Known("modest", 0.6, right=True)
    with Record(await market(tmp_path / "run.db", [modest])) as record:
        (found,) = honesty(record)
    assert found.verdict == "underconfident"
    assert found.stake_loss == 10 * money("0.0032")
    assert found.counterfactual is not None
    assert found.counterfactual.lost == found.counterfactual.gained == 0
    assert found.counterfactual.loss == 10 * money("0.0032")


async def test_a_truthful_worker_is_in_line(tmp_path: Path) -> None:
    """Reports that chance explains are not called dishonest."""
    truthful = SimulatedWorker("truthful", skill=0.7, cost="0.1", seed=1)
    with Record(await market(tmp_path / "run.db", [truthful])) as record:
        (found,) = honesty(record)
    assert found.verdict == "in line"


async def test_too_few_awards_say_nothing(tmp_path: Path) -> None:
    """Below the number asked for, nothing is said of a worker."""
    with Record(await market(tmp_path / "run.db", liar_and_honest())) as record:
        assert honesty(record, enough=11) == []


def test_graded_by_kind_in_a_small_run(tmp_path: Path) -> None:
    """Each worker of the small run has one award; a's own rate of 1 would have paid it 4 more."""
    with Record(write(tmp_path / "run.db", events())) as record:
        found = {each.worker: each for each in honesty(record, enough=1)}
    assert found[A].stake_loss == 4
    assert found[B].stake_loss == 0
    assert [each.worker for each in found.values()] == ["b", "a"]
