"""Truth serums: published numbers, exact propriety, and the slow average over pairs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.panel import panel_of
from scoring.peer import PeerRefusal
from scoring.robust_truth_serum import multivalued_rbts, rbts
from scoring.truth_serum import Respondents, bayesian_truth_serum, bts, finite_truth_serum
from tests.scoring.panels import told

LABELS = np.array([3, 2, 1, 1, 0])
PREDICTIONS = np.array(
    [
        [0.1, 0.1, 0.3, 0.5],
        [0.1, 0.2, 0.5, 0.2],
        [0.3, 0.4, 0.2, 0.1],
        [0.3, 0.4, 0.1, 0.2],
        [0.1, 0.3, 0.2, 0.4],
    ]
)
STRANGERS = 1.0 - np.eye(5)


def test_finite_truth_serum_reproduces_the_worked_example() -> None:
    """Five respondents and four classes: the published sums over the four others."""
    found = 4 * finite_truth_serum(Respondents(LABELS, PREDICTIONS, STRANGERS))
    expected = [-3.28030172, -2.40787449, -0.29706308, -0.29706308, -1.074341]
    assert found.tolist() == pytest.approx(expected, abs=1e-8)


predictions = st.lists(st.lists(st.integers(1, 9), min_size=3, max_size=3), min_size=3, max_size=8)


@given(predictions)
def test_truth_serum_is_zero_sum_at_alpha_one(rows: list[list[int]]) -> None:
    """With equal weight on information and prediction the scores of all sum to zero."""
    table = np.array(rows, dtype=float)
    table /= table.sum(axis=1, keepdims=True)
    labels = np.array([sum(row) % 3 for row in rows])
    assert bayesian_truth_serum(labels, table).sum() == pytest.approx(0, abs=1e-9)


@given(predictions)
def test_an_honest_prediction_is_the_best_one(rows: list[list[int]]) -> None:
    """In a large crowd the best prediction is the actual distribution of the reports."""
    table = np.array(rows, dtype=float)
    table /= table.sum(axis=1, keepdims=True)
    labels = np.arange(len(rows)) % 3
    shares = np.bincount(labels, minlength=3) / len(labels)
    gain = (shares * np.log(shares)).sum() - (shares * np.log(table)).sum(axis=1)
    assert (gain >= -1e-12).all()


def test_the_surprisingly_common_answer_earns_more() -> None:
    """Of two equally frequent answers the one that was predicted less earns more."""
    labels, table = np.array([0, 0, 1, 1]), np.tile([0.8, 0.2], (4, 1))
    found = bayesian_truth_serum(labels, table)
    assert found[2] > found[0]


def test_reports_without_a_prediction_are_left_out() -> None:
    """A worker that predicts nothing is refused and is nobody's peer."""
    rows = told({"0": 0.5, "1": 0.5})
    mute = [row._replace(prediction=None) if row.worker == "w3" else row for row in rows]
    alone = [row for row in rows if row.worker != "w3"]
    with_mute, without = rbts(panel_of(mute)), rbts(panel_of(alone))
    assert with_mute[:3] == without
    assert isinstance(with_mute[3], PeerRefusal)
    assert "prediction" in with_mute[3].reason


def test_two_respondents_are_too_few() -> None:
    """Every truth serum needs two peers on a task."""
    panel = panel_of(row for row in told({"0": 0.5, "1": 0.5}) if row.worker in {"w0", "w1"})
    for mechanism in (bts, rbts, multivalued_rbts):
        assert all(isinstance(result, PeerRefusal) for result in mechanism(panel))


def test_the_prediction_must_count() -> None:
    """A weight of zero or less for the prediction score raises."""
    with pytest.raises(ValueError, match="positive weight"):
        bts(panel_of(told({"0": 0.5, "1": 0.5})), alpha=0.0)
