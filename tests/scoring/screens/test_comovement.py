"""Bids that go together."""

from itertools import combinations

import numpy as np
import pytest
from numpy.typing import NDArray

from scoring.screens.comovement import Comovement, comovements


def honest(seed: int, lots: int, workers: int, common: float) -> NDArray[np.float64]:
    """Return bids that a common size moves, with noise that differs much between workers."""
    draw = np.random.default_rng(seed)
    size = draw.normal(0, common, (lots, 1))
    noise = draw.normal(size=(lots, workers)) * 0.2 * draw.uniform(0.3, 2, workers)
    bids: NDArray[np.float64] = np.exp(size + noise + draw.normal(size=workers) - 5)
    return bids


def pair_tests(bids: NDArray[np.float64], seed: int = 0, shuffles: int = 399) -> list[Comovement]:
    """Test all pairs, with two kinds of lots."""
    kinds = [place % 2 for place in range(len(bids))]
    pairs = list(combinations(range(bids.shape[1]), 2))
    return comovements(bids, kinds, pairs, seed=seed, shuffles=shuffles)


def uneven(seed: int, lots: int, workers: int, *, grows: float) -> NDArray[np.float64]:
    """Return honest bids that follow the size with powers of their own; noise may grow with it."""
    draw = np.random.default_rng(seed)
    size = draw.normal(0, 0.5, (lots, 1))
    powers = np.clip(1 + 0.6 * draw.normal(size=workers), 0.1, None)
    noise = draw.normal(size=(lots, workers)) * 0.2 * draw.uniform(0.3, 2, workers)
    bids: NDArray[np.float64] = np.exp(size * powers + noise * np.exp(grows * size) - 5)
    return bids


@pytest.mark.parametrize("grows", [0.0, 1.0])
@pytest.mark.parametrize("missing", [0.0, 0.25])
def test_honest_bids_that_follow_the_size_each_in_its_way_are_no_ring(
    grows: float, missing: float
) -> None:
    """Powers that differ by 60 %: any pair of six, in 100 markets, at 5 %."""
    wrong = 0
    for seed in range(100):
        bids = uneven(seed, 200, 6, grows=grows)
        bids[np.random.default_rng(seed).random(bids.shape) < missing] = np.nan
        found = pair_tests(bids, seed, 199)
        wrong += min((each.adjusted for each in found), default=1.0) <= 0.05
    assert wrong <= 100 * 0.05 + 3 * (100 * 0.05) ** 0.5


@pytest.mark.parametrize("markets", [100, pytest.param(300, marks=pytest.mark.long)])
@pytest.mark.parametrize("common", [0.0, 0.5])
def test_honest_bidders_are_called_out_as_often_as_said(common: float, markets: int) -> None:
    """Any pair of six, at 5 %: at most that and three standard errors."""
    wrong = sum(
        min(each.adjusted for each in pair_tests(honest(seed, 80, 6, common), seed)) <= 0.05
        for seed in range(markets)
    )
    assert wrong <= markets * 0.05 + 3 * (markets * 0.05) ** 0.5


def test_missing_bids_change_nothing_of_that() -> None:
    """A third of the bids is missing at random."""
    wrong = 0
    for seed in range(150):
        bids = honest(seed, 120, 7, 0.5)
        bids[np.random.default_rng(seed).random(bids.shape) < 0.33] = np.nan
        found = pair_tests(bids, seed, 199)
        wrong += min((each.adjusted for each in found), default=1.0) <= 0.05
    assert wrong <= 150 * 0.05 + 3 * (150 * 0.05) ** 0.5


def test_a_ring_that_raises_its_bids_together_is_found() -> None:
    """Two of six agree on half of the lots to ask for half as much again: found in 8 of 10 runs."""
    hits = others = 0
    for seed in range(40):
        bids = honest(seed, 300, 6, 0.5)
        agreed = np.random.default_rng(seed).random(300) < 0.5
        bids[agreed, 0] *= 1.5
        bids[agreed, 1] *= 1.5
        found = {(each.first, each.second): each for each in pair_tests(bids, seed, 999)}
        hits += found[0, 1].adjusted <= 0.01
        others += any(each.adjusted <= 0.01 for pair, each in found.items() if pair[0] > 1)
    assert hits >= 32
    assert others <= 2


def test_bidders_that_take_turns_have_a_negative_correlation() -> None:
    """On each lot one of the two is told to lose: phases of a bid rotation."""
    bids = honest(3, 200, 6, 0.5)
    turn = np.arange(200) % 3 == 0
    bids[turn, 0] *= 1.8
    bids[~turn, 1] *= 1.8
    (found,) = [each for each in pair_tests(bids, 1, 999) if (each.first, each.second) == (0, 1)]
    assert found.correlation < -0.4
    assert found.adjusted == 0.001


def test_a_bid_that_follows_another_is_found_with_the_lots_that_show_it() -> None:
    """A phantom bid, a tenth above that of its friend; the rows named are ones where both stand out."""
    bids = honest(5, 60, 6, 0.5)
    bids[:, 1] = 1.1 * bids[:, 0]
    (found,) = [each for each in pair_tests(bids, 1, 999) if (each.first, each.second) == (0, 1)]
    assert found.adjusted == 0.001
    assert found.lots == 60
    assert len(found.strongest) == 5


def test_too_little_says_nothing() -> None:
    """Few lots, few other bidders, or shapes that do not fit."""
    assert pair_tests(honest(1, 19, 6, 0.5)) == []
    assert pair_tests(honest(1, 100, 4, 0.5)) == []
    with pytest.raises(ValueError, match="do not fit"):
        comovements(np.ones((3, 3)), [0], [])
