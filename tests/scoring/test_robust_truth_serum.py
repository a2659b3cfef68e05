"""The robust truth serum: published numbers, strict truthfulness, and the slow average."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.panel import Panel, panel_of
from scoring.peer import PeerScore
from scoring.robust_truth_serum import (
    multivalued_payments,
    multivalued_rbts,
    rbts,
    robust_payments,
    robust_truth_serum,
)
from scoring.truth_serum import Respondents
from tests.scoring.panels import panels, peers_of, told
from tests.scoring.worlds import Floats, World


@pytest.mark.parametrize(
    ("place", "peer", "other", "expected"),
    [(0, 1, 2, 0.96 + 0.91), (1, 2, 0, 0.36 + 0.64), (2, 0, 1, 0 + 0.64)],
)
def test_robust_truth_serum_reproduces_the_worked_example(
    place: int, peer: int, other: int, expected: float
) -> None:
    """Three respondents in a ring: reports (1, 0, 1), predictions (.7, .4, .6)."""
    reports, shares = (1, 0, 1), (0.7, 0.4, 0.6)
    paid = robust_truth_serum(reports[place], shares[place], shares[peer], reports[other])
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


@settings(max_examples=40)
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


def test_the_binary_serum_turns_three_classes_down() -> None:
    """Three classes raise with a hint; the multivalued form takes them."""
    panel = panel_of(told({"0": 0.4, "1": 0.3, "2": 0.3}, classes="012"))
    with pytest.raises(ValueError, match="two classes"):
        rbts(panel)
    assert all(isinstance(result, PeerScore) for result in multivalued_rbts(panel))
