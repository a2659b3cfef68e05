"""The logarithmic market scoring rule."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.binary import LOGARITHMIC
from scoring.market_maker import MarketMaker
from scoring.propriety import best_misreport

AMOUNT = st.floats(-300.0, 300.0)


def test_published_numbers() -> None:
    """With B = 100, fifty shares cost 28.09298, move the price to .62246; the loss is at most 69.3147."""
    market = MarketMaker(100.0, (0.0, 0.0))
    trade = market.buy(0, 50.0)

    assert trade.cost == pytest.approx(28.09298, abs=5e-6)
    assert trade.market.prices()[0] == pytest.approx(0.62246, abs=5e-6)
    assert market.max_loss() == pytest.approx(69.3147, abs=5e-5)


@given(st.lists(st.tuples(st.integers(0, 2), AMOUNT), max_size=10))
def test_sponsor_loses_no_more_than_stated(trades: list[tuple[int, float]]) -> None:
    """Whatever is traded and whatever comes, the sponsor's loss stays within B ln K."""
    market, income = MarketMaker(50.0, (0.0, 0.0, 0.0)), 0.0
    for outcome, amount in trades:
        cost, market = market.buy(outcome, amount)
        income += cost

    assert max(market.shares) - income <= market.max_loss() + 1e-9
    assert math.fsum(market.prices()) == pytest.approx(1.0)


@given(st.integers(0, 1), AMOUNT, AMOUNT)
def test_cost_does_not_depend_on_the_way(outcome: int, first: float, second: float) -> None:
    """Two trades cost what one trade of both costs."""
    market = MarketMaker(20.0, (3.0, -4.0))
    one = market.buy(outcome, first)
    two = one.market.buy(outcome, second)

    assert one.cost + two.cost == pytest.approx(market.buy(outcome, first + second).cost, abs=1e-9)


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_moving_the_price_pays_a_difference_of_scores(before: float, after: float) -> None:
    """Who moves the price from p to r nets B times the difference of logarithmic scores."""
    market = MarketMaker(10.0, (0.0, 0.0)).move_to([before, 1.0 - before]).market
    cost, moved = market.move_to([after, 1.0 - after])

    for outcome, success in enumerate((1.0, 0.0)):
        net = moved.shares[outcome] - market.shares[outcome] - cost
        scores = LOGARITHMIC.score(after, success) - LOGARITHMIC.score(before, success)
        assert net == pytest.approx(10.0 * scores, abs=1e-9)
    assert moved.prices()[0] == pytest.approx(after)


def test_a_single_trade_is_honest() -> None:
    """Who trades once does best by moving the price to its belief."""
    grid = tuple(step / 50 for step in range(1, 50))
    market = MarketMaker(10.0, (0.0, 0.0))

    def net(report: float, outcome: float) -> float:
        cost, moved = market.move_to([report, 1.0 - report])
        return moved.shares[0 if outcome else 1] - cost

    assert best_misreport(net, grid, grid).gain < 0.0


def test_bad_markets_are_refused() -> None:
    """No liquidity, one outcome, unknown outcomes and impossible reports are errors."""
    market = MarketMaker(10.0, (0.0, 0.0))
    with pytest.raises(ValueError, match="liquidity"):
        MarketMaker(0.0, (0.0, 0.0))
    with pytest.raises(ValueError, match="two outcomes"):
        MarketMaker(1.0, (0.0,))
    with pytest.raises(ValueError, match="no outcome 2"):
        market.buy(2, 1.0)
    with pytest.raises(ValueError, match="finite"):
        market.buy(0, math.nan)
    with pytest.raises(ValueError, match="above 0"):
        market.move_to([1.0, 0.0])
    with pytest.raises(ValueError, match="sum to 1"):
        market.move_to([0.5, 0.6])
