"""Rules for a number reported as a sample."""

from __future__ import annotations

import itertools
import math
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.ensemble import crps_ensemble, energy, threshold_weighted_ensemble

ORACLE: Any = import_module("scoringrules")
NUMBER = st.floats(-50.0, 50.0)
MEMBERS = st.lists(NUMBER, min_size=2, max_size=8)
ESTIMATORS = pytest.mark.parametrize(("fair", "estimator"), [(True, "fair"), (False, "nrg")])

FEW = settings(max_examples=25)  # of each rule or form


def test_both_forms_by_hand() -> None:
    """Members 1, 2, 4, 8 score -0.8125 against 3 in the plain form and -1/3 in the fair one."""
    members = [1.0, 2.0, 4.0, 8.0]

    assert crps_ensemble(members, 3.0, fair=False).item() == pytest.approx(-0.8125)
    assert crps_ensemble(members, 3.0).item() == pytest.approx(-1.0 / 3.0)


@ESTIMATORS
@FEW
@given(members=MEMBERS, outcome=NUMBER)
def test_crps_agrees_with_scoringrules(
    members: list[float], outcome: float, fair: bool, estimator: str
) -> None:
    """Both forms are minus the CRPS of scoringrules."""
    theirs = float(ORACLE.crps_ensemble(outcome, np.array(members), estimator=estimator))

    ours = crps_ensemble(members, outcome, fair=fair).item()
    assert ours == pytest.approx(-theirs, rel=1e-12, abs=1e-12)


@ESTIMATORS
@FEW
@given(members=MEMBERS, outcome=NUMBER)
def test_threshold_weighting_agrees_with_scoringrules(
    members: list[float], outcome: float, fair: bool, estimator: str
) -> None:
    """The threshold-weighted score is minus that of scoringrules."""
    theirs = float(
        ORACLE.twcrps_ensemble(outcome, np.array(members), a=-5.0, b=10.0, estimator=estimator)
    )

    ours = threshold_weighted_ensemble(members, outcome, low=-5.0, high=10.0, fair=fair).item()
    assert ours == pytest.approx(-theirs, rel=1e-12, abs=1e-12)


@ESTIMATORS
@FEW
@given(
    members=st.lists(st.tuples(NUMBER, NUMBER), min_size=2, max_size=6),
    outcome=st.tuples(NUMBER, NUMBER),
)
def test_energy_agrees_with_scoringrules(
    members: list[tuple[float, float]], outcome: tuple[float, float], fair: bool, estimator: str
) -> None:
    """The energy score is minus that of scoringrules."""
    theirs = float(ORACLE.es_ensemble(np.array(outcome), np.array(members), estimator=estimator))

    assert energy(members, outcome, fair=fair).item() == pytest.approx(
        -theirs, rel=1e-12, abs=1e-12
    )


@given(members=MEMBERS, outcome=NUMBER)
def test_energy_in_one_dimension_is_the_crps(members: list[float], outcome: float) -> None:
    """For points on a line the energy score is the continuous ranked probability score."""
    points = [[member] for member in members]

    assert energy(points, [outcome]).item() == pytest.approx(
        crps_ensemble(members, outcome).item(), rel=1e-12, abs=1e-12
    )


def expected_score(belief: float, sampled: float, *, fair: bool) -> float:
    """Return the mean score of two draws that are 1 with chance `sampled`, if 1 has chance `belief`."""
    total = 0.0
    for draw in itertools.product((0.0, 1.0), repeat=2):
        chance = math.prod(sampled if value else 1.0 - sampled for value in draw)
        on_success, on_failure = (crps_ensemble(draw, y, fair=fair).item() for y in (1.0, 0.0))
        total += chance * (belief * on_success + (1.0 - belief) * on_failure)
    return total


def test_fair_form_draws_samples_of_the_belief() -> None:
    """With the fair form it is best to draw members from the belief."""
    chances = [step / 20 for step in range(21)]

    best = max(chances, key=lambda sampled: expected_score(0.3, sampled, fair=True))
    assert best == 0.3


def test_plain_form_rewards_too_narrow_samples() -> None:
    """With the plain form members drawn from the belief score less than narrower ones."""
    chances = [step / 20 for step in range(21)]

    best = max(chances, key=lambda sampled: expected_score(0.3, sampled, fair=False))
    assert best < 0.3


def test_ensembles_are_scored_along_the_last_axis() -> None:
    """A table of ensembles gives one score per row."""
    table = np.array([[1.0, 2.0, 4.0], [0.0, 0.0, 9.0]])

    scores = crps_ensemble(table, [3.0, 1.0])
    rows = [crps_ensemble(row, y).item() for row, y in zip(table, [3.0, 1.0], strict=True)]
    assert scores.tolist() == pytest.approx(rows)


def test_bad_ensembles_are_refused() -> None:
    """Shapes that do not fit, single members, numbers that are not finite, empty regions: errors."""
    with pytest.raises(ValueError, match="do not fit"):
        crps_ensemble([[1.0, 2.0]], [1.0, 2.0])
    with pytest.raises(ValueError, match="do not fit"):
        energy([1.0, 2.0], 1.0)
    with pytest.raises(ValueError, match="at least one member"):
        crps_ensemble([1.0], 1.0)
    with pytest.raises(ValueError, match="finite"):
        crps_ensemble([1.0, math.nan], 1.0)
    with pytest.raises(ValueError, match="low < high"):
        threshold_weighted_ensemble([1.0, 2.0], 1.0, low=2.0, high=2.0)
