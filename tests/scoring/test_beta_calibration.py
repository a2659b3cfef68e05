"""Beta calibration: where its Newton steps lead."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from scoring import platt
from scoring.beta_calibration import IDENTITY, log_odds, step
from scoring.log_odds import Cell, cell_of, logit

CELLS = st.lists(
    st.tuples(st.integers(1, 30).map(float), st.floats(0.0, 1.0), st.floats(-3.9, 3.9)).map(
        lambda cell: cell_of(cell[0], cell[0] * cell[1], cell[2])
    ),
    max_size=10,
)


def penalised_loss(cells: list[Cell], coefficients: tuple[float, ...], precision: float) -> float:
    """Return what a maximum a posteriori fit around the identity minimises."""
    loss = 0.5 * precision * sum((c - m) ** 2 for c, m in zip(coefficients, IDENTITY, strict=True))
    for count, success, ln_p, minus_ln_q in cells:
        z = log_odds(coefficients, ln_p + minus_ln_q)
        loss += count * float(np.logaddexp(0.0, z)) - success * z
    return loss


@settings(max_examples=40)
@given(CELLS)
def test_steps_lead_to_the_most_probable_map(cells: list[Cell]) -> None:
    """Repeated steps reach the minimum that scipy finds under rise >= 0 and fall >= 0."""
    precision = 4.0
    at = IDENTITY
    for _ in range(80):
        at = step(cells, at, IDENTITY, precision)

    def loss(c: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return penalised_loss(cells, tuple(c.tolist()), precision)

    bounds = [(0.0, None), (0.0, None), (None, None)]
    best = optimize.minimize(loss, [1.0, 1.0, 0.0], bounds=bounds)
    ours = penalised_loss(cells, at, precision)
    assert ours <= best.fun + 1e-6 * (1.0 + abs(best.fun))
    assert min(at[:2]) >= 0.0


@given(st.floats(0.02, 0.98), st.floats(0.0, 3.0), st.floats(-2.0, 2.0))
def test_equal_rise_and_fall_are_platts_map(report: float, slope: float, intercept: float) -> None:
    """With rise equal to fall the map is Platt's with that slope."""
    z = logit(report)

    ours = log_odds((slope, slope, intercept), z)
    assert ours == pytest.approx(platt.log_odds((slope, intercept), z), abs=1e-12)


def test_rise_and_fall_bend_the_two_ends() -> None:
    """A larger fall makes high reports more extreme and leaves low ones nearly alone."""
    straight, bent = (1.0, 1.0, 0.0), (1.0, 2.0, 0.0)

    assert log_odds(bent, logit(0.95)) > log_odds(straight, logit(0.95)) + 2.0
    assert log_odds(bent, logit(0.05)) == pytest.approx(log_odds(straight, logit(0.05)), abs=0.06)
