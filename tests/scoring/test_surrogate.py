"""Surrogate scores: the correction is exact, the rates are found, and bad data is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.panel import panel_of
from scoring.peer import PeerRefusal, PeerReport, PeerScore
from scoring.surrogate import surrogate_score, surrogate_scores
from tests.scoring.worlds import World

probability = st.floats(0, 1)
rate = st.floats(0, 0.45)


def test_worked_example() -> None:
    """P = .8, e0 = .2, e1 = .3 pays 1.32 and .12, with means .96 and .36 given the truth."""
    high, low = (surrogate_score(0.8, label, 0.2, 0.3) for label in (1, 0))
    assert (high, low) == pytest.approx((1.32, 0.12))
    assert 0.7 * high + 0.3 * low == pytest.approx(0.96)
    assert 0.2 * high + 0.8 * low == pytest.approx(0.36)


@given(probability, rate, rate)
def test_the_mean_given_the_truth_is_the_score_against_it(p: float, e0: float, e1: float) -> None:
    """Whatever the error rates, the noise of the label cancels in the mean."""
    high, low = (surrogate_score(p, label, e0, e1) for label in (1, 0))
    assert (1 - e1) * high + e1 * low == pytest.approx(1 - (1 - p) ** 2, abs=1e-9)
    assert e0 * high + (1 - e0) * low == pytest.approx(1 - p**2, abs=1e-9)


def test_labels_that_tell_nothing_raise() -> None:
    """Error rates with sum 1 cannot be corrected."""
    with pytest.raises(ValueError, match="sum below 1"):
        surrogate_score(0.5, 1, 0.5, 0.5)


STRATEGIES = {"truth": 0.797, "prior": 0.760, "hedge": 0.750, "extreme": 0.700, "flip": 0.648}


def _reports(rng: np.random.Generator, strategy: str, tasks: int) -> list[PeerReport]:
    """Nine workers of accuracy .7 on tasks with prior .6; the first follows the strategy."""
    world = World(0.6, 0.7)
    truth = rng.random(tasks) < world.prior
    rows: list[PeerReport] = []
    for worker in range(9):
        seen = np.where(rng.random(tasks) < world.accuracy, truth, ~truth)
        for task in range(tasks):
            signal = int(seen[task])
            belief = {
                "truth": world.posterior(signal),
                "prior": world.prior,
                "hedge": 0.5,
                "extreme": float(signal),
                "flip": world.posterior(1 - signal),
            }[strategy if worker == 0 else "truth"]
            # The report is the more probable answer, the confidence its probability.
            label, confidence = (1, belief) if belief >= 0.5 else (0, 1 - belief)
            name = f"w{worker}"
            rows.append(PeerReport(f"t{task}", name, name, name, str(label), confidence=confidence))
    return rows


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_confidences_are_ranked_without_truth(strategy: str) -> None:
    """500 tasks, rates estimated: each strategy scores its true quadratic score."""
    rows = _reports(np.random.default_rng(1), strategy, 500)
    result = surrogate_scores(panel_of(rows))[0]
    assert isinstance(result, PeerScore)
    assert abs(result.score - STRATEGIES[strategy]) < 3 * result.standard_error
    assert result.standard_error < 0.05


def test_truth_beats_every_misreport_on_the_same_tasks() -> None:
    """On one and the same sample the truthful confidences score the most."""
    scores: dict[str, float] = {}
    for strategy in STRATEGIES:
        result = surrogate_scores(panel_of(_reports(np.random.default_rng(2), strategy, 500)))[0]
        assert isinstance(result, PeerScore)
        scores[strategy] = result.score
    assert max(scores, key=lambda name: scores[name]) == "truth"


def test_reports_that_do_not_depend_on_the_task_are_refused() -> None:
    """Coins without a task behind them have no variance over tasks, hence no rates and no pay."""
    rng = np.random.default_rng(3)
    rows = [
        PeerReport(f"t{t}", f"w{w}", f"o{w}", f"f{w}", str(rng.integers(2)), confidence=0.9)
        for t in range(3000)
        for w in range(6)
    ]
    for result in surrogate_scores(panel_of(rows)):
        assert isinstance(result, PeerRefusal)
        assert "hardly" in result.reason


def test_three_third_parties_are_needed() -> None:
    """With three workers there are only two third parties, and the reason counts the tasks."""
    rows = [row for row in _reports(np.random.default_rng(4), "truth", 60) if row.worker < "w3"]
    for result in surrogate_scores(panel_of(rows)):
        assert isinstance(result, PeerRefusal)
        assert "only 0 tasks with three third parties" in result.reason


def test_an_owner_with_many_identities_does_not_move_the_rates() -> None:
    """Five copies under one owner count as one voice among the third parties."""
    rows = _reports(np.random.default_rng(5), "truth", 400)
    copies = [
        row._replace(worker=f"w8-{n}", family=f"f8-{n}")
        for row in rows
        if row.worker == "w8"
        for n in range(5)
    ]
    plain, crowded = (surrogate_scores(panel_of(one))[0] for one in (rows, rows + copies))
    assert isinstance(plain, PeerScore)
    assert isinstance(crowded, PeerScore)
    assert crowded.score == pytest.approx(plain.score)


def test_reports_without_confidence_are_not_scored() -> None:
    """A worker that states no confidence is refused but still serves as a peer."""
    rows = _reports(np.random.default_rng(6), "truth", 100)
    mute = [row._replace(confidence=None) if row.worker == "w1" else row for row in rows]
    first, second = surrogate_scores(panel_of(mute))[:2]
    assert isinstance(first, PeerScore)
    assert isinstance(second, PeerRefusal)
