"""Truth serums: published numbers, exact propriety, and the slow average over pairs."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.panel import Panel, panel_of
from scoring.peer import PeerRefusal, PeerReport, PeerScore
from scoring.truth_serum import (
    Respondents,
    bayesian_truth_serum,
    bts,
    finite_truth_serum,
    multivalued_payments,
    multivalued_rbts,
    rbts,
    robust_payments,
    robust_truth_serum,
)
from tests.scoring.panels import panels, peers_of
from tests.scoring.worlds import Floats, World

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


@pytest.mark.parametrize(
    ("place", "peer", "other", "expected"),
    [(0, 1, 2, 0.96 + 0.91), (1, 2, 0, 0.36 + 0.64), (2, 0, 1, 0 + 0.64)],
)
def test_robust_truth_serum_reproduces_the_worked_example(
    place: int, peer: int, other: int, expected: float
) -> None:
    """Three respondents in a ring: reports (1, 0, 1), predictions (.7, .4, .6)."""
    reports, told = (1, 0, 1), (0.7, 0.4, 0.6)
    paid = robust_truth_serum(reports[place], told[place], told[peer], reports[other])
    assert paid == pytest.approx(expected)


@pytest.mark.parametrize("world", [World(0.5, 0.6), World(0.7, 0.8), World(0.3, 0.7)])
@pytest.mark.parametrize("signal", [0, 1])
def test_robust_truth_serum_is_strictly_truthful(world: World, signal: int) -> None:
    """On a grid of misreports of report and prediction, truth alone expects the most."""
    belief = world.posterior(signal)

    def expected(report: int, prediction: float) -> float:
        total = 0.0
        for truth, peer, other in product((0, 1), repeat=3):
            chance = belief if truth else 1 - belief
            for seen in (peer, other):
                chance *= world.accuracy if seen == truth else 1 - world.accuracy
            total += chance * robust_truth_serum(report, prediction, world.forecast(peer), other)
        return total

    honest = expected(signal, world.forecast(signal))
    for report, step in product((0, 1), range(21)):
        if (report, step / 20) != (signal, world.forecast(signal)):
            misreport = expected(report, step / 20)
            assert misreport < honest or (report == signal and misreport <= honest)


def _slow(panel: Panel, place: int, *, binary: bool) -> float:
    """Average the formula over all ordered pairs of different peers of one report."""
    peers = peers_of(panel, place)
    total = weights = 0.0
    for (one, first), (two, second) in product(peers, peers):
        if one == two:
            continue
        own, theirs = panel.predictions[place], panel.predictions[one]
        mine, other = int(panel.label[place]), int(panel.label[two])
        if binary:
            paid = robust_truth_serum(mine, float(own[1]), float(theirs[1]), other)
        else:
            paid = (mine == other) / max(float(theirs[mine]), 0.1)
            paid += 2 * float(own[other]) - float((own**2).sum())
        total += first * second * paid
        weights += first * second
    return total / weights if weights else float("nan")


@given(panels(predictions=True), st.booleans())
def test_pairs_of_peers_are_averaged(panel: Panel, binary: bool) -> None:
    """The fast payment of each report equals the loop over ordered pairs of peers."""
    payment = robust_payments if binary else multivalued_payments
    for task in range(len(panel.tasks)):
        rows = np.flatnonzero(panel.task == task)
        weight = np.zeros((len(rows), len(rows)))
        for line, place in enumerate(rows):
            for other, unit in peers_of(panel, int(place)):
                weight[line, int(np.flatnonzero(rows == other)[0])] = unit
        found: Floats = payment(Respondents(panel.label[rows], panel.predictions[rows], weight))
        for line, place in enumerate(rows):
            slow = _slow(panel, int(place), binary=binary)
            assert float(found[line]) == pytest.approx(slow, nan_ok=True)


def _told(prediction: dict[str, float] | None, *, classes: str = "01") -> list[PeerReport]:
    return [
        PeerReport(f"t{t}", f"w{w}", f"o{w}", f"f{w}", classes[(t + w) % len(classes)], prediction)
        for t in range(8)
        for w in range(4)
    ]


def test_reports_without_a_prediction_are_left_out() -> None:
    """A worker that predicts nothing is refused and is nobody's peer."""
    rows = _told({"0": 0.5, "1": 0.5})
    mute = [row._replace(prediction=None) if row.worker == "w3" else row for row in rows]
    alone = [row for row in rows if row.worker != "w3"]
    with_mute, without = rbts(panel_of(mute)), rbts(panel_of(alone))
    assert with_mute[:3] == without
    assert isinstance(with_mute[3], PeerRefusal)
    assert "prediction" in with_mute[3].reason


def test_two_respondents_are_too_few() -> None:
    """Every truth serum needs two peers on a task."""
    panel = panel_of(row for row in _told({"0": 0.5, "1": 0.5}) if row.worker in {"w0", "w1"})
    for mechanism in (bts, rbts, multivalued_rbts):
        assert all(isinstance(result, PeerRefusal) for result in mechanism(panel))


def test_the_binary_serum_turns_three_classes_down() -> None:
    """Three classes raise with a hint; the multivalued form takes them."""
    panel = panel_of(_told({"0": 0.4, "1": 0.3, "2": 0.3}, classes="012"))
    with pytest.raises(ValueError, match="two classes"):
        rbts(panel)
    assert all(isinstance(result, PeerScore) for result in multivalued_rbts(panel))
    with pytest.raises(ValueError, match="positive weight"):
        bts(panel, alpha=0.0)
