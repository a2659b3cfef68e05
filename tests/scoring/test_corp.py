"""The CORP decomposition: published numbers, isotonic regression, and its identities."""

from __future__ import annotations

import csv
import math
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from scoring.binary import LOGARITHMIC, QUADRATIC, SPHERICAL
from scoring.corp import corp_decomposition
from tests.records import records

if TYPE_CHECKING:
    from scoring.rule import ScoringRule

UNIT = st.floats(0.0, 1.0)
PAIRS = st.lists(st.tuples(UNIT, UNIT), min_size=1, max_size=40)
COARSE = st.lists(
    st.tuples(st.integers(0, 10).map(lambda k: k / 10), st.integers(0, 1).map(float)),
    min_size=1,
    max_size=40,
)


@pytest.mark.parametrize(
    ("forecast", "loss", "miscalibration", "discrimination"),
    [
        ("EMOS", 0.2320, 0.0183, 0.0305),
        ("Logistic", 0.2057, 0.0171, 0.0555),
        ("ENS", 0.2662, 0.0661, 0.0441),
        ("EPC", 0.2343, 0.0223, 0.0323),
    ],
)
def test_niamey_rain_forecasts(
    forecast: str, loss: float, miscalibration: float, discrimination: float
) -> None:
    """Four forecasts of rain at Niamey decompose as published (Dimitriadis et al. 2021)."""
    with records("scoring", "niamey_precip_2016.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    result = corp_decomposition(
        [float(row[forecast]) for row in rows], [float(row["obs"]) for row in rows]
    )

    assert -result.mean_score == pytest.approx(loss, abs=5e-5)
    assert result.miscalibration == pytest.approx(miscalibration, abs=5e-5)
    assert result.discrimination == pytest.approx(discrimination, abs=5e-5)
    assert result.uncertainty == pytest.approx(0.2442, abs=5e-5)


@pytest.mark.parametrize("rule", [QUADRATIC, SPHERICAL], ids=["quadratic", "spherical"])
@given(pairs=PAIRS)
def test_parts_add_up_and_are_not_negative(
    rule: ScoringRule, pairs: list[tuple[float, float]]
) -> None:
    """Mean score = discrimination - miscalibration - uncertainty, and the first two are >= 0."""
    reports, outcomes = zip(*pairs, strict=True)
    result = corp_decomposition(reports, outcomes, rule)

    parts = result.discrimination - result.miscalibration - result.uncertainty
    assert result.mean_score == pytest.approx(parts, abs=1e-12)
    assert result.miscalibration >= -1e-12
    assert result.discrimination >= -1e-12


@given(COARSE)
def test_blocks_are_the_isotonic_regression(pairs: list[tuple[float, float]]) -> None:
    """The recalibrated values are scipy's isotonic regression of outcomes on reports."""
    reports = np.array([report for report, _ in pairs])
    outcomes = np.array([outcome for _, outcome in pairs])
    points, position, counts = np.unique(reports, return_inverse=True, return_counts=True)
    means = np.bincount(position, weights=outcomes) / counts
    expected = isotonic_regression(means, weights=counts).x

    blocks = corp_decomposition(reports, outcomes).blocks
    ours = [
        next(block.recalibrated for block in blocks if block.low <= point <= block.high)
        for point in points
    ]
    np.testing.assert_allclose(ours, expected, rtol=0.0, atol=1e-12)


@given(COARSE)
def test_blocks_climb_and_hold_every_report(pairs: list[tuple[float, float]]) -> None:
    """Blocks rise in report and in recalibrated probability, and count every report once."""
    reports, outcomes = zip(*pairs, strict=True)
    blocks = corp_decomposition(reports, outcomes).blocks

    assert sum(block.count for block in blocks) == len(pairs)
    for left, right in pairwise(blocks):
        assert left.high < right.low
        assert left.recalibrated < right.recalibrated


def test_perfect_reports_are_calibrated_and_discriminate() -> None:
    """Certain and right reports have no miscalibration and discriminate as much as there is to."""
    result = corp_decomposition([0.0, 1.0, 1.0, 0.0], [0, 1, 1, 0])

    assert (result.mean_score, result.miscalibration) == (0.0, 0.0)
    assert result.discrimination == result.uncertainty == 0.25


def test_constant_base_rate_says_nothing() -> None:
    """A constant report at the base rate is calibrated and does not discriminate."""
    result = corp_decomposition([0.25] * 4, [1, 0, 0, 0])

    assert result.miscalibration == pytest.approx(0.0)
    assert result.discrimination == pytest.approx(0.0)
    assert result.uncertainty == pytest.approx(0.1875)


def test_wrong_certainty_is_infinitely_miscalibrated_in_logarithms() -> None:
    """Under the logarithmic rule a wrong certain report is an infinite miscalibration."""
    assert corp_decomposition([0.0, 1.0], [1, 1], LOGARITHMIC).miscalibration == math.inf


def test_ten_thousand_reports_are_quick_to_pool() -> None:
    """The diagram of many distinct reports is exact: its blocks average to the base rate."""
    rng = np.random.default_rng(1)
    reports = rng.random(10_000)
    outcomes = (rng.random(10_000) < reports**2).astype(float)

    result = corp_decomposition(reports, outcomes)
    mean = sum(block.recalibrated * block.count for block in result.blocks) / result.count
    assert mean == pytest.approx(result.base_rate)
