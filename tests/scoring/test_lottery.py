"""Lotteries: chances move with the score, payments never fall below the floor."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.binary import LOGARITHMIC, QUADRATIC, SPHERICAL, clipped_logarithmic
from scoring.lottery import Lottery
from scoring.propriety import best_misreport

if TYPE_CHECKING:
    from scoring.rule import ScoringRule

UNIT = st.floats(0.0, 1.0)


@pytest.mark.parametrize("rule", [QUADRATIC, SPHERICAL, clipped_logarithmic(0.02)])
def test_honesty_maximises_the_chance(rule: ScoringRule) -> None:
    """No misreport on a grid has a larger chance of the prize."""
    assert best_misreport(Lottery(rule, floor=0.0, prize=1.0).chance).gain <= 1e-12


@given(report=UNIT, outcome=UNIT, draw=st.floats(0.0, 1.0, exclude_max=True))
def test_payment_is_the_prize_or_the_floor(report: float, outcome: float, draw: float) -> None:
    """The prize is paid exactly if the draw falls below the chance, and else the floor."""
    lottery = Lottery(QUADRATIC, floor=1.0, prize=4.0)
    chance = lottery.chance(report, outcome)

    assert 0.0 <= chance <= 1.0
    assert lottery.pay(report, outcome, draw=draw) == (4.0 if draw < chance else 1.0)


def test_honesty_survives_aversion_to_risk() -> None:
    """Whoever feels only the root of the money still does best by honesty, unlike with plain pay."""

    def felt(report: float, outcome: float) -> float:
        chance = Lottery(QUADRATIC, floor=0.0, prize=9.0).chance(report, outcome)
        return chance * math.sqrt(9.0)

    def felt_plain(report: float, outcome: float) -> float:
        return math.sqrt(9.0 * (1.0 + QUADRATIC.score(report, outcome)))

    assert best_misreport(felt).gain <= 1e-12
    assert best_misreport(felt_plain).gain > 0.01


def test_bad_lotteries_are_refused() -> None:
    """Unbounded rules, prizes below the floor and draws outside [0, 1) are errors."""
    with pytest.raises(ValueError, match="unbounded"):
        Lottery(LOGARITHMIC, floor=0.0, prize=1.0)
    with pytest.raises(ValueError, match="floor < prize"):
        Lottery(QUADRATIC, floor=1.0, prize=1.0)
    with pytest.raises(ValueError, match="draw"):
        Lottery(QUADRATIC, floor=0.0, prize=1.0).pay(0.5, 1.0, draw=1.0)
