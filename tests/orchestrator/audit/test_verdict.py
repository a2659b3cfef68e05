"""What is said of an audit: errors, halves, recoveries, and plain data."""

import json
from math import inf

from orchestrator.audit.replication import Effect, Replication
from orchestrator.audit.study import Played
from orchestrator.audit.verdict import Estimate, estimate, judge, recovery
from protocols.units import WorkerId


def replication(gain: float, liar: str = "ann") -> Replication:
    """Return a replication in which one lie gained so much."""
    effect = Effect((WorkerId(liar),), gain, 1e9, 0.0, (1e9, 1e9))
    return Replication(2e9, 3e9, 1e9, 4e9, 0.0, 0.0, {"cost-over": effect})


def test_the_best_lie_is_measured_where_it_was_not_chosen() -> None:
    """Gains of 9 where it is chosen and 1 where it is measured give a regret of 1."""
    rounds = tuple(replication(9e9 if place % 2 == 0 else 1e9) for place in range(6))
    found = judge(Played("rule", rounds, (8e9,) * 6, None))
    assert (found.best_lie, found.liar) == ("cost-over", "ann")
    assert found.regret == Estimate(1.0, 0.0)
    assert (found.efficiency, found.paid_per_cost) == (0.5, 3.0)


def test_a_gain_that_chance_explains_is_no_lie_that_pays() -> None:
    """Large and small gains by turns have an error as large as their mean."""
    gains = [1e9, 9e9, 1e9, -8e9, 1e9, 1e9]
    found = judge(Played("rule", tuple(map(replication, gains)), (8e9,) * 6, None))
    assert found.best_lie is None


def test_a_single_replication_has_no_error() -> None:
    """It is infinite, so that nothing is called sure."""
    assert estimate([1e9]).error == inf
    assert not estimate([1e9]).sure


def test_a_loss_that_stays_never_recovers() -> None:
    """And one that was never there needs no recovery."""
    assert recovery([[1.0] * 10]) is None
    assert recovery([[-1.0] * 10]) == 0.0


def test_the_data_are_plain() -> None:
    """They can be written as JSON without infinities."""
    found = judge(Played("rule", (replication(1e9), replication(2e9)), (8e9, 8e9), None))
    data = json.loads(json.dumps(found.to_data(), allow_nan=False))
    assert data["lies"]["cost-over"]["gain"]["mean"] == 1.5
