"""The smooth calibration error."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, optimize

from scoring.smooth_calibration import smooth_calibration_error


@settings(max_examples=30)
@given(st.integers(0, 10), st.integers(0, 8))
def test_one_value_of_reports(tenths: int, successes: int) -> None:
    """Reports of one value p with a share q of successes have the error |p - q|."""
    reports, outcomes = [tenths / 10] * 8, [1] * successes + [0] * (8 - successes)

    error = smooth_calibration_error(reports, outcomes)
    assert error == pytest.approx(abs(tenths / 10 - successes / 8), abs=2e-3)


def test_agrees_with_the_definition() -> None:
    """On a sample it is the fixed point of the integral in the paper, by quadrature."""
    rng = np.random.default_rng(3)
    reports = rng.random(40)
    outcomes = (rng.random(40) < 0.3 + 0.2 * reports).astype(float)
    images = np.concatenate([image for k in (-2, 0, 2) for image in (k + reports, k - reports)])
    residuals = np.tile((outcomes - reports) / 40, 6)

    def smoothed(width: float) -> float:
        t = np.linspace(0.0, 1.0, 4001)
        kernel = np.exp(-0.5 * ((t[:, None] - images) / width) ** 2) / (width * np.sqrt(2 * np.pi))
        return float(integrate.trapezoid(np.abs(kernel @ residuals), t))

    expected = optimize.brentq(lambda width: smoothed(width) - width, 0.01, 0.9)
    assert smooth_calibration_error(reports, outcomes) == pytest.approx(expected, abs=2e-3)


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.booleans()), min_size=1, max_size=6))
def test_success_and_failure_are_alike(sample: list[tuple[float, bool]]) -> None:
    """Reports of failure instead of success, on tasks that failed instead, have the same error."""
    reports, outcomes = [p for p, _ in sample], [x for _, x in sample]
    mirrored = smooth_calibration_error([1.0 - p for p in reports], [not x for x in outcomes])

    assert mirrored == pytest.approx(smooth_calibration_error(reports, outcomes), abs=1e-6)


def test_calibrated_reports_tend_to_zero() -> None:
    """The error of many calibrated reports is small, of distorted ones the mean distortion."""
    rng = np.random.default_rng(4)
    reports = rng.random(50_000)

    calibrated = (rng.random(50_000) < reports).astype(float)
    assert smooth_calibration_error(reports, calibrated) < 0.015
    squared = (rng.random(50_000) < reports**2).astype(float)
    assert smooth_calibration_error(reports, squared) == pytest.approx(1.0 / 6.0, abs=0.01)


def test_close_reports_are_not_told_apart() -> None:
    """Moving reports a little moves the error a little: there are no bins to cross."""
    outcomes = [1, 0] * 20

    apart = smooth_calibration_error([0.499, 0.501] * 20, outcomes)
    together = smooth_calibration_error([0.5] * 40, outcomes)
    assert apart == pytest.approx(together, abs=0.02)
