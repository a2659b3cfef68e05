"""Tests of the cost of an accuracy."""

import pytest

from orchestrator.bench.reach import cost_of


@pytest.mark.parametrize(
    ("accuracy", "cost"), [(0.4, 1.0), (0.5, 1.0), (0.7, 2.0), (0.9, 3.0), (0.95, None)]
)
def test_between_two_settings_lies_their_mixture(accuracy: float, cost: float | None) -> None:
    """The cost of an accuracy is read off the hull; above the best setting there is none."""
    assert cost_of([(1.0, 0.5), (2.5, 0.6), (3.0, 0.9), (9.0, 0.8)], accuracy) == pytest.approx(
        cost
    )
