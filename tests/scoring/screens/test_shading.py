"""Stated against metered costs."""

import numpy as np
import pytest

from scoring.screens.shading import FEWEST, shading


def run(seed: int, factor: float, spread: float, count: int) -> tuple[list[float], list[float]]:
    """Return what a worker states that multiplies its expected cost, and what is metered."""
    draw = np.random.default_rng(seed)
    expected = np.exp(draw.normal(0, 0.5, count))
    metered = expected * np.exp(spread * draw.normal(size=count) - spread**2 / 2)
    return list(factor * expected), list(metered)


@pytest.mark.parametrize(("spread", "count"), [(0.0, 20), (0.3, 20), (0.6, 20), (0.6, 100)])
def test_honest_workers_are_rarely_called_out(spread: float, count: int) -> None:
    """In 3,000 runs no more than the level and what chance allows it, at 5 % and at 1 %."""
    p_values = [shading(*run(seed, 1.0, spread, count)) for seed in range(3000)]
    for level in (0.05, 0.01):
        wrong = sum(found is not None and found.p_value <= level for found in p_values)
        assert wrong <= 3000 * level + 2.6 * (3000 * level) ** 0.5


def test_half_as_much_again_is_found() -> None:
    """In nine of ten runs of fifty awards, at a level of 1 %, with costs that vary by a third."""
    hits = [shading(*run(seed, 1.5, 0.3, 50)) for seed in range(200)]
    assert sum(found is not None and found.p_value <= 0.01 for found in hits) > 180
    assert np.mean([found.ratio for found in hits if found is not None]) == pytest.approx(
        1.5, abs=0.02
    )


def test_asking_for_less_and_a_little_more_are_no_findings() -> None:
    """The test is one-sided and minds a tenth as little as it is told to."""
    for factor in (0.5, 1.0, 1.09):
        found = shading(*run(1, factor, 0.0, 100))
        assert found is not None
        assert found.p_value == 1.0
    found = shading(*run(1, 1.09, 0.0, 100), tolerance=0.0)
    assert found is not None
    assert found.p_value < 1e-6


def test_too_little_says_nothing() -> None:
    """Few awards, or work that costs nothing."""
    assert shading([2.0] * (FEWEST - 1), [1.0] * (FEWEST - 1)) is None
    assert shading([2.0] * 50, [0.0] * 50) is None
    with pytest.raises(ValueError, match="2 stated and 1 metered"):
        shading([1.0, 1.0], [1.0])
    with pytest.raises(ValueError, match="at least 0"):
        shading([-1.0], [1.0])
