"""Tests of the market on recorded outcomes."""

from pathlib import Path

import numpy as np
import pytest

from orchestrator.bench.belief import table_belief
from orchestrator.bench.choice import best, came
from orchestrator.bench.learner import Learner
from orchestrator.bench.market import Market
from orchestrator.mechanisms import mechanism_from
from tests.orchestrator.bench.tables import parts

PLAIN = {"name": "contingent-vcg", "stake": "0"}


def test_without_a_stake_it_chooses_the_highest_expected_gain(tmp_path: Path) -> None:
    """On single lots the mechanism awards as ``V p - c`` does: the catalog's rule, not another."""
    fit, asked = parts(tmp_path)
    belief = table_belief(fit, asked)
    played = Market(mechanism_from(PLAIN)[1], asked, 6.0, 0).run(belief)
    assert np.array_equal(played.cost, came(asked, best(belief, 6.0)).cost)


def test_a_second_price_pays_the_cost_of_the_second(tmp_path: Path) -> None:
    """Vickrey gives every question to the cheapest and pays it the next cost, 1 instead of 0.1."""
    fit, asked = parts(tmp_path)
    belief = table_belief(fit, asked)
    played = Market(mechanism_from("vickrey")[1], asked, 6.0, 0).run(belief)
    assert np.allclose(played.cost, 0.1)
    assert np.allclose(played.paid, 1.0)


@pytest.mark.parametrize("everything", [False, True])
def test_from_nothing_it_finds_who_is_good(tmp_path: Path, *, everything: bool) -> None:
    """Chances are learned on the way: from paid work alone, and faster from all outcomes."""
    fit, asked = parts(tmp_path)
    market = Market(mechanism_from(PLAIN)[1], asked, 6.0, 0)
    learner = Learner(asked, everything=everything)
    played = market.run_online(table_belief(fit, asked), learner, asked.order[:, 0])
    late = np.argsort(asked.order[:, 0])[len(asked) // 2 :]
    assert played.success[late].mean() > 0.9
