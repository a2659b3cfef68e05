"""Forecasts that learn from the rows above alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from scoring import prequential
from scoring.prequential import forecasts
from scoring.recalibration import Recalibrator

Floats = NDArray[np.float64]


def log(count: int) -> tuple[list[str], Floats, Floats]:
    """Return rows of ten workers that overstate how sure they are, each in its own way."""
    draw = np.random.default_rng(7)
    workers, chances = draw.integers(0, 10, count), draw.uniform(0.02, 0.98, count)
    shift = draw.normal(0.0, 0.7, 10)[workers]
    reports = 1 / (1 + np.exp(-1.6 * np.log(chances / (1 - chances)) - shift))
    return [f"w{each}" for each in workers], reports, (draw.random(count) < chances).astype(float)


def brier(found: Floats, outcomes: Floats) -> float:
    """Return the mean squared error."""
    return float(((found - outcomes) ** 2).mean())


def test_a_short_log_is_gone_through_row_by_row() -> None:
    """The forecasts are those of the maps as they stand before each outcome."""
    workers, reports, outcomes = log(200)
    maps, expected = Recalibrator(), list[float]()
    for worker, report, outcome in zip(workers, reports.tolist(), outcomes.tolist(), strict=True):
        expected.append(maps.recalibration(worker)(report))
        maps.observe(worker, report, outcome)
    assert forecasts(workers, reports, outcomes).tolist() == expected


def test_blocks_forecast_as_well_as_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Maps that move once in fifty rows lose next to nothing, and reports are far worse."""
    workers, reports, outcomes = log(12_000)
    found = forecasts(workers, reports, outcomes)
    monkeypatch.setattr(prequential, "ONE_BY_ONE", 1_000_000)
    row_by_row = forecasts(workers, reports, outcomes)
    assert brier(found, outcomes) == pytest.approx(brier(row_by_row, outcomes), abs=5e-5)
    assert brier(found, outcomes) < brier(reports, outcomes) - 0.01


@settings(max_examples=5, deadline=None)
@given(st.integers(5_100, 6_000))
def test_no_forecast_sees_its_own_outcome_or_a_later_one(cut: int) -> None:
    """Other outcomes from a row on change no forecast up to that row."""
    workers, reports, outcomes = log(6_000)
    others = outcomes.copy()
    others[cut:] = 1 - others[cut:]
    one, other = (forecasts(workers, reports, each)[: cut + 1] for each in (outcomes, others))
    assert one.tolist() == other.tolist()


def test_what_is_no_probability_is_refused() -> None:
    """Reports and outcomes of blocks are checked as single ones are."""
    workers, reports, outcomes = log(5_100)
    for broken in (reports, outcomes):
        kept, broken[-1] = broken[-1], 1.5
        with pytest.raises(ValueError, match=r"in \[0, 1\]"):
            forecasts(workers, reports, outcomes)
        broken[-1] = kept


def test_no_rows() -> None:
    """An empty log has no forecasts."""
    assert forecasts([], np.empty(0), np.empty(0)).size == 0
