"""Log-odds and the cells that keep a history."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.log_odds import CELLS, History, cell_of, log_probability, logit, sigmoid

INSIDE = st.floats(0.02, 0.98)
PAIRS = st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)), max_size=50)


@given(INSIDE)
def test_sigmoid_undoes_logit(probability: float) -> None:
    """Probabilities from .02 to .98 survive the way to log-odds and back."""
    assert sigmoid(logit(probability)) == pytest.approx(probability)


def test_stated_certainty_is_not_infinite_evidence() -> None:
    """Reports are moved into [.02, .98] first."""
    assert (logit(1.0), logit(0.0)) == (logit(0.98), logit(0.02))
    assert sigmoid(-1e4) == 0.0


@pytest.mark.parametrize("report", [-0.1, 1.1, math.nan])
def test_reports_must_be_probabilities(report: float) -> None:
    """A report outside [0, 1] is an error."""
    with pytest.raises(ValueError, match=r"\[0, 1\]"):
        logit(report)


@given(PAIRS, PAIRS)
def test_cells_keep_the_sums(
    own: list[tuple[float, float]], rest: list[tuple[float, float]]
) -> None:
    """Cells keep counts, successes and means, and taking a part out leaves the rest."""
    part, whole = History(), History()
    for report, outcome in own:
        part.add(logit(report), outcome)
    for report, outcome in own + rest:
        whole.add(logit(report), outcome)

    left = whole.cells_without(part)
    assert len(whole.cells()) <= CELLS
    assert sum(n for n, *_ in left) == whole.count - part.count == len(rest)
    assert math.fsum(s for _, s, *_ in left) == pytest.approx(
        math.fsum(outcome for _, outcome in rest), abs=1e-9
    )
    assert math.fsum(n * (up + down) for n, _, up, down in left) == pytest.approx(
        math.fsum(logit(report) for report, _ in rest), abs=1e-9
    )
    assert math.fsum(n * ln_p for n, _, ln_p, _ in left) == pytest.approx(
        math.fsum(log_probability(logit(report)) for report, _ in rest), abs=1e-9
    )


@given(INSIDE)
def test_equal_reports_are_one_cell(report: float) -> None:
    """A history of equal reports is the cell that `cell_of` makes of them."""
    history = History()
    for outcome in (1.0, 0.0, 1.0):
        history.add(logit(report), outcome)
    assert history.cells() == [pytest.approx(cell_of(3, 2.0, logit(report)))]
    assert math.exp(log_probability(logit(report))) == pytest.approx(report)
