"""Platt's map: where its Newton steps lead."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from scoring.log_odds import Cell, cell_of
from scoring.platt import IDENTITY, log_odds, step

CELLS = st.lists(
    st.tuples(st.integers(1, 30).map(float), st.floats(0.0, 1.0), st.floats(-3.9, 3.9)).map(
        lambda cell: cell_of(cell[0], cell[0] * cell[1], cell[2])
    ),
    max_size=10,
)


def penalised_loss(
    cells: list[Cell],
    coefficients: tuple[float, float],
    prior: tuple[float, float],
    precision: float,
) -> float:
    """Return what a maximum a posteriori fit minimises."""
    loss = 0.5 * precision * sum((c - m) ** 2 for c, m in zip(coefficients, prior, strict=True))
    for count, success, ln_p, minus_ln_q in cells:
        z = log_odds(coefficients, ln_p + minus_ln_q)
        loss += count * float(np.logaddexp(0.0, z)) - success * z
    return loss


@settings(max_examples=40)
@given(CELLS, st.floats(0.0, 2.0), st.floats(-1.0, 1.0))
def test_steps_lead_to_the_most_probable_map(
    cells: list[Cell], slope: float, intercept: float
) -> None:
    """Repeated steps reach the minimum that scipy finds under slope >= 0."""
    prior, precision = (slope, intercept), 4.0
    at = IDENTITY
    for _ in range(60):
        at = step(cells, at, prior, precision)

    def loss(c: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return penalised_loss(cells, (float(c[0]), float(c[1])), prior, precision)

    best = optimize.minimize(loss, [1.0, 0.0], bounds=[(0.0, None), (None, None)])
    assert penalised_loss(cells, at, prior, precision) <= best.fun + 1e-6 * (1.0 + abs(best.fun))
    assert at[0] >= 0.0


def test_no_outcomes_leave_the_prior() -> None:
    """Without outcomes a step goes to the prior."""
    assert step([], at=(1.0, 0.0), prior=(0.5, -0.3), precision=2.0) == pytest.approx((0.5, -0.3))


def test_reversed_reports_are_flattened_not_reversed() -> None:
    """When high reports fail and low ones succeed the slope ends at 0, and the intercept free."""
    at = IDENTITY
    for _ in range(30):
        at = step([cell_of(50, 0.0, 2.0), cell_of(50, 40.0, -2.0)], at, IDENTITY, precision=4.0)

    assert at[0] == 0.0
    forecast = 1.0 / (1.0 + math.exp(-at[1]))
    assert forecast == pytest.approx(0.4, abs=0.03)
