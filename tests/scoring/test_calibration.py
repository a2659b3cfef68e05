"""Single numbers about calibration."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scoring.calibration import debiased_calibration_error, spiegelhalter


def test_spiegelhalter_by_hand() -> None:
    """Ten reports of .9 with five successes give z = 10 * .4 * .8 / sqrt(10 * .64 * .09)."""
    result = spiegelhalter([0.9] * 10, [1] * 5 + [0] * 5)

    assert result.z == pytest.approx(3.2 / math.sqrt(0.576))
    assert result.p_value == pytest.approx(2.48e-5, rel=0.01)


def test_spiegelhalter_points_to_overconfidence() -> None:
    """Reports that are too extreme give z above 0, too timid ones below."""
    outcomes = [1] * 8 + [0] * 2

    assert spiegelhalter([0.95] * 10, outcomes).z > 0.0
    assert spiegelhalter([0.6] * 10, outcomes).z < 0.0
    assert spiegelhalter([0.05] * 10, [1 - outcome for outcome in outcomes]).z > 0.0


def test_spiegelhalter_is_standard_normal_for_calibrated_reports() -> None:
    """Over many calibrated samples of thirty, z has mean 0 and variance 1."""
    rng = np.random.default_rng(5)
    found: list[float] = []
    for _ in range(1500):
        reports = rng.random(30)
        found.append(spiegelhalter(reports, (rng.random(30) < reports).astype(float)).z)

    assert np.mean(found) == pytest.approx(0.0, abs=0.08)
    assert np.var(found) == pytest.approx(1.0, abs=0.12)


def test_spiegelhalter_needs_information() -> None:
    """Reports of 1/2 alone cannot be tested, graded outcomes neither tested nor debiased."""
    with pytest.raises(ValueError, match="cannot be tested"):
        spiegelhalter([0.5, 1.0], [1, 1])
    with pytest.raises(ValueError, match="0 or 1"):
        spiegelhalter([0.6], [0.5])
    with pytest.raises(ValueError, match="0 or 1"):
        debiased_calibration_error([0.6, 0.6], [0.5, 1.0], bins=1)


def test_debiased_error_by_hand() -> None:
    """One bin of .8 with one success of four: .55**2 - .25 * .75 / 3."""
    error = debiased_calibration_error([0.8] * 4, [1, 0, 0, 0], bins=1)

    assert error == pytest.approx(0.3025 - 0.0625)


def test_debiased_error_has_no_bias() -> None:
    """Over many small samples the mean error of calibrated reports is 0, where plug-in is 0.03."""
    rng = np.random.default_rng(2)
    found: list[float] = []
    for _ in range(3000):
        reports = rng.integers(0, 5, size=40) / 4 * 0.8 + 0.1
        outcomes = (rng.random(40) < reports).astype(float)
        found.append(debiased_calibration_error(reports, outcomes, bins=5))

    assert np.mean(found) == pytest.approx(0.0, abs=0.002)


def test_equal_reports_share_a_bin() -> None:
    """Ties are never split over bins: one value of reports is one bin."""
    reports, outcomes = [0.5] * 8, [0, 1] * 4

    assert debiased_calibration_error(reports, outcomes, bins=4) == pytest.approx(
        debiased_calibration_error(reports, outcomes, bins=1)
    )


def test_debiased_error_needs_two_reports_a_bin() -> None:
    """Fewer than two reports a bin, or no bins, are errors."""
    with pytest.raises(ValueError, match="two reports a bin"):
        debiased_calibration_error([0.5] * 3, [1, 0, 1], bins=2)
    with pytest.raises(ValueError, match="two reports a bin"):
        debiased_calibration_error([0.5] * 3, [1, 0, 1], bins=0)
