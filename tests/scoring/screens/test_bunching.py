"""Numbers that lie just where they begin to pay."""

import numpy as np

from scoring.screens.bunching import above_threshold, below_edge


def test_smooth_prices_below_a_reserve_are_rarely_called_out() -> None:
    """Lognormal bids whose mean lies at, above or below the reserve: at most 5 % at a level of 5 %."""
    wrong = 0
    for seed in range(1000):
        draw = np.random.default_rng(seed)
        prices = np.exp(draw.normal(draw.uniform(-0.4, 0.2), 0.25, 300))
        found = below_edge(list(prices))
        wrong += found is not None and found.p_value <= 0.05
    assert wrong <= 50


def test_prices_that_hug_the_reserve_are_found() -> None:
    """A worker that always asks for 96 to 100 % of it, in twenty bids."""
    draw = np.random.default_rng(1)
    found = below_edge(list(draw.uniform(0.96, 1.0, 20)))
    assert found is not None
    assert (found.share, found.near, found.p_value < 0.001) == (1.0, 20, True)
    assert found.places == tuple(range(20))


def test_grades_of_honest_workers_are_rarely_called_out() -> None:
    """Workers of other skill, coarse grades, rounding verifiers: at most the level."""
    wrong = 0
    for seed in range(1000):
        draw = np.random.default_rng(seed)
        mine = np.clip(draw.normal(draw.uniform(0.3, 0.7), 0.2, 300), 0, 1)
        others = np.clip(draw.normal(0.5, 0.2, 900), 0, 1)
        if seed % 2:
            mine, others = np.round(mine, 1), np.round(others, 1)
        found = above_threshold(list(mine), list(others), 0.5)
        wrong += found is not None and found.p_value <= 0.05
    assert wrong <= 50


def test_grades_pushed_over_the_threshold_are_found() -> None:
    """Who turns each near miss into a hit has none just below; the others have as many as above."""
    hits = 0
    for seed in range(100):
        draw = np.random.default_rng(seed)
        mine, others = (np.clip(draw.normal(0.55, 0.2, count), 0, 1) for count in (200, 600))
        mine = np.where((mine > 0.45) & (mine < 0.5), mine + 0.05, mine)
        found = above_threshold(list(mine), list(others), 0.5)
        hits += found is not None and found.p_value <= 0.001
    assert hits > 95


def test_too_few_numbers_near_the_edge_say_nothing() -> None:
    """Neither of the worker nor of the others."""
    assert below_edge([0.99] * 9 + [0.2] * 100) is None
    assert above_threshold([0.51] * 9, [0.51, 0.49] * 50, 0.5) is None
    assert above_threshold([0.51] * 50, [0.51, 0.49] * 4, 0.5) is None
